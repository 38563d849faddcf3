"""Predictions, forecasts and worklists as jobs: kept once, asked of the past, and harmless to repeat."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.collections.rules import Strategy
from o2c_ai.core.forecasts.actions import plan_flows
from o2c_ai.core.forecasts.queries import list_runs, weeks_of_run
from o2c_ai.core.forecasts.rules import ForecastWeek, PlannedFlow
from o2c_ai.core.suggestions.rules import Part, Policy, Reason
from o2c_ai.core.timings.queries import latest_timings
from o2c_ai.jobs import backtest, forecast_cash, runs, score_open_items, train, train_timing, worklist
from o2c_ai.models.registry import Registry
from tests.books import DAY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.books import Books

MONDAY = date(2025, 6, 2)


def sell(books: Books, weeks: int, *, late: int = 3) -> None:
    """An invoice a week, due in fourteen days and paid some days after; the last two are still open."""
    for week in range(weeks):
        issued = DAY - timedelta(weeks=weeks - week)
        due = issued + timedelta(days=14)
        item = books.invoice(f"INV-{week}", "100.00", issued=issued, due=due)
        if week < weeks - 2:
            paid_on = due + timedelta(days=late)
            line = books.line(f"L{week}", "100.00", on=min(paid_on, DAY))
            booking = Booking(line, min(paid_on, DAY), (Part(10_000, open_item_id=item),))
            book(books.session, books.actor, bookings=[booking])


def test_predictions_are_made_of_what_is_open_and_kept_once(books: Books) -> None:
    sell(books, 12)

    scored = score_open_items.score(books.session, books.company_id, as_of=DAY)

    assert scored.frame["number"].tolist() == ["INV-10", "INV-11"]
    assert score_open_items.store(books.session, books.actor, as_of=DAY, scored=scored) == 2
    assert score_open_items.store(books.session, books.actor, as_of=DAY, scored=scored) == 0
    kept = latest_timings(books.session, books.company_id, DAY)
    rows = score_open_items.prediction_rows(scored)
    assert [[kept_day.isoformat() for kept_day in (one.p10, one.p50, one.p90)] for one in kept] == [
        list(row[5:8]) for row in rows
    ]
    assert [f"{one.p_late_ppm / 1_000_000:.6f}" for one in kept] == [row[2] for row in rows]
    assert rows[0][0:2] == ("INV-10", "C1")


def test_books_without_open_items_have_no_predictions(books: Books) -> None:
    scored = score_open_items.score(books.session, books.company_id, as_of=DAY)

    assert score_open_items.prediction_rows(scored) == []
    assert score_open_items.store(books.session, books.actor, as_of=DAY, scored=scored) == 0


def test_a_forecast_is_kept_as_it_was_made(books: Books) -> None:
    sell(books, 12)
    rent = books.line("RENT", "-25.00", on=DAY)
    book(books.session, books.actor, bookings=[Booking(rent, DAY, (Part(-2_500, Reason.NOT_AR),))])
    plan_flows(books.session, books.actor, flows=[PlannedFlow(2, MONDAY, "EUR", -90_000, "payroll")])

    made = forecast_cash.forecast(books.session, books.company_id, as_of=DAY, weeks=3)
    number = forecast_cash.store(books.session, books.actor, as_of=DAY, made=made)

    assert [week.week_start for week in made.weeks] == [MONDAY + timedelta(weeks=week) for week in range(3)]
    assert weeks_of_run(books.session, books.company_id, number) == made.weeks
    assert list_runs(books.session, books.company_id) == [(number, DAY, "rules")]
    first, second = (week.outflow_minor or 0 for week in made.weeks[:2])
    assert first - second == 90_000
    assert made.before_minor == {"EUR": 0}  # asked on a Sunday


def test_rows_of_a_forecast_leave_empty_what_is_not_known() -> None:
    week = ForecastWeek(MONDAY, "JPY", 300, 100, 500, 200, 100, 0, None, None, None)

    assert forecast_cash.forecast_rows([week]) == [
        ("2025-06-02", "JPY", "300", "100", "500", "200", "100", "0", "", "", "")
    ]


def test_the_worklist_counts_in_full_what_is_due_and_was_never_predicted(books: Books) -> None:
    books.invoice("DUE", "100.00", issued=DAY - timedelta(days=60), due=DAY - timedelta(days=30))

    (row,) = worklist.worklist(books.session, books.company_id, as_of=DAY, strategy=Strategy())

    assert (row.customer_code, row.overdue_minor, row.expected_value_minor) == ("C1", 10_000, 2_000)
    assert worklist.worklist_rows([row])[0][:7] == (1, "C1", "20.00", "100.00", "100.00", "EUR", "20.00")


def test_a_backtest_learns_nothing_after_its_cutoff(books: Books) -> None:
    sell(books, 12)
    cutoff = DAY - timedelta(weeks=6)
    before = backtest.backtest_timing(books.session, books.company_id, cutoff=cutoff, days=14)

    odd = books.invoice("ODD", "100.00", issued=cutoff + timedelta(days=1), due=cutoff + timedelta(days=2))
    line = books.line("ODD", "100.00", on=DAY)
    book(books.session, books.actor, bookings=[Booking(line, DAY, (Part(10_000, open_item_id=odd),))])
    after = backtest.backtest_timing(books.session, books.company_id, cutoff=cutoff, days=14)

    assert [row for row in after if row[1] != "ODD"] == before
    assert [row[0] for row in before] == [(DAY - timedelta(weeks=week)).isoformat() for week in (5, 4)]


def test_a_backtest_of_forecasts_names_the_day_each_was_made(books: Books) -> None:
    sell(books, 12)
    days = list[str]()

    rows = backtest.backtest_forecast(
        books.session,
        books.company_id,
        first=DAY - timedelta(days=10),
        last=DAY,
        every=5,
        weeks=1,
        progress=days.append,
    )

    told = ["2025-05-22", "2025-05-27", "2025-06-01"]
    assert [row[0] for row in rows] == told
    assert days == [f"as of {day}" for day in told]


def test_history_of_a_few_payments_is_not_measured(books: Books, tmp_path: Path) -> None:
    sell(books, 12)
    registry = Registry(tmp_path, "main", "payment-timing")

    told = train_timing.measure_timing(books.session, books.company_id, as_of=DAY, registry=registry)

    assert told == {"serving": "rules", "versions": {}, "measured": "no: 10 paid items, 50 are needed"}


def test_rules_without_history_have_no_rates(books: Books, tmp_path: Path) -> None:
    stages, registry = list[str](), Registry(tmp_path, "main", "remittance-matching")

    told = train.measure_matching(
        books.session, books.company_id, as_of=DAY, policy=Policy(), registry=registry, progress=stages.append
    )

    assert told == {"serving": "rules", "versions": {}, "rules": {}}
    assert stages == ["reading the books", "replaying history"]


def test_jobs_of_the_clock_are_harmless_to_repeat(books: Books) -> None:
    sell(books, 12)
    books.line("NEW", "100.00", on=DAY)
    session, actor = books.session, books.actor

    assert runs.suggest_matches(session, actor, as_of=DAY, policy=Policy()) == {"suggested": 1, "known": 0}
    assert runs.suggest_matches(session, actor, as_of=DAY, policy=Policy()) == {"suggested": 0, "known": 1}
    assert runs.score(session, actor, as_of=DAY) == {"open_items": 2, "stored": 2}
    assert runs.score(session, actor, as_of=DAY) == {"open_items": 2, "stored": 0}
    assert runs.forecast(session, actor, as_of=DAY) == {"stored": runs.WEEKS}
    assert runs.forecast(session, actor, as_of=DAY) == {"stored": 0}
