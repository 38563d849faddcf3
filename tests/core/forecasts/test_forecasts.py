"""Forecast runs are kept as they were made, planned flows are noted once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core.forecasts.actions import plan_flows, store_run
from o2c_ai.core.forecasts.queries import list_runs, planned_flows, weeks_of_run
from o2c_ai.core.forecasts.rules import ForecastWeek, PlannedFlow
from o2c_ai.core.people.rules import NotYourDuty
from tests.books import DAY
from tests.core.work import LATER, collector
from tests.laws import refused

if TYPE_CHECKING:
    from tests.books import Books

MONDAY = date(2025, 6, 9)


def test_a_run_is_read_as_it_was_made(books: Books) -> None:
    weeks = [
        ForecastWeek(MONDAY, "EUR", 100, 80, 120, 90, 10, None, None, None, None),
        ForecastWeek(MONDAY, "USD", 7, 6, 8, 7, 0, 1, 2, 3, 4),
    ]
    number = store_run(books.session, books.actor, as_of=DAY, model_version="rules", weeks=weeks)

    assert list_runs(books.session, books.company_id) == [(number, DAY, "rules")]
    assert weeks_of_run(books.session, books.company_id, number) == weeks


def test_a_planned_flow_is_noted_once(books: Books) -> None:
    flows = [PlannedFlow(2, LATER, "EUR", -500, "rent"), PlannedFlow(3, DAY, "EUR", -500, "rent")]
    assert plan_flows(books.session, books.actor, flows=[*flows, flows[0]]) == 2
    assert plan_flows(books.session, books.actor, flows=flows) == 0
    assert planned_flows(books.session, books.company_id) == [(DAY, "EUR", -500, "rent"), (LATER, "EUR", -500, "rent")]


def test_a_collector_neither_plans_nor_forecasts(sqlite_books: Books) -> None:
    carl = collector(sqlite_books)
    with refused(sqlite_books, NotYourDuty):
        plan_flows(sqlite_books.session, carl, flows=[])
    with refused(sqlite_books, NotYourDuty):
        store_run(sqlite_books.session, carl, as_of=DAY, model_version="rules", weeks=[])
