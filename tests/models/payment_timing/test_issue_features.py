"""What is read of items on their issue days: as known then, and without what only grows."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from o2c_ai.models.drift import references, stability
from o2c_ai.models.payment_timing.days import date_of
from o2c_ai.models.payment_timing.issue_features import GROWING, features_at_issue
from tests.models.payment_timing.invented_book import FIRST, book, cut

DAY = FIRST + 200
ITEMS = book(900)


def test_every_item_issued_in_the_days_asked_about_has_a_row() -> None:
    columns = features_at_issue(ITEMS, date_of(DAY - 60), date_of(DAY))

    issued = ITEMS["issue_date"].between(DAY - 59, DAY).sum()
    assert {len(column) for column in columns.values()} == {issued}
    assert not set(columns) & GROWING
    assert {"terms", "amount", "last_late"} < set(columns)
    assert not [name for name in columns if name.startswith("book_")]


def test_what_came_later_changes_nothing() -> None:
    known, cut_there = (features_at_issue(items, date_of(DAY - 60), date_of(DAY)) for items in (ITEMS, cut(ITEMS, DAY)))

    for name, column in known.items():
        np.testing.assert_array_equal(column, cut_there[name])


def test_shorter_terms_are_seen() -> None:
    days = date_of(DAY - 60), date_of(DAY)
    then = references(features_at_issue(ITEMS, days[0] - timedelta(days=60), days[0]))
    moved = ITEMS.assign(due_date=np.where(ITEMS["issue_date"] > DAY - 60, ITEMS["issue_date"] + 1, ITEMS["due_date"]))

    before, after = (stability(then["terms"], features_at_issue(items, *days)["terms"]) for items in (ITEMS, moved))

    assert before < 0.25 < after
