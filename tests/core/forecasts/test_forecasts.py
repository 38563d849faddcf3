"""Forecast runs are kept as they were made, planned flows are noted once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.forecasts.actions import plan_flows, store_run
from o2c_ai.core.forecasts.queries import (
    flows_to_come,
    list_runs,
    list_scenarios,
    planned_flows,
    told_weeks,
    weeks_of_run,
)
from o2c_ai.core.forecasts.rules import (
    Accuracy,
    ForecastWeek,
    PlannedFlow,
    Shortfall,
    ToldWeek,
    accuracy,
    shortfalls,
)
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


def test_a_flow_is_to_come_from_the_day_it_was_planned_until_it_moves(books: Books) -> None:
    noted = LATER - timedelta(days=2)
    flows = [PlannedFlow(2, LATER, "EUR", -500, "rent"), PlannedFlow(3, LATER, "USD", -7, "loan", noted)]
    plan_flows(books.session, books.actor, flows=[*flows, PlannedFlow(4, LATER, "USD", -7, "loan", DAY)])

    days = (DAY, noted, LATER)
    told = [[row[1] for row in flows_to_come(books.session, books.company_id, on)] for on in days]
    assert told == [["EUR"], ["EUR", "USD"], []]


def test_a_collector_neither_plans_nor_forecasts(sqlite_books: Books) -> None:
    carl = collector(sqlite_books)
    with refused(sqlite_books, NotYourDuty):
        plan_flows(sqlite_books.session, carl, flows=[])
    with refused(sqlite_books, NotYourDuty):
        store_run(sqlite_books.session, carl, as_of=DAY, model_version="rules", weeks=[])


def test_a_scenario_is_kept_apart_from_forecasts(books: Books) -> None:
    week = ForecastWeek(MONDAY, "EUR", 100, 80, 120, 90, 10, None, None, None, None)
    supposed = "late shock of 7 days"
    number = store_run(books.session, books.actor, as_of=DAY, model_version="rules", weeks=[week], scenario=supposed)

    assert list_runs(books.session, books.company_id) == []
    assert told_weeks(books.session, books.company_id, DAY) == []
    assert list_scenarios(books.session, books.company_id) == [(number, DAY, supposed)]


def test_what_was_told_of_a_week_is_the_newest_forecast_of_each_day(books: Books) -> None:
    for expected, on in ((100, DAY), (200, DAY), (300, LATER)):
        week = ForecastWeek(MONDAY, "EUR", expected, 80, 320, 90, 10, None, None, None, None, expected + 1)
        store_run(books.session, books.actor, as_of=on, model_version="v1", weeks=[week])

    told = [ToldWeek(on, "v1", MONDAY, "EUR", at, 80, 320, at + 1) for at, on in ((200, DAY), (300, LATER))]
    assert told_weeks(books.session, books.company_id, LATER) == told
    assert told_weeks(books.session, books.company_id, DAY) == told[:1]


def test_forecasts_are_held_against_weeks_that_have_ended() -> None:
    friday = MONDAY - timedelta(days=3)
    told = [ToldWeek(friday, "v1", MONDAY + timedelta(weeks=week), "EUR", 100, 80, 120, None) for week in range(3)]
    told += [ToldWeek(friday - timedelta(weeks=1), "v1", MONDAY, "EUR", 70, 60, 80, None)]
    received = {("EUR", MONDAY): 90, ("EUR", MONDAY + timedelta(weeks=1)): 150, ("USD", MONDAY): 1}

    found = accuracy(told, received, MONDAY + timedelta(days=13))

    assert found == [Accuracy("EUR", 1, 1, 100, 90, 10, 1), Accuracy("EUR", 2, 2, 170, 240, 70, 0)]
    assert accuracy(told, received, MONDAY + timedelta(days=5)) == []
    assert [row.actual_minor for row in accuracy(told, {}, MONDAY + timedelta(days=6))] == [0, 0]


def test_a_shortfall_is_the_first_week_under_the_minimum() -> None:
    def week(number: int, closing: int | None, low: int | None, currency: str = "EUR") -> ForecastWeek:
        start = MONDAY + timedelta(weeks=number)
        return ForecastWeek(start, currency, 0, 0, 0, 0, 0, 0, 0, closing, low)

    weeks = [week(0, 90, 60), week(1, 70, 40), week(2, 40, 20), week(3, 30, 10), week(0, 5, 1, "USD")]

    second, third = MONDAY + timedelta(weeks=1), MONDAY + timedelta(weeks=2)
    assert shortfalls(weeks, {"EUR": 50}) == [
        Shortfall(third, "EUR", 40, 50, is_expected=True),
        Shortfall(second, "EUR", 40, 50, is_expected=False),
    ]
    assert shortfalls([week(0, None, None)], {"EUR": 50}) == []
    assert shortfalls(weeks, {}) == []
