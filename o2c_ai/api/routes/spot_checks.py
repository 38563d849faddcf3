"""A sample of what was applied untouched is looked at by people: the proof of its precision."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from o2c_ai.api.dependencies import Act, Read, needs
from o2c_ai.api.schemas import Counted, Day, Id, Page, Paged, Text, Word, Written, page, part_of
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.people.rules import Duty
from o2c_ai.core.spot_checks.actions import draw, judge
from o2c_ai.core.spot_checks.queries import list_checks
from o2c_ai.core.spot_checks.rules import SHARE_PPM, Verdict

router = APIRouter(tags=["spot checks"], route_class=ActRoute)


class SpotCheckOut(Written):
    """A line applied untouched that was drawn, with the last verdict on it."""

    id: Id
    line: Id
    line_ref: str
    applied_on: date
    drawn_on: date
    taken_back_on: date | None
    verdict: Verdict | None = Field(description="Null while nobody has looked.")
    on: date | None
    by: str
    remark: str


class Drawing(Written):
    """Which share of which days is to be looked at."""

    first: Day
    last: Day
    seed: Word = Field(description="Draws the same lines again.", examples=["2026-01"])
    share_ppm: int = Field(default=SHARE_PPM, ge=1, le=1_000_000, description="Share drawn, in millionths.")


class Drawn(Written):
    """The new spot checks."""

    checks: list[Id]


class Judging(Written):
    """What was found."""

    verdict: Verdict
    remark: Text = ""


@router.get("/spot-checks")
def checks(
    read: Read,
    part: Paged,
    waiting: Annotated[bool, Query(description="Only those nobody has looked at.")] = False,
) -> Page[SpotCheckOut]:
    """List what was drawn by the day, in the order it was drawn."""
    found = [
        check
        for check in list_checks(read.session, read.company_id, read.as_of)
        if not waiting or (check.verdict is None and check.taken_back_on is None)
    ]
    return page(
        part_of(found, **part),
        lambda check: SpotCheckOut(
            id=check.check_id,
            line=check.line_id,
            line_ref=check.line_ref,
            applied_on=check.applied_on,
            drawn_on=check.drawn_on,
            taken_back_on=check.taken_back_on,
            verdict=check.verdict,
            on=check.on,
            by=check.by,
            remark=check.remark,
        ),
    )


@router.post("/spot-checks", status_code=201, dependencies=[needs(Duty.BOOK)])
def draw_(asked: Drawing, act: Act) -> Drawn:
    """Draw lines applied untouched, to be looked at."""
    drawn = draw(
        act.session,
        act.actor,
        first=asked.first,
        last=asked.last,
        on=act.as_of,
        seed=asked.seed,
        share_ppm=asked.share_ppm,
    )
    return Drawn(checks=drawn)


@router.post("/spot-checks/{check_id}/verdicts", status_code=201, dependencies=[needs(Duty.BOOK)])
def judge_(check_id: Id, asked: Judging, act: Act) -> Counted:
    """Say whether a line drawn was applied right."""
    judge(act.session, act.actor, check_id=check_id, verdict=asked.verdict, on=act.as_of, remark=asked.remark)
    return Counted(count=1)
