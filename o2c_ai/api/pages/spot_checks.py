"""A sample of what was applied untouched, looked at by people: draw it, judge one line after the other."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request, Response

from o2c_ai.api.dependencies import Read, Reading
from o2c_ai.api.pages.entry import NOTHING_TYPED, REFUSED, Entry, Missing, refused_entry, worded
from o2c_ai.api.pages.match import work_on
from o2c_ai.api.pages.page import Doing, as_before, done, draw
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.spot_checks.actions import draw as draw_sample
from o2c_ai.core.spot_checks.actions import judge
from o2c_ai.core.spot_checks.queries import list_checks
from o2c_ai.core.spot_checks.rules import SHARE_PPM, Verdict, wilson
from o2c_ai.core.suggestions.rules import ONE_PPM

router = APIRouter(prefix="/match/checks", route_class=TurnRoute)
SHOWN, SPAN_DAYS = 50, 30
PERCENT_PPM = ONE_PPM // 100
Typed = Annotated[str, Form(max_length=500)]


@router.get("")
def checks(
    request: Request,
    read: Read,
    check: int | None = None,
    did: Annotated[str, Query(max_length=20)] = "",
    drawn: Annotated[int | None, Query(ge=0)] = None,
) -> Response:
    """Show what waits for a look, with one of them opened, and what the looks found so far."""
    return _checks(request, read, check, did=did, drawn=drawn)


def _checks(
    request: Request,
    read: Reading,
    chosen: int | None = None,
    *,
    did: str = "",
    drawn: int | None = None,
    entry: Entry = NOTHING_TYPED,
) -> Response:
    found = list_checks(read.session, read.company_id, read.as_of)
    waiting = [one for one in found if one.verdict is None and one.taken_back_on is None]
    judged = [one for one in found if one.right is not None]
    now = next((one for one in found if one.check_id == chosen), waiting[0] if waiting else None)
    right = sum(one.right is True for one in judged)
    return draw(
        request,
        "spot_checks.html",
        entry.status,
        actor=read.actor,
        as_of=read.as_of,
        waiting=waiting[:SHOWN],
        more=max(len(waiting) - SHOWN, 0),
        judged=judged[::-1][:SHOWN],
        looked=len(judged),
        right=right,
        interval=wilson(right, len(judged)),
        check=now,
        work=None if now is None else work_on(read, now.line_id),
        entry=entry,
        proposed=_proposed(read.as_of),
        did=did,
        drawn=drawn,
    )


def _proposed(today: date) -> dict[str, str]:
    """What the form for drawing proposes: the last month, one line in twenty, a word that draws them again."""
    first = today - timedelta(days=SPAN_DAYS)
    share = f"{SHARE_PPM // PERCENT_PPM}"
    return {"first": first.isoformat(), "last": today.isoformat(), "percent": share, "seed": f"{today:%Y-%m}"}


@router.post("")
def draw_lines(
    request: Request,
    act: Doing,
    first: Typed = "",
    last: Typed = "",
    percent: Typed = "",
    seed: Typed = "",
) -> Response:
    """Draw lines applied untouched, to be looked at."""
    try:
        checks = draw_sample(
            act.session,
            act.actor,
            first=_day(first, "first"),
            last=_day(last, "last"),
            on=act.as_of,
            seed=worded(seed, "seed", "any word: it draws the same lines again"),
            share_ppm=_share(percent),
        )
    except REFUSED as refused:
        entry = refused_entry(refused, "draw", first=first, last=last, percent=percent, seed=seed)
        return _checks(request, as_before(act), entry=entry)
    return done(act, "/match/checks", did="drawn", drawn=len(checks))


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Missing(name, "give a day as 2025-12-31") from error


def _share(text: str) -> int:
    """A share in millionths. Raises Missing."""
    digits = text.strip()
    if not digits.isdecimal() or not 1 <= int(digits[:4]) <= 100:  # noqa: PLR2004 - per cent
        raise Missing("percent", "give 1 to 100 per cent")
    return int(digits) * PERCENT_PPM


@router.post("/{check_id}/verdict")
def judge_line(
    request: Request, act: Doing, check_id: int, verdict: Annotated[Verdict, Form()], remark: Typed = ""
) -> Response:
    """Say whether a line drawn was applied right; whoever says wrong says what."""
    try:
        said = worded(remark, "remark", "say what is wrong with it") if verdict is Verdict.WRONG else remark.strip()
        judge(act.session, act.actor, check_id=check_id, verdict=verdict, on=act.as_of, remark=said)
    except REFUSED as refused:
        entry = refused_entry(refused, "judge", remark=remark)
        return _checks(request, as_before(act), check_id, entry=entry)
    return done(act, "/match/checks", did=verdict.value)
