"""Questions about the ledger: companies, accounts, rates, entries and balances as of a day."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BigInteger, case, cast, func, select

from o2c_ai.core.database import Place, among, page_of
from o2c_ai.core.ledger.rules import (
    AccountRole,
    Company,
    EntryKind,
    NewEntry,
    NewPosting,
    PeriodState,
    RateBook,
    UnknownCompany,
    UnknownEntry,
)
from o2c_ai.core.ledger.tables import Account, CompanyRow, ExchangeRate, JournalEntry, Period, Posting

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session


def find_company(session: Session, code: str) -> Company | None:
    """The company of that code, None where its books were never opened."""
    row = session.scalar(select(CompanyRow).where(CompanyRow.code == code))
    return None if row is None else Company(row.id, row.code, row.name, row.base_currency, row.created_at)


def get_company(session: Session, code: str) -> Company:
    """The company of that code; raises UnknownCompany."""
    company = find_company(session, code)
    if company is None:
        raise UnknownCompany(code)
    return company


def company_of(session: Session, company_id: int) -> Company:
    """The company of that internal number."""
    row = session.scalars(select(CompanyRow).where(CompanyRow.id == company_id)).one()
    return Company(row.id, row.code, row.name, row.base_currency, row.created_at)


def company_ids(session: Session) -> list[int]:
    """The internal numbers of all companies, the oldest first."""
    return list(session.scalars(select(CompanyRow.id).order_by(CompanyRow.id)))


def base_currency(session: Session, company_id: int) -> str:
    """The company's own currency."""
    return session.scalars(select(CompanyRow.base_currency).where(CompanyRow.id == company_id)).one()


def accounts_by_role(session: Session, company_id: int) -> dict[AccountRole, int]:
    """Account numbers in the database of every role but BANK, which has one for each bank account."""
    asked = select(Account.role, Account.id).where(Account.company_id == company_id, Account.role != AccountRole.BANK)
    return {row.role: row.id for row in session.execute(asked)}


def account_roles(session: Session, company_id: int) -> dict[str, AccountRole]:
    """Account number → what the account is for, of every account."""
    asked = select(Account.number, Account.role).where(Account.company_id == company_id)
    return {row.number: row.role for row in session.execute(asked)}


def next_bank_number(session: Session, company_id: int) -> str:
    """The number a further bank account's ledger account gets: the first free one from 1000 up."""
    taken = set(session.scalars(select(Account.number).where(Account.company_id == company_id)))
    return next(number for number in map(str, count(1000)) if number not in taken)


def rate_book(session: Session, company_id: int) -> RateBook:
    """All rates into the company's currency, given directly or else as their exact inverse."""
    base = base_currency(session, company_id)
    directly = case((ExchangeRate.to_currency == base, 1), else_=0)
    asked = select(ExchangeRate).where(ExchangeRate.company_id == company_id)
    series: dict[str, tuple[list[date], list[Decimal | Fraction]]] = {}
    for row in session.scalars(asked.order_by(ExchangeRate.rate_date, directly)):
        if base not in {row.from_currency, row.to_currency}:
            continue
        direct = row.to_currency == base
        dates, rates = series.setdefault(row.from_currency if direct else row.to_currency, ([], []))
        dates.append(row.rate_date)
        rates.append(Decimal(row.rate) if direct else 1 / Fraction(row.rate))
    return RateBook(base, series)


def stored_rates(session: Session, company_id: int) -> dict[tuple[date, str, str], str]:
    """(day, from, to) → rate text of every rate the company has."""
    asked = select(ExchangeRate).where(ExchangeRate.company_id == company_id)
    return {(row.rate_date, row.from_currency, row.to_currency): row.rate for row in session.scalars(asked)}


def closed_periods(session: Session, company_id: int, first: date, last: date) -> list[tuple[date, date]]:
    """Closed periods that touch the days from first to last."""
    asked = select(Period.starts_on, Period.ends_on).where(
        Period.company_id == company_id,
        Period.state == PeriodState.CLOSED,
        Period.starts_on <= last,
        Period.ends_on >= first,
    )
    return [(row.starts_on, row.ends_on) for row in session.execute(asked)]


def find_period(session: Session, company_id: int, starts_on: date, ends_on: date) -> Period | None:
    """The stored period of exactly these days."""
    asked = select(Period).where(
        Period.company_id == company_id, Period.starts_on == starts_on, Period.ends_on == ends_on
    )
    return session.scalar(asked)


def get_entries(session: Session, company_id: int, entry_ids: Sequence[int]) -> dict[int, NewEntry]:
    """Stored entries with their postings; raises UnknownEntry for a number the company does not have."""
    headers: dict[int, tuple[EntryKind, date, str]] = {}
    postings: dict[int, list[NewPosting]] = {}
    asked = select(JournalEntry.id, JournalEntry.kind, JournalEntry.posting_date, JournalEntry.text)
    mine = JournalEntry.company_id + 0 == company_id, among(session, JournalEntry.id, entry_ids)
    for entry_id, kind, day, text in session.execute(asked.where(*mine)):
        headers[entry_id] = (kind, day, text)
    lines = select(Posting.entry_id, Posting.account_id, Posting.currency, Posting.amount_minor, Posting.base_minor)
    lines = lines.where(among(session, Posting.entry_id, entry_ids)).order_by(Posting.id)
    for entry_id, account, currency, minor, base in session.execute(lines):
        postings.setdefault(entry_id, []).append(NewPosting(account, currency, minor, base))
    for entry_id in entry_ids:
        if entry_id not in headers:
            raise UnknownEntry(entry_id)
    return {entry_id: NewEntry(*headers[entry_id], tuple(postings[entry_id])) for entry_id in headers}


def reversed_ids(session: Session, company_id: int, entry_ids: Sequence[int]) -> set[int]:
    """Which of these entries have their mirror already."""
    asked = select(JournalEntry.reverses_id).where(
        JournalEntry.company_id + 0 == company_id, among(session, JournalEntry.reverses_id, entry_ids)
    )
    return {entry_id for entry_id in session.scalars(asked) if entry_id is not None}


def trial_balance(session: Session, company_id: int, as_of: date) -> Sequence[Row[str, str, str, int, int, int]]:
    """Rows (number, name, currency, debit_minor, credit_minor, unvalued postings) of entries posted up to the day."""
    amount = Posting.amount_minor
    sums = (
        _posted(company_id, as_of)
        .add_columns(
            cast(func.sum(case((amount > 0, amount), else_=0)), BigInteger).label("debit"),
            cast(func.sum(case((amount < 0, -amount), else_=0)), BigInteger).label("credit"),
            func.count().filter(Posting.base_minor.is_(None)).label("unvalued"),
        )
        .subquery()
    )
    asked = (
        select(Account.number, Account.name, sums.c.currency, sums.c.debit, sums.c.credit, sums.c.unvalued)
        .join(sums, sums.c.account_id == Account.id)
        .order_by(Account.number, sums.c.currency)
    )
    return session.execute(asked).all()


def _posted(company_id: int, as_of: date) -> Select[int, str]:
    """Selects (account_id, currency) of postings up to the day, grouped, for sums: account by account, by its index."""
    # Without the index of entries by day, which would have every posting looked up by itself.
    mine = JournalEntry.company_id + 0 == company_id, JournalEntry.posting_date <= as_of
    return (
        select(Posting.account_id, Posting.currency)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(Posting.account_id.in_(select(Account.id).where(Account.company_id == company_id)), *mine)
        .group_by(Posting.account_id, Posting.currency)
    )


def columns_postings(session: Session, company_id: int, since: date | None = None) -> Iterator[Any]:
    """Every posting in entry order: (entry, posting_date, kind, text, account number, name, currency, minor, base)."""
    asked = (
        select(
            JournalEntry.id,
            JournalEntry.posting_date,
            JournalEntry.kind,
            JournalEntry.text,
            Account.number,
            Account.name,
            Posting.currency,
            Posting.amount_minor,
            Posting.base_minor,
        )
        .join(Posting, Posting.entry_id == JournalEntry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(JournalEntry.company_id == company_id)
        .order_by(JournalEntry.posting_date, JournalEntry.id, Posting.id)
    )
    if since is not None:
        asked = asked.where(JournalEntry.posting_date >= since)
    yield from session.execute(asked.execution_options(yield_per=10_000))


def page_entries(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    account: str | None = None,
    kind: EntryKind | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of the entries posted up to the day, the newest first, and the place after it. Raises BadPlace.

    Columns: those of the header. `account` keeps only entries that touch the account of that number.
    """
    asked = select(*JournalEntry.__table__.columns)
    asked = asked.where(JournalEntry.company_id == company_id, JournalEntry.posting_date <= as_of)
    if account is not None:
        touching = select(Posting.entry_id).join(Account, Account.id == Posting.account_id)
        asked = asked.where(
            JournalEntry.id.in_(touching.where(Account.company_id == company_id, Account.number == account))
        )
    if kind is not None:
        asked = asked.where(JournalEntry.kind == kind)
    return page_of(session, asked, by="posting_date", after=after, limit=limit, descending=True)


def get_entry(session: Session, company_id: int, entry_id: int) -> JournalEntry:
    """The header of an entry. Raises UnknownEntry."""
    asked = select(JournalEntry).where(JournalEntry.company_id == company_id, JournalEntry.id == entry_id)
    entry = session.scalar(asked)
    if entry is None:
        raise UnknownEntry(entry_id)
    return entry


def postings_of(session: Session, company_id: int, entry_ids: Sequence[int]) -> dict[int, list[Any]]:
    """Entry → its postings in order. Columns: entry_id, number, name, currency, amount_minor, base_minor."""
    asked = (
        select(Posting.entry_id, Account.number, Account.name, Posting.currency)
        .add_columns(Posting.amount_minor, Posting.base_minor)
        .join(Account, Account.id == Posting.account_id)
        .where(Posting.company_id + 0 == company_id, among(session, Posting.entry_id, entry_ids))
    )
    found: dict[int, list[Any]] = {}
    for row in session.execute(asked.order_by(Posting.id)):
        found.setdefault(row.entry_id, []).append(row)
    return found


def role_balances(
    session: Session, company_id: int, as_of: date, *, role: AccountRole | None = None
) -> dict[tuple[AccountRole, str], int]:
    """(role, currency) → balance in minor units of entries posted up to the day; of all roles or of one."""
    sums = _posted(company_id, as_of).add_columns(func.sum(Posting.amount_minor).label("minor"))
    if role is not None:
        sums = sums.where(Posting.account_id.in_(select(Account.id).where(Account.role == role)))
    each = sums.subquery()
    asked = select(Account.role, each.c.currency, func.sum(each.c.minor)).join(each, each.c.account_id == Account.id)
    return {(row[0], row[1]): int(row[2]) for row in session.execute(asked.group_by(Account.role, each.c.currency))}


class Counts(NamedTuple):
    """How many entries there are."""

    earlier: int
    """With a number up to the one asked for."""
    all: int
    last: int
    """The highest number; 0 for empty books."""


def count_entries(session: Session, company_id: int, number: int) -> Counts:
    """How many entries the company has, all told and up to a number: all in one moment."""
    earlier = func.count().filter(JournalEntry.id <= number)
    asked = select(earlier, func.count(), func.coalesce(func.max(JournalEntry.id), 0))
    return Counts(*session.execute(asked.where(JournalEntry.company_id == company_id)).one())


def changes_since(
    session: Session, company_id: int, role: AccountRole, *, after: int, last: int
) -> Sequence[Row[str, date, int]]:
    """Rows (currency, day, minor units) of what entries after one number, up to another, changed accounts of a role."""
    # From the few entries to their postings, never through all postings of the account.
    asked = (
        select(Posting.currency, JournalEntry.posting_date, cast(func.sum(Posting.amount_minor), BigInteger))
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .join(Account, Account.id == Posting.account_id + 0)
        .where(JournalEntry.id > after, JournalEntry.id <= last, JournalEntry.company_id + 0 == company_id)
        .where(Account.role == role)
        .group_by(Posting.currency, JournalEntry.posting_date)
    )
    return session.execute(asked).all()


def daily_changes(
    session: Session, company_id: int, roles: Sequence[AccountRole], until: date
) -> Sequence[Row[AccountRole, str, date, int]]:
    """Rows (role, currency, day, minor units) of what was posted each day to accounts of these roles, by day."""
    asked = (
        select(
            Account.role, Posting.currency, JournalEntry.posting_date, cast(func.sum(Posting.amount_minor), BigInteger)
        )
        .join(Posting, Posting.account_id == Account.id)
        .join(JournalEntry, JournalEntry.id == Posting.entry_id)
        .where(JournalEntry.company_id == company_id, JournalEntry.posting_date <= until, Account.role.in_(roles))
        .group_by(Account.role, Posting.currency, JournalEntry.posting_date)
        .order_by(JournalEntry.posting_date)
    )
    return session.execute(asked).all()
