"""What a folder says otherwise than the books and is not taken over: each is told in a note, nothing in silence."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from o2c_ai.core.disputes.queries import disputes_of_items
from o2c_ai.core.ledger.queries import stored_rates
from o2c_ai.core.payments.queries import columns_advices

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy.orm import Session

    from o2c_ai.core.payments.rules import Advice
    from o2c_ai.formats.exchange import Folder
    from o2c_ai.jobs.import_checks import BooksSeen


def notes_of_changes(
    session: Session, company_id: int, folder: Folder, seen: BooksSeen, advices: Sequence[Advice]
) -> list[str]:
    """A note for each kind of change that the books do not take over, before anything is written."""
    told = (
        ("invoices.csv: disputed_on is gone for", _disputes(session, company_id, folder, seen), "the dispute stands"),
        ("invoices.csv: cancelled_on is changed or gone for", _cancelled(folder, seen), "the cancellation stands"),
        (
            "remittances.csv: changed since it was taken in:",
            _advices(session, company_id, advices),
            "the old one stands",
        ),
        ("exchange_rates.csv: another rate for", _rates(session, company_id, folder), "the known rate stands"),
    )
    return [note for head, names, outcome in told if (note := _note(head, list(names), outcome))]


def _note(head: str, names: list[str], outcome: str) -> str:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    return f"{head} {names[0]}{more}; {outcome}" if names else ""


def _disputes(session: Session, company_id: int, folder: Folder, seen: BooksSeen) -> Iterator[str]:
    silent = [invoice.number for invoice in folder.invoices if invoice.disputed_on is None]
    items = {number: seen.invoices[number].open_item_id for number in silent if number in seen.invoices}
    known = disputes_of_items(session, company_id) if items else {}
    return (number for number, item in items.items() if item in known)


def _cancelled(folder: Folder, seen: BooksSeen) -> Iterator[str]:
    for invoice in folder.invoices:
        stored = seen.invoices.get(invoice.number)
        if stored is not None and stored.reversed_on not in {None, invoice.cancelled_on}:
            yield f"{invoice.number} (cancelled on {stored.reversed_on})"


def _advices(session: Session, company_id: int, advices: Sequence[Advice]) -> Iterator[str]:
    stored: dict[str, tuple[object, Counter[tuple[object, ...]]]] = {}
    for row in columns_advices(session, company_id, date.max) if advices else ():
        head = (row.line_ref, row.advice_date, row.currency, row.total_minor, row.payer_name)
        rows = stored.setdefault(row.external_id, (head, Counter()))[1]
        rows[row.invoice_ref, row.amount_minor, row.discount_minor, row.deduction_code] += 1
    for new in advices:
        head = (new.line_ref, new.advice_date, new.currency, new.total_minor, new.payer_name)
        lines = Counter((x.invoice_ref, x.amount_minor, x.discount_minor, x.deduction_code) for x in new.lines)
        if stored.get(new.external_id, (head, lines)) != (head, lines):
            yield new.external_id


def _rates(session: Session, company_id: int, folder: Folder) -> Iterator[str]:
    known = stored_rates(session, company_id) if folder.rates else {}
    for stated in folder.rates:
        old = known.get((stated.on, stated.from_currency, stated.to_currency))
        if old is not None and Decimal(old) != stated.rate:
            yield f"{stated.from_currency} to {stated.to_currency} on {stated.on} ({old})"
