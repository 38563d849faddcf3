"""Working jobs off: whole or not at all, without holding the books, and again where somebody was cut off."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.cli.consumer import Consumer
from o2c_ai.core.customers.actions import take_customers
from o2c_ai.core.customers.rules import NewCustomer
from o2c_ai.core.job_runs.actions import ask, begin, cancel, finish, switch_on
from o2c_ai.core.job_runs.queries import get_stored, page_runs
from o2c_ai.core.job_runs.rules import Job, Order, RunState
from o2c_ai.core.people.actions import claim_key, create_user, deactivate_user
from o2c_ai.core.people.queries import find_answer
from o2c_ai.core.people.rules import Role
from o2c_ai.jobs import publish, runs
from o2c_ai.jobs.versions import TIMING
from o2c_ai.models.registry import Registry
from o2c_ai.models.tracking import NotReached
from o2c_ai.settings import Settings
from tests.books import DAY, NOON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.jobs.work import Work, Write
    from tests.books import Books

MATCH = Order(Job.SUGGEST_MATCHES, DAY)


@pytest.fixture
def worker(books: Books, tmp_path: Path) -> Iterator[Consumer]:
    """Whoever works off the jobs of books with an invoice and money for it."""
    books.invoice("INV-1")
    books.line("L1", "100.00", narrative="INV-1")
    books.session.commit()
    worker = Consumer(Settings(data_dir=tmp_path, today=DAY), books.store)
    yield worker
    worker.queue.close()


def asked(books: Books, order: Order = MATCH, actor: Actor | None = None) -> int:
    run = ask(books.session, actor or books.actor, order=order)
    books.session.commit()
    return run


def told(books: Books, run: int) -> Any:  # noqa: ANN401 - a stored run
    books.session.rollback()
    return get_stored(books.session, run)


def suggestions(books: Books) -> int:
    count: int = books.session.connection().exec_driver_sql("SELECT count(*) FROM match_suggestions").scalar_one()
    books.session.rollback()
    return count


def test_a_job_is_done_once_and_tells_what_it_did(books: Books, worker: Consumer) -> None:
    run = asked(books)

    for _ in range(2):
        worker.perform(run)

    assert (told(books, run).state, told(books, run).facts) == (RunState.DONE, {"suggested": 1, "known": 0})
    assert (worker.queue.heard(run), worker.in_hand, suggestions(books)) == (None, {}, 1)


def test_jobs_wait_are_worked_off_and_a_daily_one_is_asked_for_by_the_clock(books: Books, worker: Consumer) -> None:
    switch_on(books.session, books.actor, job=Job.RANK_WORKLIST, minute=0)
    books.session.commit()
    run = asked(books)
    until = time.monotonic() + 20

    with worker.working():
        worker.queue.put(run)
        while len(done := page_runs(books.session, books.company_id, state=RunState.DONE)[0]) < 2:
            books.session.rollback()
            assert time.monotonic() < until
            time.sleep(0.05)

    assert {row.job for row in done} == {Job.SUGGEST_MATCHES, Job.RANK_WORKLIST}


def test_others_write_while_a_job_computes(books: Books, worker: Consumer, monkeypatch: pytest.MonkeyPatch) -> None:
    find = runs.prepare

    def while_others_write(work: Work, order: Order) -> Write:
        with work.reading() as (session, company_id):
            assert session.connection().exec_driver_sql("SELECT count(*) FROM customers").scalar_one() == company_id
            take_customers(books.session, books.actor, customers=[NewCustomer("C2", "Zwei GmbH")])
            books.session.commit()
        return find(work, order)

    monkeypatch.setattr(runs, "prepare", while_others_write)
    run = asked(books)
    worker.perform(run)

    assert told(books, run).state is RunState.DONE


def test_what_is_refused_or_breaks_writes_nothing_and_tells_no_data(
    books: Books, worker: Consumer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def half(work: Work, order: Order) -> Write:
        find = runs.suggest_matches(work, order)

        def write(session: Session, actor: Actor) -> dict[str, object]:
            find(session, actor)
            raise RuntimeError("Muster GmbH owes 100.00")

        return write

    monkeypatch.setattr(runs, "prepare", half)
    broken = asked(books)
    worker.perform(broken)
    assert told(books, broken).problem == f"something is broken here, noted under run {broken}"
    assert suggestions(books) == 0
    line = json.loads(caplog.messages[-1])
    assert (line["error"], line["request_id"], "Muster" in caplog.text) == ("RuntimeError", f"run {broken}", False)

    clara = create_user(books.session, books.actor, name="clara", roles=[Role.CLERK])
    refused = asked(books, actor=clara)
    deactivate_user(books.session, books.actor, name="clara")
    books.session.commit()
    worker.perform(refused)
    assert "no user" in told(books, refused).problem


@pytest.mark.parametrize("refusal", [None, NotReached("nobody there")])
def test_the_tracking_server_is_told_after_a_training_and_can_be_away(
    books: Books, worker: Consumer, monkeypatch: pytest.MonkeyPatch, refusal: NotReached | None
) -> None:
    heard: list[str] = []

    def hear(registry: Registry, **_: object) -> None:
        heard.append(registry.learner)
        if refusal is not None:
            raise refusal

    monkeypatch.setattr(publish, "publish_versions", hear)
    monkeypatch.setattr(Registry, "versions", lambda _: ["one"])
    monkeypatch.setattr(runs, "prepare", lambda _work, _order: lambda _session, _actor: {"trained": "one"})
    run = asked(books, Order(Job.TRAIN, DAY, TIMING))
    worker.perform(run)

    assert (told(books, run).state, heard) == (RunState.DONE, [TIMING])


def test_what_was_cut_off_is_seen_as_failed_and_done_once(
    books: Books, worker: Consumer, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = asked(books)
    begin(books.session, run_id=run, at=NOON)  # by somebody who was not heard of since
    books.session.commit()
    worker.give_up_lost()
    assert told(books, run).state is RunState.FAILED
    again = page_runs(books.session, books.company_id, state=RunState.WAITING)[0][0].id
    books.session.rollback()

    find = runs.prepare

    def while_given_up(work: Work, order: Order) -> Write:
        write = find(work, order)
        worker.in_hand.clear()
        worker.queue.say(again, "", NOON)
        worker.give_up_lost()
        return write

    monkeypatch.setattr(runs, "prepare", while_given_up)
    worker.perform(again)
    assert (told(books, again).state, suggestions(books)) == (RunState.FAILED, 0)
    monkeypatch.undo()

    third = page_runs(books.session, books.company_id, state=RunState.WAITING)[0][0].id
    books.session.rollback()
    worker.perform(third)
    assert (told(books, third).state, told(books, third).attempt, suggestions(books)) == (RunState.DONE, 3, 1)


def test_what_waits_and_nobody_put_in_is_put_in(books: Books, worker: Consumer) -> None:
    asked(books)

    worker.tick()

    assert not worker.queue.is_empty()


def test_what_is_kept_no_longer_is_forgotten_once_a_day(books: Books, worker: Consumer) -> None:
    lately = replace(books.actor, recorded_at=datetime.now(UTC))
    for key, actor in (("old", books.actor), ("new", lately)):
        claim_key(books.session, actor, key=key, request_digest="x")
    old, newest = asked(books, actor=books.actor), asked(books, replace(MATCH, as_of=DAY + timedelta(days=1)))
    for run in (old, newest):
        begin(books.session, run_id=run, at=NOON)
        finish(books.session, run_id=run, facts={}, at=NOON)
    books.session.commit()

    worker.tick()

    assert [find_answer(books.session, books.actor, key) is None for key in ("old", "new")] == [True, False]
    assert [row.id for row in page_runs(books.session, books.company_id)[0]] == [newest]
    claim_key(books.session, books.actor, key="old", request_digest="x")
    books.session.commit()
    worker.tick()
    assert find_answer(books.session, books.actor, "old") is not None


def test_what_was_cancelled_is_passed_over(books: Books, worker: Consumer) -> None:
    run = asked(books)
    worker.queue.put(run)
    cancel(books.session, books.actor, run_id=run)
    books.session.commit()

    worker.queue.huey.execute(worker.queue.huey.dequeue())

    assert (told(books, run).state, suggestions(books)) == (RunState.CANCELLED, 0)


def test_what_is_in_hand_at_a_stop_waits_for_the_next_start(books: Books, worker: Consumer) -> None:
    run = asked(books)
    begin(books.session, run_id=run, at=NOON)
    books.session.commit()

    with worker.working():
        worker.in_hand[run] = "matching"

    states = [row.state for row in page_runs(books.session, books.company_id)[0]]
    assert states == [RunState.WAITING, RunState.FAILED]
