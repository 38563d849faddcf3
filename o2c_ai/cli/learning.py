"""Commands of the learners and the clock: `o2c train`, `o2c jobs`."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated

import typer

from o2c_ai.cli.door import AsJson, AsOf, Company, Door, User, open_door
from o2c_ai.cli.versions import LEARNERS, look_at_drift, policy_of, tell

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

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

    SUGGEST_MATCHES = "suggest_matches"
    """Store a suggestion for every undecided line."""
    SCORE_OPEN_ITEMS = "score_open_items"
    """Predict and store when each open item will be paid."""
    FORECAST_CASH = "forecast_cash"
    """Forecast and store the coming weeks."""
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
    door = open_door(company, user, as_json=as_json)
    title = f"{name.value} as of {as_of.date()}."
    with door.progress(f"Running {name.value}") as progress:
        facts, notes = _JOBS[name](door, as_of.date(), progress)
    door.say(title, facts, notes)


Done = tuple[dict[str, object], list[str]]
"""Facts, and what has to be said of them."""


def _suggest_matches(door: Door, day: date, progress: Callable[[str], object]) -> Done:
    from o2c_ai.jobs import runs
    from o2c_ai.jobs.versions import MATCHING, matcher_for

    matcher, notes = door.serving(matcher_for, MATCHING, as_of=day)
    with door.acting() as (session, actor):
        facts = runs.suggest_matches(
            session, actor, as_of=day, policy=policy_of(door), matcher=matcher, progress=progress
        )
    return facts, notes


def _score_open_items(door: Door, day: date, progress: Callable[[str], object]) -> Done:
    from o2c_ai.jobs import runs
    from o2c_ai.jobs.versions import TIMING, challenger_for, timing_for

    progress("predicting")
    timing, notes = door.serving(timing_for, TIMING, as_of=day)
    challenger, silent = door.serving(challenger_for, TIMING, as_of=day)
    with door.acting() as (session, actor):
        return runs.score(session, actor, as_of=day, timing=timing, challenger=challenger), notes + silent


def _forecast_cash(door: Door, day: date, progress: Callable[[str], object]) -> Done:
    from o2c_ai.jobs import runs
    from o2c_ai.jobs.versions import TIMING, timing_for

    progress("forecasting")
    timing, notes = door.serving(timing_for, TIMING, as_of=day)
    with door.acting() as (session, actor):
        return runs.forecast(session, actor, as_of=day, timing=timing), notes


def _check_drift(door: Door, day: date, progress: Callable[[str], object]) -> Done:
    facts: dict[str, object] = {name: look_at_drift(door, name, day, progress) for name in LEARNERS}
    return facts, []


_JOBS = {
    Job.SUGGEST_MATCHES: _suggest_matches,
    Job.SCORE_OPEN_ITEMS: _score_open_items,
    Job.FORECAST_CASH: _forecast_cash,
    Job.CHECK_DRIFT: _check_drift,
}
