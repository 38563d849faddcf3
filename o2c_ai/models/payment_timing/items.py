"""The open items as a clerk knew them on the evening of a day: what was paid by then and what was still open.

Frame of items, one row per open item ever known (credit items are not in it), as it stands on the last evening known:

    item_id         any scalar, unique
    customer_id     any scalar: who pays; all habits are learnt per customer
    currency        ISO 4217 code                        (amounts are compared within a customer's currency)
    issue_date      day
    due_date        day
    amount_minor    int, original amount in minor units  (timing reads it beside the customer's usual amount)
    open_minor      int, what was open on the last evening (not used for timing)
    cleared_on      day the item was cleared by payment, empty while it is open
    withdrawn_on    optional: day it was closed without money (cancelled, credited, written off): watched until then
    known_on        optional: day from which on the books knew it, where that is not the issue date
    disputed_on, dispute_resolved_on       optional days, of the newest dispute
    promised_on, promised_date             optional days: when the customer promised last, and for which day

What later acts wrote over is told by optional columns of tuples, oldest first and () where there is nothing to tell:

    earlier_states     (until, due_date, cleared_on, withdrawn_on): how the item stood on the evenings before `until`,
                       when a payment was taken back or the due date amended
    earlier_promises   (promised_on, promised_date)
    earlier_disputes   (disputed_on, dispute_resolved_on)

A day is a date, a datetime64 or a day number (days.py); an optional day may be NaN, NaT, NA, None or NEVER; in tuples
all days are numbers. Whatever happened after as_of is taken back here: a frame that knows more than as_of cannot leak
into what is learnt or scored. What became of an item, to learn from or to be measured by, is its last state known: the
payment that was not taken back, and the due date that held in the end.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from o2c_ai.models.payment_timing.days import NEVER, Days
from o2c_ai.models.payment_timing.states import Spoken, States, disputes_of, promises_of, states_of

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
    known_on: Days
    """Day from which on the books knew the item; mostly that of its issue."""
    due: Days
    last_seen: Days
    """Day of payment or withdrawal, as_of for items still open."""
    paid: Flags
    """Paid by as_of; the others are watched until `last_seen` and no further."""
    is_open: Flags
    """Neither paid nor withdrawn by as_of."""
    disputed_on: Days
    """Of the newest dispute; NEVER where none was raised by as_of."""
    in_dispute: Flags
    """In dispute on the evening of as_of."""
    promised_on: Days
    """Of the newest promise; NEVER where nothing was promised by as_of."""
    promised_date: Days
    promises: Spoken
    """Every promise made by as_of; its rows are places in these arrays."""
    states: States
    """Of all the frame's items, with all it knows."""

    def told_late(self, days: int) -> tuple[Flags, Flags]:
        """Of which items the evening tells whether they are more than so many days late, and whether they are.

        It tells once the day has come, for early payers no sooner than for others: they would make all look punctual.
        Of an item withdrawn until then it never tells.
        """
        late = self.is_open | (self.last_seen - self.due > days)
        told: Flags = (self.due + days <= self.as_of) & (self.paid | late)
        return told, late


def known_items(items: pd.DataFrame, as_of: int) -> KnownItems:
    """Read the frame described above as known on the evening of a day number. Raises MissingDay."""
    states = states_of(items)
    now = states.at(np.flatnonzero((states.since <= as_of) & (as_of < states.until)))
    cleared, withdrawn = (np.where(days <= as_of, days, NEVER) for days in (now.cleared, now.withdrawn))
    ended = np.minimum(cleared, withdrawn)
    is_open = ended == NEVER
    places = np.full(len(items), -1)
    places[now.rows] = np.arange(len(now.rows))
    disputes, promises = (_of_known(spoken.by(as_of), places) for spoken in (disputes_of(items), promises_of(items)))
    disputed, promised, promised_date = (np.full(len(now.rows), NEVER) for _ in range(3))
    # Where an item has several, the newest is written last.
    disputed[disputes.rows] = disputes.on
    promised[promises.rows], promised_date[promises.rows] = promises.on, promises.until
    in_dispute = np.zeros(len(now.rows), dtype=np.bool_)
    in_dispute[disputes.rows[disputes.until > as_of]] = True
    return KnownItems(
        as_of=as_of,
        rows=now.rows,
        customers=items["customer_id"].iloc[now.rows],
        issued=now.issued,
        known_on=states.since[np.searchsorted(states.rows, now.rows)],
        due=now.due,
        last_seen=np.where(is_open, as_of, ended),
        paid=(cleared != NEVER) & (cleared <= withdrawn),
        is_open=is_open,
        disputed_on=disputed,
        in_dispute=is_open & in_dispute,
        promised_on=promised,
        promised_date=promised_date,
        promises=promises,
        states=states,
    )


def _of_known(spoken: Spoken, places: Days) -> Spoken:
    """Those of items that were known, by their place among them."""
    kept = spoken.at(np.flatnonzero(places[spoken.rows] >= 0))
    return Spoken(places[kept.rows], kept.on, kept.until)
