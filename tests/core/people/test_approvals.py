"""What one person asks another must decide: never the same one, never twice, never across companies."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.money import Money
from o2c_ai.core.people.actions import decide_approval, request_approval
from o2c_ai.core.people.queries import list_approvals, lock_approval
from o2c_ai.core.people.rules import (
    AlreadyDecided,
    ApprovalKind,
    ApprovalState,
    NothingToApprove,
    OwnRequest,
    UnknownApproval,
)
from o2c_ai.core.people.tables import Approval
from tests.books import DAY
from tests.core.plain_sql import ask, verbs

if TYPE_CHECKING:
    from tests.books import Books

TOMORROW = DAY + timedelta(days=1)
TEN_EURO = Money(1_000, "EUR")


def request(books: Books, amount: Money = TEN_EURO) -> int:
    return request_approval(
        books.session,
        books.actor,
        kind=ApprovalKind.WRITE_OFF,
        subject_id=42,
        amount=amount,
        reason="insolvent",
        on=DAY,
    )


def states(books: Books) -> dict[ApprovalState, list[int]]:
    listed = {state: list_approvals(books.session, books.company_id, state) for state in ApprovalState}
    return {state: [request.approval_id for request in found] for state, found in listed.items() if found}


def test_a_request_waits_with_everything_the_second_person_must_know(sqlite_books: Books) -> None:
    number = request(sqlite_books)

    (waiting,) = list_approvals(sqlite_books.session, sqlite_books.company_id, ApprovalState.REQUESTED)

    assert (waiting.approval_id, waiting.kind, waiting.subject_id) == (number, ApprovalKind.WRITE_OFF, 42)
    assert (waiting.amount, waiting.reason) == (TEN_EURO, "insolvent")
    assert (waiting.requested_by, waiting.requested_on) == (sqlite_books.actor.user_id, DAY)


@pytest.mark.parametrize(
    ("approve", "state", "verb"),
    [(True, ApprovalState.APPROVED, "approve"), (False, ApprovalState.DECLINED, "decline")],
)
def test_a_second_person_decides(sqlite_books: Books, approve: bool, state: ApprovalState, verb: str) -> None:
    number = request(sqlite_books)

    decided = decide_approval(
        sqlite_books.session, sqlite_books.other, approval_id=number, approve=approve, on=TOMORROW
    )

    assert decided.state is state
    assert states(sqlite_books) == {state: [number]}
    row = lock_approval(sqlite_books.session, sqlite_books.company_id, number)
    assert (row.decided_by, row.decided_on) == (sqlite_books.other.user_id, TOMORROW)
    assert verbs(sqlite_books.session, "approvals") == ["request", verb]


@pytest.mark.parametrize("approve", [True, False])
def test_nobody_decides_their_own_request(sqlite_books: Books, approve: bool) -> None:
    number = request(sqlite_books)

    with pytest.raises(OwnRequest, match=f"anna asked for request {number} and cannot decide it"):
        decide_approval(sqlite_books.session, sqlite_books.actor, approval_id=number, approve=approve, on=DAY)

    assert states(sqlite_books) == {ApprovalState.REQUESTED: [number]}


def test_a_request_is_decided_once(sqlite_books: Books) -> None:
    number = request(sqlite_books)
    decide_approval(sqlite_books.session, sqlite_books.other, approval_id=number, approve=False, on=DAY)

    with pytest.raises(AlreadyDecided, match=f"request {number} is already declined"):
        decide_approval(sqlite_books.session, sqlite_books.other, approval_id=number, approve=True, on=DAY)

    assert states(sqlite_books) == {ApprovalState.DECLINED: [number]}


@pytest.mark.postgres
def test_a_request_decided_meanwhile_is_not_decided_again(postgres_books: Books) -> None:
    books, number = postgres_books, request(postgres_books)
    books.session.commit()
    with books.store.session() as slow, books.store.session() as fast:
        seen = slow.query(Approval).one()
        decide_approval(fast, books.other, approval_id=number, approve=False, on=DAY)
        fast.commit()
        assert seen.state is ApprovalState.REQUESTED

        with pytest.raises(AlreadyDecided, match="declined"):
            decide_approval(slow, books.other, approval_id=number, approve=True, on=DAY)


def test_a_request_nobody_made_is_unknown(sqlite_books: Books) -> None:
    with pytest.raises(UnknownApproval, match="no request 999"):
        decide_approval(sqlite_books.session, sqlite_books.other, approval_id=999, approve=True, on=DAY)


@pytest.mark.parametrize("minor", [0, -1])
def test_nothing_is_asked_for_nothing(sqlite_books: Books, minor: int) -> None:
    with pytest.raises(NothingToApprove):
        request(sqlite_books, Money(minor, "EUR"))

    assert ask(sqlite_books.session, "SELECT count(*) FROM approvals") == [(0,)]


def test_requests_are_listed_oldest_first(sqlite_books: Books) -> None:
    numbers = [request(sqlite_books) for _ in range(3)]

    assert states(sqlite_books) == {ApprovalState.REQUESTED: numbers}
