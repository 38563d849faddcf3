"""Commands of the learners: `o2c train`, `o2c models`, `o2c jobs`."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from o2c_ai.cli.door import AsJson, AsOf, Company, Door, User, open_door
from o2c_ai.core.suggestions.rules import ONE_PPM, Policy

models = typer.Typer(help="Versions of the learners.", no_args_is_help=True)
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


def add_to(app: typer.Typer) -> None:
    """Give the app its commands."""
    app.command("train")(train)
    models.command("list")(list_)
    models.command("compare")(compare)
    models.command("promote")(promote)
    models.command("rollback")(rollback)
    app.add_typer(models, name="models")
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
                learnt = job.learn_matching(session, company_id, as_of=day, policy=_policy(door), progress=progress)
        with door.acting() as (session, actor):
            if learnt_timing is not None:
                facts["payment-timing"] = job_timing.register_timing(
                    session, actor, as_of=day, learnt=learnt_timing, registry=timings
                )
            if learnt is not None:
                facts["remittance-matching"] = job.register_matching(
                    session, actor, as_of=day, learnt=learnt, registry=registry
                )
    door.say(f"Trained as of {day}.", facts)


def _policy(door: Door) -> Policy:
    return Policy(auto_ppm=round(door.settings.auto_precision * ONE_PPM))


def list_(company: Company = None, user: User = None, as_json: AsJson = False) -> None:
    """List the versions of each learner and which of them serves."""
    from o2c_ai.jobs.versions import RULES

    door = open_door(company, user, as_json=as_json)
    facts: dict[str, object] = {}
    for learner in (Learner.PAYMENT_TIMING, Learner.REMITTANCE_MATCHING):
        versions = door.versions(learner).versions()
        serving = [version.name for version in versions if version.serves]
        names = [version.name for version in versions]
        facts[learner.value] = {"serving": serving[-1] if serving else RULES, "versions": names}
    door.say("Versions.", facts)


def compare(
    as_of: AsOf,
    learner: Annotated[Learner, typer.Argument(help="Whose versions.")] = Learner.REMITTANCE_MATCHING,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Compare versions with the rules they have to beat."""
    from o2c_ai.jobs import train as job

    door = open_door(company, user, as_json=as_json)
    from o2c_ai.jobs.train_timing import measure_timing

    day, facts, registry = as_of.date(), dict[str, object](), door.versions(Learner.REMITTANCE_MATCHING)
    timings = door.versions(Learner.PAYMENT_TIMING)
    with door.progress("Measuring") as progress, door.reading() as (session, company_id):
        if learner in {Learner.PAYMENT_TIMING, Learner.ALL}:
            facts["payment-timing"] = measure_timing(session, company_id, as_of=day, registry=timings)
        if learner in {Learner.REMITTANCE_MATCHING, Learner.ALL}:
            facts["remittance-matching"] = job.measure_matching(
                session, company_id, as_of=day, policy=_policy(door), registry=registry, progress=progress
            )
    door.say(f"Measured as of {day}.", facts)


Version = Annotated[str, typer.Argument(help="The version.")]


def promote(
    learner: Annotated[Learner, typer.Argument(help="Whose version.")],
    version: Version,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Let a registered version serve; needs another person than its trainer."""
    from o2c_ai.jobs.train import promote as job

    door = open_door(company, user, as_json=as_json)
    registry = door.versions(learner)
    with door.acting() as (session, actor):
        job(session, actor, registry=registry, name=version)
    door.say("Serving.", {learner.value: version})


def rollback(
    learner: Annotated[Learner, typer.Argument(help="Whose version.")],
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Let the version before serve again."""
    from o2c_ai.jobs.train import roll_back as job

    door = open_door(company, user, as_json=as_json)
    registry = door.versions(learner)
    with door.acting() as (session, actor):
        facts = job(session, actor, registry=registry)
    door.say("Rolled back.", facts)


def run(
    name: Annotated[Job, typer.Argument(help="Which job.")],
    as_of: AsOf,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Run one job for a day; running it again changes nothing."""
    from o2c_ai.jobs import runs
    from o2c_ai.jobs.versions import matcher_for, timing_for

    door = open_door(company, user, as_json=as_json)
    day = as_of.date()
    timing = timing_for(door.versions(Learner.PAYMENT_TIMING), as_of=day) if name is not Job.SUGGEST_MATCHES else None
    matcher = matcher_for(door.versions(Learner.REMITTANCE_MATCHING), as_of=day)
    with door.progress(f"Running {name.value}") as progress, door.acting() as (session, actor):
        if name is Job.SUGGEST_MATCHES:
            facts = runs.suggest_matches(
                session, actor, as_of=day, policy=_policy(door), matcher=matcher, progress=progress
            )
        elif name is Job.SCORE_OPEN_ITEMS:
            facts = runs.score(session, actor, as_of=day, timing=timing)
        else:
            facts = runs.forecast(session, actor, as_of=day, timing=timing)
    door.say(f"{name.value} as of {day}.", facts)
