"""Laws of long work: one run of the same at a time, with the duties of who asked, and daily ones at their hour."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.errors import Conflict, Invalid, NotFound
from o2c_ai.core.people.rules import Duty, require

if TYPE_CHECKING:
    from o2c_ai.core.people.rules import Actor

RUNS_KEPT = timedelta(days=90)
"""How long a run that ended is listed; the newest of each job stays."""
ATTEMPTS_MAX = 3
"""How often a run that was cut off is taken up again by itself: what cuts it off thrice will do so again."""


class Job(enum.Enum):
    """Work that takes longer than somebody waits for a page."""

    NIGHTLY = "nightly"
    """Everything a morning needs, one after the other: what came in, suggestions, predictions, forecast, worklist."""
    IMPORT_INBOX = "import_inbox"
    """Take in the papers that lie in the company's inbox."""
    SUGGEST_MATCHES = "suggest_matches"
    """Store a suggestion for every undecided line."""
    SCORE_OPEN_ITEMS = "score_open_items"
    """Predict and store when each open item will be paid."""
    FORECAST_CASH = "forecast_cash"
    """Forecast and store the coming weeks."""
    RANK_WORKLIST = "rank_worklist"
    """Rank whom to call, and say how many there are."""
    CHECK_DRIFT = "check_drift"
    """Look whether versions should be trained again."""
    TRAIN = "train"
    """Train a learner and register the version."""
    COMPARE_VERSIONS = "compare_versions"
    """Measure versions of a learner beside the rules."""
    PROMOTE = "promote"
    """Compare a version with what serves, and let it serve where it did better."""


OF_A_LEARNER = frozenset({Job.TRAIN, Job.COMPARE_VERSIONS, Job.PROMOTE})
"""Jobs about one learner; no clock asks for them."""
CHANGES_VERSIONS = frozenset({Job.TRAIN, Job.PROMOTE})
"""Jobs after which other versions are there, or serve."""
STEPS = (
    Job.IMPORT_INBOX,
    Job.SUGGEST_MATCHES,
    Job.SCORE_OPEN_ITEMS,
    Job.FORECAST_CASH,
    Job.RANK_WORKLIST,
)
"""What a night does, in this order: each step reads what those before it left."""
_DUTY = {
    Job.IMPORT_INBOX: Duty.IMPORT,
    Job.SUGGEST_MATCHES: Duty.BOOK,
    Job.RANK_WORKLIST: Duty.COLLECT,
}
"""The duty of a job; the others store predictions or change versions."""


class RunState(enum.Enum):
    """Where a run stands."""

    WAITING = "waiting"
    """Asked for, not begun."""
    RUNNING = "running"
    """Being worked on."""
    DONE = "done"
    """Ended well: what it did is in the books."""
    FAILED = "failed"
    """Refused, broken or cut off: what it would have written was not."""
    CANCELLED = "cancelled"
    """Taken back before it began."""


ENDED = frozenset({RunState.DONE, RunState.FAILED, RunState.CANCELLED})
ENDED_IN_VAIN = ENDED - {RunState.DONE}
"""What may be asked for once more."""


@dataclass(frozen=True, slots=True)
class Order:
    """What a job is to do."""

    job: Job
    as_of: date
    learner: str = ""
    """Whose versions, for jobs of a learner."""
    version: str = ""
    """Which of them, where one is meant."""


class UnknownRun(NotFound):
    """No such run of a job in this company."""

    def __init__(self, run_id: int) -> None:
        """Name the run."""
        self.run_id = run_id
        super().__init__(f"no run {run_id} of a job in this company")


class NotDaily(NotFound):
    """The job is not asked for every day."""

    def __init__(self, job: Job) -> None:
        """Name the job."""
        self.job = job
        super().__init__(f"{job.value} is not switched on")


class NeedsLearner(Invalid):
    """A job of a learner is asked for at the learner."""

    def __init__(self, job: Job) -> None:
        """Name the job."""
        self.job = job
        super().__init__(f"{job.value} is about one learner: ask for it there")


class NotFailed(Conflict):
    """Only what failed or was cancelled is tried again."""

    def __init__(self, run_id: int, state: RunState) -> None:
        """Name the run and its state."""
        self.run_id, self.state = run_id, state
        super().__init__(f"run {run_id} is {state.value}: only one that failed or was cancelled is tried again")


class NotWaiting(Conflict):
    """Only what has not begun is cancelled: nobody knows how far the work of one that began has come."""

    def __init__(self, run_id: int, state: RunState) -> None:
        """Name the run and its state."""
        self.run_id, self.state = run_id, state
        super().__init__(f"run {run_id} is {state.value}: only one that waits is cancelled")


class CutOff(Conflict):
    """A run was given up meanwhile: what it found is not written."""

    def __init__(self, run_id: int) -> None:
        """Name the run."""
        self.run_id = run_id
        super().__init__(f"run {run_id} was taken for lost and given up meanwhile")


class BadTime(Invalid):
    """A time of the day that there is not."""

    def __init__(self, given: str) -> None:
        """Name it."""
        self.given = given
        super().__init__(f"{given!r} is no time of the day: write it as 02:30")


def require_for(actor: Actor, job: Job) -> None:
    """Refuse a job unless its asker has every duty it needs (NotYourDuty); its actions ask again when it runs."""
    for step in STEPS if job is Job.NIGHTLY else (job,):
        require(actor, _DUTY.get(step, Duty.TRAIN))


def minute_of(given: str) -> int:
    """Minute of the day of a time as 02:30. Raises BadTime."""
    try:
        at = time.fromisoformat(given)
    except ValueError as error:
        raise BadTime(given) from error
    return at.hour * 60 + at.minute


def time_of(minute: int) -> str:
    """A minute of the day, as 02:30."""
    return f"{minute // 60:02}:{minute % 60:02}"


def is_due(minute: int, asked_on: date | None, now: datetime) -> bool:
    """Whether a daily job is to be asked for: once a day, from its minute on; a missed night is made up for by day."""
    return asked_on != now.date() and now.hour * 60 + now.minute >= minute


def next_time(minute: int, asked_on: date | None, now: datetime) -> datetime:
    """When a daily job is asked for next; now where it is due."""
    if is_due(minute, asked_on, now):
        return now
    begin = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(minutes=minute)
    return begin if asked_on != now.date() else begin + timedelta(days=1)
