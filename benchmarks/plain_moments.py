"""The measurements of payment timing as anybody would write them in pandas: sort, group, add up, look up by day.

Each event (a payment, an invoice that fell due, …) is added up per customer in order of its day; what was known on an
evening is the newest such sum up to it (`merge_asof`). A test holds it against `measure_moments`: the same figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd

WEIGHT = 5.0
MONTH, QUARTER, EVER = 30, 90, 3_600
THRESHOLDS = (0, 7, 30)
NEVER = pd.Timestamp("2250-01-01")
DAY: Final = "datetime64[s]"
"""One unit for all days, or pandas compares none of them."""
COLUMNS = (
    *("terms", "days_to_due", "age", "issue_weekday", "due_weekday", "due_month_day", "due_to_month_end"),
    *("amount", "amount_to_usual", "issued_before", "issued_month"),
    *("paid_before", "late_mean", "late_spread", "late_mean_month", "late_mean_quarter"),
    *(f"late_share_{days}" for days in THRESHOLDS),
    *(f"late_share_{days}_quarter" for days in THRESHOLDS),
    "late_share_0_month",
    *("alike_paid", "alike_late_mean", "alike_late_share", "due_weekday_late_share", "last_paid_ago"),
    *("open_items", "open_amount_to_usual", "overdue_items", "overdue_share", "overdue_age"),
    *("book_late_mean", "book_late_share_0", "book_late_share_7", "book_late_drift"),
)
"""What is measured here of what MOMENT_COLUMNS names; not the newest ten payments one by one, nor what was said."""


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
    for measure in (_usual, _level, _shares, _alike, _open, _book):
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
    items: pd.DataFrame, by: Sequence[str], days: int, length: int, common: pd.Series[Any] | None
) -> pd.Series[Any]:
    """Share known to be more than so many days late of the items whose answer was known, leaning on a common rate."""
    evening = (items["due"] + pd.Timedelta(days=days)).clip(lower=items["issued"])
    late, _ = _known(items, by, evening.where(items["ended"] > evening, NEVER), length=length)
    in_time, _ = _known(items, by, items["ended"].where(items["late"] <= days, NEVER), length=length)
    if common is None:
        return late / (late + in_time).clip(lower=1)
    return (late + WEIGHT * common) / (late + in_time + WEIGHT)


def _shares(items: pd.DataFrame, _: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    told = {}
    for days in THRESHOLDS:
        common = _rate(items, ["everybody"], days, EVER, None)
        told[f"late_share_{days}"] = _rate(items, ["customer_id"], days, EVER, common)
        told[f"late_share_{days}_quarter"] = _rate(items, ["customer_id"], days, QUARTER, common)
    told["late_share_0_month"] = _rate(items, ["customer_id"], 0, MONTH, told["late_share_0"])
    return told


def _alike(items: pd.DataFrame, told: pd.DataFrame) -> dict[str, pd.Series[Any]]:
    own, terms = told["late_share_0"], ["customer_id", "terms"]
    count, total = _known(items, terms, items["ended"], items["late"].clip(-180, 180))
    paid = items.assign(day=items["ended"].astype(DAY)).sort_values("day", kind="stable")[["customer_id", "day"]]
    paid = paid[paid["day"] < NEVER].assign(last=paid["day"])
    asked = items[["customer_id"]].assign(day=items["issued"].astype(DAY)).sort_values("day", kind="stable")
    last = pd.merge_asof(asked, paid, on="day", by="customer_id").set_index(asked.index)["last"].reindex(items.index)
    return {
        "alike_paid": count,
        "alike_late_mean": (total + WEIGHT * told["late_mean"]) / (count + WEIGHT),
        "alike_late_share": _rate(items, terms, 0, EVER, own),
        "due_weekday_late_share": _rate(items, ["customer_id", "due_weekday"], 0, EVER, own),
        "last_paid_ago": (items["issued"] - last).dt.days.fillna(400).clip(upper=400),
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
