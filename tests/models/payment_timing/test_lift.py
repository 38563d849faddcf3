"""The collector's two lists: what is in them, what ended badly, and how much of it stands at the top."""

from __future__ import annotations

import numpy as np

from o2c_ai.models.payment_timing.lift import not_yet_due, overdue
from tests.models.payment_timing.invented import day, frame, item

ITEMS = frame(
    item("due later, paid late", 0, 30, 45),
    item("due later, paid in time", 0, 30, 37),
    item("due today", 0, 20, 21),
    item("due later, answer unknown", 0, 55),
    item("overdue, paid soon", 0, 10, 34),
    item("overdue, still unpaid", 0, 10, 35),
    item("overdue, never paid", 0, 10),
    item("paid before", 0, 10, 19),
    item("issued later", 21, 30, 60),
    item("other money", 0, 30, 45, currency="JPY"),
)


def test_items_not_yet_due_end_badly_when_paid_more_than_a_week_late() -> None:
    listed = not_yet_due(ITEMS, day(20), day(60))

    names = listed.items["customer_id"].tolist()
    assert names == ["due later, paid late", "due later, paid in time", "due today"]
    assert listed.ended_badly.tolist() == [True, False, False]
    assert listed.days_overdue.tolist() == [-10, -10, 0]


def test_overdue_items_end_badly_when_still_unpaid_a_fortnight_on() -> None:
    listed = overdue(ITEMS, day(20), day(60))

    assert listed.items["customer_id"].tolist() == [
        "overdue, paid soon",
        "overdue, still unpaid",
        "overdue, never paid",
    ]
    assert listed.ended_badly.tolist() == [False, True, True]


def test_what_is_not_known_yet_is_left_out() -> None:
    listed = overdue(ITEMS, day(20), day(30))

    assert len(listed.items) == 0
    assert listed.found(np.array([])) == (0, 0)


def test_the_top_fifth_holds_the_money_that_stands_there() -> None:
    items = frame(*(item("A", 0, 30, 60 if number < 4 else 31, amount_minor=100 + number) for number in range(10)))
    listed = not_yet_due(items, day(20), day(90))

    assert listed.found(listed.amounts * listed.ended_badly) == (103 + 102, 406)
    assert listed.found(listed.amounts) == (0, 406)
    assert listed.found(np.zeros(10)) == (100 + 101, 406)
