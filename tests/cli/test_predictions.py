"""`o2c predict`, `forecast`, `worklist`, `backtest`, `features`: what is to come, and never anything before the day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pandas as pd

from tests.cli.terminal import Rows, Terminal, read_rows

if TYPE_CHECKING:
    import pytest

    from o2c_ai.demo.world import World

PREDICTIONS = [
    "invoice_id",
    "customer_id",
    "p_late",
    "p_late_7",
    "p_late_30",
    "p10",
    "p50",
    "p90",
    "expected_days_late",
    "reasons",
    "model_version",
]
FORECAST = [
    "week_start",
    "currency",
    "expected",
    "p10",
    "p90",
    "from_open_items",
    "from_new_business",
    "other_in",
    "outflow",
    "closing_cash",
    "closing_p10",
]
WORKLIST = [
    "rank",
    "customer_id",
    "priority",
    "open_amount",
    "overdue_amount",
    "currency",
    "expected_value",
    "action",
    "reasons",
]


def predictions(terminal: Terminal, world: World) -> Rows:
    return terminal.once("predict", "--as-of", world.end)


def forecast(terminal: Terminal, world: World) -> Rows:
    return terminal.once("forecast", "--as-of", world.end)


def day(text: str) -> date:
    return date.fromisoformat(text)


def open_invoices(world: World, on: date) -> set[str]:
    """Invoices and debit memos the books hold open: what nobody has booked yet is open as well."""
    known = {bill.invoice_id for bill in world.invoices if bill.issue_date <= on and bill.amount_minor > 0}
    cancelled = {bill.invoice_id for bill in world.invoices if bill.cancelled_on and bill.cancelled_on <= on}
    settled = known - cancelled - world.open_amounts(world.history_until).keys()
    late = {bill.invoice_id for bill in world.invoices if bill.issue_date > world.history_until}
    return known - cancelled - (settled - late)


def test_every_open_invoice_has_one_prediction_and_credit_memos_have_none(told: Terminal, world: World) -> None:
    rows = predictions(told, world)

    assert list(rows[0]) == PREDICTIONS
    numbers = [row["invoice_id"] for row in rows]
    assert len(set(numbers)) == len(numbers) > 80
    assert set(numbers) == open_invoices(world, world.end)


def test_payment_dates_ascend_after_the_day_and_end_within_a_year(told: Terminal, world: World) -> None:
    last = world.end + timedelta(days=365)

    for row in predictions(told, world):
        assert world.end < day(row["p10"]) <= day(row["p50"]) <= day(row["p90"]) <= last


def test_the_chance_of_being_late_falls_with_the_days(told: Terminal, world: World) -> None:
    due = {invoice.invoice_id: invoice.due_date for invoice in world.invoices}

    for row in predictions(told, world):
        chances = [float(row[name]) for name in ("p_late", "p_late_7", "p_late_30")]
        assert 1 >= chances[0] >= chances[1] >= chances[2] >= 0
        assert due[row["invoice_id"]] >= world.end or chances[0] == 1  # late already


def test_a_prediction_says_why_and_who_made_it(told: Terminal, world: World) -> None:
    rows = predictions(told, world)

    assert {row["model_version"] for row in rows} == {"rules"}
    assert all(row["reasons"] and row["customer_id"] for row in rows)
    assert all(-400 < float(row["expected_days_late"]) < 800 for row in rows)


def test_predictions_are_kept_once_a_day(o2c: Terminal, world: World) -> None:
    first = o2c.written("predict", "--as-of", world.end)
    kept = o2c.row_counts()["payment_timings"]

    assert o2c.written("predict", "--as-of", world.end, "--model", "rules") == first
    assert o2c.row_counts()["payment_timings"] == kept == first.count(b"\n") - 1


def test_a_forecast_has_thirteen_whole_weeks_of_every_currency(told: Terminal, world: World) -> None:
    rows = forecast(told, world)

    assert list(rows[0]) == FORECAST
    first = world.end + timedelta(days=7 - world.end.weekday())
    assert first > world.end
    weeks = [first + timedelta(weeks=week) for week in range(13)]
    for currency in ("EUR", "JPY", "USD"):
        assert [day(row["week_start"]) for row in rows if row["currency"] == currency] == weeks
    assert len(rows) == 39


def test_the_parts_of_a_week_sum_to_what_is_expected_between_the_tenths(told: Terminal, world: World) -> None:
    for row in forecast(told, world):
        expected = Decimal(row["expected"])
        assert Decimal(row["from_open_items"]) + Decimal(row["from_new_business"]) == expected
        assert 0 <= Decimal(row["p10"]) <= expected <= Decimal(row["p90"])


def test_what_is_not_known_of_a_week_is_empty(told: Terminal, world: World) -> None:
    unknown = ("closing_cash", "closing_p10")  # no bank balance was ever told

    assert {row[name] for row in forecast(told, world) for name in unknown} == {""}


def test_a_forecast_says_what_comes_before_its_first_monday(o2c: Terminal, world: World) -> None:
    sunday = world.end + timedelta(days=6 - world.end.weekday())
    path = o2c.folder / "forecast.csv"

    early = o2c.said("forecast", "--as-of", world.end, "--weeks", 2, "--out", path)
    assert (early["weeks_and_currencies"], early["model_version"]) == (6, "rules")
    assert set(early["expected_before_the_first_monday"]) == {"EUR", "JPY", "USD"}
    assert Decimal(early["expected_before_the_first_monday"]["EUR"]) > 0

    later = o2c.said("forecast", "--as-of", sunday, "--weeks", 1, "--out", path)
    assert {Decimal(amount) for amount in later["expected_before_the_first_monday"].values()} == {Decimal(0)}
    assert {row["week_start"] for row in read_rows(path)} == {(sunday + timedelta(days=1)).isoformat()}
    assert o2c.row_counts()["forecast_weeks"] == 6 + 3


def test_closing_cash_starts_from_a_balance_that_was_stated(sqlite_o2c: Terminal, world: World) -> None:
    path = sqlite_o2c.folder / "forecast.csv"
    stated = sqlite_o2c.said("balance", "--on", world.end, "--amount", "1000.00", "--currency", "EUR")
    assert stated == {"account": "exchange", "balance": "1000.00 EUR", "new": True}

    least = "EUR=99999999,USD=1"
    told = sqlite_o2c.said("forecast", "--as-of", world.end, "--weeks", 2, "--minimum-cash", least, "--out", path)

    known = {row["currency"] for row in read_rows(path) if row["closing_cash"] and row["closing_p10"]}
    assert known == {"EUR"}
    assert [note[:23] for note in told["notes"]] == [
        "closing cash is expecte",
        "closing cash has one ch",
        "closing cash in USD is ",
    ]


def test_suppositions_are_kept_apart_from_the_forecast(sqlite_o2c: Terminal, world: World) -> None:
    customer = world.invoices[-1].customer_id
    path = sqlite_o2c.folder / "forecast.csv"
    asked = ("forecast", "--as-of", world.end, "--weeks", 2, "--out", path)

    sqlite_o2c.ok(*asked)
    plain = read_rows(path)
    answer = sqlite_o2c.ok(*asked, "--late-shock", 30, "--without", customer)

    assert f"supposing late shock of 30 days, without {customer}" in answer.out
    euros = [
        [Decimal(row["from_open_items"]) for row in rows if row["currency"] == "EUR"]
        for rows in (plain, read_rows(path))
    ]
    assert sum(euros[1]) < sum(euros[0])
    later = world.end + timedelta(days=60)
    assert {row["weeks"] for row in sqlite_o2c.said("report", "forecast-accuracy", "--as-of", later)} == {1}


def test_a_minimum_that_cannot_be_read_is_refused(sqlite_o2c: Terminal, world: World) -> None:
    path = sqlite_o2c.folder / "forecast.csv"
    slip = ("forecast", "--as-of", world.end, "--out", path)
    assert "write a currency and an amount" in sqlite_o2c.refused(*slip, "--minimum-cash", "EUR:5")
    assert "write a currency and an amount" in sqlite_o2c.refused(*slip, O2C_MINIMUM_CASH="5")


def test_the_worklist_ranks_every_customer_and_currency_once(told: Terminal, world: World) -> None:
    rows = told.once("worklist", "--as-of", world.end)

    assert list(rows[0]) == WORKLIST
    assert [row["rank"] for row in rows] == [str(place) for place in range(1, len(rows) + 1)]
    assert len({(row["customer_id"], row["currency"]) for row in rows}) == len(rows) >= 10
    assert all(row["action"] and row["reasons"] for row in rows)
    assert all(Decimal(row["overdue_amount"]) <= Decimal(row["open_amount"]) for row in rows)


def test_the_worklist_keeps_the_predictions_it_rests_on(sqlite_o2c: Terminal, world: World) -> None:
    told = sqlite_o2c.said("worklist", "--as-of", world.end, "--out", sqlite_o2c.folder / "worklist.csv")

    assert told["customers"] == len(read_rows(sqlite_o2c.folder / "worklist.csv"))
    assert sqlite_o2c.ask("SELECT DISTINCT as_of FROM payment_timings") == [(world.end.isoformat(),)]


def test_a_backtest_scores_each_new_invoice_on_its_issue_day(seen: Terminal, world: World) -> None:
    cutoff = world.history_until - timedelta(days=40)
    path = seen.folder / "backtest.csv"

    told = seen.said("backtest", "payment-timing", "--cutoff", cutoff, "--days", 20, "--out", path)

    rows = read_rows(path)
    assert list(rows[0]) == ["as_of", *PREDICTIONS]
    assert told["invoices"] == len(rows) > 20
    issued = {invoice.invoice_id: invoice.issue_date for invoice in world.invoices}
    assert all(day(row["as_of"]) == issued[row["invoice_id"]] for row in rows)
    assert {cutoff < day(row["as_of"]) <= cutoff + timedelta(days=20) for row in rows} == {True}
    assert all(day(row["as_of"]) < day(row["p10"]) for row in rows)


def test_a_backtest_measures_simpler_ways_on_the_same_rows(sqlite_seen: Terminal, world: World) -> None:
    cutoff = world.history_until - timedelta(days=25)
    words = ("backtest", "payment-timing", "--cutoff", cutoff, "--days", 10, "--out", sqlite_seen.folder / "b.csv")

    told = sqlite_seen.said(*words, "--train")

    assert told["notes"][0].startswith("not trained, so by the rules: ")
    assert told["model_version"] == "rules"
    assert {"rules", "pays on the due date", "day-one model", "plain LightGBM + history"} <= set(told["scores"])
    assert {score["items"] for score in told["scores"].values()} == {told["invoices"]}
    assert -1 <= told["less"]["pays on the due date"]["brier"]["point"] <= 1


def test_a_backtest_prints_its_scores_as_a_table(sqlite_seen: Terminal, world: World) -> None:
    cutoff = world.history_until - timedelta(days=60)

    words = ("backtest", "payment-timing", "--cutoff", cutoff, "--days", 3, "--out", sqlite_seen.folder / "b.csv")

    said = sqlite_seen.ok(*words).out

    (line,) = (line for line in said.splitlines() if line.strip().startswith("day-one model"))
    assert len(line.split()) == 2 + 8 + 2


def test_a_backtest_takes_a_version_or_trains_one(sqlite_seen: Terminal, world: World) -> None:
    words = ("backtest", "payment-timing", "--cutoff", world.history_until, "--out", sqlite_seen.folder / "b.csv")

    assert "--model" in sqlite_seen.refused(*words, "--train", "--model", "rules")


def test_a_backtest_of_days_without_invoices_is_an_empty_table(sqlite_seen: Terminal, world: World) -> None:
    path = sqlite_seen.folder / "nothing.csv"

    told = sqlite_seen.said("backtest", "payment-timing", "--cutoff", world.end, "--out", path)

    assert told["invoices"] == 0
    assert path.read_text("utf-8") == ",".join(["as_of", *PREDICTIONS]) + "\n"


def test_a_backtest_of_forecasts_repeats_what_was_said_on_each_day(sqlite_o2c: Terminal, world: World) -> None:
    first, last = world.history_until - timedelta(days=15), world.history_until - timedelta(days=1)
    path = sqlite_o2c.folder / "backtest.csv"

    told = sqlite_o2c.said(
        "backtest", "forecast", "--origins", f"{first}:{last}", "--every", 7, "--weeks", 2, "--out", path
    )

    rows = read_rows(path)
    assert list(rows[0]) == ["as_of", *FORECAST]
    assert told["rows"] == len(rows) == 3 * 3 * 2
    origins = sorted({row["as_of"] for row in rows})
    assert [day(text) for text in origins] == [first + timedelta(days=7 * step) for step in range(3)]
    again = sqlite_o2c.table("forecast", "--as-of", origins[1], "--weeks", 2)
    assert [{"as_of": origins[1], **row} for row in again] == [row for row in rows if row["as_of"] == origins[1]]


def test_features_are_a_parquet_table_of_every_open_item(sqlite_o2c: Terminal, world: World) -> None:
    path = sqlite_o2c.folder / "features.parquet"

    told = sqlite_o2c.said("features", "payment-timing", "--as-of", world.history_until, "--out", path)

    frame = pd.read_parquet(path)
    predicted = sqlite_o2c.table("predict", "--as-of", world.history_until)
    assert (told["items"], told["columns"]) == frame.shape
    assert list(frame["number"]) == [row["invoice_id"] for row in predicted]
    assert list(frame["customer_code"]) == [row["customer_id"] for row in predicted]
    assert frame["late_mean"].notna().all()


def test_only_the_rules_serve_and_another_version_is_refused(sqlite_o2c: Terminal, world: World) -> None:
    for command in ("predict", "forecast", "worklist", "match"):
        words = (command, "--as-of", world.end, "--model", "7", "--out", sqlite_o2c.folder / "x.csv")
        assert "no version '7' is registered" in sqlite_o2c.refused(*words)


def test_a_table_that_cannot_be_finished_leaves_the_old_one(
    sqlite_o2c: Terminal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sqlite_o2c.folder / "predictions.csv"
    path.write_text("old\n", "utf-8")

    def broken(_scored: object) -> list[tuple[object, ...]]:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr("o2c_ai.jobs.score_open_items.prediction_rows", broken)

    assert "No space left on device" in sqlite_o2c.refused("predict", "--as-of", world.end, "--out", path)
    assert path.read_text("utf-8") == "old\n"
    assert [entry.name for entry in sqlite_o2c.folder.iterdir()] == ["predictions.csv"]
