"""The measurements of payment timing as anybody would write them in pandas: sort, group, add up, look up by day.

Each event (a payment, an invoice that fell due, …) is added up per customer in order of its day; what was known on an
evening is the newest such sum up to it (`merge_asof`). A test holds it against `measure_moments`: the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

from o2c_ai.models.payment_timing.as_of_features import GROUPS, MOMENT_COLUMNS

WEIGHT = 5.0
MONTH, QUARTER, EVER = 30, 90, 3_600
THRESHOLDS = (0, 7, 30)
LAST = 10
KINDS = (("alike", "terms", WEIGHT), ("due_weekday", "due_weekday", WEIGHT), ("same_amount", "amount", 1.0))
NEVER = pd.Timestamp("2250-01-01")
DAY: Final = "datetime64[s]"
"""One unit for all days, or pandas compares none of them."""
COLUMNS = tuple(column for column in MOMENT_COLUMNS if column not in {*GROUPS["payer"], *GROUPS["spoken"]})
"""All but what was said, which few books know, and the payer, whom only a trained model numbers."""


def plain_moments(items: pd.DataFrame) -> pd.DataFrame:
    """COLUMNS of every item on its issue day; items have customer_id, issued, due, paid (NaT while open), amount."""
    items = items.assign(
        everybody=0,
        ended=items["paid"].fillna(NEVER),
        terms=(items["due"] - items["issued"]).dt.days,
        due_weekday=items["due"].dt.day_of_week,
    )
    items = items.assign(late=(items["ended"] - items["due"]).dt.days)
    told = items[["terms", "due_weekday"]].assign(
        days_to_due=items["terms"],
        age=0,
        issue_weekday=items["issued"].dt.day_of_week,
        due_month_day=items["due"].dt.day,
        due_to_month_end=items["due"].dt.days_in_month - items["due"].dt.day,
        amount=np.log1p(items["amount"]),
    )
    for measure in (_usual, _level, _shares, _alike, _newest, _by_age, _open, _book):
        told = told.assign(**measure(items, told))
    return told[list(COLUMNS)]


def _known(
    items: pd.DataFrame,
    by: Sequence[str],
    day: pd.Series[Any],
    value: pd.Series[Any] | None = None,
    length: int | None = None,
) -> tuple[pd.Series[Any], pd.Series[Any]]:
    """Events of the same `by` by the issue day of every item: how many, and their sum; in the last `length` days."""
    events = items[list(by)].assign(day=day.astype(DAY), value=0 if value is None else value)
    events = events[events["day"] < NEVER].sort_values("day", kind="stable")
    grouped = events.groupby(list(by), sort=False)["value"]
    sums = events[[*by, "day"]].assign(count=grouped.cumcount() + 1, total=grouped.cumsum(), last=events["day"])

    def until(evenings: pd.Series[Any]) -> pd.DataFrame:
        asked = items[list(by)].assign(day=evenings.astype(DAY)).sort_values("day", kind="stable")
        found = pd.merge_asof(asked, sums, on="day", by=list(by)).set_index(asked.index).reindex(items.index)
        return found[["count", "total"]].fillna(0)

    now = until(items["issued"])
    if length is not None:
        now -= until(items["issued"] - pd.Timedelta(days=length))
    return now["count"], now["total"]


def _usual(items: pd.DataFrame, _: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    count, total = _known(items, ["customer_id"], items["issued"], items["amount"])
    return {
        "amount_to_usual": items["amount"] / (total / count.clip(lower=1)).clip(lower=1),
        "issued_before": count,
        "issued_month": _known(items, ["customer_id"], items["issued"], length=MONTH)[0],
    }


def _level(items: pd.DataFrame, _: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    late = items["late"].clip(-180, 180)
    book_count, book_total = _known(items, ["everybody"], items["ended"], late)
    count, total = _known(items, ["customer_id"], items["ended"], late)
    squares = _known(items, ["customer_id"], items["ended"], late**2)[1]
    mean = (total + WEIGHT * book_total / book_count.clip(lower=1)) / (count + WEIGHT)
    least = count.clip(lower=1)
    told = {
        "paid_before": count,
        "late_mean": mean,
        "late_spread": np.sqrt((squares / least - (total / least) ** 2).clip(lower=0)),
    }
    for name, length in (("late_mean_month", MONTH), ("late_mean_quarter", QUARTER)):
        seen, summed = _known(items, ["customer_id"], items["ended"], late, length)
        told[name] = (summed + WEIGHT * mean) / (seen + WEIGHT)
    return told


def _rate(
    items: pd.DataFrame,
    by: Sequence[str],
    days: int,
    length: int,
    common: tuple[pd.Series[Any], float] | None,
) -> pd.Series[Any]:
    """Share known to be more than so many days late of those whose answer was known, leaning on a common one."""
    evening = (items["due"] + pd.Timedelta(days=days)).clip(lower=items["issued"])
    late, _ = _known(items, by, evening.where(items["ended"] > evening, NEVER), length=length)
    in_time, _ = _known(items, by, items["ended"].where(items["late"] <= days, NEVER), length=length)
    if common is None:
        return late / (late + in_time).clip(lower=1)
    rate, weight = common
    return (late + weight * rate) / (late + in_time + weight)


def _shares(items: pd.DataFrame, _: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    told = {}
    for days in THRESHOLDS:
        common = _rate(items, ["everybody"], days, EVER, None)
        told[f"late_share_{days}"] = _rate(items, ["customer_id"], days, EVER, (common, WEIGHT))
        told[f"late_share_{days}_quarter"] = _rate(items, ["customer_id"], days, QUARTER, (common, WEIGHT))
    told["late_share_0_month"] = _rate(items, ["customer_id"], 0, MONTH, (told["late_share_0"], WEIGHT))
    return told


def _alike(items: pd.DataFrame, told: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    late, measured = items["late"].clip(-180, 180), {}
    for name, column, weight in KINDS:
        by = ["customer_id", column]
        count, total = _known(items, by, items["ended"], late)
        measured[f"{name}_paid"] = count
        measured[f"{name}_late_mean"] = (total + weight * told["late_mean"]) / (count + weight)
        measured[f"{name}_late_share"] = _rate(items, by, 0, EVER, (told["late_share_0"], weight))
    return measured


def _last(items: pd.DataFrame, value: pd.Series[Any]) -> tuple[pd.DataFrame, pd.Series[Any]]:
    """The values of a customer's newest ten payments, newest first, and the day of the newest."""
    events = items[["customer_id"]].assign(day=items["ended"].astype(DAY), last=items["ended"].astype(DAY), value=value)
    events = events[events["day"] < NEVER].sort_values(["day", "value"], kind="stable")
    grouped = events.groupby("customer_id", sort=False)["value"]
    shifted = events.assign(**{str(place): grouped.shift(place) for place in range(LAST)})
    asked = items[["customer_id"]].assign(day=items["issued"].astype(DAY)).sort_values("day", kind="stable")
    found = pd.merge_asof(asked, shifted, on="day", by="customer_id").set_index(asked.index).reindex(items.index)
    return found[[str(place) for place in range(LAST)]], found["last"]


def _quantiles(newest: pd.DataFrame, *shares: float) -> list[pd.Series[Any]]:
    ascending, beyond = np.sort(newest.to_numpy(), axis=1), (newest.notna().sum(axis=1) - 1).clip(lower=0)
    places = [np.rint(share * beyond).astype(int) for share in shares]
    return [pd.Series(ascending[np.arange(len(newest)), place], newest.index) for place in places]


def _newest(items: pd.DataFrame, told: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    newest, last = _last(items, items["late"].clip(-180, 180))
    three = newest.iloc[:, :3].mean(axis=1).fillna(0)
    return {
        "last_late": newest["0"],
        "last3_mean": three,
        **dict(zip(("last_p10", "last_p50", "last_p90"), _quantiles(newest, 0.1, 0.5, 0.9), strict=True)),
        "last_late_share": (newest > 0).sum(axis=1) / newest.notna().sum(axis=1).clip(lower=1),
        "last_paid_ago": (items["issued"] - last).dt.days.fillna(400).clip(upper=400),
        "trend": three - told["late_mean"],
    }


def _by_age(items: pd.DataFrame, told: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    own, age = ["customer_id"], (items["ended"] - items["issued"]).dt.days.clip(-365, 365)
    count, total = _known(items, own, items["ended"], age)
    squares, least = _known(items, own, items["ended"], age**2)[1], count.clip(lower=1)
    first_of_day = ~items.duplicated(["customer_id", "ended"])
    pay_days = _known(items, own, items["ended"].where(first_of_day, NEVER), length=QUARTER)[0]
    terms = items["terms"]
    return {
        "late_by_age_mean": (total + WEIGHT * (terms + told["late_mean"])) / (count + WEIGHT) - terms,
        "age_spread": np.sqrt((squares / least - (total / least) ** 2).clip(lower=0)),
        "late_by_age_p50": _quantiles(_last(items, age)[0], 0.5)[0] - terms,
        "pay_days_quarter": pay_days,
        "items_a_pay_day": _known(items, own, items["ended"], length=QUARTER)[0] / pay_days.clip(lower=1),
    }


def _open(items: pd.DataFrame, _: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    own = ["customer_id"]
    number = (items["due"] - pd.Timestamp("1970-01-01")).dt.days
    first = (items["due"] + pd.Timedelta(days=1)).clip(lower=items["issued"])
    overdue = items["ended"] > first
    issued, ended = (_known(items, own, items[day], items["amount"]) for day in ("issued", "ended"))
    fallen = _known(items, own, first.where(overdue, NEVER), number)
    settled = _known(items, own, items["ended"].where(overdue, NEVER), number)
    open_items, past = issued[0] - ended[0], fallen[0] - settled[0]
    usual = (issued[1] / issued[0].clip(lower=1)).clip(lower=1)
    today = (items["issued"] - pd.Timestamp("1970-01-01")).dt.days
    return {
        "open_items": open_items,
        "open_amount_to_usual": (issued[1] - ended[1]) / usual,
        "overdue_items": past,
        "overdue_share": past / open_items.clip(lower=1),
        "overdue_age": (today - (fallen[1] - settled[1]) / past.clip(lower=1)).where(past > 0, 0.0),
    }


def _book(items: pd.DataFrame, _: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    late = items["late"].clip(-180, 180)
    recent, ever = (_known(items, ["everybody"], items["ended"], late, length) for length in (MONTH, None))
    mean, before = (total / count.clip(lower=1) for count, total in (recent, ever))
    return {
        "book_late_mean": mean,
        **{f"book_late_share_{days}": _rate(items, ["everybody"], days, MONTH, None) for days in (0, 7)},
        "book_late_drift": mean - before,
    }
