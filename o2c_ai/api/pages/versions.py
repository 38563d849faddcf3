"""Models on the managers' desk: what each version was measured at beside the rules, and who lets which one serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request, Response

from o2c_ai.api.dependencies import Acting, Read, Service, Shared
from o2c_ai.api.pages.page import Doing, done, draw, takes
from o2c_ai.api.routes.jobs import put_in
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.job_runs.actions import ask
from o2c_ai.core.job_runs.rules import Job, Order
from o2c_ai.core.ledger.queries import company_of
from o2c_ai.core.people.rules import Duty
from o2c_ai.jobs.versions import LEARNERS, RULES
from o2c_ai.models.registry import OwnVersion, Registry, UnknownVersion

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

router = APIRouter(prefix="/manage/models", route_class=TurnRoute)


def registry(service: Service, session: Session, company_id: int, learner: str) -> Registry:
    """The versions of a learner of the company's books. Raises UnknownVersion where there is no such learner."""
    if learner not in LEARNERS:
        raise UnknownVersion(learner)
    return Registry(service.settings.data_dir, company_of(session, company_id).books, learner)


@router.get("")
def models(request: Request, read: Read, service: Shared, did: str = "") -> Response:
    """Show the versions of each learner, newest first, and which one serves."""
    learners = []
    for learner in LEARNERS:
        known = registry(service, read.session, read.company_id, learner)
        serving = known.serving(read.as_of)
        learners.append((learner, RULES if serving is None else serving.name, known.versions()[::-1]))
    company = company_of(read.session, read.company_id).code
    return draw(
        request,
        "models.html",
        actor=read.actor,
        as_of=read.as_of,
        learners=learners,
        company=company,
        did=did,
    )


@router.post("/{learner}/promote", dependencies=[takes(Duty.TRAIN)])
def promote(act: Doing, service: Shared, learner: str, version: Annotated[str, Form(max_length=100)]) -> Response:
    """Ask that a version serve, which is compared first; only where another person trained it."""
    trained_by = registry(service, act.session, act.actor.company_id, learner).get(version).trained_by
    if trained_by == act.actor.name:
        raise OwnVersion(version, trained_by)
    return _asked(act, service, Order(Job.PROMOTE, act.as_of, learner, version))


@router.post("/{learner}/train", dependencies=[takes(Duty.TRAIN)])
def train(act: Doing, service: Shared, learner: str) -> Response:
    """Ask for a training on what is known today."""
    registry(service, act.session, act.actor.company_id, learner)
    return _asked(act, service, Order(Job.TRAIN, act.as_of, learner))


@router.post("/{learner}/compare", dependencies=[takes(Duty.TRAIN)])
def compare(act: Doing, service: Shared, learner: str) -> Response:
    """Ask how the versions do beside the rules, on the same items."""
    registry(service, act.session, act.actor.company_id, learner)
    return _asked(act, service, Order(Job.COMPARE_VERSIONS, act.as_of, learner))


def _asked(act: Acting, service: Service, order: Order) -> Response:
    put_in(service, act, ask(act.session, act.actor, order=order))
    return done(act, "/manage/jobs", did="asked")


@router.post("/{learner}/rollback", dependencies=[takes(Duty.TRAIN)])
def roll_back(act: Doing, service: Shared, learner: str) -> Response:
    """Withdraw the version that serves; the one before serves again."""
    from o2c_ai.jobs.compare import roll_back as job

    job(act.session, act.actor, registry=registry(service, act.session, act.actor.company_id, learner))
    return done(act, "/manage/models", did="rolled_back")
