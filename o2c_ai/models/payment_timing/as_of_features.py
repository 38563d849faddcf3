"""What is measured of an open item on an evening: its terms and size, how its payer has paid, what is open and due.

All of it comes from history.py, so it is as known that evening. Rates of a payer lean on the book: (own + k x book's
rate) / (seen + k), so that a new customer is taken for an average one and speaks for itself after k payments.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from o2c_ai.models.payment_timing.days import NEVER, WEEK, Days, day_number, weekday_of
from o2c_ai.models.payment_timing.hazard import Floats
from o2c_ai.models.payment_timing.history import (
    BOOK,
    THRESHOLDS,
    Dated,
    History,
    alike,
    amount_owner,
    month_places,
    read_history,
)
from o2c_ai.models.payment_timing.items import KnownItems, known_items

Table = npt.NDArray[np.float32]
"""A row a moment or a coming day, a column a measurement; NaN where nothing can be said."""

RATE_WEIGHT = 5.0
"""Events after which a payer's own rate is believed half."""
SAME_WEIGHT = 1.0
"""The same for its items of one amount: a standing order is soon known."""
LAST = 10
"""Newest payments looked at one by one."""
MONTH, QUARTER = 30, 90
FAR_DAYS = 400
"""Stands for longer ago than matters."""

_CALENDAR = ("terms", "days_to_due", "age", "issue_weekday", "due_weekday", "due_month_day", "due_to_month_end")
_AMOUNT = ("amount", "amount_to_usual", "issued_before", "issued_month")
_LEVEL = (
    "paid_before",
    "late_mean",
    "late_spread",
    "late_mean_month",
    "late_mean_quarter",
    *(f"late_share_{days}" for days in THRESHOLDS),
    *(f"late_share_{days}_quarter" for days in THRESHOLDS),
    "late_share_0_month",
)
_ALIKE = (
    "alike_paid",
    "alike_late_mean",
    "alike_late_share",
    "due_weekday_late_mean",
    "due_weekday_late_share",
    "same_amount_paid",
    "same_amount_late_mean",
    "same_amount_late_share",
)
_AGE = ("late_by_age_mean", "age_spread", "late_by_age_p50", "pay_days_quarter", "items_a_pay_day")
_NEWEST = ("last_late", "last3_mean", "last_p10", "last_p50", "last_p90", "last_late_share", "trend", "last_paid_ago")
_OPEN = ("open_items", "open_amount_to_usual", "overdue_items", "overdue_share", "overdue_age")
_SPOKEN = ("disputed_before", "promised_before", "broken_before")
_BOOK = ("book_late_mean", "book_late_share_0", "book_late_share_7", "book_late_drift")
GROUPS: dict[str, tuple[str, ...]] = {
    "payer": ("payer",),
    "calendar": _CALENDAR,
    "amount": _AMOUNT,
    "level": _LEVEL,
    "alike": _ALIKE,
    "age": _AGE,
    "newest": _NEWEST,
    "open": _OPEN,
    "spoken": _SPOKEN,
    "book": _BOOK,
}
"""Columns by what they are about."""
MOMENT_COLUMNS = tuple(column for group in GROUPS.values() for column in group)


@dataclass(frozen=True, slots=True)
class Moments:
    """Open items, each on an evening of its own; arrays of one length."""

    owners: Days
    """In the history."""
    payers: Days
    """The payer as a category of the model; -1 for one it does not tell apart."""
    issued: Days
    due: Days
    amounts: Days
    evenings: Days

    def at(self, chosen: npt.NDArray[np.int64] | npt.NDArray[np.bool_]) -> Moments:
        """Some of them."""
        return Moments(
            self.owners[chosen],
            self.payers[chosen],
            self.issued[chosen],
            self.due[chosen],
            self.amounts[chosen],
            self.evenings[chosen],
        )


def moments_of(
    known: KnownItems, items: pd.DataFrame, history: History, payers: pd.Index[Any], rows: Days, *, evenings: Days
) -> Moments:
    """Moments of chosen rows of known items, each on its evening; `payers` are those the model tells apart."""
    amounts = items["amount_minor"].to_numpy(dtype=np.int64)[known.rows]
    return Moments(
        history.owners_of(known.customers)[rows],
        payers.get_indexer(pd.Index(known.customers)).astype(np.int64)[rows],
        known.issued[rows],
        known.due[rows],
        amounts[rows],
        evenings,
    )


def open_item_features(items: pd.DataFrame, as_of: date) -> pd.DataFrame:
    """One row per item open on the evening, in the frame's order: number, customer_code and what is measured of it.

    The columns of measurements are MOMENT_COLUMNS but the payer, whom only a trained model numbers. Raises MissingDay.
    """
    known, history = known_items(items, day_number(as_of)), read_history(items)
    rows = np.flatnonzero(known.is_open)
    asked = moments_of(known, items, history, pd.Index([]), rows, evenings=np.full(len(rows), known.as_of))
    named = items.iloc[known.rows[rows]][["number", "customer_code"]].reset_index(drop=True)
    measured = pd.DataFrame(measure_moments(history, asked), columns=list(MOMENT_COLUMNS))
    return pd.concat([named, measured.drop(columns="payer")], axis=1)


def measure_moments(history: History, asked: Moments) -> Table:
    """(moments, MOMENT_COLUMNS).

    Payer by payer and day by day: neighbours in the history are found twice as fast.
    """
    order = np.lexsort((asked.evenings, asked.owners))
    table = np.empty((len(order), len(MOMENT_COLUMNS)), dtype=np.float32)
    table[order] = _measured(history, asked.at(order))
    return table


def _measured(history: History, asked: Moments) -> Table:
    measured = {
        "payer": np.where(asked.payers < 0, np.nan, asked.payers),
        **_calendar(asked),
        **_amounts(history, asked),
        **_level(history, asked),
        **_newest(history.payments, asked),
        **_open(history, asked),
        **{
            name: events.upto(asked.owners, asked.evenings)[0]
            for name, events in zip(_SPOKEN, (history.disputed, history.promised, history.broken), strict=True)
        },
        **_book(history, asked),
    }
    mean, share = (np.asarray(measured[name], dtype=np.float64) for name in ("late_mean", "late_share_0"))
    measured |= _alike(history, asked, mean, share) | _by_age(history, asked, mean)
    measured["trend"] = measured["last3_mean"] - measured["late_mean"]
    return np.column_stack([measured[name] for name in MOMENT_COLUMNS]).astype(np.float32)


def _calendar(asked: Moments) -> dict[str, Floats | Days]:
    month_day, to_end = month_places(asked.due)
    return {
        "terms": asked.due - asked.issued,
        "days_to_due": asked.due - asked.evenings,
        "age": asked.evenings - asked.issued,
        "issue_weekday": weekday_of(asked.issued),
        "due_weekday": weekday_of(asked.due),
        "due_month_day": month_day,
        "due_to_month_end": to_end,
    }


def _amounts(history: History, asked: Moments) -> dict[str, Floats | Days]:
    count, total = history.issued.upto(asked.owners, asked.evenings)
    return {
        "amount": np.log1p(np.maximum(asked.amounts, 0).astype(np.float64)),
        "amount_to_usual": asked.amounts / np.maximum(total / np.maximum(count, 1), 1.0),
        "issued_before": count,
        "issued_month": history.issued.within(asked.owners, asked.evenings, MONTH)[0],
    }


def _level(history: History, asked: Moments) -> dict[str, Floats | Days]:
    owners, evenings = asked.owners, asked.evenings
    book = np.full(len(owners), BOOK)
    count, total = history.payments.upto(owners, evenings)
    book_mean = _share(history.payments.upto(book, evenings))
    squares = history.squares.upto(owners, evenings)[1]
    told: dict[str, Floats | Days] = {
        "paid_before": count,
        "late_mean": _leaning(total, count, book_mean),
        "late_spread": np.sqrt(np.maximum(squares / np.maximum(count, 1) - (total / np.maximum(count, 1)) ** 2, 0)),
    }
    for name, length in (("late_mean_month", MONTH), ("late_mean_quarter", QUARTER)):
        seen, summed = history.payments.within(owners, evenings, length)
        told[name] = _leaning(summed, seen, np.asarray(told["late_mean"]))
    for days, late, in_time in zip(THRESHOLDS, history.late, history.in_time, strict=True):
        common = _rate(late, in_time, book, evenings)
        told[f"late_share_{days}"] = _rate(late, in_time, owners, evenings, common)
        told[f"late_share_{days}_quarter"] = _rate(late, in_time, owners, evenings, common, length=QUARTER)
    common = told["late_share_0"].astype(np.float64)
    told["late_share_0_month"] = _rate(history.late[0], history.in_time[0], owners, evenings, common, length=MONTH)
    return told


def _share(counted: tuple[Days, Days]) -> Floats:
    shares: Floats = counted[1] / np.maximum(counted[0], 1)
    return shares


def _leaning(total: Days, count: Days, on: Floats, weight: float = RATE_WEIGHT) -> Floats:
    leaning: Floats = (total + weight * on) / (count + weight)
    return leaning


def _rate(
    late: Dated,
    in_time: Dated,
    owners: Days,
    evenings: Days,
    common: Floats | None = None,
    *,
    length: int = FAR_DAYS * 9,
    weight: float = RATE_WEIGHT,
) -> Floats:
    """Share known to be late of the items whose answer was known, leaning on a common rate."""
    were = late.within(owners, evenings, length)[0]
    seen = were + in_time.within(owners, evenings, length)[0]
    return were / np.maximum(seen, 1) if common is None else _leaning(were, seen, common, weight)


def _alike(history: History, asked: Moments, late_mean: Floats, late_share: Floats) -> dict[str, Floats | Days]:
    """Of the payer's items with the same terms, due on the same weekday, or of the same amount; leaning on all."""
    evenings = asked.evenings
    kinds = (
        ("alike", history.alike, alike(asked.owners, asked.due - asked.issued), RATE_WEIGHT),
        ("due_weekday", history.due_weekday, asked.owners * WEEK + weekday_of(asked.due), RATE_WEIGHT),
        ("same_amount", history.same_amount, amount_owner(history.amounts, asked.owners, asked.amounts), SAME_WEIGHT),
    )
    told: dict[str, Floats | Days] = {}
    for name, kin, owners, weight in kinds:
        count, total = kin.paid.upto(owners, evenings)
        told[f"{name}_paid"] = count
        told[f"{name}_late_mean"] = _leaning(total, count, late_mean, weight)
        told[f"{name}_late_share"] = _rate(kin.late, kin.in_time, owners, evenings, late_share, weight=weight)
    return told


def _by_age(history: History, asked: Moments, late_mean: Floats) -> dict[str, Floats | Days]:
    """How late it would be if its payer counted from the issue day, and on how many days the payer pays."""
    owners, evenings, terms = asked.owners, asked.evenings, asked.due - asked.issued
    count, total = history.ages.upto(owners, evenings)
    mean, squares = _share((count, total)), history.age_squares.upto(owners, evenings)[1]
    newest = _newest_values(history.ages, owners, evenings)
    days = history.pay_days.within(owners, evenings, QUARTER)[0]
    return {
        "late_by_age_mean": _leaning(total, count, terms + late_mean) - terms,
        "age_spread": np.sqrt(np.maximum(squares / np.maximum(count, 1) - mean**2, 0)),
        "late_by_age_p50": _ranked(newest, 0.5) - terms,
        "pay_days_quarter": days,
        "items_a_pay_day": history.payments.within(owners, evenings, QUARTER)[0] / np.maximum(days, 1),
    }


def _newest_values(events: Dated, owners: Days, evenings: Days) -> Floats:
    """(moments, LAST): values of the newest events, newest first; NaN where there were fewer."""
    first, last = events.places(owners, evenings)
    places = last[:, None] - 1 - np.arange(LAST)
    values: Floats = np.concatenate([events.worth, [0]])[np.maximum(places, 0)].astype(np.float64)
    values[places < first[:, None]] = np.nan
    return values


def _ranked(values: Floats, share: float) -> Floats:
    """The value at a share of those there, NaN without any; NaN are sorted last."""
    place = np.rint(share * np.maximum(np.isfinite(values).sum(axis=1) - 1, 0)).astype(np.int64)
    found: Floats = np.sort(values, axis=1)[np.arange(len(values)), place]
    return found


def _newest(payments: Dated, asked: Moments) -> dict[str, Floats | Days]:
    values = _newest_values(payments, asked.owners, asked.evenings)
    days = payments.last_day(asked.owners, asked.evenings)
    there = np.isfinite(values)
    count, known = there.sum(axis=1), np.where(there, values, 0.0)
    return {
        "last_late": values[:, 0],
        "last3_mean": np.where(count > 0, known[:, :3].sum(axis=1) / np.clip(count, 1, 3), 0.0),
        "last_p10": _ranked(values, 0.1),
        "last_p50": _ranked(values, 0.5),
        "last_p90": _ranked(values, 0.9),
        "last_late_share": (known > 0).sum(axis=1) / np.maximum(count, 1),
        "last_paid_ago": np.where(days == NEVER, FAR_DAYS, np.minimum(asked.evenings - days, FAR_DAYS)),
    }


def _open(history: History, asked: Moments) -> dict[str, Floats | Days]:
    owners, evenings = asked.owners, asked.evenings
    issued, ended = history.issued.upto(owners, evenings), history.ended.upto(owners, evenings)
    fallen, settled = history.fallen_due.upto(owners, evenings), history.settled.upto(owners, evenings)
    items, overdue = issued[0] - ended[0], fallen[0] - settled[0]
    usual = np.maximum(issued[1] / np.maximum(issued[0], 1), 1.0)
    return {
        "open_items": items,
        "open_amount_to_usual": (issued[1] - ended[1]) / usual,
        "overdue_items": overdue,
        "overdue_share": overdue / np.maximum(items, 1),
        "overdue_age": np.where(overdue > 0, evenings - (fallen[1] - settled[1]) / np.maximum(overdue, 1), 0.0),
    }


def _book(history: History, asked: Moments) -> dict[str, Floats | Days]:
    book, evenings = np.full(len(asked.owners), BOOK), asked.evenings
    recent, ever = (
        _share(counted)
        for counted in (history.payments.within(book, evenings, MONTH), history.payments.upto(book, evenings))
    )
    shares = [_rate(history.late[place], history.in_time[place], book, evenings, length=MONTH) for place in range(2)]
    return {
        "book_late_mean": recent,
        "book_late_share_0": shares[0],
        "book_late_share_7": shares[1],
        "book_late_drift": recent - ever,
    }
