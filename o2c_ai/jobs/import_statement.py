"""Take a bank statement into the books, once however often it is sent, real twins kept."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from o2c_ai.core.balances.actions import state_balance
from o2c_ai.core.documents import actions as documents
from o2c_ai.core.documents.rules import DocumentKind
from o2c_ai.core.errors import BadInput, Problem
from o2c_ai.core.ledger.rules import BaseTooLarge
from o2c_ai.core.payments import actions as payments
from o2c_ai.core.payments import queries as payment_queries
from o2c_ai.core.payments.rules import NewLine, Statement, StatementLine
from o2c_ai.formats.detect import read_statements
from o2c_ai.formats.statement_file import StatementKind
from o2c_ai.formats.table import YEARS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


_TRUE_DAYS = "ask the bank for a file with the true days"


@dataclass
class StatementReport:
    """What became of a file's lines."""

    statements: int = 0
    new_lines: int = 0
    known_lines: int = 0
    left_out: int = 0
    """Entries the bank has not booked yet."""


def import_statement(session: Session, actor: Actor, *, name: str, content: bytes) -> StatementReport:
    """Record a statement file in the caller's transaction. Raises BadInput where any of it cannot be trusted."""
    paper = read_statements(content, name)
    if paper.kind is not StatementKind.STATEMENT:
        what = f"is {paper.file_format}, whose money stands on the day's statement too"
        raise BadInput([Problem(name, None, None, what, "import the account's statement (camt.053) instead")])
    _check_days(name, paper.statements)
    documents.keep(session, actor, kind=DocumentKind.STATEMENT, name=name, content=content)
    report = StatementReport(statements=len(paper.statements), left_out=paper.entries_left_out)
    for statement in paper.statements:
        _record(session, actor, name, statement, report)
    return report


def _check_days(name: str, statements: Sequence[Statement]) -> None:
    """Refuse days that stand for none, such as 9999-12-31. Raises BadInput."""
    problems = [
        Problem(name, None, tag, f"{day} is not in the years {YEARS[0]} to {YEARS[-1]}", _TRUE_DAYS)
        for statement in statements
        for tag, day in _days(statement)
        if day is not None and day.year not in YEARS
    ]
    if problems:
        raise BadInput(problems)


def _days(statement: Statement) -> Iterator[tuple[str, date | None]]:
    for line in statement.lines:
        yield "BookgDt", line.booking_date
        yield "ValDt", line.value_date
    yield "Dt", statement.closing_on


def _record(session: Session, actor: Actor, name: str, statement: Statement, report: StatementReport) -> None:
    stated = list(zip(_references(statement), statement.lines, strict=True))
    known = payment_queries.line_ids_of_refs(session, actor.company_id, [ref for ref, _ in stated])
    fresh = [_new_line(ref, line) for ref, line in stated if ref not in known and line.amount.minor]
    account = payments.bank_account(session, actor, account=statement.account)
    try:
        payments.record_lines(session, actor, account=account, lines=fresh)
    except BaseTooLarge as error:
        remedy = "correct the exchange rate, or ask the bank for the true amount"
        raise BadInput([Problem(name, None, "Amt", str(error), remedy)]) from error
    if statement.closing is not None and statement.closing_on is not None:
        state_balance(session, actor, bank_account_id=account[0], balance=statement.closing, on=statement.closing_on)
    report.new_lines += len(fresh)
    report.known_lines += len(stated) - len(fresh)


def _references(statement: Statement) -> list[str]:
    """A reference for each line that is the same whenever and in whatever file the line comes again.

    It is drawn from what the bank says of the line; equal lines of one day are counted, so that two real twins are two.
    """
    seen: Counter[str] = Counter()
    references = []
    for line in statement.lines:
        digest = hashlib.sha256("\x1f".join(_facts(statement, line)).encode()).hexdigest()[:24]
        seen[digest] += 1
        references.append(f"{digest}-{seen[digest]}")
    return references


def _facts(statement: Statement, line: StatementLine) -> tuple[str, ...]:
    return (
        statement.account,
        line.booking_date.isoformat(),
        line.amount.currency,
        str(line.amount.minor),
        line.entry_reference,
        line.payer_account,
        line.payer_name,
        line.narrative,
        line.end_to_end_id,
    )


def _new_line(ref: str, line: StatementLine) -> NewLine:
    return NewLine(
        ref,
        line.booking_date,
        line.amount.currency,
        line.amount.minor,
        line.payer_name,
        line.payer_account,
        line.narrative,
        line.end_to_end_id,
        line.value_date,
    )
