"""The jobs a button or the clock asks for: each reads and computes first and gives what then writes, once a day."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from o2c_ai.core.errors import BooksError, Conflict
from o2c_ai.core.forecasts.queries import list_runs
from o2c_ai.core.job_runs.rules import STEPS, Job
from o2c_ai.core.payments.queries import open_line_ids
from o2c_ai.core.suggestions.queries import lines_outdated, lines_suggested
from o2c_ai.jobs.versions import LEARNERS, MATCHING, TIMING, challenger_for, matcher_for, timing_for
from o2c_ai.jobs.work import noted

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from o2c_ai.core.job_runs.rules import Order
    from o2c_ai.core.people.rules import Actor
    from o2c_ai.jobs.work import Work, Write

WEEKS = 13
"""Weeks the nightly forecast looks ahead: a quarter."""


class StepsFailed(Conflict):
    """Some steps of a night failed; the others did their work."""

    def __init__(self, why: dict[str, str]) -> None:
        """Name each step and why."""
        self.why = why
        super().__init__("; ".join(f"{step}: {refusal}" for step, refusal in why.items()))


def prepare(work: Work, order: Order) -> Write:
    """Read and compute, without a lock on the books; gives what writes what was found."""
    return _JOBS[order.job](work, order)


def run(work: Work, order: Order) -> dict[str, object]:
    """Do a job whole; gives its facts, with `notes` where something has to be said of them."""
    write = prepare(work, order)
    with work.acting() as (session, actor):
        return write(session, actor)


def nightly(work: Work, order: Order) -> Write:
    """Do every step of a night, the later ones also where one is refused. Raises StepsFailed at the end."""
    facts, why = dict[str, object](), dict[str, str]()
    for number, step in enumerate(STEPS, start=1):
        where = f"{number} of {len(STEPS)}: {step.value.replace('_', ' ')}"
        work.progress(where)
        try:
            facts[step.value] = run(_within(work, where), replace(order, job=step))
        except BooksError as refusal:
            why[step.value] = str(refusal)
    if why:
        raise StepsFailed(why)
    return lambda _session, _actor: facts


def _within(work: Work, where: str) -> Work:
    return replace(work, progress=lambda words: work.progress(f"{where}, {words}"))


def import_inbox(work: Work, order: Order) -> Write:
    """Take in what lies in the inbox: files of an exchange folder, and bank statements; what is known stays."""
    del order
    from o2c_ai.jobs.import_inbox import take_inbox

    return take_inbox(work.inbox, work.progress)


def suggest_matches(work: Work, order: Order) -> Write:
    """Suggest something for every undecided line without a suggestion of that day, or whose items were taken since."""
    from o2c_ai.jobs import match

    day = order.as_of
    matcher, notes = work.serving(matcher_for, MATCHING, day)
    with work.reading() as (session, company_id):
        matched = match.propose(
            session, company_id, as_of=day, policy=work.policy, matcher=matcher, progress=work.progress
        )

    def write(session: Session, actor: Actor) -> dict[str, object]:
        # Asked again: clerks went on deciding, and somebody else may have run it for the day.
        known = lines_suggested(session, actor.company_id, day) - lines_outdated(session, actor.company_id, day)
        waiting = set(open_line_ids(session, actor.company_id, day)) if matched else set[int]()
        fresh = [one for one in matched if one.suggestion.line_id in waiting - known]
        facts: dict[str, object] = {"suggested": match.suggest(session, actor, matched=fresh)}
        return noted(facts | {"known": sum(one.suggestion.line_id in known for one in matched)}, notes)

    return write


def score_open_items(work: Work, order: Order) -> Write:
    """Predict when each open item will be paid, unless the day has its predictions.

    What a challenger says is stored silently beside: nothing ranks or forecasts by it.
    """
    from o2c_ai.jobs import score_open_items as job

    day = order.as_of
    timing, notes = work.serving(timing_for, TIMING, day)
    challenger, silent = work.serving(challenger_for, TIMING, day)
    with work.reading() as (session, company_id):
        work.progress("predicting")
        scored = job.score(session, company_id, as_of=day, timing=timing)
        beside = None
        if challenger is not None:
            beside = job.score(session, company_id, as_of=day, timing=challenger, explained=False).silently()

    def write(session: Session, actor: Actor) -> dict[str, object]:
        stored = job.store(session, actor, as_of=day, scored=scored)
        facts: dict[str, object] = {"open_items": len(scored.frame), "stored": stored}
        if beside is not None:
            facts["stored_silently"] = job.store(session, actor, as_of=day, scored=beside)
        return noted(facts, notes + silent)

    return write


def forecast_cash(work: Work, order: Order) -> Write:
    """Forecast the coming weeks, unless the day has its forecast."""
    from o2c_ai.jobs import forecast_cash as job

    day = order.as_of

    def is_there(session: Session, company_id: int) -> bool:
        return any(made == day for _, made, _ in list_runs(session, company_id))

    timing, notes = work.serving(timing_for, TIMING, day)
    with work.reading() as (session, company_id):
        work.progress("forecasting")
        known = is_there(session, company_id)
        made = None if known else job.forecast(session, company_id, as_of=day, weeks=WEEKS, timing=timing)

    def write(session: Session, actor: Actor) -> dict[str, object]:
        if made is None or is_there(session, actor.company_id):
            return noted({"stored": 0}, notes)
        job.store(session, actor, as_of=day, made=made)
        return noted({"stored": len(made.weeks)}, notes)

    return write


def rank_worklist(work: Work, order: Order) -> Write:
    """Rank whom to call by what is predicted for the day; it is ranked again by every page, so nothing is stored."""
    from o2c_ai.core.collections.rules import Strategy
    from o2c_ai.jobs.worklist import worklist

    with work.reading() as (session, company_id):
        work.progress("ranking")
        ranked = worklist(session, company_id, as_of=order.as_of, strategy=Strategy())
    return lambda _session, _actor: {"customers_to_touch": len(ranked)}


def check_drift(work: Work, order: Order) -> Write:
    """Look how far each learner's champion has drifted, and keep with it why to train again."""
    from o2c_ai.jobs.check_drift import drift, flag

    found = {}
    for learner in LEARNERS:
        work.progress(learner)
        with work.reading() as (session, company_id):
            found[learner] = drift(
                session, company_id, registry=work.versions(learner), as_of=order.as_of, limits=work.limits
            )

    def write(session: Session, actor: Actor) -> dict[str, object]:
        for learner, facts in found.items():
            flag(session, actor, registry=work.versions(learner), as_of=order.as_of, facts=facts)
        return dict(found)

    return write


def train(work: Work, order: Order) -> Write:
    """Train a learner; the first version that beats the rules serves at once."""
    from o2c_ai.jobs import train as matching
    from o2c_ai.jobs import train_timing as timing

    day, registry, progress = order.as_of, work.versions(order.learner), work.progress
    with work.reading() as (session, company_id):
        if order.learner == TIMING:
            foreseen = timing.learn_timing(session, company_id, as_of=day, progress=progress)
            return lambda session, actor: timing.register_timing(
                session, actor, as_of=day, learnt=foreseen, registry=registry
            )
        learnt = matching.learn_matching(session, company_id, as_of=day, policy=work.policy, progress=progress)
    return lambda session, actor: matching.register_matching(
        session, actor, as_of=day, learnt=learnt, registry=registry
    )


def compare_versions(work: Work, order: Order) -> Write:
    """Measure champion, challenger and rules on the same items; writes nothing."""
    from o2c_ai.jobs.compare import side_by_side

    work.progress("measuring")
    with work.reading() as (session, company_id):
        facts = side_by_side(
            session, company_id, registry=work.versions(order.learner), policy=work.policy, as_of=order.as_of
        )
    return lambda _session, _actor: facts


def promote(work: Work, order: Order) -> Write:
    """Compare a version with what serves, and let it serve where it did better and another person trained it."""
    from o2c_ai.jobs.compare import judge, refusal_audited
    from o2c_ai.jobs.compare import promote as job

    registry = work.versions(order.learner)
    work.progress("comparing")
    with refusal_audited(work.acting, registry, order.version), work.reading() as (session, company_id):
        found = judge(session, company_id, registry=registry, name=order.version, by=work.by, policy=work.policy)

    def write(session: Session, actor: Actor) -> dict[str, object]:
        job(session, actor, registry=registry, name=order.version, found=found)
        return {"serving": order.version, "compared": found.facts()}

    return write


_JOBS: dict[Job, Callable[[Work, Order], Write]] = {
    Job.NIGHTLY: nightly,
    Job.IMPORT_INBOX: import_inbox,
    Job.SUGGEST_MATCHES: suggest_matches,
    Job.SCORE_OPEN_ITEMS: score_open_items,
    Job.FORECAST_CASH: forecast_cash,
    Job.RANK_WORKLIST: rank_worklist,
    Job.CHECK_DRIFT: check_drift,
    Job.TRAIN: train,
    Job.COMPARE_VERSIONS: compare_versions,
    Job.PROMOTE: promote,
}
