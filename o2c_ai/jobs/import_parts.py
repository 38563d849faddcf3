"""Take the cash applications of an exchange folder into the books: what people booked, line by line, as they did."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application import actions as cash_application
from o2c_ai.core.cash_application.queries import columns_parts
from o2c_ai.core.cash_application.rules import Booking, BookingsRefused, PartMisplaced
from o2c_ai.core.customers.queries import codes
from o2c_ai.core.customers.rules import Taken
from o2c_ai.core.errors import BadInput, Problem
from o2c_ai.core.invoices import queries as invoice_queries
from o2c_ai.core.payments import queries as payment_queries
from o2c_ai.core.receivables.rules import CreditExceeded, OverApplication
from o2c_ai.core.suggestions.rules import Part, Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from o2c_ai.core.cash_application.rules import StatedPart
    from o2c_ai.core.errors import BooksError
    from o2c_ai.core.people.rules import Actor
    from o2c_ai.jobs.import_checks import Checked

_Rows = list[tuple["StatedPart", int]]
"""Rows of one bank line with their amounts in minor units."""


class Numbers:
    """Internal numbers of everything the folder names, once customers and invoices are written."""

    def __init__(self, session: Session, company_id: int) -> None:
        """Read them."""
        self.customers = codes(session, company_id)
        self.items = invoice_queries.item_ids(session, company_id)
        self.owners = invoice_queries.owners(session, company_id)

    def part(self, number: str, customer_code: str, minor: int, reason: Reason) -> Part:
        """A stated row with internal numbers."""
        open_item, credit_item = self.items[number] if number else (None, None)
        customer = self.customers[customer_code] if customer_code and not number else None
        return Part(minor, reason, open_item, credit_item, customer)

    def payer(self, number: str, customer_code: str) -> int | None:
        """Who a row says has paid."""
        return self.owners[number] if number else self.customers.get(customer_code)


def fresh_lines(session: Session, actor: Actor, checked: Checked) -> list[str]:
    """References of the lines whose rows are not booked yet. Raises BadInput where what is booked differs."""
    stored: dict[str, Counter[tuple[str, int, str]]] = {}
    for row in columns_parts(session, actor.company_id, date.max):
        key = (row.number or row.customer_code or "", row.amount_minor, row.reason.value)
        stored.setdefault(row.line_ref, Counter())[key] += 1
    problems = []
    for ref, rows in checked.parts.items():
        stated = Counter((p.number or p.customer_code, minor, p.reason.value) for p, minor in rows)
        if stored.get(ref, stated) != stated:
            what = f"{ref} is booked otherwise already"
            remedy = "take the booking back first (o2c unapply), then import again"
            problems.append(Problem("applications.csv", rows[0][0].at, "line_id", what, remedy))
    if problems:
        raise BadInput(problems)
    return [ref for ref in checked.parts if ref not in stored]


def take_parts(session: Session, actor: Actor, checked: Checked, fresh: Sequence[str], ids: Numbers) -> Taken:
    """Book the rows of these lines in the order of their days. Raises BadInput with every line that is refused."""
    line_ids = payment_queries.line_ids_of_refs(session, actor.company_id, fresh)
    bookings = [
        Booking(
            line_ids[ref],
            checked.lines[ref][0],
            tuple(ids.part(p.number, p.customer_code, minor, p.reason) for p, minor in checked.parts[ref]),
        )
        for ref in sorted(fresh, key=lambda ref: (checked.lines[ref][0], line_ids[ref]))
    ]
    rows = {line_ids[ref]: checked.parts[ref] for ref in fresh}
    try:
        cash_application.book(session, actor, bookings=bookings, tolerance=None)  # history is booked as it was
    except BookingsRefused as refusal:
        raise BadInput([_refused(rows[b.line_id], error) for b, error in refusal.refusals]) from refusal
    added = sum(len(checked.parts[ref]) for ref in fresh)
    return Taken(added, 0, sum(len(rows) for rows in checked.parts.values()) - added)


def _refused(rows: _Rows, error: BooksError) -> Problem:
    """The refusal at the row it speaks of: the one of its document or reason, else the first of the line."""
    column, meant = "amount", rows
    if isinstance(error, OverApplication | CreditExceeded):
        meant = [row for row in rows if row[0].number == error.number]
        meant = [row for row in meant if abs(row[1]) == error.attempted.minor] or meant
    elif isinstance(error, PartMisplaced):
        column, meant = "reason", [row for row in rows if row[0].reason is error.reason]
    at = (meant or rows)[0][0].at
    return Problem("applications.csv", at, column, str(error), "correct the rows of this line; nothing was written")
