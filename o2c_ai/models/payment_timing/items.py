"""The open items as a clerk knew them on the evening of a day: what was paid by then and what was still open.

Frame of items, one row per open item ever known (credit items are not in it):

    item_id         any scalar, unique
    customer_id     any scalar: who pays; all habits are learnt per customer
    currency        ISO 4217 code                        (not used for timing)
    issue_date      day
    due_date        day
    amount_minor    int, original amount in minor units  (not used for timing)
    open_minor      int, what was open on the evening of as_of (not used for timing)
    cleared_on      day the item was cleared by payment, empty while it is open
    withdrawn_on    optional: day it was closed without money (cancelled, credited, written off): watched until then
    disputed_on, dispute_resolved_on       optional days
    promised_on, promised_date             optional days: when the customer promised, and for which day

A day is a date, a datetime64 or a day number (days.py); an optional day may be NaN, NaT, NA, None or NEVER. Whatever
happened after as_of is taken back here: a frame that knows more than as_of cannot leak into what is learnt or scored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from o2c_ai.models.payment_timing.days import NEVER, Days, days_if_there, required_days

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class KnownItems:
    """Items issued by as_of, as known that evening; arrays of one length, in the frame's row order."""

    as_of: int
    """The day, as a number."""
    rows: Days
    """Position of each item in the frame."""
    customers: pd.Series[Any]
    issued: Days
    due: Days
    last_seen: Days
    """Day of payment or withdrawal, as_of for items still open."""
    paid: Flags
    """Paid by as_of; the others are watched until `last_seen` and no further."""
    is_open: Flags
    """Neither paid nor withdrawn by as_of."""
    disputed_on: Days
    """NEVER where no dispute was raised by as_of."""
    in_dispute: Flags
    """In dispute on the evening of as_of."""
    promised_on: Days
    """NEVER where nothing was promised by as_of."""
    promised_date: Days


def known_items(items: pd.DataFrame, as_of: int) -> KnownItems:
    """Read the frame described above as known on the evening of a day number. Raises MissingDay."""
    issued = required_days(items, "issue_date")
    rows = np.flatnonzero(issued <= as_of)
    seen = items.iloc[rows]
    cleared, withdrawn = _until(as_of, seen, "cleared_on"), _until(as_of, seen, "withdrawn_on")
    ended = np.minimum(cleared, withdrawn)
    is_open = ended == NEVER
    disputed, promised = _until(as_of, seen, "disputed_on"), _until(as_of, seen, "promised_on")
    resolved = _until(as_of, seen, "dispute_resolved_on")
    return KnownItems(
        as_of=as_of,
        rows=rows,
        customers=seen["customer_id"],
        issued=issued[rows],
        due=required_days(seen, "due_date"),
        last_seen=np.where(is_open, as_of, ended),
        paid=(cleared != NEVER) & (cleared <= withdrawn),
        is_open=is_open,
        disputed_on=disputed,
        in_dispute=is_open & (disputed != NEVER) & (resolved == NEVER),
        promised_on=promised,
        promised_date=np.where(promised == NEVER, NEVER, days_if_there(seen, "promised_date")),
    )


def _until(as_of: int, items: pd.DataFrame, column: str) -> Days:
    days = days_if_there(items, column)
    return np.where(days <= as_of, days, NEVER)
