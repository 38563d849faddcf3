"""What will be in the bank."""

from __future__ import annotations

import pandas as pd

from o2c_ai.models.cash_forecast.forecast import CashForecast
from o2c_ai.models.cash_forecast.liquidity import Statements, with_bank_balance
from tests.models.payment_timing.invented import day

FRIDAY = day(200 - 200 % 7 + 4)
NO_LINES = pd.DataFrame({"booked_on": [], "currency": [], "amount_minor": [], "party": []})
NEW = ["other_in_minor", "outflow_minor", "closing_cash_minor", "closing_p10_minor"]


def _forecast() -> CashForecast:
    weeks = pd.DataFrame(
        {
            "week_start": [pd.Timestamp(FRIDAY) + pd.Timedelta(days=3 + 7 * week) for week in range(2)] * 2,
            "currency": ["EUR", "EUR", "USD", "USD"],
            "expected_minor": [1_000, 2_000, 10, 20],
            "total_p10_minor": [800, 2_500, 5, 20],
        }
    )
    before = pd.DataFrame({"currency": ["EUR", "USD"], "expected_minor": [100, 1]})
    return CashForecast(FRIDAY, weeks, before)


def test_closing_cash_is_the_balance_and_everything_since() -> None:
    told = with_bank_balance(_forecast(), Statements({"EUR": 5_000}, NO_LINES, day(0)))

    euros = told[told["currency"] == "EUR"]
    assert euros["closing_cash_minor"].tolist() == [6_100, 8_100]
    assert euros["closing_p10_minor"].tolist() == [5_900, 7_600]


def test_without_statements_nothing_is_known() -> None:
    told = with_bank_balance(_forecast(), None)

    assert told[NEW].isna().all(axis=None)


def test_a_balance_that_is_not_known_leaves_closing_cash_empty() -> None:
    told = with_bank_balance(_forecast(), Statements({"EUR": 5_000}, NO_LINES, day(0)))

    dollars = told[told["currency"] == "USD"]
    assert dollars["other_in_minor"].tolist() == [0, 0]
    assert dollars[["closing_cash_minor", "closing_p10_minor"]].isna().all(axis=None)


def test_other_lines_go_on_at_their_weekly_mean_in_and_out_apart() -> None:
    mondays = pd.date_range(day(7), FRIDAY, freq="7D")
    lines = pd.DataFrame({"booked_on": mondays, "currency": "EUR", "amount_minor": -700, "party": ""})
    interest = pd.DataFrame({"booked_on": [FRIDAY], "currency": ["EUR"], "amount_minor": [1_300], "party": ["BANK"]})

    told = with_bank_balance(_forecast(), Statements({"EUR": 0}, pd.concat([lines, interest]), day(0)))

    assert told["outflow_minor"].tolist() == [700, 700, 0, 0]
    assert told["other_in_minor"].tolist() == [100, 100, 0, 0]
    assert told["closing_cash_minor"].iloc[0] == 100 + 1_000 + 129 - 900


def test_statements_of_a_few_weeks_do_not_say_what_recurs() -> None:
    since = (pd.Timestamp(FRIDAY) - pd.Timedelta(days=40)).date()

    assert with_bank_balance(_forecast(), Statements({"EUR": 1}, NO_LINES, since))[NEW].isna().all(axis=None)


def test_planned_flows_are_known_where_they_are_planned() -> None:
    planned = pd.DataFrame(
        {
            "on": [pd.Timestamp(FRIDAY) + pd.Timedelta(days=4), pd.Timestamp(FRIDAY) + pd.Timedelta(days=1)],
            "currency": ["EUR", "EUR"],
            "amount_minor": [-300, 50],
        }
    )

    told = with_bank_balance(_forecast(), Statements({"EUR": 1_000}, NO_LINES, None), planned)

    assert told["outflow_minor"].astype(object).tolist()[:2] == [300, 0]
    assert told["other_in_minor"].isna().tolist() == [False, False, True, True]
    assert told["closing_cash_minor"].tolist()[:2] == [1_000 + 100 + 50 + 1_000 - 300, 1_000 + 100 + 50 + 3_000 - 300]
