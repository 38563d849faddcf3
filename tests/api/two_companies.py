"""Two companies in one database, each with some of everything and a token for each role."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi.testclient import TestClient

from o2c_ai.api.app import create_app
from o2c_ai.api.security import digest_of, new_token
from o2c_ai.core.assignments.actions import assign
from o2c_ai.core.collections.actions import contact
from o2c_ai.core.collections.rules import NewActivity
from o2c_ai.core.database import Store
from o2c_ai.core.disputes.actions import record
from o2c_ai.core.disputes.queries import page_disputes
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute
from o2c_ai.core.documents.actions import keep
from o2c_ai.core.documents.rules import DocumentKind
from o2c_ai.core.forecasts.actions import store_run
from o2c_ai.core.forecasts.rules import ForecastWeek
from o2c_ai.core.job_runs.actions import ask, begin, fail
from o2c_ai.core.job_runs.rules import Job, Order
from o2c_ai.core.ledger.queries import page_entries
from o2c_ai.core.money import Money
from o2c_ai.core.payments.actions import receive_by_hand
from o2c_ai.core.payments.rules import ReceiptMethod
from o2c_ai.core.people.actions import create_user, issue_token
from o2c_ai.core.people.rules import Actor, Role
from o2c_ai.core.suggestions.actions import suggest
from o2c_ai.core.suggestions.rules import Decision, MatchSuggestion, Part, Reason
from o2c_ai.core.timings.actions import store_timings
from o2c_ai.core.timings.rules import Timing
from o2c_ai.core.views.actions import save_view
from o2c_ai.core.views.rules import Desk, NewView
from o2c_ai.core.write_offs.actions import request_write_off
from o2c_ai.settings import Settings
from tests.api.prepared import with_shared_routes
from tests.books import DAY, NOON, Books, open_books

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

TODAY = DAY.replace(day=30)
EVERYTHING = "everything"
"""The token of somebody who holds every role."""


@dataclass
class Side:
    """One company: its mark, which every name of it carries, its ids, and a token for each role."""

    mark: str
    books: Books
    ids: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def client(self, app: FastAPI, role: str = EVERYTHING) -> TestClient:
        """A program's client with the token of a role."""
        return TestClient(app, headers={"Authorization": f"Bearer {self.tokens[role]}"})


@contextmanager
def serve(store: Store, folder: Path) -> Iterator[FastAPI]:
    """The service on a store's database, which it lets go of in the end."""
    url = store.url.render_as_string(hide_password=False)
    settings = Settings(data_dir=folder, database_url=url, today=TODAY, ask_second_factor=False)
    quick = settings.model_copy(update={"password_memory_kib": 8, "password_rounds": 1})
    app = with_shared_routes(create_app(quick))
    yield app
    app.state.service.dispose()


def fill(store: Store, mark: str) -> Side:
    """Open the books of a company that carries its mark everywhere, and put some of everything into them."""
    with store.session() as session:
        side = Side(mark, open_books(store, session, code=mark.lower()))
        _draw_tokens(side)
        _bill(side)
        _pay(side)
        _foresee(side)
        session.commit()
    return side


def _draw_tokens(side: Side) -> None:
    session, admin = side.books.session, side.books.actor
    people: dict[str, Actor] = {EVERYTHING: admin}
    for role in Role:
        people[role.value] = create_user(session, admin, name=f"{side.mark} {role.value}", roles=[role])
    for name, actor in people.items():
        side.tokens[name] = new_token()
        until = NOON.replace(year=2999)
        issue_token(session, actor, digest=digest_of(side.tokens[name]), expires_at=until, label=side.mark)
    side.ids["user"] = create_user(session, admin, name=f"{side.mark} spare", roles=[Role.AUDITOR]).name


def _bill(side: Side) -> None:
    books, mark, ids = side.books, side.mark, side.ids
    ids["code"] = f"{mark} C1"
    ids["customer_id"] = books.customer(ids["code"], f"{mark} GmbH", currency="EUR", email=f"{mark}@example.org")
    for number in range(1, 9):
        name = f"{mark}-{number}"
        ids[f"item {number}"] = books.invoice(name, customer=ids["code"], due=DAY + timedelta(days=number))
    ids["number"] = f"{mark}-1"
    books.invoice(f"{mark}-CM", "-10.00", customer=ids["code"])
    size = (2000, "EUR", DAY)
    case = NewDispute(ids["customer_id"], ids["item 2"], DisputeKind.DISPUTE, DisputeReason.DAMAGE, *size, STATE)
    record(books.session, books.actor, disputes=[case])
    ids["dispute"] = page_disputes(books.session, books.company_id, TODAY)[0][0].id
    contact(books.session, books.actor, activities=[NewActivity(ids["customer_id"], DAY, "call", mark, mark)])
    ids["collector"] = f"{mark} collector"
    ids["batch"] = assign(
        books.session, books.actor, customer_codes=[ids["code"]], to=ids["collector"], on=DAY
    ).batch_id
    late = NewView(f"{mark} late", {"words": mark}, shared=True)
    ids["view"] = save_view(books.session, books.actor, desk=Desk.WORKLIST, new=late).id
    twenty = Money(2000, "EUR")
    ids["approval"] = request_write_off(
        books.session, books.actor, open_item_id=ids["item 3"], amount=twenty, reason=mark, on=DAY
    )


STATE = DisputeState.NEW


def _pay(side: Side) -> None:
    books, mark, ids = side.books, side.mark, side.ids
    for number in (1, 2, 3):
        ids[f"line {number}"] = books.line(
            f"{mark}-L{number}", "100.00", payer_name=f"{mark} GmbH", narrative=f"{mark}-{number}"
        )
    for number in (1, 2):
        part = Part(10000, Reason.FULL, open_item_id=ids[f"item {number + 5}"])
        made = MatchSuggestion(
            ids[f"line {number}"],
            (part,),
            Decision.REVIEW,
            900_000,
            ids["customer_id"],
            (f"{mark} quoted",),
            "rules",
            DAY,
        )
        ids[f"suggestion {number}"] = suggest(books.session, books.actor, suggestions=[made])[0]
    ids["receipt"] = receive_by_hand(
        books.session,
        books.actor,
        customer_id=ids["customer_id"],
        method=ReceiptMethod.CHEQUE,
        amount=Money(50000, "EUR"),
        on=DAY,
        reference=f"{mark} cheque",
    )
    ids["document"] = keep(
        books.session, books.actor, kind=DocumentKind.STATEMENT, name=f"{mark}.xml", content=mark.encode()
    )
    ids["entry"] = page_entries(books.session, books.company_id, TODAY)[0][0].id


def _foresee(side: Side) -> None:
    books, ids = side.books, side.ids
    days: tuple[date, date, date] = (DAY, DAY + timedelta(days=9), DAY + timedelta(days=30))
    timing = Timing(ids["item 1"], (500_000, 200_000, 50_000), days, 2500, (side.mark,))
    store_timings(books.session, books.actor, as_of=TODAY, model_version="rules", timings=[timing])
    week = ForecastWeek(date(2025, 7, 7), "EUR", 100, 50, 200, 60, 40, None, None, None, None)
    ids["job run"] = ask(books.session, books.actor, order=Order(Job.CHECK_DRIFT, DAY))
    begin(books.session, run_id=ids["job run"], at=NOON)
    fail(books.session, run_id=ids["job run"], problem=side.mark, at=NOON)
    ids["run"] = store_run(books.session, books.actor, as_of=TODAY, model_version=side.mark, weeks=[week])
