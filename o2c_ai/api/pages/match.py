"""The clerks' desk: bank lines to be matched on the left, what is suggested for the chosen one on the right."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Query, Request, Response

from o2c_ai.api.dependencies import Read
from o2c_ai.api.pages.entry import NOTHING_TYPED, refused_entry
from o2c_ai.api.pages.page import address, draw
from o2c_ai.api.pages.parts import Paid, paid
from o2c_ai.api.schemas import cursor_of, place_of
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.aliases.queries import aliases_in_force
from o2c_ai.core.aliases.rules import squeeze
from o2c_ai.core.cash_application.queries import find_decided, last_uses
from o2c_ai.core.customers.queries import by_id
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.payments.queries import get_line, page_lines
from o2c_ai.core.payments.rules import LineSort, LineState
from o2c_ai.core.suggestions.queries import count_to_match, find_newest, get_suggestion, page_to_match
from o2c_ai.core.suggestions.rules import ONE_PPM, Decision, MatchSort, MatchSuggestion, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from o2c_ai.api.dependencies import Reading
    from o2c_ai.core.aliases.rules import Alias
    from o2c_ai.core.cash_application.rules import Decided, Use

router = APIRouter(route_class=TurnRoute)
LINES_A_PAGE = 50
PERCENT_PPM = ONE_PPM // 100
AGAINST, NEXT_BEST, UNTOUCHED = "against: ", "next best, ", "to be applied untouched "


class Show(enum.Enum):
    """Which lines are listed."""

    ALL = "all"
    REVIEW = "review"
    NOT_AR = "not_ar"
    RETURNED = "returned"
    EXCEPTION = "exception"
    UNSUGGESTED = "unsuggested"
    DECIDED = "decided"


@dataclass(frozen=True)
class View:
    """Which lines are asked for, in which order, and from which place on."""

    show: Show = Show.ALL
    why: Annotated[str, Query(max_length=200)] = ""
    words: Annotated[str, Query(max_length=200)] = ""
    sort: MatchSort = MatchSort.PROBABILITY
    least: Annotated[int, Query(ge=0, le=100)] = 0
    after: Annotated[str, Query(max_length=200)] = ""

    @property
    def query(self) -> str:
        """The view as the query of an address."""
        facts = {"show": self.show.value, "why": self.why, "words": self.words, "sort": self.sort.value}
        return address("", **facts, least=self.least or None, after=self.after).removeprefix("?")

    def lines(self, read: Reading, limit: int = LINES_A_PAGE) -> tuple[list[Any], str]:
        """The lines, and where the next page begins (empty at the end)."""
        after = place_of(self.after or None)
        if self.show is Show.DECIDED:
            rows, place = page_lines(
                read.session,
                read.company_id,
                read.as_of,
                state=LineState.BOOKED,
                words=self.words,
                sort=LineSort.DECIDED_ON,
                after=after,
                limit=limit,
            )
        else:
            known = {one.value for one in Decision}
            rows, place = page_to_match(
                read.session,
                read.company_id,
                read.as_of,
                decision=Decision(self.show.value) if self.show.value in known else None,
                exception=self.why or None,
                suggested=self.show is not Show.UNSUGGESTED,
                least_ppm=self.least * PERCENT_PPM,
                words=self.words,
                sort=self.sort,
                after=after,
                limit=limit,
            )
        return rows, "" if place is None else cursor_of(place)


def view_of(query: str) -> View:
    """The view a query of this desk asks for; the first one, where it says none."""
    facts = dict(parse_qsl(query))
    try:
        show, sort = Show(facts.get("show", Show.ALL.value)), MatchSort(facts.get("sort", MatchSort.PROBABILITY.value))
        return View(show, facts.get("why", ""), facts.get("words", ""), sort, int(facts.get("least", 0)))
    except ValueError:
        return View()


@dataclass(frozen=True)
class Work:
    """One line with all a clerk needs to decide it."""

    line: Any
    suggestion_id: int | None
    made: MatchSuggestion | None
    rejected: bool
    customer: str
    """Who is thought to have paid: number and name; empty where unknown."""
    rows: list[Paid]
    decided: Decided | None
    said: list[tuple[Alias, str]]
    """What people said of the line's name and account and stands, and the customer they said it of."""
    taken: list[tuple[str, Use]]
    """Items of the suggestion that something used since it was made, so that too little is open."""

    @property
    def reasons_for(self) -> list[str]:
        """What speaks for the suggestion."""
        told = () if self.made is None else self.made.reasons
        return [reason for reason in told if not reason.startswith((AGAINST, NEXT_BEST, UNTOUCHED))]

    @property
    def reasons_against(self) -> list[str]:
        """What speaks against it."""
        told = () if self.made is None else self.made.reasons
        return [reason.removeprefix(AGAINST) for reason in told if reason.startswith((AGAINST, UNTOUCHED))]

    @property
    def next_best(self) -> str:
        """The option that came second, with its probability."""
        told = () if self.made is None else self.made.reasons
        return next((reason.removeprefix(NEXT_BEST) for reason in told if reason.startswith(NEXT_BEST)), "")


@router.get("/match")
def match(
    request: Request,
    read: Read,
    view: Annotated[View, Depends()],
    line: int | None = None,
    did: Annotated[str, Query(max_length=20)] = "",
    lines: Annotated[str, Query(max_length=2000, pattern=r"^[0-9,]*$")] = "",
    held: int = 0,
    stranger: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show the lines, and the chosen one (the first, where none is) with its suggestion."""
    rows, following = view.lines(read)
    chosen = line if line is not None else rows[0].id if rows else None
    counts = count_to_match(read.session, read.company_id, read.as_of)
    return draw(
        request,
        "match.html",
        actor=read.actor,
        as_of=read.as_of,
        view=view,
        rows=rows,
        following=following,
        counts=counts,
        waiting=sum(lines for _, _, lines in counts),
        chosen=chosen,
        next_line=_next(rows, chosen),
        work=None if chosen is None else work_on(read, chosen),
        did=did,
        did_lines=lines,
        held=held,
        entry=refused_entry(UnknownCustomer(stranger), "park", customer=stranger) if stranger else NOTHING_TYPED,
    )


def _next(rows: list[Any], chosen: int | None) -> int | None:
    """The line after the chosen one, the one before at the end of the list; None where it is alone."""
    ids = [row.id for row in rows]
    if chosen not in ids:
        return ids[0] if ids else None
    others = [*ids[ids.index(chosen) + 1 :], *reversed(ids[: ids.index(chosen)])]
    return others[0] if others else None


def work_on(read: Reading, line_id: int) -> Work:
    """Everything about one line. Raises UnknownLine."""
    row = get_line(read.session, read.company_id, line_id)
    decided = find_decided(read.session, read.company_id, line_id) if row.state is not LineState.OPEN else None
    newest = find_newest(read.session, read.company_id, line_id, read.as_of)
    made = None if newest is None else get_suggestion(read.session, read.company_id, newest[0])
    payers = by_id(read.session, read.company_id, [made.customer_id] if made and made.customer_id else [])
    parts = decided.parts if decided is not None else made.parts if made is not None else ()
    rows = paid(read, parts)
    return Work(
        row,
        None if newest is None else newest[0],
        made,
        newest is not None and newest[1] in {Outcome.REJECTED, Outcome.OVERRIDDEN, Outcome.UNDONE},
        next((one.code for one in payers.values()), ""),
        rows,
        decided,
        _said(read, row),
        [] if made is None or decided is not None else _taken(read, made, rows),
    )


def _said(read: Reading, line: Any) -> list[tuple[Alias, str]]:  # noqa: ANN401 - a row of get_line
    keys = {squeeze(text) for text in (line.payer_name, line.payer_account)} - {""}
    said = aliases_in_force(read.session, read.company_id, read.as_of, keys) if keys else []
    customers = by_id(read.session, read.company_id, [one.customer_id for one in said])
    return [(one, customers[one.customer_id].code) for one in said]


def _taken(read: Reading, made: MatchSuggestion, rows: Sequence[Paid]) -> list[tuple[str, Use]]:
    short = {
        part.open_item_id: row.name
        for part, row in zip(made.parts, rows, strict=True)
        if part.open_item_id is not None and row.left_minor is not None and row.left_minor < part.amount_minor
    }
    uses = last_uses(read.session, read.company_id, list(short)) if short else {}
    return [(short[item], use) for item, use in uses.items() if use.on >= made.as_of]
