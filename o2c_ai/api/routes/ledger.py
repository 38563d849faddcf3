"""The books themselves: trial balance, journal, proof, periods and exports for other programs."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import Field

from o2c_ai.api.dependencies import Act, Read, ReadAlong, needs
from o2c_ai.api.schemas import Day, Id, MoneyOut, Page, Paged, Word, Written, page
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.ledger.actions import set_period
from o2c_ai.core.ledger.queries import company_of, get_entry, page_entries, postings_of, trial_balance
from o2c_ai.core.ledger.rules import EntryKind, PeriodState
from o2c_ai.core.people.rules import Duty
from o2c_ai.core.verification.queries import verified
from o2c_ai.core.verification.rules import Law
from o2c_ai.jobs.export_ledger import ledger_text

router = APIRouter(tags=["ledger"], route_class=ActRoute)
FINDINGS_SHOWN = 100


class BalanceOut(Written):
    """Debits and credits of one account in one currency."""

    account: str = Field(examples=["1200"])
    name: str = Field(examples=["Receivables"])
    debit: MoneyOut
    credit: MoneyOut
    unvalued_postings: int = Field(description="Postings without an amount in the company's currency.")


class PostingOut(Written):
    """One line of an entry."""

    account: str
    name: str
    amount: MoneyOut = Field(description="Debits positive, credits negative.")


class EntryOut(Written):
    """An entry of the journal, balanced in each currency."""

    id: Id
    kind: EntryKind
    posted_on: date
    document_date: date
    recorded_at: datetime
    text: str
    reverses: Id | None = Field(description="The entry this one mirrors.")
    postings: list[PostingOut]


class PeriodIn(Written):
    """A span of days, and whether postings are taken in it."""

    starts_on: Day
    ends_on: Day
    state: PeriodState


class Proof(Written):
    """Every law of the books recomputed."""

    sound: bool
    checked: dict[Law, int] = Field(description="Rows each law was recomputed on.")
    findings: list[str] = Field(description=f"Rows that break a law, the first {FINDINGS_SHOWN}.")
    findings_count: int


class Language(enum.Enum):
    """What re-reads the ledger."""

    BEANCOUNT = "beancount"
    """The beancount language."""
    HLEDGER = "hledger"
    """hledger's journal."""
    CSV = "csv"
    """A table of postings."""


@router.get("/trial-balance")
def balance(read: Read) -> list[BalanceOut]:
    """Debits and credits of each account and currency, of entries posted up to the day."""
    return [
        BalanceOut(
            account=number,
            name=name,
            debit=MoneyOut.of(debit, currency),
            credit=MoneyOut.of(credit, currency),
            unvalued_postings=unvalued,
        )
        for number, name, currency, debit, credit, unvalued in trial_balance(read.session, read.company_id, read.as_of)
    ]


@router.get("/journal")
def journal(
    read: Read,
    part: Paged,
    account: Annotated[Word | None, Query(description="Only entries that touch this account.")] = None,
    kind: EntryKind | None = None,
) -> Page[EntryOut]:
    """Entries posted up to the day, the newest first, a page at a time."""
    found = page_entries(
        read.session,
        read.company_id,
        read.as_of,
        account=account,
        kind=kind,
        **part,
    )
    lines = postings_of(read.session, read.company_id, [row.id for row in found[0]])
    return page(found, lambda row: _entry(row, lines[row.id]))


@router.get("/journal/{entry_id}")
def entry(read: Read, entry_id: Id) -> EntryOut:
    """Show one entry with its postings."""
    found = get_entry(read.session, read.company_id, entry_id)
    return _entry(found, postings_of(read.session, read.company_id, [entry_id])[entry_id])


def _entry(row: Any, lines: list[Any]) -> EntryOut:  # noqa: ANN401 - rows of the queries
    return EntryOut(
        id=row.id,
        kind=row.kind,
        posted_on=row.posting_date,
        document_date=row.document_date,
        recorded_at=row.recorded_at,
        text=row.text,
        reverses=row.reverses_id,
        postings=[
            PostingOut(account=line.number, name=line.name, amount=MoneyOut.of(line.amount_minor, line.currency))
            for line in lines
        ],
    )


@router.put("/periods", dependencies=[needs(Duty.CLOSE)])
def period(asked: PeriodIn, act: Act) -> PeriodIn:
    """Close a span of days for postings, or open it again."""
    days = {"starts_on": asked.starts_on, "ends_on": asked.ends_on}
    set_period(act.session, act.actor, **days, state=asked.state)
    return asked


@router.get("/ledger/verification")
def verification(read: Read) -> Proof:
    """Recompute every law of the books and name the rows that break one."""
    found = verified(read.session, read.company_id)
    findings = [str(finding) for finding in found.findings]
    shown = findings[:FINDINGS_SHOWN]
    return Proof(sound=found.sound, checked=dict(found.checked), findings=shown, findings_count=len(findings))


@router.get("/ledger/export", response_class=StreamingResponse, responses={200: {"content": {"text/plain": {}}}})
def export(read: ReadAlong, language: Language = Language.BEANCOUNT) -> StreamingResponse:
    """Hand the whole ledger out for another program to read."""
    company = company_of(read.session, read.company_id).code
    text = ledger_text(read.session, read.company_id, company, language.value)
    return StreamingResponse(text, media_type="text/plain; charset=utf-8")
