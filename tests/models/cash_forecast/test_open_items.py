"""What open items will bring."""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from o2c_ai.models.cash_forecast.open_items import OpenFlows, less_credit, open_flows
from o2c_ai.models.cash_forecast.weeks import Horizon
from tests.models.payment_timing.invented import day, frame, item

SUNDAY = day(6)
HORIZON = Horizon.after(SUNDAY, 2)


class HalfEachWeek:
    """A timing by which everything is paid on one of two Mondays, each as likely."""

    def distribution(self, open_items: pd.DataFrame, as_of: date, horizon_days: int) -> npt.NDArray[np.float64]:
        assert as_of == SUNDAY
        chances = np.zeros((len(open_items), horizon_days))
        chances[:, [0, 7]] = 0.5
        return chances


def _flows(items: pd.DataFrame, credits_left: pd.DataFrame | None = None) -> OpenFlows:
    return open_flows(HalfEachWeek(), items, ["EUR", "USD"], HORIZON, credits_left)


def _credit(customer: str, currency: str, minor: int) -> pd.DataFrame:
    return pd.DataFrame({"customer_id": [customer], "currency": [currency], "open_minor": [minor]})


def test_expected_money_is_amount_times_chance() -> None:
    flows = _flows(frame(item("A", 0, 10), item("B", 0, 10, currency="USD", open_minor=500), item("C", 0, 5, 6)))

    assert flows.expected(2).tolist() == [[0, 5_000, 5_000], [0, 250, 250]]


def test_what_is_in_dispute_is_told_apart_and_not_counted_on() -> None:
    disputed = item("A", 0, 10, disputed_on=day(3), dispute_resolved_on=None, open_minor=300)
    settled = item("A", 0, 10, disputed_on=day(3), dispute_resolved_on=day(5))

    flows = _flows(frame(disputed, settled))

    assert flows.expected(2)[0].tolist() == [0, 5_000, 5_000]
    assert flows.disputed.tolist() == [300, 0]


def test_a_payer_takes_credit_off_the_next_payments_in_the_same_currency_only() -> None:
    items = frame(item("A", 0, 10), item("B", 0, 10))

    assert _flows(items, _credit("A", "EUR", 6_000)).expected(2)[0].tolist() == [0, 5_000, 9_000]
    assert _flows(items, _credit("A", "USD", 6_000)).expected(2).tolist() == [[0, 10_000, 10_000], [0, 0, 0]]
    assert _flows(items, _credit("A", "GBP", 6_000)).expected(2)[0].tolist() == [0, 10_000, 10_000]


def test_credit_beyond_what_is_owed_never_makes_money_negative() -> None:
    assert less_credit(np.array([[10.0, 20.0, 5.0]]), np.array([[100.0]])).tolist() == [[0, 0, 0]]


def test_a_payer_of_several_customers_uses_credit_for_all_of_them() -> None:
    items = frame(item("A", 0, 10, payer_id="P"), item("B", 0, 10, payer_id="P"))
    credit = _credit("A", "EUR", 10_000).assign(payer_id="P")

    assert _flows(items, credit).expected(2)[0].tolist() == [0, 0, 10_000]


def test_invoices_of_one_payer_and_due_date_are_paid_together() -> None:
    flows = _flows(frame(*(item("A", 0, 10) for _ in range(50))))

    drawn = flows.simulate(2, 200, np.random.default_rng(1))

    assert set(np.unique(drawn[:, 0, 1:])) == {0.0, 500_000.0}
    assert drawn[:, 0, 1].mean() == pytest.approx(250_000, rel=0.15)


def test_one_large_payer_is_less_certain_than_many_small_ones() -> None:
    one = _flows(frame(*(item("A", 0, 10 + number) for number in range(30))))
    many = _flows(frame(*(item(f"c{number}", 0, 10) for number in range(30))))

    spread = [flows.simulate(2, 300, np.random.default_rng(1))[:, 0, 1].std() for flows in (one, many)]

    assert spread[0] > 2 * spread[1]


def test_the_same_seed_draws_the_same_quarter() -> None:
    flows = _flows(frame(*(item(f"c{number}", 0, 10) for number in range(5))))

    drawn = [flows.simulate(2, 60, np.random.default_rng(3)) for _ in range(2)]

    assert drawn[0].tolist() == drawn[1].tolist()


def test_no_open_items_bring_nothing() -> None:
    flows = _flows(frame(item("A", 0, 5, 6)))

    assert flows.expected(2).tolist() == [[0, 0, 0], [0, 0, 0]]
    assert flows.simulate(2, 3, np.random.default_rng(0)).sum() == 0


def test_a_replayed_past_counts_an_item_paid_since_with_its_amount() -> None:
    assert _flows(frame(item("A", 0, 10, 20))).expected(2)[0].tolist() == [0, 5_000, 5_000]
