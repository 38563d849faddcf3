"""One figure: what it means, how it came to be what it is, and the customers and items behind an age."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request, Response

from o2c_ai.api.dependencies import Read
from o2c_ai.api.pages.page import address, draw, money
from o2c_ai.api.schemas import cursor_of, part_of, place_of
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.key_figures.queries import page_aged, trend
from o2c_ai.core.key_figures.rules import DEFINITIONS, Figure, Unit, UnknownBucket
from o2c_ai.core.ledger.queries import company_of
from o2c_ai.core.money import format_minor
from o2c_ai.core.reporting.queries import aging, measures

if TYPE_CHECKING:
    from fractions import Fraction

    from o2c_ai.api.dependencies import Reading

router = APIRouter(prefix="/manage", route_class=TurnRoute)
ROWS_A_PAGE = 100
DASH = "\N{EN DASH}"
Currency = Annotated[str, Query(max_length=3, pattern=r"^([A-Z]{3})?$")]
After = Annotated[str, Query(max_length=200)]
AVERAGED = {
    Figure.DSO,
    Figure.BEST_POSSIBLE_DSO,
    Figure.ADD,
    Figure.COUNTBACK_DSO,
    Figure.TURNOVER,
    Figure.CEI,
}
"""Figures that are made of receivables and sales, which are told beside them."""


def decimal(value: Fraction | None) -> str:
    """A figure with one digit after the point; a dash where there is none."""
    return DASH if value is None else str(round(Decimal(value.numerator) / Decimal(value.denominator), 1) + 0)


def said(value: Fraction | None, unit: Unit, currency: str) -> str:
    """A figure as people read it, its unit after it."""
    if value is None:
        return DASH
    if unit is Unit.MONEY:
        return money(int(value), currency)
    return f"{decimal(value)} {'%' if unit is Unit.PERCENT else unit.value}"


def own(read: Reading, currency: str) -> str:
    """The currency asked for, the company's own where none is."""
    return currency or company_of(read.session, read.company_id).base_currency


@router.get("/figures/{figure}")
def figure_(request: Request, read: Read, figure: Figure, currency: Currency = "") -> Response:
    """Show what a figure means and how it came to be what it is."""
    code, told = own(read, currency), DEFINITIONS[figure]
    points = trend(read.session, read.company_id, figure, code, read.as_of)
    rows = measures(read.session, read.company_id, read.as_of) if figure in AVERAGED else []
    return draw(
        request,
        "figure.html",
        actor=read.actor,
        as_of=read.as_of,
        figure=figure,
        told=told,
        currency=code,
        points=[(point.on, said(point.value, told.unit, code), point.of) for point in reversed(points)],
        made_of=next((row for row in rows if row.currency == code), None),
        address=address,
    )


@router.get("/trends/{figure}.svg")
def trend_picture(read: Read, figure: Figure, currency: Currency = "") -> Response:
    """Draw how a figure went."""
    from o2c_ai.formats.charts import svg, trend_chart

    code, told = own(read, currency), DEFINITIONS[figure]
    points = trend(read.session, read.company_id, figure, code, read.as_of)
    shown = [(point.on, None if point.value is None else _number(point.value, told.unit, code)) for point in points]
    unit = code if told.unit is Unit.MONEY else told.unit.value
    return Response(svg(trend_chart(shown, unit)), media_type="image/svg+xml")


def _number(value: Fraction, unit: Unit, currency: str) -> float:
    return float(format_minor(int(value), currency)) if unit is Unit.MONEY else float(value)


@router.get("/aging")
def aged_customers(
    request: Request,
    read: Read,
    currency: Currency = "",
    age: Annotated[str, Query(max_length=20)] = "91+",
    after: After = "",
) -> Response:
    """Show who owes what is of an age, the largest first."""
    code, found = own(read, currency), aging(read.session, read.company_id, read.as_of)
    if age not in found.names:
        raise UnknownBucket(age)
    place = found.names.index(age)
    owing = [row for row in found.rows if row.currency == code and row.buckets_minor[place]]
    owing.sort(key=lambda row: (-row.buckets_minor[place], row.customer_code))
    rows, following = part_of(owing, place_of(after or None), ROWS_A_PAGE)
    return draw(
        request,
        "aging.html",
        actor=read.actor,
        as_of=read.as_of,
        currency=code,
        age=age,
        names=found.names,
        rows=[(row.customer_code, row.customer_name, row.buckets_minor[place], row.open_minor) for row in rows],
        total=sum(row.buckets_minor[place] for row in owing),
        following="" if following is None else cursor_of(following),
        address=address,
    )


@router.get("/aging/items")
def aged_items(
    request: Request,
    read: Read,
    age: Annotated[str, Query(max_length=20)],
    currency: Currency = "",
    customer: Annotated[str, Query(max_length=200)] = "",
    after: After = "",
) -> Response:
    """Show the open items of an age, the oldest first."""
    code = own(read, currency)
    rows, place = page_aged(
        read.session,
        read.company_id,
        read.as_of,
        currency=code,
        bucket=age,
        customer_code=customer or None,
        after=place_of(after or None),
        limit=ROWS_A_PAGE,
    )
    return draw(
        request,
        "aged_items.html",
        actor=read.actor,
        as_of=read.as_of,
        currency=code,
        age=age,
        customer=customer,
        rows=rows,
        following="" if place is None else cursor_of(place),
        address=address,
    )
