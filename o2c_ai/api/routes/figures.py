"""Figures that managers steer by, each with what it means and how it came to be what it is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from o2c_ai.api.dependencies import Read
from o2c_ai.api.schemas import Amount, Currency, Written
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.key_figures.queries import trend
from o2c_ai.core.key_figures.rules import DEFINITIONS, Figure, Step, Unit
from o2c_ai.core.ledger.queries import company_of
from o2c_ai.core.money import Rounding, divide, format_minor

if TYPE_CHECKING:
    from fractions import Fraction

router = APIRouter(tags=["reporting"], route_class=TurnRoute)
PLACES = 4
InCurrency = Annotated[Currency | None, Query(description="The company's own where left out.", examples=["EUR"])]


class FigureOut(Written):
    """What a figure means."""

    figure: Figure
    title: str = Field(examples=["DSO: days sales outstanding"])
    unit: Unit
    step: Step = Field(description="How far apart the points of its trend are.")
    formula: str
    counts: str = Field(description="What is counted in it, and what is not.")

    @classmethod
    def of(cls, figure: Figure) -> FigureOut:
        """From its definition."""
        told = DEFINITIONS[figure]
        return cls(
            figure=figure,
            title=told.title,
            unit=told.unit,
            step=told.step,
            formula=told.formula,
            counts=told.counts,
        )


class PointOut(Written):
    """A figure on a day, or over the span that belongs to it."""

    on: date = Field(description="The last evening that counts; of a week its Monday.")
    value: Amount | None = Field(description="Decimal text; null where there was nothing to count.", examples=["43.01"])
    of: int | None = Field(description="Of how many, where the figure is a share.")


class Trend(FigureOut):
    """A figure with its history."""

    as_of: date
    currency: str | None = Field(description="Null for shares, which know none.")
    points: list[PointOut] = Field(description="Oldest first; the last is the figure of the day.")


@router.get("/figures")
def figures(read: Read) -> list[FigureOut]:
    """List the figures and what each means."""
    del read
    return [FigureOut.of(figure) for figure in Figure]


@router.get("/figures/{figure}")
def figure_(read: Read, figure: Figure, currency: InCurrency = None) -> Trend:
    """Tell a figure and its history."""
    code = currency or company_of(read.session, read.company_id).base_currency
    points = trend(read.session, read.company_id, figure, code, read.as_of)
    unit = DEFINITIONS[figure].unit
    return Trend(
        **FigureOut.of(figure).model_dump(),
        as_of=read.as_of,
        currency=None if unit is Unit.PERCENT and figure is not Figure.CEI else code,
        points=[PointOut(on=one.on, value=_text(one.value, unit, code), of=one.of) for one in points],
    )


def _text(value: Fraction | None, unit: Unit, currency: str) -> str | None:
    if value is None:
        return None
    if unit is Unit.MONEY:
        return format_minor(int(value), currency)
    return str(Decimal(divide(value.numerator * 10**PLACES, value.denominator, Rounding.HALF_UP)).scaleb(-PLACES))
