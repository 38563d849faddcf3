"""Which part of the worklist is asked for, by the filters of an address or of a saved view."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query
from pydantic import ConfigDict, Field, StringConstraints, ValidationError

from o2c_ai.api.schemas import Written
from o2c_ai.core.assignments.rules import Selection, WorklistSort, selected
from o2c_ai.core.customers.queries import names
from o2c_ai.core.errors import Invalid

if TYPE_CHECKING:
    from o2c_ai.api.dependencies import Reading, Service
    from o2c_ai.api.ranking import Seen

ME = "@me"
"""Asked for as who looks after a customer: whoever asks."""
Words = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]
AmountOrNone = Annotated[str, StringConstraints(pattern=r"^([0-9]{1,15}(\.[0-9]{1,4})?)?$")]
DaysOrNone = Annotated[str, StringConstraints(pattern=r"^[0-9]{0,5}$")]


class BadFilters(Invalid):
    """What a page was opened with is no filter of this list."""

    def __init__(self) -> None:
        """Say what mends it."""
        super().__init__("these are no filters of the worklist: open it anew")


class Filters(Written):
    """Filters of the worklist and its order; what is empty holds for all."""

    words: Words = Field(default="", description="In the customer's number or name.", examples=["Muster"])
    action: Words = Field(default="", description="What is to be done.", examples=["call"])
    currency: Annotated[str, StringConstraints(pattern="^([A-Z]{3})?$")] = Field(default="", examples=["EUR"])
    least: AmountOrNone = Field(default="", description="Overdue at least, in units of each row's currency.")
    most: AmountOrNone = Field(default="", description="Overdue at most.")
    days_least: DaysOrNone = Field(default="", description="Days the oldest item is overdue at least.")
    days_most: DaysOrNone = Field(default="", description="Days the oldest item is overdue at most.")
    assigned_to: Words = Field(
        default="", description="Who looks after the customer: a name, `@me`, or `-` for nobody.", examples=[ME]
    )
    sort: WorklistSort = WorklistSort.RANK

    @property
    def told(self) -> dict[str, str]:
        """Those that say something, by name."""
        return {name: str(value) for name, value in self.model_dump(mode="json", exclude_defaults=True).items()}

    @property
    def query(self) -> str:
        """Those that say something, as the query of an address."""
        return urlencode(self.told)

    @classmethod
    def of(cls, told: Mapping[str, str]) -> Filters:
        """From an address or a saved view; what is no filter of this list is left out. Raises BadFilters."""
        try:
            return cls.model_validate({name: text for name, text in told.items() if name in cls.model_fields})
        except ValidationError as error:
            raise BadFilters from error

    def selection(self, me: str) -> Selection:
        """The filters as the core's law takes them; `me` is the name of whoever asks."""
        return Selection(
            self.words,
            self.action,
            self.currency,
            Decimal(self.least) if self.least else None,
            Decimal(self.most) if self.most else None,
            int(self.days_least) if self.days_least else None,
            int(self.days_most) if self.days_most else None,
            me if self.assigned_to == ME else self.assigned_to,
            self.sort,
        )


class FiltersAsked(Filters):
    """Filters among the other parameters of an address."""

    model_config = ConfigDict(extra="ignore")


async def filters_asked(asked: Annotated[FiltersAsked, Query()]) -> Filters:
    """The filters of an address; asynchronous, so that they are read without a thread."""
    return asked


Asked = Annotated[Filters, Depends(filters_asked)]


def filters_of(query: str) -> Filters:
    """The filters of a query as text, as a form sends back where it came from. Raises BadFilters."""
    return Filters.of(dict(parse_qsl(query)))


def chosen(service: Service, read: Reading, filters: Filters, *, around: str = "") -> Seen:
    """The part of the day's worklist that is asked for; `around` a customer, as somebody saw it last."""
    seen = service.worklists.around(read, around) if around else service.worklists.now(read)
    if not filters.model_fields_set or not filters.told:
        return seen
    asked = filters.selection(read.actor.name)
    called = names(read.session, read.company_id, {row.customer_code for row in seen.rows}) if asked.words else {}
    return seen._replace(rows=selected(seen.rows, asked, called, seen.owners))
