"""A customer's statement of account: what is open and what is to its credit, on a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.reporting.queries import account_statement, aging
from tests.core.busy_books import JUNE, LAST

if TYPE_CHECKING:
    from datetime import date

    from tests.books import Books


@pytest.mark.parametrize("day", [JUNE, LAST], ids=str)
@pytest.mark.parametrize("customer", ["C1", "C2"])
def test_a_statement_adds_up_to_what_aging_says_of_the_customer(busy: Books, customer: str, day: date) -> None:
    lines = account_statement(busy.session, busy.company_id, customer, day)

    sums: dict[str, int] = {}
    for line in lines:
        sums[line.currency] = sums.get(line.currency, 0) + line.left_minor
    rows = [row for row in aging(busy.session, busy.company_id, day).rows if row.customer_code == customer]
    assert sums == {row.currency: row.net_minor for row in rows}


def test_a_statement_lists_items_credit_and_parked_money(busy: Books) -> None:
    lines = account_statement(busy.session, busy.company_id, "C1", LAST)

    listed = {(line.kind, line.number, line.amount_minor, line.left_minor) for line in lines}
    assert listed >= {
        ("invoice", "INV-PART", 30_000, 20_000),
        ("invoice", "INV-BOUNCED", 9_000, 9_000),
        ("credit_memo", "MEMO", -7_000, -2_000),
        ("receipt", "KNOWN", -4_500, -4_500),
        ("receipt", "CHEQUE", -3_300, -2_300),
        ("on_account", "", -4_000, -4_000),
    }
    assert [line.kind for line in lines if line.left_minor == 500] == ["residual"]


def test_a_customer_nobody_knows_has_no_statement(busy: Books) -> None:
    with pytest.raises(UnknownCustomer):
        account_statement(busy.session, busy.company_id, "C9", LAST)
