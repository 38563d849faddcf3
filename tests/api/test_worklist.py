"""The worklist and the sums that are kept between requests are always those of the books as they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from o2c_ai.api import app, ranking, standing
from o2c_ai.api.dependencies import Reading, Service
from o2c_ai.api.following import Followed
from o2c_ai.api.security import Passwords
from o2c_ai.api.standing import Standing
from o2c_ai.api.warming import warm
from o2c_ai.core.assignments.actions import assign
from o2c_ai.core.cash_application.actions import book, undo
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.collections.actions import contact, promise
from o2c_ai.core.collections.queries import exposures
from o2c_ai.core.collections.rules import NewActivity, NewPromise, Strategy
from o2c_ai.core.database import Store
from o2c_ai.core.disputes.actions import record, settle
from o2c_ai.core.disputes.queries import lock_dispute, page_disputes
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute
from o2c_ai.core.invoices.actions import amend, reverse
from o2c_ai.core.invoices.rules import Amendment
from o2c_ai.core.key_figures.queries import promises_by_day
from o2c_ai.core.ledger.queries import Counts, role_balances
from o2c_ai.core.ledger.rules import AccountRole
from o2c_ai.core.money import Money
from o2c_ai.core.payments.actions import identify, receive_by_hand
from o2c_ai.core.payments.rules import ReceiptMethod
from o2c_ai.core.people.actions import create_user
from o2c_ai.core.people.rules import Role
from o2c_ai.core.reporting.queries import open_by_age
from o2c_ai.core.suggestions.rules import Part, Reason
from o2c_ai.core.timings.actions import store_timings
from o2c_ai.core.timings.rules import Timing
from o2c_ai.jobs.worklist import worklist
from o2c_ai.settings import Settings
from tests.books import DAY, Books
from tests.core.work import receipt

TODAY = DAY + timedelta(days=40)
CUSTOMERS = 6


class Work:
    """Overdue items of six customers, and acts on one or two of them."""

    def __init__(self, books: Books) -> None:
        self.books, self.session, self.actor = books, books.session, books.actor
        self.items = [books.invoice(f"INV-{n}", f"{100 + n}.00", customer=f"C{n}") for n in range(CUSTOMERS)]
        self.customers = [books.customer(f"C{n}") for n in range(CUSTOMERS)]
        self.lines: list[int] = []

    def call(self) -> None:
        contact(self.session, self.actor, activities=[NewActivity(self.customers[0], TODAY, "call", "", "")])

    def promise(self) -> None:
        told = NewPromise(self.items[1], TODAY, TODAY + timedelta(days=3), 10_100, "EUR")
        promise(self.session, self.actor, promises=[told])

    def pay(self, *parts: Part) -> None:
        line = self.books.line(f"L{len(self.lines)}", "50.00", on=TODAY)
        book(self.session, self.actor, bookings=[Booking(line, TODAY, parts)], tolerance=None)
        self.lines.append(line)

    def pay_in_part(self) -> None:
        self.pay(Part(5_000, Reason.PARTIAL, self.items[2]))

    def pay_with_a_residual(self) -> None:
        self.pay(Part(5_000, Reason.RESIDUAL, self.items[3]))

    def park(self) -> None:
        self.pay(Part(5_000, Reason.PREPAYMENT, customer_id=self.customers[4]))

    def undo(self) -> None:
        undo(self.session, self.actor, line_ids=self.lines[:1], on=TODAY, reason="wrong")

    def dispute(self) -> None:
        case = (self.customers[5], self.items[5], DisputeKind.DISPUTE, DisputeReason.PRICING, 3_000, "EUR", TODAY)
        record(self.session, self.actor, disputes=[NewDispute(*case, DisputeState.NEW)])

    def settle(self) -> None:
        ((case,), _) = page_disputes(self.session, self.books.company_id, TODAY, kind=DisputeKind.DISPUTE)
        stored = lock_dispute(self.session, self.books.company_id, case.id)
        settle(self.session, self.actor, dispute=stored, state=DisputeState.CLOSED, on=TODAY)

    def take_a_cheque(self) -> None:
        money = Money(1_000, "EUR")
        facts: dict[str, Any] = {"method": ReceiptMethod.CHEQUE, "amount": money, "on": TODAY, "reference": "Q1"}
        receive_by_hand(self.session, self.actor, customer_id=self.customers[0], **facts)

    def take_in(self) -> None:
        self.lines.append(self.books.line("UNKNOWN", "70.00", on=TODAY))

    def identify(self) -> None:
        self._identify(self.customers[2])

    def correct(self) -> None:
        self._identify(self.customers[3])

    def _identify(self, customer: int) -> None:
        credit = receipt(self.books, self.lines[-1])
        identify(self.session, self.actor, credit_item_id=credit, customer_id=customer, on=TODAY)

    def amend(self) -> None:
        later = Amendment("INV-1", TODAY - timedelta(days=1), "")
        amend(self.session, self.actor, amendments=[(self.items[1], later)])

    def cancel(self) -> None:
        reverse(self.session, self.actor, number="INV-4", on=TODAY, reason="never delivered")

    def bill(self) -> None:
        self.books.invoice("INV-NEW", "9999.00", customer="C0")

    def predict(self) -> None:
        days = (TODAY + timedelta(days=1), TODAY + timedelta(days=2), TODAY + timedelta(days=40))
        timings = [Timing(item, (0, 0, 0), days, 0, ()) for item in self.items]
        store_timings(self.session, self.actor, as_of=TODAY, model_version="rules", timings=timings)

    def hire(self) -> None:
        create_user(self.session, self.actor, name="new", roles=[Role.COLLECTOR])


FOLLOWED: tuple[Callable[[Work], None], ...] = (
    Work.call,
    Work.promise,
    Work.dispute,
    Work.settle,
    Work.amend,
    Work.cancel,
    Work.take_a_cheque,
    Work.hire,
)
OTHERS = (Work.pay_in_part, Work.pay_with_a_residual, Work.park, Work.undo, Work.take_in, Work.identify, Work.correct)


def test_after_every_act_the_kept_list_is_the_one_ranked_anew(books: Books) -> None:
    work, kept = Work(books), ranking.Worklists()
    read = Reading(books.session, books.actor, TODAY)
    before = kept.now(read).rows
    changes = 0
    for act in (*FOLLOWED, *OTHERS, Work.bill, Work.predict):
        act(work)
        books.session.flush()
        assert kept.around(read, before[0].customer_code).rows == before
        now = kept.now(read).rows
        assert now == worklist(books.session, books.company_id, as_of=TODAY, strategy=Strategy()), act.__name__
        changes += now != before
        before = now
    assert changes > 9


def test_a_list_that_does_not_tell_of_a_customer_is_ranked_anew(books: Books) -> None:
    kept, read = ranking.Worklists(), Reading(books.session, books.actor, TODAY)
    assert kept.now(read).rows == []
    for code in ("LATER", "OTHER"):
        books.customer(code)
        books.invoice(f"INV-{code}", "900.00", customer=code, due=DAY)
    books.session.flush()

    assert {row.customer_code for row in kept.around(read, "LATER").rows} == {"LATER", "OTHER"}


def test_who_looks_after_whom_is_kept_in_step(books: Books) -> None:
    kept, read = ranking.Worklists(), Reading(books.session, books.actor, TODAY)
    for name in ("carl", "cora"):
        create_user(books.session, books.actor, name=name, roles=[Role.COLLECTOR])
    books.customer("C1")
    assert kept.now(read).owners == {}

    given = assign(books.session, books.actor, customer_codes=["C1"], to="carl", on=DAY)
    assert kept.now(read).owners == {"C1": "carl"}
    books.customer("C2")
    assign(books.session, books.actor, customer_codes=["C1", "C2"], to="cora", on=TODAY)
    before = kept.now(read).owners
    assert before == {"C1": "cora", "C2": "cora"}
    contact(books.session, books.actor, activities=[NewActivity(books.customer("C3"), TODAY, "call", "", "")])

    assert kept.now(read).owners is before
    assert kept.now(replace(read, as_of=DAY)).owners == {"C1": "carl"}
    assert given.count == 1


def test_after_every_act_what_stands_is_what_is_summed_anew(books: Books) -> None:
    work, kept = Work(books), Standing()
    mine, read = (books.session, books.company_id), Reading(books.session, books.actor, TODAY)
    days = (DAY, TODAY)
    seen = [(kept.owed(read), kept.receivables(read, days))]
    kept.promises(read)
    for act in (*FOLLOWED, *OTHERS, Work.bill, Work.predict):
        act(work)
        books.session.flush()
        owed, kept_promises, balances = kept.owed(read), kept.promises(read), kept.receivables(read, days)

        assert owed == open_by_age(*mine, TODAY), act.__name__
        counts = list(promises_by_day(*mine, TODAY).values())
        assert kept_promises == (sum(one for one, _ in counts), sum(of for _, of in counts))
        for day, balance in zip(days, balances, strict=True):
            role = AccountRole.RECEIVABLES
            assert balance == {code: sum_ for (_, code), sum_ in role_balances(*mine, day, role=role).items()}
        seen.append((owed, balances))
    assert sum(one != other for one, other in pairwise(seen)) > 5


def test_an_entry_that_came_late_under_an_earlier_number_is_counted(sqlite_books: Books) -> None:
    """Two who book at once draw numbers in one order and may be done in the other."""
    kept, read = Standing(), Reading(sqlite_books.session, sqlite_books.actor, TODAY)
    with pytest.MonkeyPatch.context() as earlier:
        earlier.setattr(standing, "count_entries", lambda *_: Counts(0, 0, 0))
        assert kept.receivables(read, [TODAY]) == [{}]
    for number in range(2):
        sqlite_books.invoice(f"INV-{number}", "100.00")
    with pytest.MonkeyPatch.context() as later:
        # The second of the two is done, the first is not there yet.
        later.setattr(standing, "count_entries", lambda *_: Counts(0, 1, 2))
        later.setattr(standing, "changes_since", lambda *_, **__: [("EUR", DAY, 10_000)])
        assert kept.receivables(read, [TODAY]) == [{"EUR": 10_000}]

    assert kept.receivables(read, [TODAY]) == [{"EUR": 20_000}]


def test_only_the_customers_of_an_act_are_looked_at_again(sqlite_books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    work, kept = Work(sqlite_books), ranking.Worklists()
    read = Reading(sqlite_books.session, sqlite_books.actor, TODAY)
    lines = [sqlite_books.line(f"WAITS-{n}", "50.00", on=TODAY) for n in range(2)]
    kept.now(read)
    asked: list[Collection[int] | None] = []

    def noted(*args: Any, customer_ids: Collection[int] | None) -> Any:  # noqa: ANN401 - passed on
        asked.append(customer_ids)
        return exposures(*args, customer_ids=customer_ids)

    monkeypatch.setattr(ranking, "exposures", noted)
    parts = Part(5_000, Reason.PARTIAL, work.items[2]), Part(5_000, Reason.PREPAYMENT, customer_id=work.customers[3])
    for line, part in zip(lines, parts, strict=True):
        book(work.session, work.actor, bookings=[Booking(line, TODAY, (part,))], tolerance=None)
        kept.now(read)
    undo(work.session, work.actor, line_ids=lines[:1], on=TODAY, reason="wrong")
    kept.now(read)
    for act in FOLLOWED:
        act(work)
        kept.now(read)

    assert [None if ids is None else len(ids) for ids in asked] == [1] * (3 + len(FOLLOWED) - 1)


def test_once_the_service_is_warm_the_first_who_looks_waits_for_nothing(
    sqlite_books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    sqlite_books.invoice("INV-1", "100.00", customer="C1")
    sqlite_books.session.commit()
    store = Store(str(sqlite_books.session.get_bind().engine.url))
    service = Service(Settings(today=TODAY), store, Passwords(8, 1))
    warm(service)
    monkeypatch.setattr(Followed, "_followed", None)
    read = Reading(sqlite_books.session, sqlite_books.actor, TODAY)
    for asked in (service.worklists._exposures, service.standing._owed, service.standing._promises):  # noqa: SLF001 - what it asks of the books
        monkeypatch.setattr(asked, "_ask", None)

    assert [row.customer_code for row in service.worklists.now(read).rows] == ["C1"]
    assert service.standing.owed(read) == open_by_age(sqlite_books.session, sqlite_books.company_id, TODAY)
    assert service.standing.promises(read) == (0, 0)
    store.dispose()


def test_a_service_that_could_not_be_warmed_runs_all_the_same_and_notes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_service: Service) -> None:
        raise RuntimeError("Muster GmbH")

    monkeypatch.setattr(app, "warm", broken)

    with TestClient(app.create_app(Settings(data_dir=tmp_path, today=TODAY))) as client:
        assert client.get("/health").status_code == 200

    assert [json.loads(line)["error"] for line in caplog.messages if "warming" in line] == ["RuntimeError"]
    assert "Muster" not in caplog.text
