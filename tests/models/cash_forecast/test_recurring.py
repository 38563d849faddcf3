"""Other money that moves once a month."""

from __future__ import annotations

from datetime import date

import pandas as pd

from o2c_ai.models.cash_forecast.recurring import recurring
from o2c_ai.models.cash_forecast.weeks import Horizon
from o2c_ai.models.payment_timing.days import date_of

AS_OF = date(2025, 6, 20)


def _lines(*days: date, party: str = "LANDLORD", amount: int = -900) -> pd.DataFrame:
    return pd.DataFrame({"booked_on": days, "currency": "EUR", "amount_minor": amount, "party": party})


def _expected(lines: pd.DataFrame, as_of: date = AS_OF, weeks: int = 11) -> list[tuple[date, int]]:
    flows, _ = recurring(lines, Horizon.after(as_of, weeks))
    return [(date_of(on), amount) for on, amount in zip(flows["on"], flows["amount_minor"], strict=True)]


RENT = _lines(date(2025, 3, 3), date(2025, 4, 1), date(2025, 5, 2), date(2025, 6, 2))


def test_rent_is_expected_again_on_its_day_of_the_month() -> None:
    assert _expected(RENT) == [(date(2025, 7, 2), -900), (date(2025, 8, 2), -900), (date(2025, 9, 2), -900)]
    assert recurring(RENT, Horizon.after(AS_OF, 1))[1].all()


def test_the_amount_is_the_median_of_three_months() -> None:
    lines = RENT.assign(amount_minor=[-800, -900, -1_000, -5_000])

    assert {amount for _, amount in _expected(lines)} == {-900}


def test_a_payment_some_days_overdue_is_expected_tomorrow_and_later_no_more() -> None:
    waiting = RENT.iloc[:3]

    assert _expected(waiting, date(2025, 6, 4), 1) == [(date(2025, 6, 5), -900)]
    assert _expected(waiting, date(2025, 6, 12), 1) == []


def test_payroll_at_the_end_of_the_month_falls_on_the_last_day_of_a_short_one() -> None:
    payroll = _lines(date(2024, 10, 31), date(2024, 11, 30), date(2024, 12, 31), date(2025, 1, 31))

    assert _expected(payroll, date(2025, 2, 5), 3) == [(date(2025, 2, 28), -900)]


def test_what_moved_twice_a_month_or_missed_one_or_has_no_party_does_not_recur() -> None:
    twice = pd.concat([RENT, _lines(date(2025, 4, 20))])
    apart = _lines(date(2025, 3, 3), date(2025, 4, 20), date(2025, 5, 2))

    for lines in (twice, apart, RENT.drop(index=1), RENT.assign(party=""), RENT.iloc[:0]):
        flows, belongs = recurring(lines, Horizon.after(AS_OF, 11))
        assert flows.empty
        assert not belongs.any()


def test_money_in_and_money_out_of_one_party_are_two_things() -> None:
    refund = _lines(date(2025, 4, 20), amount=70)

    assert {amount for _, amount in _expected(pd.concat([RENT, refund]))} == {-900}
