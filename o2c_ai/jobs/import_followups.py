"""What an exchange folder says about items in the books: disputes, cancellations, promises, contacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from o2c_ai.core.collections import actions as collections
from o2c_ai.core.collections.rules import NewActivity, NewPromise
from o2c_ai.core.customers.queries import codes
from o2c_ai.core.disputes import actions as disputes
from o2c_ai.core.disputes.queries import disputes_of_items
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute
from o2c_ai.core.errors import BadInput, BooksError, Problem
from o2c_ai.core.forecasts import actions as forecasts
from o2c_ai.core.invoices import actions as invoices
from o2c_ai.core.invoices.queries import item_ids, owners
from o2c_ai.core.money import NotAnAmount, parse_minor
from o2c_ai.core.receivables.queries import left_on

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.formats.exchange import Folder
    from o2c_ai.jobs.import_checks import BooksSeen


@dataclass
class Followups:
    """How many of each were new or changed."""

    disputes: int = 0
    cancelled: int = 0
    promises: int = 0
    activities: int = 0
    planned_flows: int = 0
    settled_elsewhere: int = 0
    reopened: int = 0
    """Items settled elsewhere before that the snapshot holds again, or that are paid or cancelled after all."""


def take(session: Session, actor: Actor, folder: Folder, seen: BooksSeen, reopened: Mapping[str, date]) -> Followups:
    """Write all of it; gives the counts. Raises BadInput with every fault.

    `reopened` has the items that were settled elsewhere, each with the day from which it is open again.
    """
    found = Followups(reopened=len(reopened))
    items = item_ids(session, actor.company_id)
    found.cancelled = _cancel(session, actor, folder, seen, reopened)
    found.disputes = _dispute(session, actor, folder, items)
    found.promises = _promise(session, actor, folder, seen, items)
    numbers = codes(session, actor.company_id)
    contacts = [NewActivity(numbers[a.customer_code], a.on, a.kind, a.result, a.note) for a in folder.activities]
    found.activities = collections.contact(session, actor, activities=contacts)
    found.planned_flows = forecasts.plan_flows(session, actor, flows=folder.planned_flows)
    return found


def _cancel(session: Session, actor: Actor, folder: Folder, seen: BooksSeen, reopened: Mapping[str, date]) -> int:
    problems, done = [], 0
    for invoice in folder.invoices:
        stored = seen.invoices.get(invoice.number)
        if invoice.cancelled_on is None or (stored is not None and stored.reversed_on is not None):
            continue
        on = max(invoice.cancelled_on, reopened.get(invoice.number, invoice.cancelled_on))
        try:
            invoices.reverse(session, actor, number=invoice.number, on=on, reason="cancelled_on")
            done += 1
        except BooksError as error:
            remedy = "take back what was paid on it, or leave cancelled_on empty"
            problems.append(Problem("invoices.csv", invoice.at, "cancelled_on", str(error), remedy))
    if problems:
        raise BadInput(problems)
    return done


def _dispute(session: Session, actor: Actor, folder: Folder, items: dict[str, tuple[int | None, int | None]]) -> int:
    stated = [invoice for invoice in folder.invoices if invoice.disputed_on is not None]
    if not stated:
        return 0
    known = disputes_of_items(session, actor.company_id)
    customers = owners(session, actor.company_id)
    fresh, changed = [], 0
    for invoice in stated:
        item, resolved = items[invoice.number][0], invoice.dispute_resolved_on
        if item is None or invoice.disputed_on is None:
            continue
        state = DisputeState.NEW if resolved is None else DisputeState.CLOSED
        stored = known.get(item)
        again = stored is not None and stored.closed_on is not None and stored.closed_on < invoice.disputed_on
        if stored is None or again:
            head = (customers[invoice.number], item, DisputeKind.DISPUTE, DisputeReason.UNKNOWN)
            size, currency = abs(invoice.amount_minor), invoice.currency
            fresh.append(NewDispute(*head, size, currency, invoice.disputed_on, state, resolved))
        elif (stored.opened_on, stored.closed_on) != (invoice.disputed_on, resolved):
            disputes.amend(
                session, actor, dispute=stored, opened_on=invoice.disputed_on, state=state, closed_on=resolved
            )
            changed += 1
    disputes.record(session, actor, disputes=fresh)
    return len(fresh) + changed


def _promise(
    session: Session, actor: Actor, folder: Folder, seen: BooksSeen, items: dict[str, tuple[int | None, int | None]]
) -> int:
    if not folder.promises:
        return 0
    problems, promises = [], []
    currencies = {number: stored.currency for number, stored in seen.invoices.items()}
    currencies |= {invoice.number: invoice.currency for invoice in folder.invoices}
    asked = [(items[stated.number][0] or 0, stated.promised_on) for stated in folder.promises]
    left = left_on(session, actor.company_id, asked)
    for stated, key in zip(folder.promises, asked, strict=True):
        currency = currencies[stated.number]
        if not key[0]:
            problems.append(Problem("promises.csv", stated.at, "invoice_id", "is a credit memo", "name an invoice"))
            continue
        try:
            promised = parse_minor(stated.amount, currency) if stated.amount else left[key]
        except NotAnAmount as bad:
            problems.append(Problem("promises.csv", stated.at, "amount", str(bad), "correct the cell"))
            continue
        if stated.amount and promised <= 0:
            what = f"{stated.amount} promises nothing"
            problems.append(Problem("promises.csv", stated.at, "amount", what, "leave it empty for all that is open"))
            continue
        promises.append(NewPromise(key[0], stated.promised_on, stated.promised_date, promised, currency))
    if problems:
        raise BadInput(problems)
    return collections.promise(session, actor, promises=promises)
