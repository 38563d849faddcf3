"""Commands of cash application: `o2c match` and `unapply`."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from o2c_ai.cli.door import AsJson, AsOf, Company, Out, User, a_day, open_door
from o2c_ai.core.suggestions.rules import ONE_PPM, Decision, Policy

OptionalDay = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], callback=a_day, help="First booking date.")
]


def add_to(app: typer.Typer) -> None:
    """Give the app its commands."""
    app.command("match")(match)
    app.command("unapply")(unapply)


def match(
    *,
    as_of: AsOf,
    out: Out,
    first: OptionalDay = None,
    auto_precision: Annotated[float | None, typer.Option(min=0.5, max=1, help="Precision asked of auto.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Book exactly the lines decided auto.")] = False,
    options: Annotated[Path | None, typer.Option(help="Also write up to 20 ranked options a line.")] = None,
    model: Annotated[str | None, typer.Option(help="A version, or rules.")] = None,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Propose what every undecided bank line pays."""
    from o2c_ai.formats.proposals import write_options, write_proposals
    from o2c_ai.jobs import match as job
    from o2c_ai.jobs.names import read_names
    from o2c_ai.jobs.versions import MATCHING, RULES, matcher_for

    if options is not None and options.resolve() == out.resolve():
        raise typer.BadParameter("give another file than --out", param_hint="--options")
    door = open_door(company, user, as_json=as_json)
    asked = door.settings.auto_precision if auto_precision is None else auto_precision
    policy = Policy(auto_ppm=round(asked * ONE_PPM))
    day = as_of.date()
    matcher, notes = door.serving(matcher_for, MATCHING, as_of=day, asked=model)
    with door.progress("Matching") as progress:
        with door.reading() as (session, company_id):
            matched = job.propose(
                session,
                company_id,
                as_of=day,
                first=None if first is None else first.date(),
                policy=policy,
                matcher=matcher,
                progress=progress,
            )
            names = read_names(session, company_id, day)
        rows = write_proposals(out, [one.suggestion for one in matched], names)
        if options is not None:
            write_options(options, [(one.suggestion.line_id, one.options) for one in matched], names)
        applied = 0
        if apply:
            progress("applying")
            with door.acting() as (session, actor):
                applied = job.apply(session, actor, matched=matched, on=day)
    decisions = Counter(one.suggestion.decision.value for one in matched)
    facts: dict[str, object] = {"lines": len(matched), "decisions": dict(decisions), "rows_written": rows}
    facts |= {"applied": applied, "held_back": decisions[Decision.AUTO.value] - applied} if apply else {"applied": 0}
    facts |= {"matched_by": RULES if matcher is None else matcher.version, "auto_precision_asked": asked, "file": out}
    door.say(f"Proposals as of {day}.", facts, notes)


def unapply(
    *,
    since: Annotated[
        datetime, typer.Option("--since", formats=["%Y-%m-%d"], callback=a_day, help="First day of acts taken back.")
    ],
    on: Annotated[
        datetime, typer.Option("--on", formats=["%Y-%m-%d"], callback=a_day, help="Posting date of the reversals.")
    ],
    reason: Annotated[str, typer.Option(help="Why.")] = "taken back",
    line: Annotated[list[str] | None, typer.Option(help="Only these bank lines.")] = None,
    payer_wrong: Annotated[bool, typer.Option("--payer-wrong", help="Somebody else paid these lines.")] = False,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Take back cash applications made here since a day: the lines are open again, nothing is lost."""
    from o2c_ai.jobs.unapply import unapply as job

    if payer_wrong and not line:
        raise typer.BadParameter("name the lines whose payer was wrong with --line", param_hint="--payer-wrong")
    door = open_door(company, user, as_json=as_json)
    with door.progress("Taking back"), door.acting() as (session, actor):
        days = {"since": since.date(), "on": on.date()}
        undone = job(session, actor, **days, reason=reason, refs=line or [], payer_wrong=payer_wrong)
    door.say("Taken back.", {"lines": undone})
