"""Who looks after whom is known as of every day, given by many at once, and taken back without taking from others."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.core.assignments.actions import assign, undo
from o2c_ai.core.assignments.queries import owners, page_assignments
from o2c_ai.core.assignments.rules import (
    NOBODY,
    NobodyChosen,
    NotACollector,
    Selection,
    UnknownAssignment,
    WorklistSort,
    selected,
)
from o2c_ai.core.collections.rules import WorklistRow
from o2c_ai.core.people.actions import create_user
from o2c_ai.core.people.rules import NotYourDuty, Role, UnknownUser
from tests.books import DAY, open_books
from tests.core.plain_sql import ask, assert_refused

if TYPE_CHECKING:
    from tests.books import Books

NEXT = DAY + timedelta(days=1)


@pytest.fixture
def staffed(books: Books) -> Books:
    for code in ("C1", "C2", "C3"):
        books.customer(code)
    for name, role in (("carl", Role.COLLECTOR), ("cora", Role.COLLECTOR), ("olga", Role.AUDITOR)):
        create_user(books.session, books.actor, name=name, roles=[role])
    return books


def give(books: Books, to: str, *codes: str, on: date = DAY) -> int:
    return assign(books.session, books.actor, customer_codes=codes, to=to, on=on).batch_id


def known(books: Books, on: date = NEXT) -> dict[str, str]:
    return owners(books.session, books.company_id, on)


def test_who_looks_after_whom_is_known_as_of_every_day(staffed: Books) -> None:
    give(staffed, "carl", "C1", "C2")
    give(staffed, "cora", "C1", on=NEXT)
    give(staffed, "", "C2", on=NEXT)

    assert known(staffed, DAY) == {"C1": "carl", "C2": "carl"}
    assert known(staffed, NEXT) == {"C1": "cora"}
    assert known(staffed, DAY - timedelta(days=1)) == {}
    listed, place = page_assignments(staffed.session, staffed.company_id, NEXT)
    assert [(row.customer_code, row.to, row.by) for row in listed] == [("C1", "cora", "anna")]
    assert place is None


def test_an_act_is_taken_back_but_for_what_was_given_again_since(staffed: Books) -> None:
    give(staffed, "cora", "C3")
    batch = give(staffed, "carl", "C1", "C2", "C3")
    give(staffed, "cora", "C2")

    made = undo(staffed.session, staffed.actor, batch_id=batch, on=NEXT)

    assert made.count == 2
    assert known(staffed) == {"C2": "cora", "C3": "cora"}
    assert undo(staffed.session, staffed.actor, batch_id=batch, on=NEXT).count == 0


def test_the_same_again_changes_nothing_and_every_change_is_in_the_log(staffed: Books) -> None:
    give(staffed, "carl", "C1", "C1", "C2")

    assert give(staffed, "carl", "C1", "C2") == 0
    logged = ask(staffed.session, "SELECT verb, detail FROM audit_events WHERE subject = 'assignments'")
    assert [verb for verb, _ in logged] == ["assign"]
    assert '"count": 2' in str(logged[0][1]) or '"count":2' in str(logged[0][1])


def test_what_breaks_a_law_is_refused(staffed: Books) -> None:
    auditor = create_user(staffed.session, staffed.actor, name="otis", roles=[Role.AUDITOR])

    with pytest.raises(NotACollector, match="olga does not collect"):
        give(staffed, "olga", "C1")
    with pytest.raises(UnknownUser):
        give(staffed, "nobody", "C1")
    with pytest.raises(NobodyChosen):
        give(staffed, "carl")
    with pytest.raises(NotYourDuty):
        assign(staffed.session, auditor, customer_codes=["C1"], to="carl", on=DAY)
    with pytest.raises(NotYourDuty):
        undo(staffed.session, auditor, batch_id=1, on=DAY)
    with pytest.raises(UnknownAssignment, match="no assignment 7 in this company"):
        undo(staffed.session, staffed.actor, batch_id=7, on=DAY)


def test_another_company_neither_sees_nor_undoes_it(staffed: Books) -> None:
    batch = give(staffed, "carl", "C1")
    others = open_books(staffed.store, staffed.session, code="other")

    assert known(others) == {}
    with pytest.raises(UnknownAssignment):
        undo(others.session, others.actor, batch_id=batch, on=DAY)


@pytest.mark.parametrize("change", ["UPDATE assignments SET batch_id = 9", "DELETE FROM assignments"])
def test_an_assignment_is_never_changed(staffed: Books, change: str) -> None:
    give(staffed, "carl", "C1")

    assert_refused(staffed.session, change, "assignments: a row is never")


def row(rank: int, code: str, overdue: int, currency: str, days: int) -> WorklistRow:
    return WorklistRow(rank, code, overdue, overdue + 1, overdue, currency, overdue, "call", (), days)


LIST = [row(1, "B", 900, "EUR", 5), row(2, "A", 700, "JPY", 90), row(3, "D", 1000, "EUR", 40), row(4, "C", 5, "KWD", 1)]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Selection(), "BADC"),
        (Selection(least=Decimal("9.00")), "BAD"),
        (Selection(most=Decimal(9)), "BC"),
        (Selection(days_least=5, days_most=40), "BD"),
        (Selection(words="STRASSE"), "A"),
        (Selection(assigned_to="carl"), "D"),
        (Selection(assigned_to=NOBODY), "BAC"),
        (Selection(currency="EUR", action="call", sort=WorklistSort.OVERDUE), "DB"),
        (Selection(sort=WorklistSort.WORTH), "DBAC"),
        (Selection(sort=WorklistSort.OPEN), "DBAC"),
        (Selection(sort=WorklistSort.DAYS_LATE), "ADBC"),
        (Selection(sort=WorklistSort.CUSTOMER), "ABCD"),
        (Selection(action="remind"), ""),
    ],
)
def test_the_part_asked_for_is_shown_in_the_order_asked_for(asked: Selection, found: str) -> None:
    rows = selected(LIST, asked, {"A": "Hauptstraße"}, {"D": "carl"})

    assert "".join(row.customer_code for row in rows) == found


@given(st.builds(Selection, least=st.decimals(0, 20, places=2), sort=st.sampled_from(WorklistSort)))
def test_filters_add_no_row_and_an_order_loses_none(asked: Selection) -> None:
    rows = selected(LIST, asked, {}, {})

    unordered = selected(LIST, Selection(least=asked.least), {}, {})
    assert sorted(row.rank for row in rows) == [row.rank for row in unordered]
    assert set(unordered) <= set(LIST)
