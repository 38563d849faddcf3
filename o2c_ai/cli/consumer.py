"""Works off the jobs that were asked for, asks for the daily ones at their hour, and forgets what is kept no longer."""

from __future__ import annotations

import json
import signal
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from o2c_ai.api.watch import note_error, to_standard_error
from o2c_ai.core.database import Store
from o2c_ai.core.errors import BooksError
from o2c_ai.core.job_runs.actions import ask_daily, begin, fail, finish, forget_runs, give_up
from o2c_ai.core.job_runs.queries import actor_for, get_stored, ids_in_state, list_daily_of_all, order_of
from o2c_ai.core.job_runs.rules import CHANGES_VERSIONS, RUNS_KEPT, CutOff, RunState, is_due
from o2c_ai.core.ledger.queries import company_of
from o2c_ai.core.people.actions import forget_keys
from o2c_ai.core.people.rules import KEYS_KEPT
from o2c_ai.core.suggestions.rules import ONE_PPM, Policy
from o2c_ai.jobs.import_inbox import inbox_of
from o2c_ai.jobs.queue import WORKER, Queue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from multiprocessing.connection import Connection

    from sqlalchemy.orm import Session

    from o2c_ai.core.job_runs.rules import Order
    from o2c_ai.core.people.rules import Actor
    from o2c_ai.jobs.work import Work
    from o2c_ai.models.registry import Registry
    from o2c_ai.settings import Settings

AT_ONCE = 2
"""Jobs worked on at once; the clock needs a place too."""
SIGN_SECONDS = 5
"""How often a worker says that it is alive."""
LOST_AFTER = timedelta(seconds=30)
"""A run whose worker was silent for so long is taken up again."""
GRACE_SECONDS = 10
"""How long a stop waits for the jobs in hand; then they are given up, and taken up again at the next start."""
POLL_SECONDS = 0.5
"""A button is answered within half a second at most."""


@dataclass
class Consumer:
    """Whoever works jobs off."""

    settings: Settings
    store: Store
    queue: Queue = field(init=False)
    in_hand: dict[int, str] = field(default_factory=dict)
    """Run → how far it is."""
    forgot_on: date | None = None
    """The day old keys and runs were forgotten last by this worker."""

    def __post_init__(self) -> None:
        """Open the queue as its worker."""
        self.queue = Queue(self.store.url, perform=self.perform, tick=self.tick)

    def perform(self, run_id: int) -> None:
        """Do a run that waits, whole or not at all; one that does not wait any more is passed over."""
        with self.store.session() as session:
            begun = begin(session, run_id=run_id, at=_now())
            session.commit()
        if not begun:
            return
        self.say(run_id, "begun")
        try:
            self._do(run_id)
        except CutOff as refusal:
            note_error(refusal, f"run {run_id}")
        except BooksError as refusal:
            self._fail(run_id, str(refusal))
        except Exception as error:  # noqa: BLE001 - whatever breaks, the run must be seen to have failed
            note_error(error, f"run {run_id}")
            self._fail(run_id, f"something is broken here, noted under run {run_id}")
        finally:
            self.in_hand.pop(run_id, None)
            self.queue.forget(run_id)

    def _do(self, run_id: int) -> None:
        from o2c_ai.jobs.runs import prepare

        with self.store.reading() as session:
            order = order_of(get_stored(session, run_id))
        write = prepare(self._work(run_id), order)
        with self._acting(run_id) as (session, actor):
            finish(session, run_id=run_id, facts=_plain(write(session, actor)), at=_now())
        if order.job in CHANGES_VERSIONS:
            self._tell(run_id, order)

    def _tell(self, run_id: int, order: Order) -> None:
        """Bring the tracking server in line. The run is done: a server that is not reached is noted, and told later."""
        from o2c_ai.jobs.publish import publish_versions
        from o2c_ai.models.tracking import NotReached

        address, registry = self.settings.tracking(), self._work(run_id).versions(order.learner)
        if not address or not registry.versions():
            return
        try:
            publish_versions(registry, address=address, artifacts=self.settings.data_dir / "mlflow")
        except NotReached as refusal:
            note_error(refusal, f"run {run_id}")

    def _fail(self, run_id: int, problem: str) -> None:
        with self.store.session() as session:
            fail(session, run_id=run_id, problem=problem, at=_now())
            session.commit()

    def _work(self, run_id: int) -> Work:
        from o2c_ai.jobs.check_drift import Limits
        from o2c_ai.jobs.work import Work
        from o2c_ai.models.registry import Registry

        settings = self.settings
        with self.store.reading() as session:
            actor = actor_for(session, get_stored(session, run_id), _now())
            company = company_of(session, actor.company_id)

        @contextmanager
        def reading() -> Iterator[tuple[Session, int]]:
            with self.store.reading() as session:
                yield session, company.company_id

        def versions(learner: str) -> Registry:
            return Registry(settings.data_dir, company.books, learner)

        return Work(
            reading=reading,
            acting=lambda: self._acting(run_id),
            versions=versions,
            by=actor.name,
            policy=Policy(auto_ppm=round(settings.auto_precision * ONE_PPM)),
            limits=Limits(settings.drift_features, settings.drift_calibration, settings.drift_error),
            inbox=inbox_of(settings.data_dir, company.code),
            progress=lambda words: self.say(run_id, words),
        )

    @contextmanager
    def _acting(self, run_id: int) -> Iterator[tuple[Session, Actor]]:
        """A session that writes as who asked for the run; committed when the block ends well."""
        with self.store.session() as session:
            yield session, actor_for(session, get_stored(session, run_id), _now())
            session.commit()

    def say(self, run_id: int, words: str) -> None:
        """Say how far a run is."""
        self.in_hand[run_id] = words
        self.queue.say(run_id, words, _now())

    def sign(self) -> None:
        """Say that this worker and the runs in its hands are alive."""
        self.queue.say(WORKER, "", _now())
        for run_id, words in list(self.in_hand.items()):
            self.queue.say(run_id, words, _now())

    def tick(self) -> None:
        """Ask for the daily jobs whose hour it is, and put in what waits while nobody put it in; forget once a day."""
        now, waiting = _now(), list[int]()
        with self.store.reading() as session:
            due = any(is_due(row.minute, row.asked_on, now) for row in list_daily_of_all(session))
            if self.queue.is_empty():
                waiting = ids_in_state(session, RunState.WAITING)
        if due:
            with self.store.session() as session:
                waiting += ask_daily(session, as_of=self.settings.today or now.date(), now=now)
                session.commit()
        for run_id in waiting:
            self.queue.put(run_id)
        if self.forgot_on != now.date():
            self.forget(now)

    def forget(self, now: datetime) -> None:
        """Forget the answers and the runs of every company that are kept no longer."""
        with self.store.session() as session:
            forget_keys(session, before=now - KEYS_KEPT)
            forget_runs(session, before=now - RUNS_KEPT)
            session.commit()
        self.forgot_on = now.date()

    def give_up_lost(self) -> None:
        """Give up the runs whose worker was silent for too long; each is asked for once more."""
        with self.store.reading() as session:
            running = [run_id for run_id in ids_in_state(session, RunState.RUNNING) if run_id not in self.in_hand]
            self._give_up([run_id for run_id in running if self._is_silent(session, run_id)])

    def _is_silent(self, session: Session, run_id: int) -> bool:
        heard = self.queue.heard(run_id)
        last = get_stored(session, run_id).began_at if heard is None else heard[1]
        return last is None or _now() - last > LOST_AFTER

    def _give_up(self, runs: list[int]) -> None:
        for run_id in runs:
            with self.store.session() as session:
                again = give_up(session, run_id=run_id, at=_now())
                session.commit()
            if again is not None:
                self.queue.put(again)

    @contextmanager
    def working(self) -> Iterator[None]:
        """Work jobs off in threads of their own while the block lasts."""
        workers = self.queue.huey.create_consumer(
            workers=AT_ONCE, max_delay=POLL_SECONDS, shutdown_timeout=GRACE_SECONDS, check_worker_health=False
        )
        ended = threading.Event()
        signs = threading.Thread(target=self._sign_until, args=(ended,), daemon=True)
        # Only the threads: huey's own start would take the process's signals, which belong to who serves.
        for thread in (workers.scheduler, *(thread for _, thread in workers.worker_threads), signs):
            thread.start()
        try:
            yield
        finally:
            workers.stop(graceful=True)
            ended.set()
            signs.join()
            self._give_up(list(self.in_hand))
            self.queue.close()

    def _sign_until(self, ended: threading.Event) -> None:
        while not ended.is_set():
            try:
                self.sign()
                self.give_up_lost()
            except Exception as error:  # noqa: BLE001 - what could not be done now is done the next time
                note_error(error, WORKER)
            ended.wait(SIGN_SECONDS)


def _now() -> datetime:
    return datetime.now(UTC)


def _plain(facts: dict[str, object]) -> dict[str, Any]:
    """Facts as JSON keeps them: days and fractions as text."""
    plain: dict[str, Any] = json.loads(json.dumps(facts, default=str))
    return plain


def work_off(settings: Settings, until: Connection) -> None:
    """Work jobs off until the other end of the connection is closed, or its process is no more."""
    # A key pressed in a terminal reaches every process of a command; the one that serves says when it is over.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    to_standard_error()
    store = Store(settings.url())
    with Consumer(settings, store).working():
        until.poll(None)
    store.dispose()
