"""Take remittance advices into the books: the customers' word on what their money pays."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core.documents import actions as documents
from o2c_ai.core.documents.rules import DocumentKind
from o2c_ai.core.errors import BadInput, Problem
from o2c_ai.core.money import NotAnAmount, parse_minor
from o2c_ai.core.payments import actions as payments
from o2c_ai.core.payments import queries as payment_queries
from o2c_ai.core.payments.rules import Advice, AdviceLine, StatedAdvice
from o2c_ai.formats.exchange import read_remittances

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy.orm import Session

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
        head = rows[0]
        on, currency = lines.get(head.line_ref, (None, ""))
        on, currency = head.advice_date or on, head.currency or currency
        if on is None or not currency:
            problems.append(_unplaced(source, head.at, "currency" if on else "date"))
            continue
        try:
            parts = tuple(_advice_line(row, currency) for row in rows)
            total = parse_minor(head.total, currency) if head.total else None
        except NotAnAmount as bad:
            problems.append(Problem(source, head.at, "amount", str(bad), "correct the advice and import again"))
            continue
        found.append(Advice(external_id, head.line_ref, on, currency, total, head.payer_name, parts))
    if problems:
        raise BadInput(problems)
    return found


def _advice_line(row: StatedAdvice, currency: str) -> AdviceLine:
    discount = parse_minor(row.discount, currency) if row.discount else 0
    return AdviceLine(row.invoice_ref, parse_minor(row.amount, currency), discount, row.deduction_code)


def _unplaced(source: str, at: int, column: str) -> Problem:
    what = f"an advice without a {column} must name a known bank line"
    return Problem(source, at, column, what, f"fill in {column}, or line_id with a line that is in the books")
