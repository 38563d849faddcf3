"""A sample of what was applied untouched is drawn so that anybody can draw it again, and people's verdicts are kept."""

from __future__ import annotations

from datetime import date, timedelta
from math import sqrt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.core.cash_application.actions import accept, undo
from o2c_ai.core.people.rules import NotYourDuty
from o2c_ai.core.spot_checks.actions import draw, judge
from o2c_ai.core.spot_checks.queries import list_checks
from o2c_ai.core.spot_checks.rules import (
    CheckedTooEarly,
    PeriodReversed,
    ShareOutOfBounds,
    UnknownCheck,
    Verdict,
    drawn,
    wilson,
)
from o2c_ai.core.suggestions.actions import suggest
from o2c_ai.core.suggestions.rules import ONE_PPM, Decision, MatchSuggestion, Part, Undoing
from tests.books import DAY, open_books
from tests.core.plain_sql import ask, verbs
from tests.core.work import LATER, collector, open_now
from tests.laws import broken_laws, refused

if TYPE_CHECKING:
    from o2c_ai.core.spot_checks.rules import SpotCheck
    from tests.books import Books

NEXT = DAY + timedelta(days=1)
REFS = [f"L{number}" for number in range(2000)]


def applied(books: Books, ref: str, decision: Decision = Decision.AUTO, on: date = DAY) -> int:
    """A line of 10.00 booked as suggested; gives the line."""
    line, item = books.line(ref, "10.00", on=on), books.invoice(f"INV-{ref}", "10.00", issued=on)
    made = MatchSuggestion(line, (Part(1_000, open_item_id=item),), decision, 999_000, None, (), "rules", on)
    accept(
        books.session,
        books.actor,
        suggestion_id=suggest(books.session, books.actor, suggestions=[made])[0],
        on=on,
    )
    return line


def drawn_now(books: Books, share_ppm: int = ONE_PPM, on: date = NEXT) -> list[int]:
    return draw(books.session, books.actor, first=DAY, last=on, on=on, seed="june", share_ppm=share_ppm)


def checks(books: Books, on: date = LATER) -> list[SpotCheck]:
    return list_checks(books.session, books.company_id, on)


# ---------------------------------------------------------------------------------------------------------- the draw


def test_a_seed_draws_the_same_lines_again_and_another_seed_draws_others() -> None:
    first = drawn(REFS, 100_000, "june")

    assert drawn(REFS, 100_000, "june") == first
    assert 150 < len(first) < 250
    assert drawn(REFS, 100_000, "july") != first


def test_a_line_is_drawn_whatever_stands_beside_it() -> None:
    both = set(drawn(REFS[:1000], 100_000, "june")) | set(drawn(REFS[1000:], 100_000, "june"))

    assert both == set(drawn(REFS, 100_000, "june"))


def test_a_larger_share_holds_the_smaller_one_and_the_whole_share_holds_all() -> None:
    assert set(drawn(REFS, 50_000, "june")) < set(drawn(REFS, 100_000, "june"))
    assert drawn(REFS, ONE_PPM, "june") == REFS


@pytest.mark.parametrize("share", [0, -1, ONE_PPM + 1])
def test_no_share_is_drawn_that_is_none(share: int) -> None:
    with pytest.raises(ShareOutOfBounds):
        drawn(REFS, share, "june")


def test_only_what_was_applied_untouched_in_the_period_and_stands_is_drawn(books: Books) -> None:
    applied(books, "AUTO")
    applied(books, "LATE", on=LATER)
    applied(books, "REVIEWED", Decision.REVIEW)
    back = applied(books, "BACK")
    undo(books.session, books.actor, line_ids=[back], on=NEXT, reason="wrong")

    (number,) = drawn_now(books)

    (found,) = checks(books)
    assert (found.check_id, found.line_ref, found.applied_on, found.drawn_on) == (number, "AUTO", DAY, NEXT)
    assert (found.verdict, found.right, found.by) == (None, None, "")
    assert checks(books, DAY) == []
    assert verbs(books.session, "spot_checks") == ["draw"]
    assert broken_laws(books) == []


def test_what_was_taken_back_later_could_be_drawn_on_the_day(sqlite_books: Books) -> None:
    line = applied(sqlite_books, "BACK")
    undo(sqlite_books.session, sqlite_books.actor, line_ids=[line], on=LATER, reason="wrong")

    assert len(drawn_now(sqlite_books)) == 1


def test_drawing_again_draws_only_what_is_new(sqlite_books: Books) -> None:
    applied(sqlite_books, "FIRST")
    assert len(drawn_now(sqlite_books)) == 1
    applied(sqlite_books, "SECOND", on=NEXT)

    assert len(drawn_now(sqlite_books)) == 1
    assert drawn_now(sqlite_books) == []
    assert [found.line_ref for found in checks(sqlite_books)] == ["FIRST", "SECOND"]


@pytest.mark.parametrize(("first", "last"), [(NEXT, DAY), (DAY, LATER)])
def test_a_period_has_passed(sqlite_books: Books, first: date, last: date) -> None:
    with refused(sqlite_books, PeriodReversed):
        draw(sqlite_books.session, sqlite_books.actor, first=first, last=last, on=NEXT, seed="")


# ------------------------------------------------------------------------------------------------------- the verdict


def test_a_verdict_is_kept_and_unapplies_nothing(books: Books) -> None:
    applied(books, "L1")
    (number,) = drawn_now(books)

    judge(books.session, books.other, check_id=number, verdict=Verdict.WRONG, on=LATER, remark="their sister's")

    (found,) = checks(books)
    assert (found.verdict, found.on, found.by, found.remark) == (Verdict.WRONG, LATER, "otto", "their sister's")
    assert (found.right, found.taken_back_on) == (False, None)
    assert checks(books, NEXT)[0].verdict is None
    assert open_now(books) == {}
    assert ask(books.session, "SELECT reason FROM audit_events WHERE verb = 'judge'") == [("their sister's",)]
    assert broken_laws(books) == []


def test_the_last_look_counts(sqlite_books: Books) -> None:
    applied(sqlite_books, "L1")
    (number,) = drawn_now(sqlite_books)
    for verdict, on in ((Verdict.WRONG, NEXT), (Verdict.RIGHT, LATER)):
        judge(sqlite_books.session, sqlite_books.actor, check_id=number, verdict=verdict, on=on)

    assert [checks(sqlite_books, on)[0].right for on in (NEXT, LATER)] == [False, True]


@pytest.mark.parametrize(("undoing", "right"), [(Undoing.WRONG, False), (Undoing.RECALLED, True)])
def test_what_was_taken_back_was_wrong_whatever_was_said_but_not_with_its_whole_run(
    sqlite_books: Books, undoing: Undoing, right: bool
) -> None:
    line = applied(sqlite_books, "L1")
    (number,) = drawn_now(sqlite_books)
    judge(sqlite_books.session, sqlite_books.actor, check_id=number, verdict=Verdict.RIGHT, on=NEXT)

    undo(sqlite_books.session, sqlite_books.actor, line_ids=[line], on=LATER, reason="back", verdict=undoing)

    assert checks(sqlite_books, NEXT)[0].right is True
    assert checks(sqlite_books)[0].right is right


def test_verdicts_that_cannot_be_are_refused(sqlite_books: Books) -> None:
    applied(sqlite_books, "L1")
    (number,) = drawn_now(sqlite_books)
    session, actor = sqlite_books.session, sqlite_books.actor
    beside = open_books(sqlite_books.store, session, code="beside")

    with refused(sqlite_books, CheckedTooEarly):
        judge(session, actor, check_id=number, verdict=Verdict.RIGHT, on=DAY)
    with refused(sqlite_books, UnknownCheck):
        judge(session, actor, check_id=number + 1, verdict=Verdict.RIGHT, on=LATER)
    with refused(sqlite_books, UnknownCheck):
        judge(session, beside.actor, check_id=number, verdict=Verdict.RIGHT, on=LATER)
    assert checks(beside) == []
    assert drawn_now(beside) == []


def test_a_collector_neither_draws_nor_judges(sqlite_books: Books) -> None:
    applied(sqlite_books, "L1")
    (number,) = drawn_now(sqlite_books)
    carl = collector(sqlite_books)

    with refused(sqlite_books, NotYourDuty):
        draw(sqlite_books.session, carl, first=DAY, last=NEXT, on=NEXT, seed="")
    with refused(sqlite_books, NotYourDuty):
        judge(sqlite_books.session, carl, check_id=number, verdict=Verdict.RIGHT, on=LATER)


# ------------------------------------------------------------------------------------------------------- the interval


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # textbook values of the score interval: 10 of 10, 0 of 10, 5 of 10, 15 of 20
    [(10, 10, 0.722467, 1.0), (0, 10, 0.0, 0.277533), (5, 10, 0.236593, 0.763407), (15, 20, 0.531299, 0.888138)],
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    assert list(wilson(hits, of) or ()) == pytest.approx([low * ONE_PPM, high * ONE_PPM], abs=1)


def test_nothing_counted_proves_nothing() -> None:
    assert wilson(0, 0) is None


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_interval_holds_the_share_and_is_as_wide_as_floats_say(hits: int, misses: int) -> None:
    of = hits + misses
    found = wilson(hits, of)
    if found is None:
        assert of == 0
        return
    share, z = hits / of, 1.959964
    middle, spread = share + z * z / 2 / of, z * sqrt(share * (1 - share) / of + z * z / 4 / of / of)
    low, high = ((middle + sign * spread) / (1 + z * z / of) * ONE_PPM for sign in (-1, 1))

    assert 0 <= found[0] <= share * ONE_PPM <= found[1] <= ONE_PPM
    assert list(found) == pytest.approx([low, high], abs=1.01)
