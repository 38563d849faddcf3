"""How forecasts of cash are judged, and the plain readings they are judged beside."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from benchmarks.cash_rivals import READINGS, mean_of_eight, past_receipts, read_open_items
from benchmarks.cash_scores import Band, Floats, beside, coverage, opportunity_cost, wape, wape_of_total
from o2c_ai.models.cash_forecast.weeks import receipts_of
from tests.models.payment_timing.invented import MONDAY, day, frame, item

FRIDAY = day(18)
ORIGINS = [MONDAY + timedelta(weeks=week) for week in range(12)]
BAND = Band(1, 2, ORIGINS)


def _told(*weeks: float) -> dict[date, Floats]:
    return {origin: np.array(weeks) for origin in ORIGINS}


def test_errors_are_a_share_of_the_money_that_came() -> None:
    actual = _told(100, 300)

    assert wape(_told(110, 270), actual, BAND) == pytest.approx(0.1)
    assert wape_of_total(_told(110, 270), actual, BAND) == pytest.approx(0.05)


def test_better_and_worse_are_said_only_beyond_doubt() -> None:
    actual = _told(100, 100)
    luck = {origin: np.array([100.0 + (30 if place % 2 else 0)] * 2) for place, origin in enumerate(ORIGINS)}

    assert beside(_told(101, 100), _told(110, 100), actual, BAND) == "better"
    assert beside(_told(110, 100), _told(101, 100), actual, BAND) == "worse"
    assert beside(luck, _told(115, 115), actual, BAND) == "tied"


def test_coverage_stands_beside_what_chance_allows() -> None:
    covered, least, most = coverage(_told(90, 90), _told(110, 110), _told(100, 120), BAND)

    assert [covered, least, most] == pytest.approx([0.5, 0.64, 0.96], abs=0.001)


def test_money_counted_on_in_vain_costs_more_than_money_that_lay_idle() -> None:
    actual = _told(100, 100)

    hopeful, shy = (opportunity_cost(_told(100 + by, 100), actual, BAND) for by in (10, -10))

    assert hopeful == pytest.approx(3 * shy)
    assert opportunity_cost(actual, actual, BAND) == 0


def test_plain_readings_pay_open_items_once() -> None:
    """A pays seven days late; of two open items one is due next week, one should have been paid a week ago."""
    paid = [item("A", start, start + 1, start + 8) for start in range(5)]
    items = frame(*paid, item("A", 5, 25), item("A", 5, 8), item("NEW", 5, 32))

    told = {name: read_open_items(name, items, FRIDAY).tolist()[:4] for name in READINGS}

    assert told == {
        "pays on the due date": [20_000, 10_000, 0, 0],
        "due date and customer's lateness": [10_000, 10_000, 10_000, 0],
        "customer's past days late": [10_000, 10_000, 10_000, 0],
    }


def test_weeks_of_receipts_end_on_the_day_and_begin_on_the_first() -> None:
    receipts = receipts_of(frame(*(item("A", 0, 1, paid) for paid in (0, 7, 8, 18, 20))))

    past = past_receipts(receipts, "EUR", FRIDAY, MONDAY)

    assert past.tolist() == [20_000, 10_000]
    assert mean_of_eight({FRIDAY: past})[FRIDAY].tolist() == [15_000] * 13
