"""Predictions, forecasts and worklists as jobs: kept once, asked of the past, and harmless to repeat."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

import pytest

from o2c_ai.core.balances.actions import state_balance
from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.collections.rules import Strategy
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.disputes import actions as disputes
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute
from o2c_ai.core.errors import BadInput
from o2c_ai.core.forecasts.actions import plan_flows, store_run
from o2c_ai.core.forecasts.queries import list_runs, list_scenarios, weeks_of_run
from o2c_ai.core.forecasts.rules import ForecastWeek, PlannedFlow
from o2c_ai.core.job_runs.rules import Job, Order
from o2c_ai.core.money import Money
from o2c_ai.core.payments.actions import bank_account
from o2c_ai.core.suggestions.rules import Part, Policy, Reason
from o2c_ai.core.timings.queries import latest_timings
from o2c_ai.jobs import backtest, forecast_cash, runs, score_open_items, train, train_timing, worklist
from o2c_ai.jobs.report import REPORTS, received_by_week
from o2c_ai.jobs.versions import LearnedTimingVersion
from o2c_ai.models.payment_timing.baseline import EmpiricalTiming
from o2c_ai.models.payment_timing.days import day_number
from o2c_ai.models.payment_timing.estimator import Learnt
from o2c_ai.models.registry import Registry
from tests.books import DAY
from tests.jobs.working import work_on

if TYPE_CHECKING:
    from pathlib import Path

    from o2c_ai.models.cash_forecast.past import Told
    from o2c_ai.models.payment_timing.judges import TimingJudge
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
    assert {week.closing_cash_minor for week in made.weeks} == {None}  # no balance was ever said
    assert made.before_minor == {"EUR": 0}  # asked on a Sunday


def test_a_learned_version_tells_of_today_and_never_of_days_it_may_have_learnt_from(
    sqlite_books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    sell(sqlite_books, 20)
    version = LearnedTimingVersion("2025-06-01.1", Learnt((), cast("TimingJudge", None), ()))
    asked = list[LearnedTimingVersion | None]()

    def rules_instead(timing: LearnedTimingVersion | None) -> EmpiricalTiming:
        asked.append(timing)
        return EmpiricalTiming()

    monkeypatch.setattr(forecast_cash, "timing_model", rules_instead)

    made = forecast_cash.forecast(sqlite_books.session, sqlite_books.company_id, as_of=DAY, weeks=3, timing=version)

    assert made.model_version == version.version
    assert asked[0] is version
    assert set(asked[1:]) == {None}


def test_what_was_told_on_a_day_is_recalled_and_not_made_again(sqlite_books: Books) -> None:
    sell(sqlite_books, 20)
    week_ago = DAY - timedelta(weeks=1)
    made = forecast_cash.forecast(sqlite_books.session, sqlite_books.company_id, as_of=week_ago, weeks=3)
    odd = [replace(week, bottom_up_minor=77) for week in made.weeks]
    forecast_cash.store(sqlite_books.session, sqlite_books.actor, as_of=week_ago, made=replace(made, weeks=odd))
    told: dict[int, Told] = {}

    forecast_cash.forecast(sqlite_books.session, sqlite_books.company_id, as_of=DAY, weeks=3, told=told)

    assert told[day_number(week_ago)].by_method[0].tolist() == [[77, 77, 77]]
    assert told[day_number(week_ago) - 7].by_method[0].tolist() != [[77, 77, 77]]


def test_a_run_of_fewer_weeks_or_of_another_kind_of_model_is_not_recalled(sqlite_books: Books) -> None:
    sell(sqlite_books, 20)
    week_ago = DAY - timedelta(weeks=1)
    made = forecast_cash.forecast(sqlite_books.session, sqlite_books.company_id, as_of=week_ago, weeks=3)
    odd = [replace(week, bottom_up_minor=77) for week in made.weeks]
    learned = replace(made, weeks=odd, model_version="2025-01-01.1")
    forecast_cash.store(sqlite_books.session, sqlite_books.actor, as_of=week_ago, made=learned)
    short = replace(made, weeks=odd[:1])
    forecast_cash.store(sqlite_books.session, sqlite_books.actor, as_of=week_ago - timedelta(weeks=1), made=short)
    told: dict[int, Told] = {}

    forecast_cash.forecast(sqlite_books.session, sqlite_books.company_id, as_of=DAY, weeks=3, told=told)

    assert 77 not in {minor for one in told.values() for minor in one.by_method[0].ravel()}


def test_a_supposition_is_kept_as_a_scenario_and_is_no_forecast(books: Books) -> None:
    sell(books, 12)
    supposed = forecast_cash.Supposition(late_days=14, without="C1")

    made = forecast_cash.forecast(books.session, books.company_id, as_of=DAY, weeks=3, supposed=supposed)
    number = forecast_cash.store(books.session, books.actor, as_of=DAY, made=made)

    assert [week.expected_minor for week in made.weeks] == [0, 0, 0]
    assert list_runs(books.session, books.company_id) == []
    kept = (number, DAY, "late shock of 14 days, without C1")
    assert list_scenarios(books.session, books.company_id) == [kept]


def test_nobody_supposes_to_be_without_a_stranger(books: Books) -> None:
    sell(books, 2)
    with pytest.raises(UnknownCustomer):
        forecast_cash.forecast(
            books.session, books.company_id, as_of=DAY, weeks=1, supposed=forecast_cash.Supposition(without="C9")
        )


def test_money_in_dispute_is_said_and_not_counted_on(books: Books) -> None:
    item_id = books.invoice("INV-1", "100.00")
    kind, reason = DisputeKind.DISPUTE, DisputeReason.PRICING
    case = NewDispute(books.customer(), item_id, kind, reason, 10_000, "EUR", DAY, DisputeState.NEW)
    disputes.record(books.session, books.actor, disputes=[case])

    made = forecast_cash.forecast(books.session, books.company_id, as_of=DAY, weeks=3)

    assert forecast_cash.beside(made)["in_dispute_and_not_counted_on"] == {"EUR": "100.00"}
    assert {week.from_open_items_minor for week in made.weeks} == {0}


def test_closing_cash_starts_from_the_balance_and_is_warned_of(books: Books) -> None:
    sell(books, 12)
    account, _ = bank_account(books.session, books.actor, account="BANK")
    state_balance(books.session, books.actor, bank_account_id=account, balance=Money(50_000, "EUR"), on=DAY)
    plan_flows(books.session, books.actor, flows=[PlannedFlow(2, MONDAY, "EUR", -60_000, "payroll")])

    weeks = forecast_cash.forecast(books.session, books.company_id, as_of=DAY, weeks=2).weeks

    first = weeks[0]
    assert first.closing_cash_minor == 50_000 + first.expected_minor - 60_000
    (expected, likely) = forecast_cash.warnings(weeks, {"EUR": 5_000})
    assert expected.startswith("closing cash is expected to be")
    assert likely.startswith("closing cash has one chance in ten to be")
    assert forecast_cash.warnings(weeks, {"EUR": -100_000}) == []


def test_a_minimum_of_a_currency_whose_cash_is_not_known_is_said_to_be_unknown(books: Books) -> None:
    sell(books, 12)
    weeks = forecast_cash.forecast(books.session, books.company_id, as_of=DAY, weeks=1).weeks

    needs = "it takes a bank balance, and eight weeks of statements or a planned flow"
    assert forecast_cash.warnings(weeks, forecast_cash.read_minimum("EUR=5,JPY=7")) == [
        f"closing cash in EUR is unknown: {needs}",
        f"closing cash in JPY is unknown: {needs}",
    ]


def test_money_held_in_a_currency_nothing_is_invoiced_in_has_a_position(books: Books) -> None:
    sell(books, 3)
    account, _ = bank_account(books.session, books.actor, account="DOLLARS")
    state_balance(books.session, books.actor, bank_account_id=account, balance=Money(100_000, "USD"), on=DAY)
    plan_flows(books.session, books.actor, flows=[PlannedFlow(2, MONDAY, "USD", -90_000, "loan")])

    weeks = forecast_cash.forecast(books.session, books.company_id, as_of=DAY, weeks=2).weeks

    dollars = [week for week in weeks if week.currency == "USD"]
    assert [week.closing_cash_minor for week in dollars] == [10_000, 10_000]
    assert {(week.expected_minor, week.p90_minor) for week in dollars} == {(0, 0)}
    assert len(forecast_cash.warnings(weeks, {"USD": 20_000})) == 2


def test_books_without_invoices_still_have_a_cash_position(books: Books) -> None:
    plan_flows(books.session, books.actor, flows=[PlannedFlow(2, MONDAY, "USD", -90_000, "loan")])

    weeks = forecast_cash.forecast(books.session, books.company_id, as_of=DAY, weeks=2).weeks

    assert [(week.currency, week.outflow_minor) for week in weeks] == [("USD", 90_000), ("USD", 0)]


def test_a_forecast_of_an_earlier_day_knows_no_later_plan(books: Books) -> None:
    sell(books, 12)
    flow = PlannedFlow(2, MONDAY + timedelta(weeks=1), "EUR", -90_000, "payroll", DAY)
    plan_flows(books.session, books.actor, flows=[flow])

    early, known = (
        forecast_cash.forecast(books.session, books.company_id, as_of=on, weeks=3).weeks
        for on in (DAY - timedelta(weeks=1), DAY)
    )

    assert [week.outflow_minor for week in early] == [0, 0, 0]
    assert [week.outflow_minor for week in known] == [0, 90_000, 0]


def test_a_minimum_is_read_by_currency() -> None:
    assert forecast_cash.read_minimum(" EUR=50000, JPY=7 ") == {"EUR": 5_000_000, "JPY": 7}
    assert forecast_cash.read_minimum("") == {}
    for slip in ("EUR", "EURO=5", "EUR=5,000"):
        with pytest.raises(BadInput, match="write a currency and an amount"):
            forecast_cash.read_minimum(slip)


def test_forecasts_are_reported_beside_what_came_in(books: Books) -> None:
    sell(books, 12)
    friday = DAY - timedelta(days=9)
    week = ForecastWeek(DAY - timedelta(days=6), "EUR", 12_500, 9_000, 15_000, 12_500, 0, None, None, None, None)
    store_run(books.session, books.actor, as_of=friday, model_version="rules", weeks=[week])

    report = REPORTS["forecast-accuracy"](books.session, books.company_id, DAY)

    received = received_by_week(books.session, books.company_id, DAY)["EUR", week.week_start]
    assert received == 10_000
    assert report.rows == [("EUR", 1, 1, "125.00", "100.00", "25.00 %", "25.00 %", "100.00 %")]


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
    before = backtest.backtest_timing(books.session, books.company_id, cutoff=cutoff, days=14).rows

    odd = books.invoice("ODD", "100.00", issued=cutoff + timedelta(days=1), due=cutoff + timedelta(days=2))
    line = books.line("ODD", "100.00", on=DAY)
    book(books.session, books.actor, bookings=[Booking(line, DAY, (Part(10_000, open_item_id=odd),))])
    after = backtest.backtest_timing(books.session, books.company_id, cutoff=cutoff, days=14).rows

    assert [row for row in after if row[1] != "ODD"] == before
    assert [row[0] for row in before] == [(DAY - timedelta(weeks=week)).isoformat() for week in (5, 4)]


def test_a_backtest_tells_how_it_turned_out_beside_simpler_ways(books: Books) -> None:
    sell(books, 12)

    found = backtest.backtest_timing(books.session, books.company_id, cutoff=DAY - timedelta(weeks=6), days=14)

    assert found.known_until == DAY - timedelta(days=4)
    assert list(found.scores) == ["rules", "pays on the due date", "customer's own rate and median", "day-one model"]
    assert {score.items for score in found.scores.values()} == {2}
    assert (found.scores["pays on the due date"].mae_days, found.scores["rules"].mae_days) == (3.0, 0.0)
    assert found.less["pays on the due date"]["mae_days"].point == -3.0
    assert json.dumps(found.figures())


def test_a_backtest_of_days_without_invoices_has_nothing_to_measure(books: Books) -> None:
    sell(books, 3)

    found = backtest.backtest_timing(books.session, books.company_id, cutoff=DAY, days=14)

    assert (found.rows, found.known_until, found.scores) == ([], None, {})


def test_too_little_history_trains_nothing_for_a_backtest(books: Books) -> None:
    sell(books, 5)

    timing, refusal = backtest.train_frozen(books.session, books.company_id, cutoff=DAY)

    assert timing is None
    assert "paid items" in refusal


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


def test_history_of_a_few_payments_is_neither_learnt_from_nor_measured(books: Books) -> None:
    sell(books, 12)

    learnt = train_timing.learn_timing(books.session, books.company_id, as_of=DAY)

    assert (learnt.trained, learnt.refusal) == (None, "10 paid items, 800 are needed")
    assert learnt.rules == {"measured": "no: 10 paid items, 50 are needed"}


def test_rules_without_history_have_no_rates(books: Books, tmp_path: Path) -> None:
    stages, registry = list[str](), Registry(tmp_path, "main", "remittance-matching")

    learnt = train.learn_matching(books.session, books.company_id, as_of=DAY, policy=Policy(), progress=stages.append)
    told = train.register_matching(books.session, books.actor, as_of=DAY, learnt=learnt, registry=registry)

    assert told == {"serving": "rules", "trained": "no: 0 booked lines with a proposal, 1000 are needed", "rules": {}}
    assert stages[0] == "reading the books"


def test_jobs_of_the_clock_are_harmless_to_repeat(books: Books, tmp_path: Path) -> None:
    sell(books, 12)
    books.line("NEW", "100.00", on=DAY)
    work = work_on(books, tmp_path)
    nights = [runs.run(work, Order(Job.NIGHTLY, DAY)) for _ in range(2)]

    assert nights[0] == {
        "import_inbox": {"files": 0, "new_statement_lines": 0},
        "suggest_matches": {"suggested": 1, "known": 0},
        "score_open_items": {"open_items": 2, "stored": 2},
        "forecast_cash": {"stored": runs.WEEKS},
        "rank_worklist": {"customers_to_touch": 0},
    }
    assert nights[1] == nights[0] | {
        "suggest_matches": {"suggested": 0, "known": 1},
        "score_open_items": {"open_items": 2, "stored": 0},
        "forecast_cash": {"stored": 0},
    }
