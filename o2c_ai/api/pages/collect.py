"""The collectors' desk: whom to call today, and everything about one customer on one screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from o2c_ai.api.dependencies import Read, service_of
from o2c_ai.api.pages.page import Doing, address, done, draw, takes
from o2c_ai.api.schemas import ID_MAX
from o2c_ai.api.selection import Asked, chosen
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.assignments.queries import count_noted
from o2c_ai.core.assignments.rules import WorklistSort
from o2c_ai.core.collections.actions import contact, promise
from o2c_ai.core.collections.queries import promises_as_of, timeline
from o2c_ai.core.collections.rules import NewActivity, NewPromise, Strategy
from o2c_ai.core.customers.queries import get_customer, names
from o2c_ai.core.disputes.queries import disputed_as_of
from o2c_ai.core.errors import Invalid
from o2c_ai.core.people.queries import holders
from o2c_ai.core.people.rules import Duty
from o2c_ai.core.receivables.queries import credit_by_customer, items_of_customer
from o2c_ai.core.reporting.rules import BUCKETS, bucket_names
from o2c_ai.core.timings.queries import timings_of_items
from o2c_ai.core.views.queries import list_views
from o2c_ai.core.views.rules import Desk

if TYPE_CHECKING:
    from o2c_ai.core.collections.rules import WorklistRow

router = APIRouter(prefix="/collect", route_class=TurnRoute)
CUSTOMERS_A_PAGE, ITEMS_SHOWN = 50, 200
PROMISE_DAYS = 7
"""Days ahead a promise is asked for, where nothing else is said."""
SORTS = (
    (WorklistSort.RANK.value, "best first"),
    (WorklistSort.WORTH.value, "worth most"),
    (WorklistSort.OVERDUE.value, "most overdue"),
    (WorklistSort.OPEN.value, "most open"),
    (WorklistSort.DAYS_LATE.value, "longest late"),
    (WorklistSort.CUSTOMER.value, "by number"),
)
RESULTS = (("reached", "Reached"), ("no_answer", "No answer"), ("will_check", "Will check"), ("refused", "Won't pay"))


class NothingPromised(Invalid):
    """A promise names what will be paid."""

    def __init__(self, code: str) -> None:
        """Name the customer."""
        super().__init__(f"{code} has nothing overdue: tick the items that are promised")


@router.get("")
def whom(
    request: Request,
    read: Read,
    filters: Asked,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    did: Annotated[str, Query(max_length=20)] = "",
    batch: Annotated[int, Query(ge=0, le=ID_MAX)] = 0,
    count: Annotated[int, Query(ge=0, le=ID_MAX)] = 0,
    name: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Show whom to call today, best first; without filters the part somebody chose to open with."""
    views = list_views(read.session, read.actor, Desk.WORKLIST)
    opening = next((view for view in views if view.is_default), None)
    if opening is not None and not request.query_params:
        return RedirectResponse(address("/collect", "", **opening.filters, view=opening.id), HTTPStatus.SEE_OTHER)
    service = service_of(request)
    found, theirs = chosen(service, read, filters)
    rows = found[(page - 1) * CUSTOMERS_A_PAGE : page * CUSTOMERS_A_PAGE]
    ranked = service.worklists.now(read).rows
    codes = [row.customer_code for row in rows]
    since = service.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return draw(
        request,
        "collect.html",
        actor=read.actor,
        as_of=read.as_of,
        rows=rows,
        names=names(read.session, read.company_id, codes),
        owners=theirs,
        found=len(found),
        all=len(ranked),
        filters=filters,
        sorts=SORTS,
        pairs=lambda values: [(value, value) for value in values],
        views=views,
        current=next((view for view in views if view.filters == filters.told), None),
        colleagues=holders(read.session, read.company_id, Duty.COLLECT),
        currencies=sorted({row.currency for row in ranked}),
        noted=count_noted(read.session, read.company_id, read.actor.user_id, since),
        mine=sum(theirs.get(row.customer_code) == read.actor.name for row in ranked),
        page=page,
        pages=-(-len(found) // CUSTOMERS_A_PAGE),
        did=did,
        batch=batch,
        count=count,
        name=name,
    )


@dataclass(frozen=True)
class Owed:
    """An open item with when it is expected to be paid."""

    item: Any
    days_late: int
    timing: Any
    """The stored prediction; None without one."""
    promised: str
    """How its newest promise stands; empty without one."""
    disputed_minor: int


@router.get("/{code}")
def customer(
    request: Request, read: Read, code: str, filters: Asked, did: Annotated[str, Query(max_length=20)] = ""
) -> Response:
    """Show one customer: what is open and expected, how old, and what happened so far. Raises UnknownCustomer."""
    known = get_customer(read.session, read.company_id, code)
    items = items_of_customer(read.session, read.company_id, read.as_of, known.customer_id)
    ranked, theirs = chosen(service_of(request), read, filters, around=code)
    before, after = _beside(ranked, code)
    credit = credit_by_customer(read.session, read.company_id, read.as_of, [known.customer_id])
    return draw(
        request,
        "customer.html",
        actor=read.actor,
        as_of=read.as_of,
        customer=known,
        owed=_owed(read, items[:ITEMS_SHOWN]),
        more=max(len(items) - ITEMS_SHOWN, 0),
        aging=_aging(items, read.as_of),
        buckets=bucket_names(BUCKETS),
        credit={currency: minor for (_, currency), minor in credit.items()},
        events=timeline(read.session, read.company_id, known.customer_id, read.as_of),
        place=next((row for row in ranked if row.customer_code == code), None),
        previous=before,
        following=after,
        owner=theirs.get(code, ""),
        back=filters.query,
        results=RESULTS,
        promise_until=read.as_of + timedelta(days=PROMISE_DAYS),
        did=did,
    )


def _beside(ranked: list[WorklistRow], code: str) -> tuple[str, str]:
    """The customers before and after on the list; off the list, the first of it comes after. Empty where none is."""
    codes = list(dict.fromkeys(row.customer_code for row in ranked))
    place = codes.index(code) if code in codes else -1
    before, after = codes[: max(place, 0)], codes[place + 1 :]
    return before[-1] if before else "", after[0] if after else ""


def _owed(read: Read, items: list[Any]) -> list[Owed]:
    timings = timings_of_items(read.session, read.company_id, read.as_of, [item.id for item in items])
    tolerance = Strategy().promise_tolerance_days
    promises = promises_as_of(read.session, read.company_id, read.as_of, tolerance)
    disputed = disputed_as_of(read.session, read.company_id, read.as_of)
    rows = []
    for item in items:
        seen, told = timings.get(item.id), promises.get(item.id)
        said = "" if told is None else f"{told[0].value.replace('_', ' ')}, for {told[1]}"
        late = (read.as_of - item.due_date).days
        rows.append(Owed(item, late, seen, said, disputed.get(item.id, 0)))
    return rows


def _aging(items: list[Any], as_of: date) -> dict[str, list[int]]:
    """Currency → open by age, in the order of the buckets' names."""
    sums: dict[str, list[int]] = {}
    for item in items:
        row = sums.setdefault(item.currency, [0] * (len(BUCKETS) + 2))
        late = (as_of - item.due_date).days
        row[0 if late <= 0 else 1 + sum(late > end for end in BUCKETS)] += item.left_minor
    return sums


@router.post("/{code}/contact", dependencies=[takes(Duty.COLLECT)])
def log_contact(
    act: Doing,
    code: str,
    result: Annotated[str, Form(min_length=1, max_length=100)],
    kind: Annotated[str, Form(min_length=1, max_length=100)] = "phone",
    note: Annotated[str, Form(max_length=1000)] = "",
    back: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Note a contact; the customer is left alone for some days."""
    known = get_customer(act.session, act.actor.company_id, code)
    made = NewActivity(known.customer_id, act.as_of, kind, result, note.strip())
    contact(act.session, act.actor, activities=[made])
    return done(act, f"/collect/{code}", back, did="contact")


@router.post("/{code}/promise", dependencies=[takes(Duty.COLLECT)])
def take_promise(
    act: Doing,
    code: str,
    until: Annotated[date, Form()],
    item: Annotated[list[int], Form(max_length=ITEMS_SHOWN)] = [],  # noqa: B006 - read only
    back: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """Note that the items ticked are promised for a day; all that is overdue, where none is ticked."""
    known = get_customer(act.session, act.actor.company_id, code)
    items = items_of_customer(act.session, act.actor.company_id, act.as_of, known.customer_id)
    meant = [one for one in items if (one.id in item if item else one.due_date < act.as_of)]
    if not meant:
        raise NothingPromised(code)
    told = [NewPromise(one.id, act.as_of, until, one.left_minor, one.currency) for one in meant]
    promise(act.session, act.actor, promises=told)
    return done(act, f"/collect/{code}", back, did="promise")
