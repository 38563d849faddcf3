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

from o2c_ai.models.payment_timing.days import NEVER, WEEK, Days, Floats, day_number, month_places, weekday_of
from o2c_ai.models.payment_timing.events import BOOK, Known
from o2c_ai.models.payment_timing.history import (
    THRESHOLDS,
    History,
    alike,
    amount_owner,
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
MOMENTS_AT_ONCE = 2**14
"""Moments measured together: small enough for a processor's cache."""


class Grows(str):
    """A column that counts all of the past: it grows with the books although nothing has changed."""

    __slots__ = ()


_CALENDAR = ("terms", "days_to_due", "age", "issue_weekday", "due_weekday", "due_month_day", "due_to_month_end")
_AMOUNT = ("amount", "amount_to_usual", Grows("issued_before"), "issued_month")
_LEVEL = (
    Grows("paid_before"),
    "late_mean",
    "late_spread",
    "late_mean_month",
    "late_mean_quarter",
    *(f"late_share_{days}" for days in THRESHOLDS),
    *(f"late_share_{days}_quarter" for days in THRESHOLDS),
    "late_share_0_month",
)
_ALIKE = (
    Grows("alike_paid"),
    "alike_late_mean",
    "alike_late_share",
    "due_weekday_late_mean",
    "due_weekday_late_share",
    Grows("same_amount_paid"),
    "same_amount_late_mean",
    "same_amount_late_share",
)
_AGE = ("late_by_age_mean", "age_spread", "late_by_age_p50", "pay_days_quarter", "items_a_pay_day")
_NEWEST = ("last_late", "last3_mean", "last_p10", "last_p50", "last_p90", "last_late_share", "trend", "last_paid_ago")
_OPEN = ("open_items", "open_amount_to_usual", "overdue_items", "overdue_share", "overdue_age")
_SPOKEN: tuple[str, ...] = (Grows("disputed_before"), Grows("promised_before"), Grows("broken_before"))
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
MOMENT_COLUMNS = tuple(str(column) for group in GROUPS.values() for column in group)
GROWING = frozenset(column for group in GROUPS.values() for column in group if isinstance(column, Grows))


@dataclass(frozen=True, slots=True)
class Moments:
    """Open items, each on an evening of its own; arrays of one length."""

    owners: Days
    """In the history."""
    purses: Days
    """The same by payer and currency."""
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
            self.purses[chosen],
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
    customers, place = known.customers.iloc[rows], known.rows[rows]
    owners = history.owners_of(customers)
    return Moments(
        owners,
        history.purses_of(owners, items["currency"].iloc[place]),
        payers.get_indexer(pd.Index(customers)).astype(np.int64),
        known.issued[rows],
        known.states.due_on(place, evenings),
        items["amount_minor"].to_numpy(dtype=np.int64)[place],
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

    Payer by payer and day by day, some at a time: neighbours in the history are found several times as fast.
    """
    order = np.lexsort((asked.evenings, asked.owners))
    table = np.empty((len(order), len(MOMENT_COLUMNS)), dtype=np.float32)
    for start in range(0, len(order), MOMENTS_AT_ONCE):
        part = order[start : start + MOMENTS_AT_ONCE]
        columns = _measured(history, asked.at(part))
        measured = np.empty((len(MOMENT_COLUMNS), len(part)), dtype=np.float32)
        for place, name in enumerate(MOMENT_COLUMNS):
            measured[place] = columns[name]
        table[part] = measured.T
    return table


def _measured(history: History, asked: Moments) -> dict[str, Floats | Days]:
    """The columns by name."""
    owners, evenings = asked.owners, asked.evenings
    book, payments = _book(history, evenings), history.payments.known(owners, evenings)
    spoken = (history.disputed, history.promised, history.broken)
    measured = {
        "payer": np.where(asked.payers < 0, np.nan, asked.payers),
        **_calendar(asked),
        **_level(payments, book),
        **_late_shares(history, asked, book),
        **_newest(payments, evenings),
        **_issued_and_open(history, asked),
        **{name: events.known(owners, evenings).count() for name, events in zip(_SPOKEN, spoken, strict=True)},
        **{name: book[name] for name in _BOOK},
    }
    mean, share = (np.asarray(measured[name], dtype=np.float64) for name in ("late_mean", "late_share_0"))
    measured |= _alike(history, asked, mean, share) | _by_age(history, asked, mean)
    measured["items_a_pay_day"] = payments.count(QUARTER) / np.maximum(measured["pay_days_quarter"], 1)
    measured["trend"] = measured["last3_mean"] - measured["late_mean"]
    return measured


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


def _level(payments: Known, book: dict[str, Floats]) -> dict[str, Floats | Days]:
    count, total = payments.total()
    late_mean = _leaning(total, count, book["late_mean"])
    squares = payments.squares()
    told: dict[str, Floats | Days] = {
        "paid_before": count,
        "late_mean": late_mean,
        "late_spread": np.sqrt(np.maximum(squares / np.maximum(count, 1) - (total / np.maximum(count, 1)) ** 2, 0)),
    }
    for name, length in (("late_mean_month", MONTH), ("late_mean_quarter", QUARTER)):
        seen, summed = payments.total(length)
        told[name] = _leaning(summed, seen, late_mean)
    return told


def _late_shares(history: History, asked: Moments, book: dict[str, Floats]) -> dict[str, Floats | Days]:
    told: dict[str, Floats | Days] = {}
    for days, late, in_time in zip(THRESHOLDS, history.late, history.in_time, strict=True):
        were, were_not = (events.known(asked.owners, asked.evenings) for events in (late, in_time))
        common = book[f"late_share_{days}"]
        told[f"late_share_{days}"] = _rate(were, were_not, common)
        told[f"late_share_{days}_quarter"] = _rate(were, were_not, common, length=QUARTER)
        if days == 0:
            told["late_share_0_month"] = _rate(were, were_not, told["late_share_0"], length=MONTH)
    return told


def _share(counted: tuple[Days, Days]) -> Floats:
    shares: Floats = counted[1] / np.maximum(counted[0], 1)
    return shares


def _leaning(total: Days, count: Days, on: Floats | Days, weight: float = RATE_WEIGHT) -> Floats:
    leaning: Floats = (total + weight * on) / (count + weight)
    return leaning


def _rate(
    late: Known,
    in_time: Known,
    common: Floats | Days | None = None,
    *,
    length: int | None = None,
    weight: float = RATE_WEIGHT,
) -> Floats:
    """Share known to be late of the items whose answer was known, leaning on a common rate."""
    were = late.count(length)
    seen = were + in_time.count(length)
    return were / np.maximum(seen, 1) if common is None else _leaning(were, seen, common, weight)


def _alike(history: History, asked: Moments, late_mean: Floats, late_share: Floats) -> dict[str, Floats | Days]:
    """Of the payer's items with the same terms, due on the same weekday, or of the same amount; leaning on all."""
    kinds = (
        ("alike", history.alike, alike(asked.owners, asked.due - asked.issued), RATE_WEIGHT),
        ("due_weekday", history.due_weekday, asked.owners * WEEK + weekday_of(asked.due), RATE_WEIGHT),
        ("same_amount", history.same_amount, amount_owner(history.amounts, asked.purses, asked.amounts), SAME_WEIGHT),
    )
    told: dict[str, Floats | Days] = {}
    for name, kin, owners, weight in kinds:
        paid, late, in_time = (events.known(owners, asked.evenings) for events in (kin.paid, kin.late, kin.in_time))
        count, total = paid.total()
        told[f"{name}_paid"] = count
        told[f"{name}_late_mean"] = _leaning(total, count, late_mean, weight)
        told[f"{name}_late_share"] = _rate(late, in_time, late_share, weight=weight)
    return told


def _by_age(history: History, asked: Moments, late_mean: Floats) -> dict[str, Floats | Days]:
    """How late it would be if its payer counted from the issue day, and on how many days the payer pays."""
    ages, terms = history.ages.known(asked.owners, asked.evenings), asked.due - asked.issued
    count, total = ages.total()
    mean = _share((count, total))
    return {
        "late_by_age_mean": _leaning(total, count, terms + late_mean) - terms,
        "age_spread": np.sqrt(np.maximum(ages.squares() / np.maximum(count, 1) - mean**2, 0)),
        "late_by_age_p50": _ranked(ages.newest(LAST), 0.5)[0] - terms,
        "pay_days_quarter": history.pay_days.known(asked.owners, asked.evenings).count(QUARTER),
    }


def _ranked(values: Floats, *shares: float) -> list[Floats]:
    """For each share the value at it of those there, NaN without any; NaN are sorted last."""
    ascending, rows = np.sort(values, axis=1), np.arange(len(values))
    beyond = np.maximum(np.isfinite(values).sum(axis=1) - 1, 0)
    return [ascending[rows, np.rint(share * beyond).astype(np.int64)] for share in shares]


def _newest(payments: Known, evenings: Days) -> dict[str, Floats | Days]:
    values, days = payments.newest(LAST), payments.last_day()
    there = np.isfinite(values)
    count, known = there.sum(axis=1), np.where(there, values, 0.0)
    return {
        "last_late": values[:, 0],
        "last3_mean": np.where(count > 0, known[:, :3].sum(axis=1) / np.clip(count, 1, 3), 0.0),
        **dict(zip(("last_p10", "last_p50", "last_p90"), _ranked(values, 0.1, 0.5, 0.9), strict=True)),
        "last_late_share": (known > 0).sum(axis=1) / np.maximum(count, 1),
        "last_paid_ago": np.where(days == NEVER, FAR_DAYS, np.minimum(evenings - days, FAR_DAYS)),
    }


def _issued_and_open(history: History, asked: Moments) -> dict[str, Floats | Days]:
    owners, purses, evenings = asked.owners, asked.purses, asked.evenings
    invoiced, billed = history.issued.known(owners, evenings), history.billed.known(purses, evenings)
    fallen, settled = (events.known(owners, evenings).total() for events in (history.fallen_due, history.settled))
    items, overdue = history.standing.known(owners, evenings).total()[1], fallen[0] - settled[0]
    usual = np.maximum(_share(billed.total()), 1.0)
    age = evenings - (fallen[1] - settled[1]) / np.maximum(overdue, 1)
    return {
        "amount": np.log1p(np.maximum(asked.amounts, 0).astype(np.float64)),
        "amount_to_usual": asked.amounts / usual,
        "issued_before": invoiced.count(),
        "issued_month": invoiced.count(MONTH),
        "open_items": items,
        "open_amount_to_usual": history.owed.known(purses, evenings).total()[1] / usual,
        "overdue_items": overdue,
        "overdue_share": overdue / np.maximum(items, 1),
        "overdue_age": np.where(overdue > 0, age, 0.0),
    }


def _book(history: History, evenings: Days) -> dict[str, Floats]:
    """What is measured of the whole book: once a day, however many items are asked about."""
    days, place = np.unique(evenings, return_inverse=True)
    book = np.full(len(days), BOOK)
    payments = history.payments.known(book, days)
    told = {"late_mean": _share(payments.total()), "book_late_mean": _share(payments.total(MONTH))}
    told["book_late_drift"] = told["book_late_mean"] - told["late_mean"]
    for late_days, late, in_time in zip(THRESHOLDS, history.late, history.in_time, strict=True):
        were, were_not = late.known(book, days), in_time.known(book, days)
        told[f"late_share_{late_days}"] = _rate(were, were_not)
        told[f"book_late_share_{late_days}"] = _rate(were, were_not, length=MONTH)
    return {name: values[place] for name, values in told.items()}
