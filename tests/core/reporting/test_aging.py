"""Open items by age and the credit beside them, as of any day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.reporting.queries import aging
from o2c_ai.core.reporting.rules import AgingBasis, BadBuckets
from o2c_ai.core.suggestions.rules import Part, Reason
from tests.books import DAY
from tests.core.busy_books import DUE, JUNE, LAST, LATER, MAY
from tests.core.reporting import oracles

if TYPE_CHECKING:
    from tests.books import Books

DAYS = [MAY - timedelta(days=1), MAY, JUNE, DUE, DUE + timedelta(days=1), LATER, LAST, date(2025, 12, 31)]
PLACE_OF = {"credit_memo": 0, "receipt": 1}


def recomputed(
    books: Books, day: date, buckets: tuple[int, ...], basis: AgingBasis
) -> dict[tuple[str, str], list[int]]:
    """(customer, currency) → buckets, credit memos, unapplied, on account, from the items one by one."""
    size = len(buckets) + 2
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * (size + 3))
    for item in oracles.open_items(books, day):
        days = item.days if basis is AgingBasis.DUE_DATE else item.age
        place = 0 if days <= 0 else 1 + sum(days > end for end in buckets)
        found[item.customer, item.currency][place] += item.left
    for credit in oracles.open_credits(books, day):
        found[credit.customer, credit.currency][size + PLACE_OF[credit.kind]] += credit.left
    for key, minor in oracles.parked(books, day).items():
        found[key][size + 2] += minor
    return dict(found)


@pytest.mark.parametrize("basis", AgingBasis)
@pytest.mark.parametrize("buckets", [(30, 60, 90), (1, 2, 20, 200)], ids=str)
@pytest.mark.parametrize("day", DAYS, ids=str)
def test_aging_is_what_the_items_one_by_one_add_up_to(
    busy: Books, day: date, buckets: tuple[int, ...], basis: AgingBasis
) -> None:
    found = aging(busy.session, busy.company_id, day, buckets=buckets, basis=basis)

    shown = {
        (row.customer_code, row.currency): [
            *row.buckets_minor,
            row.credit_memos_minor,
            row.unapplied_minor,
            row.on_account_minor,
        ]
        for row in found.rows
    }
    assert shown == recomputed(busy, day, buckets, basis)


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_totals_less_credit_are_the_balances_of_the_ledger(busy: Books, day: date) -> None:
    found = aging(busy.session, busy.company_id, day)

    roles = ("receivables", "unapplied_cash", "unidentified_cash", "on_account")
    ledger = {currency: minor for currency, minor in oracles.posted(busy, day, *roles).items() if minor}
    assert {total.currency: total.net_minor for total in found.totals if total.net_minor} == ledger


@pytest.mark.parametrize(
    ("days_overdue", "place"), [(-1, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (999, 4)]
)
def test_the_edges_of_the_buckets(sqlite_books: Books, days_overdue: int, place: int) -> None:
    due = DAY - timedelta(days=days_overdue)
    sqlite_books.invoice("INV-1", "10.00", issued=min(due, DAY), due=due)

    (row,) = aging(sqlite_books.session, sqlite_books.company_id, DAY).rows

    assert row.buckets_minor[place] == row.open_minor == 1_000


def test_an_unused_overpayment_stands_beside_what_is_open(sqlite_books: Books) -> None:
    item, customer = sqlite_books.invoice("INV-1", "100.00"), sqlite_books.customer("C1")
    sqlite_books.invoice("INV-2", "50.00")
    parts = (Part(10_000, open_item_id=item), Part(2_000, Reason.OVERPAYMENT, customer_id=customer))
    line = sqlite_books.line("L1", "120.00")
    book(sqlite_books.session, sqlite_books.actor, bookings=[Booking(line, DAY, parts)])

    (row,) = aging(sqlite_books.session, sqlite_books.company_id, DAY).rows

    assert (row.customer_code, row.customer_name) == ("C1", "Muster GmbH")
    assert (row.open_minor, row.on_account_minor, row.net_minor) == (5_000, 2_000, 3_000)


def test_a_receipt_of_an_unknown_payer_is_a_row_of_its_own(sqlite_books: Books) -> None:
    sqlite_books.invoice("INV-1", "100.00")
    sqlite_books.line("L1", "70.00")

    known, unknown = aging(sqlite_books.session, sqlite_books.company_id, DAY).rows

    assert (known.customer_code, known.open_minor, known.unapplied_minor) == ("C1", 10_000, 0)
    assert (unknown.customer_code, unknown.open_minor, unknown.unapplied_minor) == ("", 0, 7_000)


def test_a_customer_who_owes_nothing_has_no_row(sqlite_books: Books) -> None:
    line, item = sqlite_books.line("L1", "100.00"), sqlite_books.invoice("INV-1", "100.00")
    booking = Booking(line, DAY, (Part(10_000, open_item_id=item),))
    book(sqlite_books.session, sqlite_books.actor, bookings=[booking])

    found = aging(sqlite_books.session, sqlite_books.company_id, DAY)

    assert (found.rows, found.totals) == ((), ())


def test_columns_are_named_and_wrong_buckets_are_refused(sqlite_books: Books) -> None:
    found = aging(sqlite_books.session, sqlite_books.company_id, DAY, buckets=(10, 20))

    assert found.names == ("current", "1-10", "11-20", "21+")
    with pytest.raises(BadBuckets):
        aging(sqlite_books.session, sqlite_books.company_id, DAY, buckets=(20, 10))
