"""The worklist: whom to call today, whom to leave alone, and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.collections.actions import contact, promise
from o2c_ai.core.collections.queries import exposures
from o2c_ai.core.collections.rules import Exposure, NewActivity, NewPromise, Strategy, contact_value, parked, rank
from o2c_ai.core.disputes.actions import record
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute
from o2c_ai.core.receivables.queries import columns_open_items
from o2c_ai.core.suggestions.rules import Part, Reason
from o2c_ai.core.timings.actions import store_timings
from o2c_ai.core.timings.rules import Timing
from tests.books import DAY
from tests.core.busy_books import LAST, fill
from tests.core.collections.one_by_one import exposures_one_by_one, late_ppm_at_horizon, unpaid_ppm
from tests.core.work import LATER, pay

if TYPE_CHECKING:
    from tests.books import Books

LATE = Exposure(1, "C1", "EUR", 20_000, 10_000, 0, 0, 40, 10_000, 0, 0, None)


def seen(books: Books, on: date = LATER) -> Exposure:
    (found,) = exposures(books.session, books.company_id, on, Strategy())
    return found


def predict(books: Books, quantiles: dict[int, tuple[int, int, int]], on: date = LATER, version: str = "rules") -> None:
    """Store predictions: open item → days from the day on by which it is paid with 10, 50 and 90 %."""
    timings = [
        Timing(item, (0, 0, 0), (on + timedelta(a), on + timedelta(b), on + timedelta(c)), 0, ())
        for item, (a, b, c) in quantiles.items()
    ]
    store_timings(books.session, books.actor, as_of=on, model_version=version, timings=timings)


def test_an_exposure_sums_what_is_open_overdue_and_disputed(books: Books) -> None:
    customer = books.customer("C1")
    items = [books.invoice("INV-1", "100.00", due=DAY), books.invoice("INV-2", "50.00", due=LATER + timedelta(days=1))]
    case = (customer, items[0], DisputeKind.DISPUTE, DisputeReason.PRICING, 3_000, "EUR", DAY, DisputeState.NEW)
    record(books.session, books.actor, disputes=[NewDispute(*case)])

    found = seen(books)
    assert (found.open_minor, found.overdue_minor, found.disputed_minor) == (15_000, 10_000, 3_000)
    assert (found.oldest_days_overdue, found.expected_late_minor) == (9, 7_000)
    predict(books, {items[0]: (1, 14, 99), items[1]: (1, 2, 14)})
    assert seen(books).expected_late_minor == 3_500 + 500


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


def test_what_the_store_sums_is_what_looking_at_every_item_gives(books: Books) -> None:
    fill(books)
    session, company, strategy = books.session, books.company_id, Strategy()
    items = [row.id for row in columns_open_items(session, company, LATER)]
    promised = [NewPromise(item, DAY, DAY + timedelta(days=item % 20), 1_000, "EUR") for item in items[::2]]
    promise(session, books.actor, promises=promised)
    rng = Random(3)
    quantiles = {item: sorted(rng.sample(range(-9, 40), 3)) for item in items}
    predict(books, {item: (a, b, c) for item, (a, b, c) in quantiles.items()})
    predict(books, dict.fromkeys(items[:2], (30, 30, 30)), version="better")
    predict(books, dict.fromkeys(items, (1, 1, 1)), version="silent (shadow)")

    for day in (DAY, LATER, LATER + timedelta(days=1), LAST):
        found = exposures(session, company, day, strategy)
        late = late_ppm_at_horizon(session, company, day, strategy)
        assert found == exposures_one_by_one(session, company, day, strategy, late)
        for one in found:
            assert one in exposures(session, company, day, strategy, customer_ids=[one.customer_id])


def test_amounts_beyond_any_books_are_summed_exactly(books: Books) -> None:
    item = books.invoice("INV-1", "9000000000000.01", due=DAY)
    predict(books, {item: (1, 2, 30)})
    late = late_ppm_at_horizon(books.session, books.company_id, LATER, Strategy())[item]
    assert seen(books).expected_late_minor == 900_000_000_000_001 * late // 1_000_000


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
        "1 broken promise",
        "part of it is disputed",
        "has unapplied credit",
        "never contacted",
    )
    assert (second.rank, second.action, second.reasons) == (2, "remind", ("oldest item 30 days overdue",))
