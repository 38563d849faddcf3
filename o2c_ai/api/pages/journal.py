"""The books on the managers' desk: from the trial balance to an account, its entries, and the papers behind them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BeforeValidator

from o2c_ai.api.dependencies import Read
from o2c_ai.api.pages.page import address, draw
from o2c_ai.api.schemas import Day, Id, cursor_of, place_of
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.ledger.queries import get_entry, postings_of, trial_balance
from o2c_ai.core.vouchers.queries import (
    find_account,
    find_mirror,
    get_paper,
    page_account,
    uses_of,
    vouchers_of,
    who_posted,
)

router = APIRouter(prefix="/manage", route_class=TurnRoute)
ENTRIES_A_PAGE = 50
Since = Annotated[Day | None, BeforeValidator(lambda given: given or None), Query()]
"""The first day; a form that leaves it empty asks from the beginning."""
After = Annotated[str, Query(max_length=200)]


@router.get("/books")
def books(request: Request, read: Read) -> Response:
    """Show the trial balance of the day."""
    rows = trial_balance(read.session, read.company_id, read.as_of)
    sums: dict[str, list[int]] = {}
    for _, _, currency, debit, credit, _ in rows:
        total = sums.setdefault(currency, [0, 0])
        total[0] += debit
        total[1] += credit
    return draw(
        request,
        "books.html",
        actor=read.actor,
        as_of=read.as_of,
        rows=rows,
        sums=sorted(sums.items()),
        asked=_asked(request),
        address=address,
    )


@router.get("/books/accounts/{account}")
def account_(request: Request, read: Read, account: str, since: Since = None, after: After = "") -> Response:
    """Show the entries of an account, the newest first."""
    rows, place, postings = page_account(
        read.session,
        read.company_id,
        read.as_of,
        account,
        since=since,
        after=place_of(after or None),
        limit=ENTRIES_A_PAGE,
    )
    amounts = {row.id: [one for one in postings[row.id] if one.number == account] for row in rows}
    return draw(
        request,
        "account.html",
        actor=read.actor,
        as_of=read.as_of,
        account=account,
        name=find_account(read.session, read.company_id, account),
        since=since,
        rows=rows,
        amounts=amounts,
        following="" if place is None else cursor_of(place),
        asked=_asked(request),
        address=address,
    )


@router.get("/books/entries/{entry_id}")
def entry_(request: Request, read: Read, entry_id: Id) -> Response:
    """Show one entry: its postings, and the papers it stands on."""
    entry = get_entry(read.session, read.company_id, entry_id)
    return draw(
        request,
        "journal_entry.html",
        actor=read.actor,
        as_of=read.as_of,
        entry=entry,
        by=who_posted(read.session, entry),
        mirror=find_mirror(read.session, read.company_id, entry_id),
        postings=postings_of(read.session, read.company_id, [entry_id])[entry_id],
        vouchers=vouchers_of(read.session, read.company_id, entry),
        asked=_asked(request),
        address=address,
    )


@router.get("/papers")
def paper_(request: Request, read: Read, number: Annotated[str, Query(max_length=200)]) -> Response:
    """Show a document and what became of it by the day."""
    paper = get_paper(read.session, read.company_id, number)
    uses = uses_of(read.session, read.company_id, paper, read.as_of)
    return draw(
        request,
        "paper.html",
        actor=read.actor,
        as_of=read.as_of,
        paper=paper,
        uses=uses,
        left=paper.amount_minor - sum(use.amount_minor for use in uses),
        asked=_asked(request),
        address=address,
    )


def _asked(request: Request) -> str:
    """The day that was asked for, which links carry on; empty for today."""
    return request.query_params.get("as_of", "")
