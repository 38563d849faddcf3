"""The bank's words: every line, and those that wait to be matched with what was suggested for them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, TypedDict

from fastapi import APIRouter, Depends, Query
from pydantic import Field

from o2c_ai.api.dependencies import Read
from o2c_ai.api.schemas import Id, MoneyOut, Page, Paged, Text, Written, page, part_of
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.payments.queries import get_line, page_lines
from o2c_ai.core.payments.rules import LineSort, LineState
from o2c_ai.core.suggestions.queries import exceptions_to_match, page_to_match
from o2c_ai.core.suggestions.rules import AGE_NAMES, ONE_PPM, Decision, MatchSort, Outcome, Waiting
from o2c_ai.formats.outputs import probability

router = APIRouter(tags=["bank lines"], route_class=TurnRoute)
Words = Annotated[Text, Query(description="Words in what the bank says of the line.")]


class LineOut(Written):
    """A line of a bank statement."""

    id: Id
    ref: str = Field(description="Its reference, unique in the company.", examples=["2026-01-31/7"])
    booked_on: date
    amount: MoneyOut = Field(description="Positive came in.")
    payer: str
    payer_account: str
    narrative: str
    end_to_end_id: str
    state: LineState
    credit_item: Id | None = Field(description="The receipt it became, where it did.")

    @classmethod
    def of(cls, row: Any) -> LineOut:  # noqa: ANN401 - a row of the query
        """From a row."""
        return cls(
            id=row.id,
            ref=row.line_ref,
            booked_on=row.booking_date,
            amount=MoneyOut.of(row.amount_minor, row.currency),
            payer=row.payer_name,
            payer_account=row.payer_account,
            narrative=row.narrative,
            end_to_end_id=row.end_to_end_id,
            state=row.state,
            credit_item=row.credit_item_id,
        )


class ToMatch(Written):
    """A line nobody has decided, with what was suggested last."""

    id: Id
    ref: str
    booked_on: date
    amount: MoneyOut
    payer: str
    narrative: str
    suggestion: Id | None = Field(description="Null where nothing was suggested yet.")
    decision: Decision | None
    probability: str | None = Field(examples=["0.998200"])
    customer: str | None = Field(description="Who is thought to have paid.", examples=["C-17"])
    exception: str | None = Field(description="Why nothing better could be proposed.")
    suggested_by: str | None
    outcome: Outcome | None = Field(description="What people said of the suggestion; null so far.")

    @classmethod
    def of(cls, row: Any) -> ToMatch:  # noqa: ANN401 - a row of the query
        """From a row."""
        return cls(
            id=row.id,
            ref=row.line_ref,
            booked_on=row.booking_date,
            amount=MoneyOut.of(row.amount_minor, row.currency),
            payer=row.payer_name,
            narrative=row.narrative,
            suggestion=row.suggestion_id,
            decision=row.decision,
            probability=None if row.suggestion_id is None else probability(row.probability_ppm),
            customer=row.customer_code,
            exception=row.exception,
            suggested_by=row.suggested_by,
            outcome=row.outcome,
        )


class WaitingOut(Written):
    """Lines that wait for one reason."""

    exception: str = Field(description="Why nothing better could be proposed.", examples=["payer unknown"])
    lines: int = Field(examples=[12])
    oldest: date
    by_age: dict[str, int] = Field(description="By days since the bank booked it.", examples=[{"0-2": 9, "3-7": 3}])

    @classmethod
    def of(cls, row: Waiting) -> WaitingOut:
        """From a row."""
        aged = dict(zip(AGE_NAMES, row.by_age, strict=True))
        return cls(exception=row.exception, lines=row.lines, oldest=row.oldest, by_age=aged)


class Chosen(TypedDict):
    """Which undecided lines are asked for, as `page_to_match` takes it."""

    decision: Decision | None
    exception: str | None
    suggested: bool
    least_ppm: int
    words: str
    sort: MatchSort


def chosen(
    decision: Decision | None = None,
    exception: Annotated[Text | None, Query(description="Only lines that could not be proposed for this.")] = None,
    suggested: Annotated[bool, Query(description="False for lines without a suggestion alone.")] = True,
    least_ppm: Annotated[int, Query(ge=0, le=ONE_PPM, description="Only suggestions as sure, in millionths.")] = 0,
    words: Words = "",
    sort: MatchSort = MatchSort.BOOKING_DATE,
) -> Chosen:
    """The filters of an address."""
    return Chosen(
        decision=decision,
        exception=exception,
        suggested=suggested,
        least_ppm=least_ppm,
        words=words,
        sort=sort,
    )


Undecided = Annotated[Chosen, Depends(chosen)]


@router.get("/bank-lines")
def lines(
    read: Read,
    part: Paged,
    state: LineState | None = None,
    words: Words = "",
    sort: LineSort = LineSort.BOOKING_DATE,
) -> Page[LineOut]:
    """List the lines booked up to the day, a page at a time."""
    found = page_lines(
        read.session,
        read.company_id,
        read.as_of,
        state=state,
        words=words,
        sort=sort,
        **part,
    )
    return page(found, LineOut.of)


@router.get("/bank-lines/to-match")
def to_match(read: Read, part: Paged, asked: Undecided) -> Page[ToMatch]:
    """List the lines nobody had decided by the day, with what was suggested last."""
    found = page_to_match(read.session, read.company_id, read.as_of, **asked, **part)
    return page(found, ToMatch.of)


@router.get("/bank-lines/exceptions")
def exceptions(read: Read, part: Paged) -> Page[WaitingOut]:
    """Count the undecided lines that could not be proposed, by why, with their age."""
    found = exceptions_to_match(read.session, read.company_id, read.as_of)
    return page(part_of(found, **part), WaitingOut.of)


@router.get("/bank-lines/{line_id}")
def line(read: Read, line_id: Id) -> LineOut:
    """Show a line."""
    return LineOut.of(get_line(read.session, read.company_id, line_id))
