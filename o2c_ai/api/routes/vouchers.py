"""From an account to the paper behind it: its entries, what each stands on, and what became of a document."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import Field

from o2c_ai.api.dependencies import Read
from o2c_ai.api.schemas import Day, Id, MoneyOut, Page, Paged, Word, Written, page
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.ledger.queries import get_entry
from o2c_ai.core.ledger.rules import EntryKind
from o2c_ai.core.vouchers.queries import get_paper, page_account, uses_of, vouchers_of
from o2c_ai.core.vouchers.rules import VoucherKind

router = APIRouter(tags=["ledger"], route_class=TurnRoute)
Since = Annotated[Day | None, Query(description="The first day.")]


class AccountEntryOut(Written):
    """An entry, and what it put on the account."""

    id: Id
    kind: EntryKind
    posted_on: date
    text: str
    amounts: list[MoneyOut] = Field(description="On this account: debits positive, credits negative.")


class VoucherOut(Written):
    """Something an entry stands on or acts on."""

    kind: VoucherKind
    number: str = Field(description="Of the document, the bank line or the receipt.", examples=["INV-1"])
    what: str = Field(description="What becomes of it, or what it is.", examples=["invoice"])
    amount: MoneyOut
    bank_line: Id | None


class UseOut(Written):
    """Part of a document that was cleared or used; negative where that was taken back."""

    on: date
    kind: str = Field(examples=["receipt"])
    by: str = Field(description="Number of the credit used, or of the item cleared.")
    amount: MoneyOut
    entry: Id


class PaperOut(Written):
    """A document, and what became of it by the day."""

    number: str
    kind: str = Field(examples=["invoice"])
    customer: str
    issued_on: date
    due_on: date | None
    amount: MoneyOut
    left: MoneyOut = Field(description="Of it, on the evening of the day.")
    entry: Id = Field(description="The entry that booked it.")
    uses: list[UseOut]


@router.get("/accounts/{account}/entries")
def entries(read: Read, part: Paged, account: Word, since: Since = None) -> Page[AccountEntryOut]:
    """Entries that touch an account, posted up to the day, the newest first; an unknown account has none."""
    rows, place, postings = page_account(read.session, read.company_id, read.as_of, account, since=since, **part)
    return page((rows, place), lambda row: _entry(row, account, postings[row.id]))


def _entry(row: Any, account: str, postings: list[Any]) -> AccountEntryOut:  # noqa: ANN401 - rows of the queries
    amounts = [MoneyOut.of(one.amount_minor, one.currency) for one in postings if one.number == account]
    return AccountEntryOut(id=row.id, kind=row.kind, posted_on=row.posting_date, text=row.text, amounts=amounts)


@router.get("/journal/{entry_id}/vouchers")
def vouchers(read: Read, entry_id: Id) -> list[VoucherOut]:
    """What an entry stands on and acts on."""
    entry = get_entry(read.session, read.company_id, entry_id)
    return [
        VoucherOut(
            kind=one.kind,
            number=one.number,
            what=one.what,
            amount=MoneyOut.of(one.amount_minor, one.currency),
            bank_line=one.line_id,
        )
        for one in vouchers_of(read.session, read.company_id, entry)
    ]


@router.get("/papers")
def paper(
    read: Read, number: Annotated[Word, Query(description="Of the document or residual item.", examples=["INV-1"])]
) -> PaperOut:
    """Show a document and what became of it."""
    found = get_paper(read.session, read.company_id, number)
    uses = uses_of(read.session, read.company_id, found, read.as_of)
    return PaperOut(
        number=found.number,
        kind=found.kind,
        customer=found.customer_code,
        issued_on=found.issue_date,
        due_on=found.due_date,
        amount=MoneyOut.of(found.amount_minor, found.currency),
        left=MoneyOut.of(found.amount_minor - sum(use.amount_minor for use in uses), found.currency),
        entry=found.entry_id,
        uses=[
            UseOut(
                on=use.known_on,
                kind=use.kind,
                by=use.by,
                amount=MoneyOut.of(use.amount_minor, found.currency),
                entry=use.entry_id,
            )
            for use in uses
        ],
    )
