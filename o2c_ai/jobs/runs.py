"""The jobs the clock runs, each harmless to run twice for the same company and day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.forecasts.queries import list_runs
from o2c_ai.core.suggestions.queries import lines_suggested
from o2c_ai.jobs import forecast_cash, match, score_open_items

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.core.suggestions.rules import Policy
    from o2c_ai.jobs.versions import LearnedTimingVersion, Matcher

WEEKS = 13
"""Weeks the nightly forecast looks ahead: a quarter."""


def suggest_matches(
    session: Session,
    actor: Actor,
    *,
    as_of: date,
    policy: Policy,
    matcher: Matcher | None = None,
    progress: Callable[[str], object] = str,
) -> dict[str, object]:
    """Store a suggestion for every undecided line that has none of that day yet."""
    known = lines_suggested(session, actor.company_id, as_of)
    matched = match.propose(session, actor.company_id, as_of=as_of, policy=policy, matcher=matcher, progress=progress)
    fresh = [one for one in matched if one.suggestion.line_id not in known]
    return {"suggested": match.suggest(session, actor, matched=fresh), "known": len(matched) - len(fresh)}


def score(
    session: Session,
    actor: Actor,
    *,
    as_of: date,
    timing: LearnedTimingVersion | None = None,
    challenger: LearnedTimingVersion | None = None,
) -> dict[str, object]:
    """Predict and store when each open item will be paid, unless the day has its predictions.

    What a challenger says is stored silently beside: nothing ranks or forecasts by it.
    """
    scored = score_open_items.score(session, actor.company_id, as_of=as_of, timing=timing)
    stored = score_open_items.store(session, actor, as_of=as_of, scored=scored)
    facts: dict[str, object] = {"open_items": len(scored.frame), "stored": stored}
    if challenger is None:
        return facts
    silent = score_open_items.score(session, actor.company_id, as_of=as_of, timing=challenger).silently()
    return facts | {"stored_silently": score_open_items.store(session, actor, as_of=as_of, scored=silent)}


def forecast(
    session: Session, actor: Actor, *, as_of: date, timing: LearnedTimingVersion | None = None
) -> dict[str, object]:
    """Forecast and store the coming weeks, unless the day has its forecast."""
    if any(day == as_of for _, day, _ in list_runs(session, actor.company_id)):
        return {"stored": 0}
    made = forecast_cash.forecast(session, actor.company_id, as_of=as_of, weeks=WEEKS, timing=timing)
    forecast_cash.store(session, actor, as_of=as_of, made=made)
    return {"stored": len(made.weeks)}
