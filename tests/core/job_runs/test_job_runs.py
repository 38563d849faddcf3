"""Long work: asked for once at a time, done whole or not at all, taken up again when cut off, and daily ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.job_runs.actions import (
    ask,
    ask_daily,
    begin,
    cancel,
    fail,
    finish,
    forget_runs,
    give_up,
    switch_off,
    switch_on,
    try_again,
)
from o2c_ai.core.job_runs.queries import (
    actor_for,
    find_daily,
    get_run,
    get_stored,
    last_runs,
    list_daily,
    order_of,
    page_runs,
    under_way,
)
from o2c_ai.core.job_runs.rules import (
    ATTEMPTS_MAX,
    BadTime,
    CutOff,
    Job,
    NeedsLearner,
    NotDaily,
    NotFailed,
    NotWaiting,
    Order,
    RunState,
    UnknownRun,
    is_due,
    minute_of,
    next_time,
    time_of,
)
from o2c_ai.core.people.actions import create_user, deactivate_user, give_roles
from o2c_ai.core.people.rules import NotYourDuty, Role, UnknownUser, duties
from tests.books import DAY, NOON, open_books

if TYPE_CHECKING:
    from tests.books import Books

MATCH = Order(Job.SUGGEST_MATCHES, DAY)
LATER = NOON + timedelta(minutes=5)


def state(books: Books, run_id: int) -> RunState:
    return get_stored(books.session, run_id).state


def test_who_asks_for_what_is_under_way_is_told_of_that_run(books: Books) -> None:
    first = ask(books.session, books.actor, order=MATCH)

    assert ask(books.session, books.other, order=MATCH) == first
    assert ask(books.session, books.actor, order=replace(MATCH, as_of=DAY + timedelta(days=1))) != first
    begin(books.session, run_id=first, at=NOON)
    assert ask(books.session, books.actor, order=MATCH) == first
    finish(books.session, run_id=first, facts={}, at=LATER)
    assert ask(books.session, books.actor, order=MATCH) != first


def test_a_run_is_begun_once_and_keeps_what_it_did(books: Books) -> None:
    run = ask(books.session, books.actor, order=MATCH)

    assert [begin(books.session, run_id=run, at=NOON) for _ in range(2)] == [True, False]
    assert [row.id for row in under_way(books.session, books.company_id)] == [run]
    finish(books.session, run_id=run, facts={"suggested": 3}, at=LATER)

    row = get_run(books.session, books.company_id, run)
    assert (row.state, row.facts, row.by, row.ended_at) == (RunState.DONE, {"suggested": 3}, "anna", LATER)
    assert order_of(get_stored(books.session, run)) == MATCH
    assert last_runs(books.session, books.company_id)[Job.SUGGEST_MATCHES].id == run
    assert under_way(books.session, books.company_id) == []
    assert not begin(books.session, run_id=999, at=NOON)


def test_what_was_given_up_meanwhile_writes_nothing_and_is_asked_for_again_so_many_times(books: Books) -> None:
    run: int | None = ask(books.session, replace(books.actor, scope=frozenset({"book"})), order=MATCH)
    attempts = []
    while run is not None:
        attempts.append(run)
        begin(books.session, run_id=run, at=NOON)
        run = give_up(books.session, run_id=run, at=LATER)

    assert len(attempts) == ATTEMPTS_MAX
    assert {state(books, one) for one in attempts} == {RunState.FAILED}
    last = get_stored(books.session, attempts[-1])
    assert (last.attempt, last.scope, last.user_id) == (ATTEMPTS_MAX, ["book"], books.actor.user_id)
    with pytest.raises(CutOff):
        finish(books.session, run_id=attempts[-1], facts={}, at=LATER)
    assert give_up(books.session, run_id=attempts[-1], at=LATER) is None


def test_what_failed_is_tried_again_and_nothing_else(books: Books) -> None:
    run = ask(books.session, books.actor, order=MATCH)
    with pytest.raises(NotFailed):
        try_again(books.session, books.actor, run_id=run)
    begin(books.session, run_id=run, at=NOON)
    assert fail(books.session, run_id=run, problem="no", at=LATER)
    assert not fail(books.session, run_id=run, problem="no", at=LATER)

    again = try_again(books.session, books.other, run_id=run)

    assert (again != run, state(books, again)) == (True, RunState.WAITING)


def test_what_waits_is_cancelled_and_may_be_asked_for_again(books: Books) -> None:
    run = ask(books.session, books.actor, order=MATCH)

    cancel(books.session, books.other, run_id=run)

    row = get_run(books.session, books.company_id, run)
    assert (row.state, row.problem, row.ended_at) == (RunState.CANCELLED, f"cancelled by {books.other.name}", NOON)
    assert not begin(books.session, run_id=run, at=LATER)
    assert state(books, try_again(books.session, books.actor, run_id=run)) is RunState.WAITING


def test_what_has_begun_or_ended_is_not_cancelled(books: Books) -> None:
    run = ask(books.session, books.actor, order=MATCH)
    begin(books.session, run_id=run, at=NOON)
    with pytest.raises(NotWaiting, match="is running"):
        cancel(books.session, books.actor, run_id=run)
    finish(books.session, run_id=run, facts={}, at=LATER)
    with pytest.raises(NotWaiting, match="is done"):
        cancel(books.session, books.actor, run_id=run)


def test_nobody_cancels_what_is_anothers_duty_or_another_companys(books: Books) -> None:
    run = ask(books.session, books.actor, order=MATCH)
    collector = create_user(books.session, books.actor, name="carl", roles=[Role.COLLECTOR])
    other = open_books(books.store, books.session, code="other")

    with pytest.raises(NotYourDuty):
        cancel(books.session, collector, run_id=run)
    for company in (other, books):
        with pytest.raises(UnknownRun):
            cancel(books.session, company.actor, run_id=run if company is other else 999)
    assert state(books, run) is RunState.WAITING


def test_old_runs_are_forgotten_but_for_the_newest_of_a_job_and_what_has_not_ended(books: Books) -> None:
    order = Order(Job.RANK_WORKLIST, DAY)
    old, newest = (_ended(books, order) for _ in range(2))
    alone = _ended(books, MATCH)
    running = ask(books.session, books.actor, order=Order(Job.CHECK_DRIFT, DAY))
    begin(books.session, run_id=running, at=NOON)
    waiting = ask(books.session, books.actor, order=Order(Job.FORECAST_CASH, DAY))
    after_it = ask(books.session, books.actor, order=Order(Job.FORECAST_CASH, DAY + timedelta(days=1)))

    left = []
    for before in (LATER, LATER + timedelta(seconds=1)):
        forget_runs(books.session, before=before)
        left.append({row.id for row in page_runs(books.session, books.company_id)[0]})

    assert left[0] - left[1] == {old}
    assert left[1] == {newest, alone, running, waiting, after_it}


def _ended(books: Books, order: Order) -> int:
    run = ask(books.session, books.actor, order=order)
    begin(books.session, run_id=run, at=NOON)
    finish(books.session, run_id=run, facts={}, at=LATER)
    return run


def test_nobody_asks_for_what_is_not_their_duty(books: Books) -> None:
    clerk = create_user(books.session, books.actor, name="clara", roles=[Role.CLERK])
    ask(books.session, clerk, order=MATCH)

    for job in (Job.NIGHTLY, Job.FORECAST_CASH, Job.CHECK_DRIFT):
        with pytest.raises(NotYourDuty):
            ask(books.session, clerk, order=Order(job, DAY))
        with pytest.raises(NotYourDuty):
            switch_on(books.session, clerk, job=job, minute=0)
    for order in (Order(Job.TRAIN, DAY), replace(MATCH, learner="payment-timing")):
        with pytest.raises(NeedsLearner):
            ask(books.session, books.actor, order=order)


def test_a_run_acts_with_the_duties_its_asker_has_when_it_runs(books: Books) -> None:
    clerk = create_user(books.session, books.actor, name="clara", roles=[Role.CLERK])
    run = ask(books.session, replace(clerk, scope=frozenset({"book"})), order=MATCH)
    actor = actor_for(books.session, get_stored(books.session, run), LATER)
    assert (actor.name, actor.recorded_at, {duty.value for duty in duties(actor.roles, actor.scope)}) == (
        "clara",
        LATER,
        {"book"},
    )

    give_roles(books.session, books.actor, name="clara", roles=[Role.COLLECTOR])
    actor = actor_for(books.session, get_stored(books.session, run), LATER)
    assert not duties(actor.roles, actor.scope)
    deactivate_user(books.session, books.actor, name="clara")
    with pytest.raises(UnknownUser):
        actor_for(books.session, get_stored(books.session, run), LATER)


def test_another_companys_runs_are_not_there(books: Books) -> None:
    run = ask(books.session, books.actor, order=MATCH)
    switch_on(books.session, books.actor, job=Job.NIGHTLY, minute=0)
    other = open_books(books.store, books.session, code="other")

    with pytest.raises(UnknownRun):
        get_run(books.session, other.company_id, run)
    with pytest.raises(UnknownRun):
        try_again(books.session, other.actor, run_id=run)
    assert page_runs(books.session, other.company_id) == ([], None)
    assert list_daily(books.session, other.company_id) == {}
    assert ask(books.session, other.actor, order=MATCH) != run
    with pytest.raises(UnknownRun):
        get_stored(books.session, 999)


def test_a_daily_job_is_asked_for_once_a_day_from_its_minute_on(books: Books) -> None:
    switch_on(books.session, books.actor, job=Job.SUGGEST_MATCHES, minute=13 * 60)

    assert ask_daily(books.session, as_of=DAY, now=NOON) == []
    (run,) = ask_daily(books.session, as_of=DAY, now=NOON + timedelta(hours=3))
    assert ask_daily(books.session, as_of=DAY, now=NOON + timedelta(hours=4)) == []
    assert order_of(get_stored(books.session, run)) == MATCH

    switch_off(books.session, books.actor, job=Job.SUGGEST_MATCHES)
    assert find_daily(books.session, books.company_id, Job.SUGGEST_MATCHES) is None
    with pytest.raises(NotDaily):
        switch_off(books.session, books.actor, job=Job.SUGGEST_MATCHES)


def test_a_daily_job_of_somebody_who_may_not_any_more_stands_there_as_failed(books: Books) -> None:
    clerk = create_user(books.session, books.actor, name="clara", roles=[Role.CLERK])
    switch_on(books.session, clerk, job=Job.SUGGEST_MATCHES, minute=13 * 60)
    give_roles(books.session, books.actor, name="clara", roles=[Role.AUDITOR])

    assert ask_daily(books.session, as_of=DAY, now=NOON + timedelta(hours=1)) == []

    (row,) = page_runs(books.session, books.company_id)[0]
    assert (row.state, row.by) == (RunState.FAILED, "clara")
    assert "no role with the duty to book" in row.problem


def at(hour: int, day: int = 2) -> datetime:
    return datetime(2025, 6, day, hour, tzinfo=UTC)


def test_a_missed_night_is_made_up_for_and_a_minute_that_is_over_begins_tomorrow(books: Books) -> None:
    yesterday = DAY

    assert is_due(120, yesterday, at(9))
    assert next_time(120, yesterday, at(9)) == at(9)
    assert next_time(120, yesterday, at(1)) == at(2)
    assert next_time(120, at(1).date(), at(9)) == at(2, day=3)
    switch_on(books.session, books.actor, job=Job.NIGHTLY, minute=120)
    row = list_daily(books.session, books.company_id)[Job.NIGHTLY]
    assert (row.by, next_time(row.minute, row.asked_on, NOON)) == ("anna", at(2))


@pytest.mark.parametrize(
    ("last", "night"),
    [
        (datetime(2028, 2, 28, tzinfo=UTC), datetime(2028, 2, 29, 2, 30, tzinfo=UTC)),
        (datetime(2027, 2, 28, tzinfo=UTC), datetime(2027, 3, 1, 2, 30, tzinfo=UTC)),
        (datetime(2027, 1, 31, tzinfo=UTC), datetime(2027, 2, 1, 2, 30, tzinfo=UTC)),
        (datetime(2027, 12, 31, tzinfo=UTC), datetime(2028, 1, 1, 2, 30, tzinfo=UTC)),
        (datetime(2027, 3, 27, tzinfo=UTC), datetime(2027, 3, 28, 2, 30, tzinfo=UTC)),
        (datetime(2027, 10, 30, tzinfo=UTC), datetime(2027, 10, 31, 2, 30, tzinfo=UTC)),
    ],
    ids=["leap day", "no leap day", "month end", "new year", "clocks go forward in Europe", "clocks go back in Europe"],
)
def test_a_night_comes_once_a_day_whatever_the_calendar(last: datetime, night: datetime) -> None:
    minute, hour = 150, timedelta(hours=1)
    assert next_time(minute, last.date(), last + 23 * hour) == night

    asked_on, nights = last.date(), []
    for now in (last + timedelta(days=1) + hour / 2 * step for step in range(48)):
        if is_due(minute, asked_on, now):
            asked_on = now.date()
            nights.append(now)

    assert nights == [night]


def test_times_of_the_day_are_read_and_told() -> None:
    assert [time_of(minute_of(given)) for given in ("02:30", "00:00", "23:59")] == ["02:30", "00:00", "23:59"]
    for given in ("", "24:00", "2 Uhr"):
        with pytest.raises(BadTime):
            minute_of(given)
