"""What customers held back: items paid short, objections and deductions, and what a clerk does about each."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response

from o2c_ai.api.dependencies import Read, Reading
from o2c_ai.api.pages.entry import NOTHING_TYPED, REFUSED, Entry, refused_entry, typed_money, worded
from o2c_ai.api.pages.page import Doing, as_before, done, draw
from o2c_ai.api.schemas import cursor_of, place_of
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.disputes.actions import charge_back, explain, record, settle, withdraw_charge_back
from o2c_ai.core.disputes.queries import count_cases, get_case, lock_dispute, page_disputes, page_short_payments
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute, charge_back_number
from o2c_ai.core.receivables.queries import get_open_item, items_by_id, page_open_items
from o2c_ai.core.receivables.rules import NotPositive
from o2c_ai.core.write_offs.actions import request_write_off

if TYPE_CHECKING:
    from collections.abc import Callable

    from o2c_ai.api.dependencies import Acting
    from o2c_ai.core.database import Place

router = APIRouter(prefix="/match/deductions", route_class=TurnRoute)
ROWS_A_PAGE = 50
Typed = Annotated[str, Form(max_length=500)]
Seen = Annotated[str, Query(max_length=200)]


class Show(enum.Enum):
    """What is listed."""

    SHORT = "short"
    DISPUTED = "disputed"
    DEDUCTED = "deducted"
    CHARGED_BACK = "charged_back"
    ITEMS = "items"


CASES = {
    Show.DISPUTED: (DisputeKind.DISPUTE, DisputeState.NEW),
    Show.DEDUCTED: (DisputeKind.DEDUCTION, DisputeState.ACCEPTED),
    Show.CHARGED_BACK: (DisputeKind.DEDUCTION, DisputeState.CHARGED_BACK),
}
"""Which cases are listed as what; the others are lists of open items."""


@router.get("")
def deductions(
    request: Request,
    read: Read,
    show: Show = Show.SHORT,
    why: Annotated[str, Query(max_length=20, pattern="^[a-z_]*$")] = "",
    words: Seen = "",
    row: int | None = None,
    after: Seen = "",
    did: Annotated[str, Query(max_length=20)] = "",
    case: int | None = None,
) -> Response:
    """Show one of the lists, and the chosen row (the first, where none is) with what can be done about it."""
    return _deductions(request, read, show, why=why, words=words, row=row, after=after, did=did, did_case=case)


def _deductions(
    request: Request,
    read: Reading,
    show: Show,
    *,
    row: int | None = None,
    why: str = "",
    words: str = "",
    after: str = "",
    did: str = "",
    did_case: int | None = None,
    entry: Entry = NOTHING_TYPED,
) -> Response:
    rows, place = _rows(read, show, why, words, place_of(after or None))
    chosen = row if row is not None else rows[0].id if rows else None
    case = item = None
    if chosen is not None and show in CASES:
        case = get_case(read.session, read.company_id, chosen)
        item = items_by_id(read.session, read.company_id, read.as_of, [case.open_item_id])[case.open_item_id]
    elif chosen is not None:
        get_open_item(read.session, read.company_id, chosen)
        item = items_by_id(read.session, read.company_id, read.as_of, [chosen])[chosen]
    counts = count_cases(read.session, read.company_id, read.as_of)
    return draw(
        request,
        "deductions.html",
        entry.status,
        actor=read.actor,
        as_of=read.as_of,
        show=show,
        shows=list(Show),
        why=why,
        words=words,
        rows=rows,
        following="" if place is None else cursor_of(place),
        chosen=chosen,
        case=case,
        item=item,
        bill=charge_back_number(item.number, case.id) if case is not None and item is not None else "",
        reasons=list(DisputeReason),
        counts=[one for one in counts if show in CASES and (one.kind, one.state) == CASES[show]],
        entry=entry,
        did=did,
        did_case=did_case,
    )


def _rows(read: Reading, show: Show, why: str, words: str, after: Place | None) -> tuple[list[Any], Place | None]:
    books, part = (read.session, read.company_id, read.as_of), {"after": after, "limit": ROWS_A_PAGE}
    if show is Show.SHORT:
        return page_short_payments(*books, words=words, **part)  # type: ignore[arg-type]
    if show is Show.ITEMS:
        return page_open_items(*books, words=words, **part)  # type: ignore[arg-type]
    kind, state = CASES[show]
    reason = DisputeReason(why) if why in {one.value for one in DisputeReason} else None
    return page_disputes(*books, kind=kind, state=state, reason=reason, **part)  # type: ignore[arg-type]


@router.post("/items/{item_id}/write-off")
def ask_write_off(
    request: Request,
    act: Doing,
    item_id: int,
    show: Annotated[Show, Form()] = Show.SHORT,
    row: Annotated[int | None, Form()] = None,
    amount: Typed = "",
    reason: Typed = "",
) -> Response:
    """Ask to give up what is open on an item, or part of it; somebody else decides."""

    def ask() -> None:
        currency = get_open_item(act.session, act.actor.company_id, item_id).currency
        why = worded(reason, "reason", "say why, for whoever decides it")
        money = typed_money(amount, currency)
        request_write_off(act.session, act.actor, open_item_id=item_id, amount=money, reason=why, on=act.as_of)

    at = row if row is not None else item_id
    return _tried(request, act, show, at, "asked", ask, amount=amount, reason=reason)


@router.post("/items/{item_id}/dispute")
def link_dispute(
    request: Request,
    act: Doing,
    item_id: int,
    why: Annotated[DisputeReason, Form()],
    show: Annotated[Show, Form()] = Show.SHORT,
    amount: Typed = "",
) -> Response:
    """Write an objection down for what is open on an item."""

    def write() -> None:
        item = get_open_item(act.session, act.actor.company_id, item_id)
        money = typed_money(amount, item.currency)
        if money.minor <= 0:
            raise NotPositive(item.number, money)
        size = (money.minor, money.currency, act.as_of)
        case = NewDispute(item.customer_id, item_id, DisputeKind.DISPUTE, why, *size, DisputeState.NEW)
        record(act.session, act.actor, disputes=[case])

    return _tried(request, act, show, item_id, "disputed", write, amount=amount)


@router.post("/{case_id}/explain")
def say_why(
    request: Request, act: Doing, case_id: int, why: Annotated[DisputeReason, Form()], show: Annotated[Show, Form()]
) -> Response:
    """Say why the customer objects or paid short."""

    def say() -> None:
        explain(act.session, act.actor, dispute=lock_dispute(act.session, act.actor.company_id, case_id), reason=why)

    return _tried(request, act, show, case_id, "explained", say)


@router.post("/{case_id}/settle")
def settle_case(
    request: Request, act: Doing, case_id: int, right: Annotated[bool, Form()], show: Annotated[Show, Form()]
) -> Response:
    """Close an objection: the customer was right, or is asked to pay all the same."""

    def close() -> None:
        case = lock_dispute(act.session, act.actor.company_id, case_id)
        state = DisputeState.ACCEPTED if right else DisputeState.CLOSED
        settle(act.session, act.actor, dispute=case, state=state, on=act.as_of)

    return _tried(request, act, show, case_id, "settled", close)


@router.post("/{case_id}/reopen")
def reopen_case(request: Request, act: Doing, case_id: int) -> Response:
    """Open a settled objection again."""

    def reopen() -> None:
        case = lock_dispute(act.session, act.actor.company_id, case_id)
        settle(act.session, act.actor, dispute=case, state=DisputeState.NEW, on=None)

    return _tried(request, act, Show.DISPUTED, case_id, "reopened", reopen)


@router.post("/{case_id}/charge-back")
def bill_back(request: Request, act: Doing, case_id: int) -> Response:
    """Refuse a deduction: it is billed back as a debit memo, due today."""

    def bill() -> None:
        case = lock_dispute(act.session, act.actor.company_id, case_id)
        charge_back(act.session, act.actor, dispute=case, on=act.as_of, due=act.as_of)

    return _tried(request, act, Show.DEDUCTED, case_id, "charged_back", bill)


@router.post("/{case_id}/allow")
def allow(request: Request, act: Doing, case_id: int, reason: Typed = "") -> Response:
    """Allow a deduction after all: its debit memo is taken back."""

    def withdraw() -> None:
        case = lock_dispute(act.session, act.actor.company_id, case_id)
        withdraw_charge_back(act.session, act.actor, dispute=case, on=act.as_of, reason=reason.strip() or "allowed")

    return _tried(request, act, Show.CHARGED_BACK, case_id, "allowed", withdraw)


def _tried(
    request: Request, act: Acting, show: Show, row: int, did: str, do: Callable[[], object], **given: str
) -> Response:
    """The page after an act; where it was refused, with what was typed and what is wrong with it."""
    try:
        do()
    except REFUSED as refused:
        entry = refused_entry(refused, did, **given)
        return _deductions(request, as_before(act), show, row=row, entry=entry)
    settled = row if did in {"settled", "charged_back", "allowed", "reopened"} else None
    return done(act, "/match/deductions", show=show.value, row=None if settled else row, did=did, case=settled)
