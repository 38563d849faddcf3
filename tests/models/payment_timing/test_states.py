"""How items stood on evenings that are past."""

from __future__ import annotations

import numpy as np

from o2c_ai.models.payment_timing.days import NEVER, day_number
from o2c_ai.models.payment_timing.states import promises_of, states_of
from tests.models.payment_timing.invented import day, frame, item

ISSUED = day_number(day(0))


def stood(until: int, due: int, cleared: int | None = None) -> tuple[int, int, int, int]:
    """A state that was written over; days count from the Monday."""
    return ISSUED + until, ISSUED + due, NEVER if cleared is None else ISSUED + cleared, NEVER


def test_a_frame_without_a_past_has_one_state_an_item() -> None:
    states = states_of(frame(item("A", 0, 10, 12), item("A", 5, 15)))

    assert states.rows.tolist() == [0, 1]
    assert states.left.tolist() == [ISSUED + 12, NEVER]
    assert states.due_on(np.array([1, 0]), np.array([0, 0])).tolist() == [ISSUED + 15, ISSUED + 10]


def test_states_follow_each_other_item_by_item() -> None:
    moved = item("A", 0, 40, earlier_states=(stood(5, 10), stood(20, 30)))
    states = states_of(frame(item("A", 0, 10, earlier_states=()), moved))

    assert states.rows.tolist() == [0, 1, 1, 1]
    assert states.opens.tolist() == [1, 1, 0, 0]
    evenings = ISSUED + np.array([-3, 4, 5, 19, 20, 90])
    assert (states.due_on(np.ones(6, dtype=np.int64), evenings) - ISSUED).tolist() == [10, 10, 30, 30, 40, 40]


def test_what_was_amended_before_the_item_was_known_never_stood() -> None:
    late_known = item("A", 0, 40, known_on=day(7), earlier_states=(stood(3, 10), stood(9, 20), stood(9, 30)))

    states = states_of(frame(late_known))

    assert (states.since - ISSUED).tolist() == [7, 9]
    assert (states.due - ISSUED).tolist() == [20, 40]


def test_an_item_paid_and_opened_again_is_open_on_the_evenings_between_payments() -> None:
    bounced = frame(item("A", 0, 10, 30, earlier_states=(stood(15, 10, 12),)))

    still_open = states_of(bounced).open_on(np.zeros(5, dtype=np.int64), ISSUED + np.array([11, 12, 14, 15, 30]))

    assert still_open.tolist() == [True, False, False, True, False]


def test_promises_are_told_oldest_first_for_each_item() -> None:
    said = item("A", 0, 10, promised_on=day(20), promised_date=day(25), earlier_promises=((ISSUED + 5, ISSUED + 9),))

    promises = promises_of(frame(item("A", 0, 10, earlier_promises=()), said))

    assert promises.rows.tolist() == [1, 1]
    assert (promises.on - ISSUED).tolist() == [5, 20]
    assert promises.by(ISSUED + 19).until.tolist() == [ISSUED + 9]
