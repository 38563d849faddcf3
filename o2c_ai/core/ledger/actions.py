"""Verbs of the ledger: open a company's books, post entries, reverse them, close and reopen periods."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.database import insert_rows, reserve_ids, table_of
from o2c_ai.core.ledger import queries
from o2c_ai.core.ledger.rules import (
    CHART,
    AccountRole,
    AlreadyReversed,
    Company,
    CompanyExists,
    EndsBeforeStart,
    EntryKind,
    NewEntry,
    NotARate,
    PeriodClosed,
    PeriodState,
    check_entry,
)
from o2c_ai.core.ledger.tables import Account, CompanyRow, ExchangeRate, JournalEntry, Period, Posting
from o2c_ai.core.money import exponent
from o2c_ai.core.people.rules import Duty, require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from decimal import Decimal

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


def open_company(session: Session, *, code: str, name: str, base_currency: str, recorded_at: datetime) -> Company:
    """Open a company's books with the chart of accounts. Raises CompanyExists, UnknownCurrency."""
    exponent(base_currency)
    if queries.find_company(session, code) is not None:
        raise CompanyExists(code)
    company = CompanyRow(code=code, name=name, base_currency=base_currency, created_at=recorded_at)
    session.add(company)
    session.flush()
    rows = [(company.id, number, title, role) for role, (number, title) in CHART.items()]
    insert_rows(session, table_of(Account), ("company_id", "number", "name", "role"), rows)
    return Company(company.id, code, name, base_currency, recorded_at)


def open_bank_ledger_account(session: Session, actor: Actor, *, name: str) -> int:
    """A ledger account for one more bank account."""
    number = queries.next_bank_number(session, actor.company_id)
    account = Account(company_id=actor.company_id, number=number, name=name, role=AccountRole.BANK)
    session.add(account)
    session.flush()
    audit.record(session, actor, "open", "accounts", account.id, detail={"number": number, "name": name})
    return account.id


def add_rates(session: Session, actor: Actor, *, rates: Mapping[tuple[date, str, str], Decimal]) -> int:
    """Remember rates not known yet, keyed (day, from, to); gives how many were new. A known rate is kept as it is.

    Raises NotYourDuty, NotARate.
    """
    require(actor, Duty.IMPORT)
    for key, rate in rates.items():
        if not rate.is_finite() or rate <= 0:
            raise NotARate(*key, rate)
    known = queries.stored_rates(session, actor.company_id)
    fresh = {key: rate for key, rate in rates.items() if key not in known}
    rows = [(actor.company_id, *key, format(rate, "f")) for key, rate in sorted(fresh.items())]
    columns = ("company_id", "rate_date", "from_currency", "to_currency", "rate")
    insert_rows(session, table_of(ExchangeRate), columns, rows)
    if rows:
        audit.record(session, actor, "add", "exchange_rates", detail={"count": len(rows)})
    return len(rows)


_POSTING_COLUMNS = ("company_id", "entry_id", "account_id", "currency", "amount_minor", "base_minor")
_ENTRY_COLUMNS = (
    "id",
    "company_id",
    "kind",
    "posting_date",
    "document_date",
    "recorded_at",
    "user_id",
    "text",
    "reverses_id",
)


def post(session: Session, actor: Actor, *, entries: Sequence[NewEntry]) -> Sequence[int]:
    """Write entries, postings first and each header last, which seals it; gives their numbers in order.

    Callers are verbs of later modules, which have checked the duty and write the audit row of their act.
    Raises Unbalanced, PartlyValued, TooFewPostings, PeriodClosed.
    """
    for entry in entries:
        check_entry(entry)
    _check_periods(session, actor.company_id, entries)
    ids = reserve_ids(session, table_of(JournalEntry), len(entries))
    company, user, recorded = actor.company_id, actor.user_id, actor.recorded_at
    postings = [
        (company, entry_id, line.account_id, line.currency, line.amount_minor, line.base_minor)
        for entry_id, entry in zip(ids, entries, strict=True)
        for line in entry.postings
    ]
    insert_rows(session, table_of(Posting), _POSTING_COLUMNS, postings)
    headers = [
        (
            entry_id,
            company,
            entry.kind,
            entry.posting_date,
            entry.document_date or entry.posting_date,
            recorded,
            user,
            entry.text,
            entry.reverses_id,
        )
        for entry_id, entry in zip(ids, entries, strict=True)
    ]
    insert_rows(session, table_of(JournalEntry), _ENTRY_COLUMNS, headers)
    return ids


def reverse(session: Session, actor: Actor, *, entry_ids: Sequence[int], on: date) -> Sequence[int]:
    """Write the mirror of each entry on the given day; gives the mirrors' numbers in order.

    Raises UnknownEntry, AlreadyReversed (also where an entry is named twice), PeriodClosed.
    """
    stored = queries.get_entries(session, actor.company_id, entry_ids)
    done = queries.reversed_ids(session, actor.company_id, entry_ids)
    done |= {entry_id for entry_id, times in Counter(entry_ids).items() if times > 1}
    if done:
        raise AlreadyReversed(min(done))
    return post(session, actor, entries=[_mirror(entry_id, stored[entry_id], on) for entry_id in entry_ids])


def _mirror(entry_id: int, entry: NewEntry, on: date) -> NewEntry:
    flipped = tuple(
        line._replace(amount_minor=-line.amount_minor, base_minor=None if line.base_minor is None else -line.base_minor)
        for line in entry.postings
    )
    return NewEntry(EntryKind.REVERSAL, on, f"reversal of {entry.text}", flipped, reverses_id=entry_id)


def set_period(session: Session, actor: Actor, *, starts_on: date, ends_on: date, state: PeriodState) -> None:
    """Close a span of days for postings, or open it again.

    Raises NotYourDuty, EndsBeforeStart, and PeriodClosed where these very days were never closed as one period but
    another keeps some of them closed.
    """
    require(actor, Duty.CLOSE)
    if ends_on < starts_on:
        raise EndsBeforeStart(starts_on, ends_on)
    period = queries.find_period(session, actor.company_id, starts_on, ends_on)
    if state is PeriodState.OPEN and (period is None or period.state is PeriodState.OPEN):
        for first, last in queries.closed_periods(session, actor.company_id, starts_on, ends_on):
            raise PeriodClosed(max(first, starts_on), last)
    if period is None:
        period = Period(company_id=actor.company_id, starts_on=starts_on, ends_on=ends_on, state=state)
        session.add(period)
    period.state = state
    session.flush()
    verb = "close" if state is PeriodState.CLOSED else "reopen"
    detail: dict[str, object] = {"starts_on": audit.plain(starts_on), "ends_on": audit.plain(ends_on)}
    audit.record(session, actor, verb, "periods", period.id, detail=detail)


def _check_periods(session: Session, company_id: int, entries: Sequence[NewEntry]) -> None:
    days = {entry.posting_date for entry in entries}
    if not days:
        return
    for starts_on, ends_on in queries.closed_periods(session, company_id, min(days), max(days)):
        for day in days:
            if starts_on <= day <= ends_on:
                raise PeriodClosed(day, ends_on)
