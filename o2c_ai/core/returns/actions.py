"""Verbs of returns: take a bounced payment back, so that all it had paid is open again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from o2c_ai.core.clearings import actions as clearings
from o2c_ai.core.clearings.queries import hold, lock_credit_item, standing_entries_of_credit, taken_back
from o2c_ai.core.clearings.rules import Held
from o2c_ai.core.disputes import actions as disputes
from o2c_ai.core.payments.rules import NotAReceipt
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.core.receivables.rules import AlreadyTakenBack, Clearing, CreditKind, MovementKind, NewMovement

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

Freed = tuple[list[int], Clearing]
"""Mirrors of what a receipt had paid, and the clearing that takes its money back."""


def take_back(session: Session, actor: Actor, *, credit_item_id: int, on: date, reason: str) -> list[int]:
    """Reverse a receipt that bounced: everything it paid is open again; gives the entries.

    Raises NotYourDuty, UnknownItem, NotAReceipt, AlreadyTakenBack, PeriodClosed and what undoing raises.
    """
    require(actor, Duty.BOOK)
    held = Held()
    mirrors, last = free_receipt(session, actor, held, credit_item_id, Clearing(on, "", "", reason=reason))
    return [*mirrors, *clearings.clear(session, actor, clearings=[last], held=held)]


def free_receipt(session: Session, actor: Actor, held: Held, credit_item_id: int, head: Clearing) -> Freed:
    """Undo all that a receipt paid; gives the mirrors, and the clearing that takes the freed money back."""
    receipt = lock_credit_item(session, actor.company_id, credit_item_id)
    if receipt.kind is not CreditKind.RECEIPT:
        raise NotAReceipt(receipt.number)
    if taken_back(session, actor.company_id, credit_item_id):
        raise AlreadyTakenBack(receipt.number)
    used, mirrors = standing_entries_of_credit(session, actor.company_id, credit_item_id), list[int]()
    if used:
        undone = clearings.unapply(session, actor, entry_ids=used[::-1], on=head.on, reason=head.reason, held=held)
        mirrors.extend(undone)
    disputes.withdraw_deductions(session, actor, entry_ids=used, on=head.on)
    hold(session, actor.company_id, held, [], [credit_item_id])
    credit = held.credit[credit_item_id]
    move = NewMovement(credit_item_id, MovementKind.REVERSED, credit.left_minor, credit.customer_id, head.reason)
    return mirrors, replace(head, currency=credit.currency, text=f"{credit.number} returned", movements=(move,))
