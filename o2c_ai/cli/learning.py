"""Commands of the learners and the clock: `o2c train`, `o2c jobs`."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated

import typer

from o2c_ai.cli.door import AsJson, AsOf, Company, Door, User, error_console, open_door
from o2c_ai.cli.versions import LEARNERS, limits_of, policy_of, tell
from o2c_ai.core.job_runs.rules import Job as CoreJob
from o2c_ai.core.job_runs.rules import Order

if TYPE_CHECKING:
    from collections.abc import Callable

    from o2c_ai.jobs.work import Work

jobs = typer.Typer(help="Work done by the clock.", no_args_is_help=True)


class Learner(enum.StrEnum):
    """What can be trained."""

    PAYMENT_TIMING = "payment-timing"
    """When an open item will be paid."""
    REMITTANCE_MATCHING = "remittance-matching"
    """What a bank line pays."""
    ALL = "all"
    """Both."""


class Job(enum.StrEnum):
    """What the clock can run."""

    NIGHTLY = "nightly"
    """What a morning needs, one after the other: papers of the inbox, matching, predictions, forecast, worklist."""
    IMPORT_INBOX = "import_inbox"
    """Take in the papers that lie in the company's inbox."""
    SUGGEST_MATCHES = "suggest_matches"
    """Store a suggestion for every undecided line."""
    SCORE_OPEN_ITEMS = "score_open_items"
    """Predict and store when each open item will be paid."""
    FORECAST_CASH = "forecast_cash"
    """Forecast and store the coming weeks."""
    RANK_WORKLIST = "rank_worklist"
    """Rank whom to call."""
    CHECK_DRIFT = "check_drift"
    """Look whether versions should be trained again."""


def add_to(app: typer.Typer) -> None:
    """Give the app its commands."""
    app.command("train")(train)
    jobs.command("run")(run)
    app.add_typer(jobs, name="jobs")


def train(
    as_of: AsOf,
    learner: Annotated[Learner, typer.Argument(help="What to train.")] = Learner.ALL,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Train on what was known on a day; the first version that beats the rules serves at once."""
    from o2c_ai.jobs import train as job
    from o2c_ai.jobs import train_timing as job_timing

    door = open_door(company, user, as_json=as_json)
    registry, timings = door.versions(Learner.REMITTANCE_MATCHING), door.versions(Learner.PAYMENT_TIMING)
    day, facts = as_of.date(), dict[str, object]()
    timing, matching = learner is not Learner.REMITTANCE_MATCHING, learner is not Learner.PAYMENT_TIMING
    learnt_timing, learnt = None, None
    with door.progress("Training") as progress:
        # Learning takes a minute, in which others go on writing; only registering takes the books for itself.
        with door.reading() as (session, company_id):
            if timing:
                learnt_timing = job_timing.learn_timing(session, company_id, as_of=day, progress=progress)
            if matching:
                learnt = job.learn_matching(session, company_id, as_of=day, policy=policy_of(door), progress=progress)
        with door.acting() as (session, actor):
            if learnt_timing is not None:
                facts["payment-timing"] = job_timing.register_timing(
                    session, actor, as_of=day, learnt=learnt_timing, registry=timings
                )
            if learnt is not None:
                facts["remittance-matching"] = job.register_matching(
                    session, actor, as_of=day, learnt=learnt, registry=registry
                )
    notes = tell(door, [name for name in LEARNERS if name in facts])
    door.say(f"Trained as of {day}.", facts, notes)


def run(
    name: Annotated[Job, typer.Argument(help="Which job.")],
    as_of: AsOf,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Run one job for a day; running it again changes nothing."""
    from o2c_ai.jobs.runs import run as job

    door, day = open_door(company, user, as_json=as_json), as_of.date()
    with door.progress(f"Running {name.value}") as progress:
        facts = job(_work(door, progress), Order(CoreJob(name.value), day))
    notes = facts.pop("notes", [])
    assert isinstance(notes, list)
    for note in notes:
        error_console.print(note, style="bold red", soft_wrap=True)
    door.say(f"{name.value} as of {day}.", facts, notes)


def _work(door: Door, progress: Callable[[str], object]) -> Work:
    from o2c_ai.jobs.import_inbox import inbox_of
    from o2c_ai.jobs.work import Work

    return Work(
        reading=door.reading,
        acting=door.acting,
        versions=door.versions,
        by=door.user,
        policy=policy_of(door),
        limits=limits_of(door),
        inbox=inbox_of(door.settings.data_dir, door.company),
        progress=progress,
    )
