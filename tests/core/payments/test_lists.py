"""Lists of bank lines and of lines to be matched: a page at a time, in every order, words taken literally."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.payments.queries import page_lines
from o2c_ai.core.payments.rules import LineSort
from o2c_ai.core.suggestions.actions import suggest
from o2c_ai.core.suggestions.queries import count_to_match, page_to_match
from o2c_ai.core.suggestions.rules import Decision, MatchSort, MatchSuggestion, Part, Reason
from tests.books import DAY
from tests.core.work import LATER

if TYPE_CHECKING:
    from tests.books import Books

AMOUNTS = ("30.00", "10.00", "50.00")
BEST = {
    MatchSort.BOOKING_DATE: ["L0", "L1", "L2"],
    MatchSort.AMOUNT: ["L2", "L0", "L1"],
    MatchSort.PROBABILITY: ["L1", "L0", "L2"],
}


@pytest.fixture
def waiting(books: Books) -> Books:
    lines = [
        books.line(f"L{n}", amount, on=DAY + timedelta(days=n), narrative=f"100% of no. {n}")
        for n, amount in enumerate(AMOUNTS)
    ]
    head = (None, ("looks like it",), "rules", LATER)
    for line, minor, chance in ((lines[0], 3_000, 500_000), (lines[1], 1_000, 100), (lines[1], 1_000, 900_000)):
        made = MatchSuggestion(line, (Part(minor, Reason.NOT_AR),), Decision.NOT_AR, chance, *head)
        suggest(books.session, books.actor, suggestions=[made])
    return books


@pytest.mark.parametrize("sort", MatchSort)
def test_lines_to_match_are_listed_with_their_newest_suggestion(waiting: Books, sort: MatchSort) -> None:
    seen, place = [], None
    while True:
        rows, place = page_to_match(waiting.session, waiting.company_id, LATER, sort=sort, after=place, limit=2)
        seen += rows
        if place is None:
            break

    assert [row.line_ref for row in seen] == BEST[sort]
    assert {row.line_ref: row.probability_ppm for row in seen} == {"L0": 500_000, "L1": 900_000, "L2": 0}


def test_they_are_counted_and_filtered_alike(waiting: Books) -> None:
    mine = waiting.session, waiting.company_id, LATER

    assert count_to_match(*mine) == [(Decision.NOT_AR, "", 2), (None, "", 1)]
    assert [row.line_ref for row in page_to_match(*mine, suggested=False)[0]] == ["L2"]
    assert [row.line_ref for row in page_to_match(*mine, least_ppm=600_000)[0]] == ["L1"]
    assert [row.line_ref for row in page_to_match(*mine, words="100% OF NO. 2")[0]] == ["L2"]
    assert page_to_match(*mine, words="100_ of")[0] == []
    assert page_to_match(*mine, decision=Decision.REVIEW)[0] == []


@pytest.mark.parametrize("sort", LineSort)
def test_every_line_is_listed_once_in_every_order(waiting: Books, sort: LineSort) -> None:
    first, place = page_lines(waiting.session, waiting.company_id, LATER, sort=sort, limit=2)
    rest, end = page_lines(waiting.session, waiting.company_id, LATER, sort=sort, after=place, limit=2)

    assert {row.line_ref for row in first + rest} == {"L0", "L1", "L2"}
    assert end is None
