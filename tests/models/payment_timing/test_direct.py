"""Ordinary models to measure against: they learn from what was known, and answer as the rules do."""

from __future__ import annotations

from datetime import timedelta

import pandas as pd
import pytest

from o2c_ai.models.payment_timing.days import NEVER, date_of
from o2c_ai.models.payment_timing.direct import Direct, DirectTiming, trained_beside
from o2c_ai.models.payment_timing.evaluation import predict_at_issue, score_timing
from o2c_ai.models.payment_timing.plain_rules import pays_on_due_date
from tests.models.payment_timing.invented_book import FIRST, book, cut

ITEMS = book(700)
CUTOFF = date_of(FIRST + 220)
UNTIL = date_of(FIRST + 500)


@pytest.fixture(scope="module")
def told() -> dict[str, pd.DataFrame]:
    """What both say of the items issued in the weeks after the cutoff."""
    beside = trained_beside(ITEMS, CUTOFF)
    return {name: predict_at_issue(ITEMS, CUTOFF, 30, way) for name, way in beside.items()}


@pytest.mark.parametrize("kind", Direct)
def test_it_foresees_late_payers_better_than_the_book_does(told: dict[str, pd.DataFrame], kind: Direct) -> None:
    score = score_timing(told[kind], ITEMS, UNTIL)
    book_rate = score_timing(predict_at_issue(ITEMS, CUTOFF, 30, pays_on_due_date), ITEMS, UNTIL)

    assert score.items == book_rate.items > 50
    assert (score.auc[0] or 0) > 0.7
    assert (score.brier or 1) < (book_rate.brier or 0)


def test_days_are_told_in_order_and_by_lightgbm_only(told: dict[str, pd.DataFrame]) -> None:
    quantiles = told[Direct.LIGHTGBM]

    assert "p50" not in told[Direct.LOGISTIC]
    assert score_timing(told[Direct.LOGISTIC], ITEMS, UNTIL).mae_days is None
    assert (quantiles["as_of"] < quantiles["p10"]).all()
    assert (quantiles["p10"] <= quantiles["p50"]).all()
    assert (quantiles["p50"] <= quantiles["p90"]).all()


@pytest.mark.parametrize("kind", Direct)
def test_it_knows_nothing_that_came_later(told: dict[str, pd.DataFrame], kind: Direct) -> None:
    evening = FIRST + 221
    asked = ITEMS[ITEMS["issue_date"] == evening]

    innocent = DirectTiming(kind).fit(cut(ITEMS, evening), CUTOFF).predict(asked, CUTOFF + timedelta(days=1))

    knowing = told[kind][told[kind]["as_of"] == pd.Timestamp(CUTOFF + timedelta(days=1))]
    assert len(innocent) > 0
    pd.testing.assert_frame_equal(knowing.drop(columns="as_of"), innocent.reset_index(drop=True), check_exact=True)


def test_where_all_answers_are_the_same_that_is_the_chance() -> None:
    on_time = ITEMS.head(200).assign(cleared_on=lambda one: one["due_date"], withdrawn_on=NEVER)

    told = DirectTiming(Direct.LOGISTIC).fit(on_time, UNTIL).predict(ITEMS.tail(3), date_of(FIRST + 299))

    assert (told["p_late_30"] == 0).all()
