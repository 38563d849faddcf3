"""Verbs of spot checks: draw a sample of what was applied untouched, and say what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.database import insert_rows, reserve_ids, table_of
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.core.spot_checks import queries
from o2c_ai.core.spot_checks.rules import SHARE_PPM, CheckedTooEarly, PeriodReversed, Verdict, drawn
from o2c_ai.core.spot_checks.tables import SpotCheckRow, SpotCheckVerdict

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

_COLUMNS = ("id", "company_id", "cash_application_id", "known_on", "user_id", "seed", "share_ppm")


def draw(
    session: Session,
    actor: Actor,
    *,
    first: date,
    last: date,
    on: date,
    seed: str,
    share_ppm: int = SHARE_PPM,
) -> list[int]:
    """Put a share (in millionths) of what was applied untouched from `first` to `last`, and stands, to people.

    Gives the numbers of the new spot checks; what was drawn before is not drawn twice. Raises NotYourDuty,
    ShareOutOfBounds, PeriodReversed.
    """
    require(actor, Duty.BOOK)
    if not first <= last <= on:
        raise PeriodReversed(first, last, on)
    found = queries.lines_untouched(session, actor.company_id, first, last, on)
    before = queries.ever_drawn(session, actor.company_id)
    new = [made for ref in drawn(found, share_ppm, seed) if (made := found[ref]) not in before]
    ids = list(reserve_ids(session, table_of(SpotCheckRow), len(new)))
    head = (on, actor.user_id, seed, share_ppm)
    rows = [(row_id, actor.company_id, made, *head) for row_id, made in zip(ids, new, strict=True)]
    insert_rows(session, table_of(SpotCheckRow), _COLUMNS, rows)
    detail: dict[str, object] = {"first": audit.plain(first), "last": audit.plain(last), "seed": seed}
    detail |= {"share_ppm": share_ppm, "of": len(found), "count": len(new)}
    audit.record(session, actor, "draw", "spot_checks", detail=detail)
    return ids


def judge(session: Session, actor: Actor, *, check_id: int, verdict: Verdict, on: date, remark: str = "") -> None:
    """Say that a line drawn was applied right, or wrong; the last word counts, and nothing is unapplied by it.

    Raises NotYourDuty, UnknownCheck, CheckedTooEarly.
    """
    require(actor, Duty.BOOK)
    row = queries.get_check(session, actor.company_id, check_id)
    if on < row.known_on:
        raise CheckedTooEarly(check_id, row.known_on, on)
    columns = ("company_id", "spot_check_id", "verdict", "known_on", "user_id", "remark")
    said = (actor.company_id, check_id, verdict, on, actor.user_id, remark)
    insert_rows(session, table_of(SpotCheckVerdict), columns, [said])
    audit.record(session, actor, "judge", "spot_checks", check_id, reason=remark, detail={"verdict": verdict.value})
