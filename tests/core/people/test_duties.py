"""Who may do what: every role carries exactly its duties, and every verb asks for its duty first."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.customers.actions import take_customers
from o2c_ai.core.documents.actions import keep
from o2c_ai.core.documents.rules import DocumentKind
from o2c_ai.core.errors import Forbidden
from o2c_ai.core.invoices import actions as invoices
from o2c_ai.core.ledger.actions import add_rates, set_period
from o2c_ai.core.ledger.rules import PeriodState
from o2c_ai.core.money import Money
from o2c_ai.core.people.actions import create_user, decide_approval, request_approval
from o2c_ai.core.people.rules import Actor, ApprovalKind, Duty, NotYourDuty, Role, duties, require
from tests.books import DAY, NOON

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from tests.books import Books

DUTIES = {
    Role.CLERK: {Duty.IMPORT, Duty.BOOK, Duty.REQUEST, Duty.COLLECT},
    Role.APPROVER: {Duty.APPROVE, Duty.CLOSE},
    Role.COLLECTOR: {Duty.COLLECT},
    Role.CREDIT_MANAGER: set[Duty](),
    Role.ANALYST: {Duty.TRAIN},
    Role.AUDITOR: {Duty.AUDIT},
    Role.ADMIN: {Duty.ADMINISTER, Duty.AUDIT},
}
TOUCH_MONEY = {Duty.IMPORT, Duty.BOOK, Duty.REQUEST, Duty.APPROVE, Duty.CLOSE}


def holder(*roles: Role) -> Actor:
    return Actor(1, 1, "anna", frozenset(role.value for role in roles), NOON)


@pytest.mark.parametrize("duty", Duty, ids=lambda duty: duty.value)
@pytest.mark.parametrize("role", Role, ids=lambda role: role.value)
def test_a_role_may_do_its_duties_and_nothing_else(role: Role, duty: Duty) -> None:
    actor = holder(role)

    if duty in DUTIES[role]:
        require(actor, duty)
        assert duty in duties(actor.roles)
    else:
        with pytest.raises(NotYourDuty, match=f"anna has no role with the duty to {duty.value}"):
            require(actor, duty)


def test_several_roles_carry_the_duties_of_each() -> None:
    assert duties(holder(Role.COLLECTOR, Role.ANALYST).roles) == {Duty.COLLECT, Duty.TRAIN}
    assert duties(holder(*Role).roles) == set(Duty)
    assert duties(holder().roles) == frozenset()


@pytest.mark.parametrize("role", [Role.COLLECTOR, Role.ANALYST, Role.AUDITOR, Role.ADMIN, Role.CREDIT_MANAGER])
def test_who_only_reads_trains_or_administers_touches_no_money(role: Role) -> None:
    assert not duties(holder(role).roles) & TOUCH_MONEY


def test_who_asks_is_not_by_the_same_role_who_approves() -> None:
    assert not [role for role in Role if {Duty.REQUEST, Duty.APPROVE} <= duties(holder(role).roles)]


def test_a_role_nobody_knows_carries_nothing_silently() -> None:
    with pytest.raises(ValueError, match="king"):
        duties(frozenset({"king"}))


VERBS: dict[str, tuple[Duty, Callable[[Session, Actor], object]]] = {
    "take customers": (Duty.IMPORT, lambda s, a: take_customers(s, a, customers=[])),
    "keep a paper": (Duty.IMPORT, lambda s, a: keep(s, a, kind=DocumentKind.EXCHANGE, name="a.csv", content=b"")),
    "add rates": (Duty.IMPORT, lambda s, a: add_rates(s, a, rates={})),
    "issue": (Duty.BOOK, lambda s, a: invoices.issue(s, a, invoices=[])),
    "amend": (Duty.BOOK, lambda s, a: invoices.amend(s, a, amendments=[])),
    "reverse": (Duty.BOOK, lambda s, a: invoices.reverse(s, a, number="1", on=DAY, reason="")),
    "close": (Duty.CLOSE, lambda s, a: set_period(s, a, starts_on=DAY, ends_on=DAY, state=PeriodState.CLOSED)),
    "create a user": (Duty.ADMINISTER, lambda s, a: create_user(s, a, name="eve", roles=[])),
    "decide": (Duty.APPROVE, lambda s, a: decide_approval(s, a, approval_id=1, approve=True, on=DAY)),
    "ask": (
        Duty.REQUEST,
        lambda s, a: request_approval(
            s, a, kind=ApprovalKind.REFUND, subject_id=1, amount=Money(1, "EUR"), reason="", on=DAY
        ),
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_refused_to_everybody_without_its_duty(sqlite_books: Books, verb: str) -> None:
    duty, act = VERBS[verb]
    lacking = [role.value for role in Role if duty not in DUTIES[role]]

    with pytest.raises(NotYourDuty) as refusal:
        act(sqlite_books.session, replace(sqlite_books.actor, roles=frozenset(lacking)))

    assert refusal.value.duty is duty
    assert isinstance(refusal.value, Forbidden)
