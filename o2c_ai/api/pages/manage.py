"""The managers' desk: how fast customers pay, how well cash is applied, what comes in, and who did what."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from o2c_ai.api.dependencies import Read, Shared
from o2c_ai.api.pages.figures import Currency, own, said
from o2c_ai.api.pages.forecast import fan_of
from o2c_ai.api.pages.journal import Since
from o2c_ai.api.pages.page import address, draw
from o2c_ai.api.routes.audit import midnight
from o2c_ai.api.schemas import cursor_of, place_of
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.customers.queries import by_id
from o2c_ai.core.key_figures.queries import SPAN_DAYS, cash_in
from o2c_ai.core.key_figures.rules import DEFINITIONS, Figure, Unit, weeks_to
from o2c_ai.core.people.queries import page_events
from o2c_ai.core.reporting.queries import credit_left, daily_sales, match_rates
from o2c_ai.core.reporting.rules import BUCKETS, aging_totals, bucket_names, measured, most_overdue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from o2c_ai.api.dependencies import Reading, Service
    from o2c_ai.core.reporting.rules import AgingRow, MatchRates, Measures, Owed, Rate

router = APIRouter(prefix="/manage", route_class=TurnRoute)
EVENTS_A_PAGE, LARGEST_SHOWN = 100, 10
MEASURED = (
    (Figure.RECEIVABLES, "closing_minor"),
    (Figure.DSO, "dso"),
    (Figure.BEST_POSSIBLE_DSO, "best_possible_dso"),
    (Figure.ADD, "add"),
    (Figure.COUNTBACK_DSO, "countback"),
    (Figure.CEI, "cei"),
    (Figure.TURNOVER, "turnover"),
)
"""Columns of the first table, and where each is found."""
PROVEN = (Figure.NEVER_TAKEN_BACK, Figure.SPOT_CHECKED)
"""Rates that prove something, told with the interval they may lie in."""


@router.get("")
def figures(request: Request, read: Read, service: Shared, currency: Currency = "") -> Response:
    """Show the figures of the day, each leading to what it means."""
    code = own(read, currency)
    owed, credit = service.standing.owed(read), credit_left(read.session, read.company_id, read.as_of)
    totals, rates = aging_totals(owed, credit), match_rates(read.session, read.company_id, read.as_of, credit=credit)
    told = [row for row in _measures(read, service, totals) if row.closing_minor]
    return draw(
        request,
        "manage.html",
        actor=read.actor,
        as_of=read.as_of,
        currency=code,
        currencies=sorted({row.currency for row in told}),
        columns=[(figure, DEFINITIONS[figure], name) for figure, name in MEASURED],
        measures=told,
        waits=_waits(read, code, totals, rates, service.standing.promises(read)),
        rates=_rates(rates),
        fan=fan_of(read, 0, code),
        ages=bucket_names(BUCKETS),
        totals=totals,
        largest=_largest(read, owed, code),
        said=said,
        address=address,
    )


def _largest(read: Reading, owed: Owed, currency: str) -> list[tuple[int, str, str, int]]:
    """(overdue, customer's number, its name, all that is open) of the customers most overdue, the largest first."""
    found = most_overdue(owed, currency, LARGEST_SHOWN)
    customers = by_id(read.session, read.company_id, [customer for _, customer in found])
    rows = [(late, customers[one].code, customers[one].name, sum(owed[one, currency])) for late, one in found]
    return sorted(rows, key=lambda row: (-row[0], row[1]))[:LARGEST_SHOWN]


def _measures(read: Reading, service: Service, totals: Sequence[AgingRow]) -> list[Measures]:
    """What `reporting.measures` says, from receivables and open items as they are kept."""
    days = (read.as_of - timedelta(days=SPAN_DAYS), read.as_of)
    opening, closing = service.standing.receivables(read, days)
    current = {row.currency: row.buckets_minor[0] for row in totals}
    daily = daily_sales(read.session, read.company_id, read.as_of)
    return measured(read.as_of, SPAN_DAYS, opening=opening, closing=closing, current=current, daily=daily)


def _waits(
    read: Reading, currency: str, totals: Sequence[AgingRow], rates: MatchRates, promises: tuple[int, int]
) -> list[tuple[Figure, str, str]]:
    """(figure, its title, as people read it) of money that waits, comes in, or was promised."""
    monday = weeks_to(read.as_of, 2)[0]
    came = cash_in(read.session, read.company_id, currency, [monday], read.as_of)[0].value
    kept, of = promises
    amounts = {
        Figure.OVERDUE: sum(sum(row.buckets_minor[1:]) for row in totals if row.currency == currency),
        Figure.UNAPPLIED: rates.unapplied_minor.get(currency, 0),
        Figure.UNIDENTIFIED: rates.unidentified_minor.get(currency, 0),
        Figure.CASH_IN: int(came or 0),
    }
    rows = [(one, DEFINITIONS[one].title, said(Fraction(m), Unit.MONEY, currency)) for one, m in amounts.items()]
    rows[-1] = (Figure.CASH_IN, f"Cash in, week of {monday}", rows[-1][2])
    share = said(Fraction(kept * 100, of) if of else None, Unit.PERCENT, currency)
    return [*rows, (Figure.PROMISES_KEPT, DEFINITIONS[Figure.PROMISES_KEPT].title, f"{share} of {of}")]


def _rates(rates: MatchRates) -> list[tuple[Figure, str, Rate, str]]:
    """(figure, title, rate, interval) of every match rate."""
    rows = [
        (Figure.RIGHT_CUSTOMER, rates.account),
        (Figure.ROWS_UNTOUCHED, rates.line_item),
        (Figure.RECEIPTS_UNTOUCHED, rates.envelope),
        (Figure.STRAIGHT_THROUGH, rates.straight_through),
        (Figure.NEVER_TAKEN_BACK, rates.auto_precision),
        (Figure.SPOT_CHECKED, rates.audited_precision),
    ]
    return [(one, DEFINITIONS[one].title, rate, _span(rate) if one in PROVEN else "") for one, rate in rows]


def _span(rate: Rate) -> str:
    """What the share may be of all there is, rounded outwards so that it promises no more than was proven."""
    if rate.interval_ppm is None:
        return ""
    low, high = rate.interval_ppm
    return f"{low // 1000 / 10:.1f} to {-(-high // 1000) / 10:.1f} %"


@router.get("/audit")
def audit(
    request: Request,
    read: Read,
    who: Annotated[str, Query(max_length=100)] = "",
    verb: Annotated[str, Query(max_length=100)] = "",
    what: Annotated[str, Query(max_length=100)] = "",
    since: Since = None,
    until: Since = None,
    after: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show who did what, when and why, newest first."""
    rows, place = page_events(
        read.session,
        read.actor,
        who=who,
        verb=verb,
        subject=what.replace(" ", "_"),
        since=midnight(since),
        before=midnight(None if until is None else until + timedelta(days=1)),
        after=place_of(after or None),
        limit=EVENTS_A_PAGE,
    )
    taken = {"by": who, "verb": verb, "subject": what.replace(" ", "_"), "since": since or "", "until": until or ""}
    filters: dict[str, object] = {"who": who, "verb": verb, "what": what, "since": since or "", "until": until or ""}
    return draw(
        request,
        "audit.html",
        actor=read.actor,
        as_of=read.as_of,
        rows=rows,
        filters=filters,
        taken=address("", "", **taken).removeprefix("?"),
        following="" if place is None else address("/manage/audit", "", **filters, after=cursor_of(place)),
    )
