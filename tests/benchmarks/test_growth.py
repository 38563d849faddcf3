"""Books of any size are what they say they are, and what one batch supposed is gone before the next is timed."""

from __future__ import annotations

import pytest

from benchmarks import growth
from benchmarks.growth import exponent, filed, measure, summed_up, undo
from benchmarks.large_books import DAY, large_books
from o2c_ai.core.suggestions.rules import Policy
from o2c_ai.jobs.match import matcher_policy
from o2c_ai.models.remittance_matching.assignment import DayOfLines
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.records import Decision
from o2c_ai.models.remittance_matching.scoring import RuleScorer


def test_the_same_seed_gives_the_same_books() -> None:
    assert large_books(200, lines=20, history=20) == large_books(200, lines=20, history=20)
    assert large_books(200, lines=20, history=20) != large_books(200, lines=20, history=20, seed=2)


def test_as_many_items_are_open_as_were_asked_for_with_twenty_a_customer() -> None:
    books = large_books(4_000, lines=0, history=50)
    desk = filed(books)

    whole = [item for item in books.papers.items if desk.open_items.open_minor(item.item_id) == item.amount_minor]

    assert len(whole) == 4_000
    assert 15 < 4_000 / len(books.papers.customers) < 25
    assert len({item.number for item in books.papers.items}) == len(books.papers.items)


def test_a_batch_pays_no_item_twice_and_is_of_the_day() -> None:
    books = large_books(2_000, batches=2, lines=200, singles=30, history=10)

    assert [len(batch) for batch in books.batches] == [200, 200]
    assert {line.booking_date for batch in (*books.batches, books.singles) for line in batch} == {DAY}
    assert any(line.amount_minor < 0 for line in books.batches[0])


def test_a_batch_undone_is_decided_alike_again() -> None:
    books = large_books(600, lines=80, history=50)
    desk = filed(books)
    day = DayOfLines(desk, RuleScorer(RuleRates()), matcher_policy(Policy()))

    first = day.decide(books.batches[0])
    undo(desk, books.batches[0])

    assert day.decide(books.batches[0]) == first
    assert {Decision.AUTO, Decision.REVIEW} <= {decided.decision for decided in first}


def test_a_size_is_measured_with_all_its_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, count in (("BATCHES", 2), ("LINES", 20), ("SINGLES", 5)):
        monkeypatch.setattr(growth, name, count)

    figures = measure(200, RuleScorer(RuleRates()))

    assert (figures["batches"], figures["suggestions"]) == (2, 5)
    assert all(figure > 0 for figure in figures.values())


def test_the_exponent_is_that_of_the_power_law_it_was_given() -> None:
    assert exponent({size: 3.0 * size**0.25 for size in (10, 100, 1_000)}) == pytest.approx(0.25)
    assert exponent({10: 2.0, 1_000: 2.0}) == pytest.approx(0.0)


def test_speed_and_waits_are_those_at_a_hundred_thousand_items_and_memory_is_that_of_the_largest_books() -> None:
    one = {"suggestion_p50_ms": 1.0, "suggestion_p99_ms": 2.0}
    sizes = {
        100_000: one | {"lines_per_second": 100.0, "peak_mb": 10.0},
        1_000_000: one | {"lines_per_second": 10.0, "peak_mb": 90.0},
    }

    told = summed_up(sizes)

    assert (told["lines_per_second"], told["peak_mb"], told["exponent"]) == (100.0, 90.0, 1.0)
