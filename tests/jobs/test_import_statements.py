"""Bank statements whose days or amounts cannot be true: the file is refused by name and nothing of it is kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.errors import BadInput
from o2c_ai.core.ledger.actions import add_rates
from o2c_ai.jobs.import_statement import import_statement
from tests.formats.camt_samples import document, entry, statement
from tests.laws import row_counts

if TYPE_CHECKING:
    from tests.jobs.folders import Desk


def refusal(desk: Desk, content: bytes) -> str:
    before = row_counts(desk.books.session)
    with pytest.raises(BadInput) as caught, desk.books.session.begin_nested():
        import_statement(desk.books.session, desk.books.actor, name="bank.xml", content=content)
    assert row_counts(desk.books.session) == before
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.parametrize("day", ["9999-12-31", "1899-12-31"])
@pytest.mark.parametrize("tag", ["BookgDt", "ValDt"])
def test_a_day_far_out_is_refused(desk: Desk, day: str, tag: str) -> None:
    extra = f"<ValDt><Dt>{day}</Dt></ValDt>" if tag == "ValDt" else ""
    booked = f"<Dt>{day}</Dt>" if tag == "BookgDt" else "<Dt>2025-03-31</Dt>"
    content = document(statement(entry("10.00", booked=booked, extra=extra)))
    assert refusal(desk, content) == (
        f"bank.xml [{tag}]: {day} is not in the years 1900 to 2999; ask the bank for a file with the true days"
    )


def test_a_line_worth_more_than_the_books_hold_is_refused(desk: Desk) -> None:
    rates = {(date(2025, 3, 1), "USD", "EUR"): Decimal(2)}
    add_rates(desk.books.session, desk.books.actor, rates=rates)
    content = document(statement(entry("9000000000000.00", currency="USD"), currency="USD"))
    assert refusal(desk, content) == (
        "bank.xml [Amt]: 9000000000000.00 USD at the rate known on 2025-03-31 is more in EUR than the books can hold; "
        "correct the exchange rate, or ask the bank for the true amount"
    )
