"""The demo: a made-up company's year taken into real books, then the day's work done, with the truth kept aside."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, cast

from o2c_ai.core.collections.rules import Strategy, WorklistRow
from o2c_ai.core.ledger.actions import open_company
from o2c_ai.core.people.actions import create_first_user, create_user
from o2c_ai.core.people.rules import Role
from o2c_ai.core.receivables.queries import columns_open_items
from o2c_ai.core.suggestions import rules as books
from o2c_ai.core.suggestions.rules import Decision, Policy
from o2c_ai.core.verification.queries import verified
from o2c_ai.demo.facts import Application, Reason
from o2c_ai.demo.folder import write_folder
from o2c_ai.demo.people import COMPANY_CODE, move_in
from o2c_ai.demo.scoring import Proposal, Score, score
from o2c_ai.demo.world import World, default_world
from o2c_ai.formats.exchange import read_folder
from o2c_ai.jobs import forecast_cash, match, score_open_items, worklist
from o2c_ai.jobs.import_folder import ImportReport, import_folder
from o2c_ai.jobs.names import read_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy.orm import Session

    from o2c_ai.core.database import Store
    from o2c_ai.core.forecasts.rules import ForecastWeek
    from o2c_ai.core.people.rules import Actor
    from o2c_ai.formats.proposals import Names

SEED = 7
"""The demo is the same company everywhere."""


@dataclass
class DemoReport:
    """What happened, for one screen."""

    world: World
    as_of: date
    imported: ImportReport
    score: Score
    """How the proposals compare with the truth the simulator kept."""
    decisions: Counter[str] = field(default_factory=Counter)
    applied: int = 0
    open_items: int = 0
    open_minor: dict[str, int] = field(default_factory=dict)
    predicted: int = 0
    top: list[WorklistRow] = field(default_factory=list)
    customers_to_touch: int = 0
    weeks: list[ForecastWeek] = field(default_factory=list)
    broken_laws: int = 0
    rows_verified: int = 0


def run(store: Store, folder: Path, *, seed: int = SEED, progress: Callable[[str], object] = str) -> DemoReport:
    """Do the main job on a made-up company in a fresh database, committing step by step.

    The exchange folder is left behind in `folder`, so that it can be looked at and imported again.
    """
    progress("inventing a company")
    world = default_world(seed)
    write_folder(world, folder, applications_until=world.history_until)
    recorded_at = datetime.combine(world.end + timedelta(days=1), time(6), UTC)
    with store.session() as session:
        actor = _open(session, world, recorded_at)
        progress("importing its papers")
        imported = import_folder(session, actor, read_folder(folder), progress=progress)
        session.commit()
        report = _match(session, actor, world, imported, progress)
        _look_ahead(session, actor, report, progress)
        progress("checking every law of the books")
        proof = verified(session, actor.company_id)
        report.broken_laws, report.rows_verified = len(proof.findings), sum(proof.checked.values())
    return report


def _open(session: Session, world: World, recorded_at: datetime) -> Actor:
    company = open_company(
        session,
        code=COMPANY_CODE,
        name=world.company.name,
        base_currency=world.company.base_currency,
        recorded_at=recorded_at,
    )
    roles = list(Role)
    actor = create_first_user(session, company_id=company.company_id, name="demo", roles=roles, recorded_at=recorded_at)
    create_user(session, actor, name="second", roles=roles)
    move_in(session, actor)
    return actor


def _match(
    session: Session, actor: Actor, world: World, imported: ImportReport, progress: Callable[[str], object]
) -> DemoReport:
    matched = match.propose(session, actor.company_id, as_of=world.end, policy=Policy(), progress=progress)
    names = read_names(session, actor.company_id, world.end)
    judged = score(world, [_proposal(one, names) for one in matched])
    report = DemoReport(world, world.end, imported, judged)
    report.decisions = Counter(one.suggestion.decision.value for one in matched)
    progress("applying what is certain, keeping the rest for review")
    report.applied = match.apply(session, actor, matched=matched, on=report.as_of)
    rest = [one for one in matched if one.suggestion.decision is not Decision.AUTO]
    match.suggest(session, actor, matched=rest)
    session.commit()
    return report


def _proposal(one: match.Matched, names: Names) -> Proposal:
    made = one.suggestion
    ref, _, _ = names.lines[made.line_id]
    # What only the books know (tolerance, residual) is a deduction in the exchange folder's words.
    rows = tuple(
        Application(ref, *names.of(part), part.amount_minor, cast("Reason", _WORDS.get(part.reason, part.reason.value)))
        for part in made.parts
    )
    return Proposal(ref, made.decision.value, rows)


_WORDS = {books.Reason.TOLERANCE: "deduction", books.Reason.RESIDUAL: "partial"}


def _look_ahead(session: Session, actor: Actor, report: DemoReport, progress: Callable[[str], object]) -> None:
    progress("predicting when each open item will be paid")
    scored = score_open_items.score(session, actor.company_id, as_of=report.as_of)
    score_open_items.store(session, actor, as_of=report.as_of, scored=scored)
    report.predicted = len(scored.frame)
    for row in columns_open_items(session, actor.company_id, report.as_of):
        report.open_items += 1
        report.open_minor[row.currency] = report.open_minor.get(row.currency, 0) + row.left_minor
    ranked = worklist.worklist(session, actor.company_id, as_of=report.as_of, strategy=Strategy())
    report.top, report.customers_to_touch = ranked[:5], len(ranked)
    progress("forecasting cash")
    made = forecast_cash.forecast(session, actor.company_id, as_of=report.as_of, weeks=13)
    forecast_cash.store(session, actor, as_of=report.as_of, made=made)
    report.weeks = made.weeks
    session.commit()
