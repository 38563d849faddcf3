"""How the models are, on the managers' desk: measured beside the rules, chances beside what came, and what drifted."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from o2c_ai.api.dependencies import Read, Shared
from o2c_ai.api.pages.page import draw
from o2c_ai.api.routes.learners import Learner, registry_of
from o2c_ai.api.turns import TurnRoute
from o2c_ai.models.registry import UnknownVersion

router = APIRouter(prefix="/manage/health", route_class=TurnRoute)
Name = Annotated[str, Path(max_length=100)]


@router.get("")
def health_(request: Request, read: Read, service: Shared, learner: Learner = Learner.PAYMENT_TIMING) -> Response:
    """Show champion and challenger of a learner beside the rules."""
    from o2c_ai.jobs.health import health

    registry = registry_of(service, read.session, read.company_id, learner)
    return draw(
        request,
        "health.html",
        actor=read.actor,
        as_of=read.as_of,
        learners=[one.value for one in Learner],
        found=health(registry, read.as_of),
    )


@router.get("/{learner}/{version}/calibration.svg")
def calibration_picture(read: Read, service: Shared, learner: Learner, version: Name) -> Response:
    """Draw the chances a version told beside what came of them."""
    from o2c_ai.formats.charts import calibration_chart, svg
    from o2c_ai.jobs.model_card import calibration_of

    registry = registry_of(service, read.session, read.company_id, learner)
    bins = calibration_of(registry, registry.get(version))
    return Response(svg(calibration_chart(bins)), media_type="image/svg+xml")


@router.get("/{learner}/{version}/months.svg")
def months_picture(read: Read, service: Shared, learner: Learner, version: Name) -> Response:
    """Draw the error of a version's answers month by month."""
    from o2c_ai.formats.charts import svg, trend_chart

    registry = registry_of(service, read.session, read.company_id, learner)
    months = registry.get(version).drift.get("months", {})
    points = [(date.fromisoformat(f"{month}-01"), told.get("error")) for month, told in months.items()]
    return Response(svg(trend_chart(points, "error")), media_type="image/svg+xml")


@router.get("/{learner}/{version}/card")
def card(request: Request, read: Read, service: Shared, learner: Learner, version: Name) -> Response:
    """Show the card of a version."""
    from o2c_ai.jobs.health import card_of

    told = card_of(registry_of(service, read.session, read.company_id, learner), version)
    if not told:
        raise UnknownVersion(version)
    return draw(
        request,
        "model_card.html",
        actor=read.actor,
        as_of=read.as_of,
        learner=learner.value,
        version=version,
        card=told,
    )
