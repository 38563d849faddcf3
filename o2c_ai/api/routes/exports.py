"""The lists people work with, handed out whole as files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from o2c_ai.api.dependencies import ReadAlong, Shared
from o2c_ai.api.handing_out import FILE, AsShape, Shape, handed_out
from o2c_ai.api.routes.audit import Acts
from o2c_ai.api.routes.bank_lines import Undecided, Words
from o2c_ai.api.schemas import Customer, Day
from o2c_ai.api.selection import Asked, chosen
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.payments.rules import LineState
from o2c_ai.formats.listing import Listing
from o2c_ai.formats.outputs import APPLICATIONS, POSTINGS
from o2c_ai.jobs.export_rows import application_rows, posting_rows
from o2c_ai.jobs.listings import (
    audit_listing,
    lines_listing,
    open_items_listing,
    table_rows,
    to_match_listing,
    worklist_listing,
)

router = APIRouter(
    prefix="/exports", tags=["exports"], default_response_class=StreamingResponse, responses=FILE, route_class=TurnRoute
)
Since = Annotated[Day | None, Query(description="The first day.")]


@router.get("/worklist")
def worklist(read: ReadAlong, shared: Shared, asked: Asked, shape: AsShape = Shape.CSV) -> StreamingResponse:
    """Hand out the worklist, or the part of it that is asked for."""
    ranked = chosen(shared, read, asked).rows
    return handed_out(worklist_listing(read.session, read.company_id, read.as_of, ranked), shape)


@router.get("/open-items")
def open_items(
    read: ReadAlong,
    customer: Customer = None,
    overdue: Annotated[bool, Query(description="Only items past their due date.")] = False,
    shape: AsShape = Shape.CSV,
) -> StreamingResponse:
    """Hand out the open items, or one customer's account, with when each is expected to be paid."""
    made = open_items_listing(read.session, read.company_id, read.as_of, customer_code=customer, overdue=overdue)
    return handed_out(made, shape)


@router.get("/bank-lines")
def bank_lines(
    read: ReadAlong, state: LineState | None = None, words: Words = "", shape: AsShape = Shape.CSV
) -> StreamingResponse:
    """Hand out the lines of bank statements."""
    made = lines_listing(read.session, read.company_id, read.as_of, state=state, words=words)
    return handed_out(made, shape)


@router.get("/to-match")
def to_match(read: ReadAlong, asked: Undecided, shape: AsShape = Shape.CSV) -> StreamingResponse:
    """Hand out the lines nobody has decided, with what was suggested or why nothing could be."""
    return handed_out(to_match_listing(read.session, read.company_id, read.as_of, **asked), shape)


@router.get("/audit")
def audit(read: ReadAlong, acts: Acts, shape: AsShape = Shape.CSV) -> StreamingResponse:
    """Hand out who did what, when and why."""
    return handed_out(audit_listing(read.session, read.actor, read.as_of, **acts), shape)


@router.get("/applications")
def applications(read: ReadAlong, since: Since = None, shape: AsShape = Shape.CSV) -> StreamingResponse:
    """Hand out what was applied, in the shape of the exchange folder."""
    rows = table_rows(APPLICATIONS, application_rows(read.session, read.company_id, since))
    return handed_out(Listing("applications", "What was applied", read.as_of, APPLICATIONS, rows), shape)


@router.get("/postings")
def postings(read: ReadAlong, since: Since = None, shape: AsShape = Shape.CSV) -> StreamingResponse:
    """Hand out postings in entry order."""
    rows = table_rows(POSTINGS, posting_rows(read.session, read.company_id, since))
    return handed_out(Listing("postings", "Postings", read.as_of, POSTINGS, rows), shape)
