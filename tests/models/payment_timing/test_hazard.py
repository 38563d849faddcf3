"""Counting who could have paid and who did."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.models.payment_timing.days import day_number
from o2c_ai.models.payment_timing.hazard import (
    EARLIEST,
    LATEST,
    PRIOR_HAZARD,
    SCALE,
    blend,
    book_hazard,
    by_pay_weekday,
    count_days,
    weights_of,
)
from o2c_ai.models.payment_timing.items import KnownItems, known_items
from tests.models.payment_timing.invented import day, frame, item

invoices = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 45), st.none() | st.integers(0, 90)), min_size=1, max_size=12
)


def _known(rows: list[tuple[int, int, int | None]], today: int = 60) -> KnownItems:
    made = [item("A", start, start + terms, None if took is None else start + took) for start, terms, took in rows]
    return known_items(frame(*made), day_number(day(today)))


def _counted(known: KnownItems) -> tuple[np.ndarray, np.ndarray]:
    everyone = np.ones(len(known.due), dtype=np.bool_)
    return count_days(known, np.ones(len(known.due)), np.zeros(len(known.due), dtype=np.int64), everyone, 1)


@given(invoices)
def test_counts_agree_with_counting_day_by_day(rows: list[tuple[int, int, int | None]]) -> None:
    known = _known(rows)
    at_risk, events = np.zeros(len(SCALE)), np.zeros(len(SCALE))
    for place in range(len(known.due)):
        due = known.due[place]
        for today in range(known.issued[place], known.last_seen[place] + 1):
            at_risk[today - due - EARLIEST] += 1
        if known.paid[place]:
            events[known.last_seen[place] - due - EARLIEST] += 1

    counted = _counted(known)

    assert counted[0].sum(axis=(0, 1)).tolist() == at_risk.tolist()
    assert counted[1].sum(axis=(0, 1)).tolist() == events.tolist()


def test_an_open_item_is_watched_until_today_and_no_further() -> None:
    at_risk, events = _counted(_known([(0, 14, None)], today=20))

    assert np.flatnonzero(at_risk.sum(axis=(0, 1))).tolist() == list(range(-14 - EARLIEST, 6 - EARLIEST + 1))
    assert events.sum() == 0


def test_payments_far_off_the_scale_are_counted_at_its_ends() -> None:
    at_risk, events = _counted(_known([(0, 400, 5), (0, 10, 500)], today=600))

    assert events.sum(axis=(0, 1))[[0, -1]].tolist() == [1, 1]
    assert at_risk.sum(axis=(0, 1))[-1] == 1
    assert len(SCALE) == LATEST - EARLIEST + 1


def test_payments_are_put_on_the_weekday_they_came() -> None:
    known = _known([(0, 14, 14), (0, 14, 16), (1, 14, 14)])

    assert by_pay_weekday(_counted(known)[1]).tolist() == [[1, 1, 1, 0, 0, 0, 0]]


def test_a_book_without_payments_falls_back_to_what_is_assumed() -> None:
    known = known_items(frame(item("A", 0, 10)).iloc[:0], day_number(day(20)))

    assert book_hazard(known, weights_of(known, 365.0)).tolist() == pytest.approx(PRIOR_HAZARD.tolist())


def test_a_customer_is_believed_half_when_as_many_items_were_at_risk_as_the_strength() -> None:
    assert blend(np.array([[4.0]]), np.array([[4.0]]), np.array([0.1]), 4.0).tolist() == [[pytest.approx(0.55)]]


def test_an_item_weighs_half_after_a_half_life() -> None:
    known = _known([(0, 10, 10), (50, 20, None)], today=60)

    assert weights_of(known, 50.0).tolist() == [0.5, 1.0]
