"""Stored predictions and suggestions, once it is known how they turned out."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.job_runs.rules import Job, Order
from o2c_ai.core.suggestions.rules import Part
from o2c_ai.core.timings.actions import store_timings
from o2c_ai.core.timings.queries import latest_timings
from o2c_ai.core.timings.rules import SHADOW, Timing
from o2c_ai.jobs import runs
from o2c_ai.jobs.matured import matured, matured_by_month
from o2c_ai.jobs.versions import MATCHING, TIMING
from tests.books import DAY
from tests.jobs.working import work_on

if TYPE_CHECKING:
    from pathlib import Path

    from tests.books import Books

LATER = DAY + timedelta(days=40)


def foresee(books: Books, item: int, chance: float, version: str, *, days: int = 0) -> None:
    """Store one prediction, made so many days after the day the books are about."""
    quantiles = (DAY + timedelta(days=10), DAY + timedelta(days=12), DAY + timedelta(days=20))
    said = Timing(item, (round(chance * 1_000_000), 0, 0), quantiles, 0, ())
    store_timings(books.session, books.actor, as_of=DAY + timedelta(days=days), model_version=version, timings=[said])


def pay(books: Books, item: int, on_day: int) -> None:
    on = DAY + timedelta(days=on_day)
    booking = Booking(books.line(f"L{item}", "100.00", on=on), on, (Part(10_000, open_item_id=item),))
    book(books.session, books.actor, bookings=[booking])


def test_what_was_said_first_and_in_time_is_held_against_what_came(books: Books) -> None:
    late, punctual = (
        books.invoice(f"INV-{name}", "100.00", issued=DAY, due=DAY + timedelta(days=14)) for name in ("LATE", "GOOD")
    )
    foresee(books, late, 0.8, "v1")
    foresee(books, punctual, 0.2, "v1" + SHADOW)
    foresee(books, late, 0.1, "v1", days=5)
    foresee(books, late, 1.0, "v2", days=20)
    pay(books, late, 30)
    pay(books, punctual, 12)

    told = matured(books.session, books.company_id, TIMING, "v1", LATER)

    assert (told["items"], told["error"], told["calibration"]) == (2, 0.04, 0.2)
    assert (told["mae_days"], told["coverage"]) == (9.0, 0.5)
    assert matured_by_month(books.session, books.company_id, TIMING, "v1", LATER) == (told, {"2025-06": told})
    assert matured(books.session, books.company_id, TIMING, "v2", LATER) == {"items": 0}


def test_nobody_ranks_by_what_a_challenger_says(books: Books) -> None:
    item = books.invoice("INV-1", "100.00", issued=DAY, due=DAY + timedelta(days=14))
    foresee(books, item, 0.3, "v1")
    foresee(books, item, 0.9, "v2" + SHADOW)

    assert [row.model_version for row in latest_timings(books.session, books.company_id, DAY)] == ["v1"]


def test_the_newest_proposal_is_held_against_what_people_booked(books: Books, tmp_path: Path) -> None:
    item = books.invoice("INV-1", "100.00", issued=DAY - timedelta(days=20))
    line = books.line("L1", "100.00", on=DAY)
    books.line("L2", "55.00", on=DAY)
    runs.run(work_on(books, tmp_path), Order(Job.SUGGEST_MATCHES, DAY))
    assert matured(books.session, books.company_id, MATCHING, "rules", DAY) == {"items": 0}

    book(books.session, books.actor, bookings=[Booking(line, DAY, (Part(10_000, open_item_id=item),))])

    told = matured(books.session, books.company_id, MATCHING, "rules", LATER)
    assert (told["items"], told["error"]) == (1, 0.0)
    assert 0 < told["calibration"] < 1
