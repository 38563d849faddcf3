"""When open items will be paid, as it was predicted on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter
from pydantic import Field

from o2c_ai.api.dependencies import Read
from o2c_ai.api.schemas import Customer, Page, Paged, Written, page
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.timings.queries import page_timings
from o2c_ai.core.timings.rules import TimingSort
from o2c_ai.formats.outputs import probability

router = APIRouter(tags=["predictions"], route_class=TurnRoute)


class TimingOut(Written):
    """When an open item is expected to be paid."""

    item: str = Field(examples=["INV-1001"])
    customer: str = Field(examples=["C-17"])
    due_on: date
    late: str = Field(description="Chance of payment after the due date.", examples=["0.730000"])
    late_7: str = Field(description="The same for more than 7 days after.", examples=["0.410000"])
    late_30: str = Field(description="The same for more than 30 days after.", examples=["0.080000"])
    p10: date = Field(description="Paid by then with 10 %.")
    p50: date = Field(description="Paid by then as likely as not.")
    p90: date = Field(description="Paid by then with 90 %.")
    reasons: list[str]
    model_version: str = Field(examples=["rules"])

    @classmethod
    def of(cls, row: Any) -> TimingOut:  # noqa: ANN401 - a row of the query
        """From a row."""
        return cls(
            item=row.number,
            customer=row.customer_code,
            due_on=row.due_date,
            late=probability(row.p_late_ppm),
            late_7=probability(row.p_late_7_ppm),
            late_30=probability(row.p_late_30_ppm),
            p10=row.p10,
            p50=row.p50,
            p90=row.p90,
            reasons=list(row.reasons),
            model_version=row.model_version,
        )


@router.get("/predictions")
def predictions(
    read: Read,
    part: Paged,
    customer: Customer = None,
    sort: TimingSort = TimingSort.LATE,
) -> Page[TimingOut]:
    """What was predicted on exactly that day of the items open then; nothing where the day was not scored."""
    found = page_timings(
        read.session,
        read.company_id,
        read.as_of,
        customer_code=customer,
        sort=sort,
        **part,
    )
    return page(found, TimingOut.of)
