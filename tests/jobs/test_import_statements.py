"""Bank statements whose days or amounts cannot be true: the file is refused by name and nothing of it is kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.balances.queries import bank_balances
from o2c_ai.core.errors import BadInput
from o2c_ai.core.ledger.actions import add_rates
from o2c_ai.jobs.import_statement import import_statement
from tests.formats.camt_samples import balance, document, entry, statement
from tests.laws import row_counts

if TYPE_CHECKING:
    from tests.jobs.folders import Desk


def test_the_closing_balance_of_a_statement_is_where_cash_starts_from(desk: Desk) -> None:
    content = document(statement(entry("10.00"), opening="90.00", closing="100.00"))
    for _ in range(2):
        import_statement(desk.books.session, desk.books.actor, name="bank.xml", content=content)

    before, then = date(2025, 3, 30), date(2025, 3, 31)
    assert bank_balances(desk.books.session, desk.books.company_id, before) == {}
    assert bank_balances(desk.books.session, desk.books.company_id, then) == {"EUR": 10_000}
    assert row_counts(desk.books.session)["bank_balances"] == 1


def test_a_balance_of_a_day_far_out_is_refused(desk: Desk) -> None:
    content = document(statement(entry("10.00"), balance("CLBD", "10.00", day="9999-12-31")))
    assert "bank.xml [Dt]: 9999-12-31 is not in the years" in refusal(desk, content)


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
