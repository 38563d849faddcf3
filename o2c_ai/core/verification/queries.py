"""Questions that prove the books: every law recomputed by the database, with the number of rows it was asked of."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Date, and_, bindparam, case, func, or_, select, text

from o2c_ai.core.aliases.tables import PayerAlias, PayerAliasWithdrawal
from o2c_ai.core.cash_application.tables import CashApplication, CashApplicationPart
from o2c_ai.core.collections.tables import Activity, Promise
from o2c_ai.core.customers.tables import CustomerRow, PayerAccount
from o2c_ai.core.database import Base, table_of
from o2c_ai.core.disputes.tables import Dispute
from o2c_ai.core.invoices.tables import Invoice
from o2c_ai.core.ledger.queries import accounts_by_role
from o2c_ai.core.ledger.rules import AccountRole
from o2c_ai.core.ledger.tables import Account, JournalEntry, Posting
from o2c_ai.core.payments.tables import AdviceLineRow, BankAccount, Receipt, StatementLineRow
from o2c_ai.core.people.tables import Approval, Token
from o2c_ai.core.receivables.tables import Application, CreditItem, CreditMovement, OpenItem
from o2c_ai.core.spot_checks.tables import SpotCheckRow, SpotCheckVerdict
from o2c_ai.core.suggestions.tables import Suggestion, SuggestionOutcome
from o2c_ai.core.timings.tables import PaymentTiming
from o2c_ai.core.verification.rules import DayTotals, Finding, Law, Verified, differing_days

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ColumnElement, Executable, FromClause, Select, Table
    from sqlalchemy.orm import Session

FINDINGS_A_CHECK = 1_000
"""Broken rows named by one check at most: books in ruins need no longer list."""

_LINKED: tuple[type[Base], ...] = (
    *(JournalEntry, Posting, CustomerRow, PayerAccount, OpenItem, CreditItem, Application, CreditMovement, Invoice),
    *(Approval, Token, BankAccount, StatementLineRow, Receipt, AdviceLineRow, Dispute, PaymentTiming),
    *(Suggestion, SuggestionOutcome, CashApplication, CashApplicationPart, Promise, Activity),
    *(PayerAlias, PayerAliasWithdrawal, SpotCheckRow, SpotCheckVerdict),
)
"""Tables whose references are checked."""


class _Check(NamedTuple):
    """A law as a question for the rows that break it: their number is `row_id`."""

    law: Law
    table: str
    """Whose rows are checked and named."""
    mirrors_only: bool
    what: str
    """What is wrong with a row, in the answer's own columns."""
    asked: Executable


_WRITTEN = re.compile(r"^-- (\w+) \| (\w+) \| (all|mirrors) \| (.+)\n([^;]+);", re.MULTILINE)
_NAMED = re.compile(r"^-- (moves|daily|payers): .+\n(?:--.*\n)*([^;]+);", re.MULTILINE)


@cache
def _named() -> dict[str, str]:
    """The statements of queries.sql that are no check by themselves, by name."""
    return dict(_NAMED.findall(_written()))


@cache
def _written() -> str:
    return resources.files("o2c_ai.core.verification").joinpath("queries.sql").read_text("utf-8")


@cache
def _checks() -> tuple[_Check, ...]:
    """The laws written down in queries.sql, and that of references, which follows from the tables."""
    found = []
    for law, table, which, what, sql in _WRITTEN.findall(_written()):
        whole = _named()["moves"] + sql if "FROM moves" in sql else sql
        asked = text(f"{whole}\nORDER BY row_id LIMIT {FINDINGS_A_CHECK}")
        found.append(_Check(Law(law), table, which == "mirrors", what, asked))
    return (*found, *(_reference_check(table_of(entity)) for entity in _LINKED))


def _reference_check(child: Table) -> _Check:
    joined: FromClause = child
    broken: list[tuple[ColumnElement[bool], str]] = []
    for key in sorted(child.foreign_keys, key=lambda key: key.parent.name):
        parent = key.column.table
        if "company_id" not in parent.c:
            continue
        named = parent.alias(f"of_{key.parent.name}")
        joined = joined.outerjoin(named, named.c.id == key.parent)
        bad = or_(named.c.id.is_(None), named.c.company_id != child.c.company_id)
        # A customer's currency is only the usual one; all other rows that name each other are in the same currency.
        if "currency" in parent.c and "currency" in child.c and parent.name != CustomerRow.__tablename__:
            bad = or_(bad, named.c.currency != child.c.currency)
        broken.append((and_(key.parent.is_not(None), bad), key.parent.name))
    asked = select(child.c.id.label("row_id"), case(*broken).label("column")).select_from(joined)
    asked = asked.where(child.c.company_id == bindparam("company"), or_(*(condition for condition, _ in broken)))
    asked = asked.order_by(child.c.id).limit(FINDINGS_A_CHECK)
    what = "its {column} names nothing of the same company and currency"
    return _Check(Law.REFERENCES, child.name, False, what, asked)  # noqa: FBT003 - all rows are checked


def verify(session: Session, company_id: int) -> list[Finding]:
    """Every broken law of the company's books; an empty list when all of them hold."""
    return list(verified(session, company_id).findings)


def verified(session: Session, company_id: int) -> Verified:
    """Every law of the books recomputed from the rows, and how many rows each was recomputed on.

    The statements are in queries.sql, to be read and run by hand.
    """
    mine = {"company": company_id}
    findings: list[Finding] = []
    for check in _checks():
        broken = session.execute(check.asked, mine).mappings()
        findings += [Finding(check.law, check.table, row["row_id"], check.what.format_map(row)) for row in broken]
    totals = _daily_totals(session, company_id)
    findings += [_control_finding(total) for total in differing_days(totals)]
    findings += _payer_findings(session, company_id)
    counted = session.execute(_populations(), mine).mappings().one()
    checked = dict.fromkeys(Law, 0)
    for check in _checks():
        checked[check.law] += counted[_population(check)]
    checked[Law.CONTROL_ACCOUNTS] = len(totals)
    checked[Law.PAYER_ACCOUNTS] = counted[Receipt.__tablename__]
    return Verified(tuple(findings), checked)


def _population(check: _Check) -> str:
    return f"{check.table} mirrors" if check.mirrors_only else check.table


@cache
def _populations() -> Select[*tuple[int, ...]]:
    """How many rows the company has in each table that is checked, and how many of them are mirrors."""
    counts = {}
    for check in _checks():
        table = Base.metadata.tables[check.table]
        asked = select(func.count()).select_from(table).where(table.c.company_id == bindparam("company"))
        if check.mirrors_only:
            asked = asked.where(table.c.reverses_id.is_not(None))
        counts[_population(check)] = asked.scalar_subquery().label(_population(check))
    return select(*counts.values())


def _daily_totals(session: Session, company_id: int) -> list[DayTotals]:
    asked = text(_named()["moves"] + _named()["daily"]).columns(known_on=Date)
    return [DayTotals(*row) for row in session.execute(asked, {"company": company_id})]


def _control_finding(total: DayTotals) -> Finding:
    what = f"on {total.on} the subledger says {total.owed_minor}, posted are {total.posted_minor} of {total.currency}"
    return Finding(Law.CONTROL_ACCOUNTS, Account.__tablename__, total.account_id, what)


def _payer_findings(session: Session, company_id: int) -> Iterator[Finding]:
    accounts = accounts_by_role(session, company_id)
    for role, currency, held, posted in session.execute(text(_named()["payers"]), {"company": company_id}):
        what = f"receipts left are {held}, posted are {posted} minor units of {currency}"
        yield Finding(Law.PAYER_ACCOUNTS, Account.__tablename__, accounts[AccountRole(role)], what)
