"""The worklist: whom to call today, whom to leave alone, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.collections.actions import contact, promise
from o2c_ai.core.collections.queries import exposures, late_ppm_at_horizon, unpaid_ppm
from o2c_ai.core.collections.rules import Exposure, NewActivity, NewPromise, Strategy, contact_value, parked, rank
from o2c_ai.core.disputes.actions import record
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute
from o2c_ai.core.suggestions.rules import Part, Reason
from o2c_ai.core.timings.actions import store_timings
from o2c_ai.core.timings.rules import Timing
from tests.books import DAY
from tests.core.work import LATER, pay

if TYPE_CHECKING:
    from tests.books import Books

LATE = Exposure(1, "C1", "EUR", 20_000, 10_000, 0, 0, 40, 10_000, 0, 0, None)


def seen(books: Books, on: date = LATER, late_ppm: dict[int, int] | None = None) -> Exposure:
    (found,) = exposures(books.session, books.company_id, on, Strategy(), late_ppm or {})
    return found


def test_an_exposure_sums_what_is_open_overdue_and_disputed(books: Books) -> None:
    customer = books.customer("C1")
    items = [books.invoice("INV-1", "100.00", due=DAY), books.invoice("INV-2", "50.00", due=LATER + timedelta(days=1))]
    case = (customer, items[0], DisputeKind.DISPUTE, DisputeReason.PRICING, 3_000, "EUR", DAY, DisputeState.NEW)
    record(books.session, books.actor, disputes=[NewDispute(*case)])

    found = seen(books)
    assert (found.open_minor, found.overdue_minor, found.disputed_minor) == (15_000, 10_000, 3_000)
    assert (found.oldest_days_overdue, found.expected_late_minor) == (9, 7_000)
    assert seen(books, late_ppm={items[0]: 500_000, items[1]: 100_000}).expected_late_minor == 3_500 + 500


def test_an_exposure_counts_credit_contacts_and_promises(sqlite_books: Books) -> None:
    books, customer = sqlite_books, sqlite_books.customer("C1")
    items = [books.invoice(f"INV-{n}", "100.00") for n in range(2)]
    books.invoice("MEMO", "-5.00")
    pay(books, "20.00", Part(2_000, Reason.PREPAYMENT, customer_id=customer))
    contact(books.session, books.actor, activities=[NewActivity(customer, DAY, "call", "", "")])
    broken = NewPromise(items[0], DAY, DAY + timedelta(days=1), 1, "EUR")
    promise(books.session, books.actor, promises=[broken, NewPromise(items[1], DAY, LATER, 1, "EUR")])

    found = seen(books)
    assert (found.unapplied_minor, found.last_contact) == (2_500, DAY)
    assert (found.broken_promises, found.open_promises) == (1, 1)


def test_predictions_of_the_day_are_read_at_the_horizon(sqlite_books: Books) -> None:
    item = sqlite_books.invoice("INV-1")
    days = (DAY + timedelta(days=4), DAY + timedelta(days=14), DAY + timedelta(days=24))
    timing = Timing(item, (0, 0, 0), days, 0, ())
    store_timings(sqlite_books.session, sqlite_books.actor, as_of=DAY, model_version="rules", timings=[timing])
    found = late_ppm_at_horizon(sqlite_books.session, sqlite_books.company_id, DAY, Strategy(horizon_days=19))
    assert found == {item: 300_000}


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, 1_000_000),
        (5, 950_000),
        (10, 900_000),
        (15, 700_000),
        (20, 500_000),
        (30, 100_000),
        (99, 100_000),
        (-1, 1_000_000),
    ],
)
def test_the_chance_of_being_unpaid_falls_in_straight_lines(days: int, expected: int) -> None:
    quantiles = (DAY + timedelta(days=10), DAY + timedelta(days=20), DAY + timedelta(days=30))
    assert unpaid_ppm(DAY, DAY + timedelta(days=days), quantiles) == expected


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({}, ""),
        ({"overdue_minor": 4_999}, "nothing overdue worth a call"),
        ({"last_contact": LATER - timedelta(days=4)}, "contacted on 2025-06-06"),
        ({"last_contact": LATER - timedelta(days=5)}, ""),
        ({"open_promises": 1}, "a promise to pay is open"),
        ({"open_promises": 1, "broken_promises": 1}, ""),
        ({"disputed_minor": 20_000}, "everything open is disputed"),
        ({"unapplied_minor": 10_000}, "unapplied credit covers what is overdue"),
    ],
)
def test_a_customer_is_left_alone_for_a_reason(change: dict[str, object], why: str) -> None:
    assert parked(replace(LATE, **change), Strategy(), LATER) == why  # type: ignore[arg-type]


def test_a_contact_is_worth_its_effect_on_what_would_still_be_unpaid() -> None:
    assert contact_value(LATE, Strategy()) == 2_000
    assert contact_value(replace(LATE, expected_late_minor=1), Strategy(contact_effect_ppm=500_000)) == 0


def test_the_worklist_is_ordered_by_value_then_broken_promises_amount_age_and_number() -> None:
    rows = [
        LATE,
        replace(LATE, customer_code="C2", expected_late_minor=20_000),
        replace(LATE, customer_code="C3", broken_promises=1),
        replace(LATE, customer_code="C4", overdue_minor=15_000),
        replace(LATE, customer_code="C5", oldest_days_overdue=50),
        replace(LATE, customer_code="C0"),
        replace(LATE, customer_code="C9", overdue_minor=0),
    ]
    assert [row.customer_code for row in rank(rows, Strategy(), LATER)] == ["C2", "C3", "C4", "C5", "C0", "C1"]


def test_a_row_of_the_worklist_says_what_to_do_and_why() -> None:
    told = replace(LATE, broken_promises=1, disputed_minor=1, unapplied_minor=1, oldest_days_overdue=3)
    reminded = replace(LATE, customer_code="C2", oldest_days_overdue=30, last_contact=DAY - timedelta(days=30))
    first, second = rank([told, reminded], Strategy(), LATER)
    assert (first.rank, first.action, first.priority, first.expected_value_minor) == (1, "call", 2_000, 2_000)
    assert first.reasons == (
        "oldest item 3 days overdue",
        "1 broken promise(s)",
        "part of it is disputed",
        "has unapplied credit",
        "never contacted",
    )
    assert (second.rank, second.action, second.reasons) == (2, "remind", ("oldest item 30 days overdue",))
