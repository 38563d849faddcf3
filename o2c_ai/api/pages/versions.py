"""Models on the managers' desk: what each version was measured at beside the rules, and who lets which one serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Form, Request, Response

from o2c_ai.api.dependencies import Read, Service, Shared
from o2c_ai.api.pages.page import Doing, done, draw
from o2c_ai.core.ledger.queries import company_of
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.core.suggestions.rules import ONE_PPM, Policy
from o2c_ai.jobs.versions import LEARNERS, RULES
from o2c_ai.models.registry import Registry, UnknownVersion

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

router = APIRouter(prefix="/manage/models")


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


@router.post("/{learner}/promote")
def promote(act: Doing, service: Shared, learner: str, version: Annotated[str, Form(max_length=100)]) -> Response:
    """Let a version serve that another person trained."""
    from o2c_ai.jobs.compare import judge
    from o2c_ai.jobs.compare import promote as job

    known, company_id = registry(service, act.session, act.actor.company_id, learner), act.actor.company_id
    require(act.actor, Duty.TRAIN)
    policy = Policy(auto_ppm=round(service.settings.auto_precision * ONE_PPM))
    found = judge(act.session, company_id, registry=known, name=version, by=act.actor.name, policy=policy)
    job(act.session, act.actor, registry=known, name=version, found=found)
    return done(act, "/manage/models", did="promoted")


@router.post("/{learner}/rollback")
def roll_back(act: Doing, service: Shared, learner: str) -> Response:
    """Withdraw the version that serves; the one before serves again."""
    from o2c_ai.jobs.compare import roll_back as job

    job(act.session, act.actor, registry=registry(service, act.session, act.actor.company_id, learner))
    return done(act, "/manage/models", did="rolled_back")
