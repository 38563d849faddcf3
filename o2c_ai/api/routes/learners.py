"""Versions of what was learnt: which serves, how each did beside the rules, and letting one serve."""

from __future__ import annotations

import enum
from datetime import date
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import Field

from o2c_ai.api.dependencies import Act, ActRoute, Read, Service, Shared
from o2c_ai.api.schemas import Word, Written
from o2c_ai.core.ledger.queries import company_of
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.core.suggestions.rules import ONE_PPM, Policy

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


class Comparison(Written):
    """How the rules did on history, beside what was measured of each version in training."""

    serving: str
    figures: dict[str, Any]


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


@router.get("/learners/{learner}/comparison")
def compare(read: Read, shared: Shared, learner: Learner) -> Comparison:
    """Compare the versions of a learner with the rules, replayed on what was known on the day; takes a while."""
    from o2c_ai.jobs.compare import side_by_side

    registry, policy = registry_of(shared, read.session, read.company_id, learner), policy_of(shared)
    figures = side_by_side(read.session, read.company_id, registry=registry, policy=policy, as_of=read.as_of)
    return Comparison(serving=str(figures.pop("serving")), figures=figures)


@router.post("/learners/{learner}/promotions")
def promote_(learner: Learner, asked: Promoting, act: Act, shared: Shared) -> Serving:
    """Let a version serve that did better than the rules, no worse than what serves, and was trained by another."""
    from o2c_ai.jobs.compare import judge, promote

    registry, company_id = registry_of(shared, act.session, act.actor.company_id, learner), act.actor.company_id
    require(act.actor, Duty.TRAIN)
    by, policy = act.actor.name, policy_of(shared)
    found = judge(act.session, company_id, registry=registry, name=asked.version, by=by, policy=policy)
    promote(act.session, act.actor, registry=registry, name=asked.version, found=found)
    return Serving(serving=_serving(registry, act.as_of))


@router.post("/learners/{learner}/rollbacks")
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


def policy_of(service: Service) -> Policy:
    """When money may be applied untouched, as the settings say."""
    return Policy(auto_ppm=round(service.settings.auto_precision * ONE_PPM))


def _serving(registry: Registry, as_of: date) -> str:
    from o2c_ai.jobs.register import served

    return str(served(registry, as_of)["serving"])
