"""Take remittance advices into the books: the customers' word on what their money pays."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from o2c_ai.core.documents import actions as documents
from o2c_ai.core.documents.rules import DocumentKind
from o2c_ai.core.errors import BadInput, Problem
from o2c_ai.core.money import NotAnAmount, parse_minor
from o2c_ai.core.payments import actions as payments
from o2c_ai.core.payments import queries as payment_queries
from o2c_ai.core.payments.rules import Advice, AdviceLine
from o2c_ai.formats.exchange import read_remittances

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.payments.rules import StatedAdvice
    from o2c_ai.core.people.rules import Actor


def import_remittance(session: Session, actor: Actor, *, name: str, content: bytes) -> int:
    """Take in advices of a table in the exchange folder's shape; gives how many were new. Raises BadInput."""
    stated, problems = read_remittances(name, content)
    if problems:
        raise BadInput(problems)
    documents.keep(session, actor, kind=DocumentKind.REMITTANCE, name=name, content=content)
    refs = sorted({row.line_ref for row in stated if row.line_ref})
    facts = payment_queries.line_facts(session, actor.company_id, refs)
    return payments.take_advices(session, actor, advices=gather_advices(name, stated, facts))


def gather_advices(source: str, stated: Sequence[StatedAdvice], lines: Mapping[str, tuple[date, str]]) -> list[Advice]:
    """Rows of one advice brought together; where it gives no date or currency, its line's count. Raises BadInput.

    `lines` has the (booking date, currency) of the bank lines that are known.
    """
    grouped: dict[str, list[StatedAdvice]] = {}
    for row in stated:
        grouped.setdefault(row.external_id, []).append(row)
    found: list[Advice] = []
    problems: list[Problem] = []
    for external_id, rows in grouped.items():
        problems += (clashes := _clashes(source, rows))
        line_ref = _first(row.line_ref for row in rows)
        on, currency = lines.get(line_ref, (None, ""))
        on = next((row.advice_date for row in rows if row.advice_date is not None), on)
        currency = _first(row.currency for row in rows) or currency
        if on is None or not currency:
            problems.append(_unplaced(source, rows[0].at, "currency" if on else "date"))
        elif not clashes:
            found.append(_advice(source, rows, (external_id, line_ref, on, currency), problems))
    if problems:
        raise BadInput(problems)
    return found


def _first(cells: Iterable[str]) -> str:
    return next(filter(None, cells), "")


def _clashes(source: str, rows: Sequence[StatedAdvice]) -> list[Problem]:
    """Rows of one advice that name another line, day or currency than a row before them; an empty cell names none."""
    problems = []
    for column, read in _OF_THE_WHOLE.items():
        named = [(row.at, read(row)) for row in rows if read(row)]
        for at, value in named:
            if value != named[0][1]:
                what = f"{rows[0].external_id} has {value} here and {named[0][1]} on line {named[0][0]}"
                remedy = "give the rows of one advice the same, or another remittance_id"
                problems.append(Problem(source, at, column, what, remedy))
                break
    return problems


_OF_THE_WHOLE: dict[str, Callable[[StatedAdvice], object]] = {
    "line_id": attrgetter("line_ref"),
    "date": attrgetter("advice_date"),
    "currency": attrgetter("currency"),
}
"""Columns that say something of a whole advice, and where a row has them."""


def _advice(
    source: str, rows: Sequence[StatedAdvice], head: tuple[str, str, date, str], problems: list[Problem]
) -> Advice:
    currency = head[3]

    def read(row: StatedAdvice, column: str, text: str) -> int:
        try:
            return parse_minor(text, currency) if text else 0
        except NotAnAmount as bad:
            problems.append(Problem(source, row.at, column, str(bad), "correct the advice and import again"))
            return 0

    parts = tuple(
        AdviceLine(
            row.invoice_ref, read(row, "amount", row.amount), read(row, "discount", row.discount), row.deduction_code
        )
        for row in rows
    )
    total = read(rows[0], "total", rows[0].total) if rows[0].total else None
    return Advice(*head, total, rows[0].payer_name, parts)


def _unplaced(source: str, at: int, column: str) -> Problem:
    what = f"an advice without a {column} must name a known bank line"
    return Problem(source, at, column, what, f"fill in {column}, or line_id with a line that is in the books")
