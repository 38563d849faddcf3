"""Commands of the learners: `o2c train`, `o2c models`, `o2c jobs`."""

from __future__ import annotations

import enum
from typing import Annotated

import typer

from o2c_ai.cli.door import AsJson, AsOf, Company, User, open_door
from o2c_ai.core.errors import NotFound
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
    """Measure what serves today on the company's own history: the bar a learner must pass."""
    from o2c_ai.jobs import train as job

    door = open_door(company, user, as_json=as_json)
    day, facts = as_of.date(), dict[str, object]()
    with door.progress("Measuring") as progress, door.reading() as (session, company_id):
        if learner in {Learner.PAYMENT_TIMING, Learner.ALL}:
            facts["payment-timing"] = job.measure_timing(session, company_id, as_of=day)
        if learner in {Learner.REMITTANCE_MATCHING, Learner.ALL}:
            policy = Policy(auto_ppm=round(door.settings.auto_precision * ONE_PPM))
            facts["remittance-matching"] = job.measure_matching(
                session, company_id, as_of=day, policy=policy, progress=progress
            )
    door.say(f"Measured as of {day}.", facts, ["this release serves the rules; no trained version is registered"])


def list_(company: Company = None, user: User = None, as_json: AsJson = False) -> None:
    """List what serves."""
    from o2c_ai.jobs.versions import LEARNERS, RULES

    door = open_door(company, user, as_json=as_json)
    door.say("Serving.", dict.fromkeys(LEARNERS, RULES))


def compare(
    as_of: AsOf,
    learner: Annotated[Learner, typer.Argument(help="Whose versions.")] = Learner.PAYMENT_TIMING,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Compare versions on the same later days; today there are only the rules."""
    train(as_of, learner, company, user, as_json)


Version = Annotated[str, typer.Argument(help="The version.")]


def promote(
    learner: Annotated[Learner, typer.Argument(help="Whose version.")],
    version: Version,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Let a registered version serve; needs another person than its trainer."""
    from o2c_ai.jobs.versions import version_for

    open_door(company, user, as_json=as_json).say("Serving.", {learner.value: version_for(version)})


def rollback(
    learner: Annotated[Learner, typer.Argument(help="Whose version.")],
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Let the version before serve again."""
    open_door(company, user, as_json=as_json)
    message = f"{learner.value} is served by the rules: there is no version to go back to"
    raise NotFound(message)


def run(
    name: Annotated[Job, typer.Argument(help="Which job.")],
    as_of: AsOf,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Run one job for a day; running it again changes nothing."""
    from o2c_ai.jobs import runs

    door = open_door(company, user, as_json=as_json)
    day = as_of.date()
    policy = Policy(auto_ppm=round(door.settings.auto_precision * ONE_PPM))
    with door.progress(f"Running {name.value}") as progress, door.acting() as (session, actor):
        if name is Job.SUGGEST_MATCHES:
            facts = runs.suggest_matches(session, actor, as_of=day, policy=policy, progress=progress)
        elif name is Job.SCORE_OPEN_ITEMS:
            facts = runs.score(session, actor, as_of=day)
        else:
            facts = runs.forecast(session, actor, as_of=day)
    door.say(f"{name.value} as of {day}.", facts)
