"""Versions of what was learnt: which serves, how each did beside the rules, and letting one serve."""

from __future__ import annotations

import enum
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response
from pydantic import Field

from o2c_ai.api.dependencies import Act, Read, Service, Shared, needs
from o2c_ai.api.routes.jobs import JobRun, asked_for
from o2c_ai.api.schemas import Word, Written
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.job_runs.rules import Job, Order
from o2c_ai.core.ledger.queries import company_of
from o2c_ai.core.people.rules import Duty

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.models.registry import Registry

router = APIRouter(tags=["learners"], route_class=ActRoute)


class Learner(enum.Enum):
    """What can be learnt."""

    PAYMENT_TIMING = "payment-timing"
    """When an open item will be paid."""
    REMITTANCE_MATCHING = "remittance-matching"
    """What a bank line pays."""


class VersionOut(Written):
    """A registered version."""

    name: str = Field(examples=["2026-01-31.1"])
    as_of: date = Field(description="The evening whose knowledge it was trained on.")
    trained_by: str
    serves: bool
    measured: dict[str, Any] = Field(description="What was measured of it, and of the rules it has to beat.")


class LearnerOut(Written):
    """What serves on the day, and every version there is."""

    serving: str = Field(description="A version, or `rules`.", examples=["rules"])
    versions: list[VersionOut] = Field(description="Oldest first.")


class Promoting(Written):
    """The version that is to serve."""

    version: Word = Field(examples=["2026-01-31.1"])


class Serving(Written):
    """What serves from now on."""

    serving: str


@router.get("/learners/{learner}")
def versions(read: Read, shared: Shared, learner: Learner) -> LearnerOut:
    """List the versions of a learner."""
    registry = registry_of(shared, read.session, read.company_id, learner)
    return LearnerOut(
        serving=_serving(registry, read.as_of),
        versions=[
            VersionOut(
                name=version.name,
                as_of=version.as_of,
                trained_by=version.trained_by,
                serves=version.serves,
                measured=version.facts,
            )
            for version in registry.versions()
        ],
    )


@router.post("/learners/{learner}/trainings", status_code=HTTPStatus.ACCEPTED, dependencies=[needs(Duty.TRAIN)])
def train(learner: Learner, act: Act, shared: Shared, response: Response) -> JobRun:
    """Ask for a training on what is known on the day; the first version that beats the rules serves at once."""
    return asked_for(shared, act, response, Order(Job.TRAIN, act.as_of, learner.value))


@router.post("/learners/{learner}/comparisons", status_code=HTTPStatus.ACCEPTED, dependencies=[needs(Duty.TRAIN)])
def compare(learner: Learner, act: Act, shared: Shared, response: Response) -> JobRun:
    """Ask how the versions of a learner do beside the rules, replayed on what was known on the day."""
    return asked_for(shared, act, response, Order(Job.COMPARE_VERSIONS, act.as_of, learner.value))


@router.post("/learners/{learner}/promotions", status_code=HTTPStatus.ACCEPTED, dependencies=[needs(Duty.TRAIN)])
def promote(learner: Learner, asked: Promoting, act: Act, shared: Shared, response: Response) -> JobRun:
    """Ask that a version serve; it will where it did better than the rules, no worse than what serves.

    And only where another person trained it.
    """
    registry = registry_of(shared, act.session, act.actor.company_id, learner)
    registry.get(asked.version)
    return asked_for(shared, act, response, Order(Job.PROMOTE, act.as_of, learner.value, asked.version))


@router.post("/learners/{learner}/rollbacks", dependencies=[needs(Duty.TRAIN)])
def roll_back_(learner: Learner, act: Act, shared: Shared) -> Serving:
    """Withdraw the version that serves: the one before serves again."""
    from o2c_ai.jobs.compare import roll_back

    registry = registry_of(shared, act.session, act.actor.company_id, learner)
    roll_back(act.session, act.actor, registry=registry)
    return Serving(serving=_serving(registry, act.as_of))


def registry_of(service: Service, session: Session, company_id: int, learner: Learner) -> Registry:
    """The versions of a learner that was trained on the company's own books."""
    from o2c_ai.models.registry import Registry

    return Registry(service.settings.data_dir, company_of(session, company_id).books, learner.value)


def _serving(registry: Registry, as_of: date) -> str:
    from o2c_ai.jobs.register import served

    return str(served(registry, as_of)["serving"])
