"""What is read of items on their issue days: as known then, and without what only grows."""

from __future__ import annotations

from statistics import median

import numpy as np
import pandas as pd
import pytest

from o2c_ai.models.drift import MUCH_MOVED, moved, references
from o2c_ai.models.payment_timing.as_of_features import GROWING, MOMENT_COLUMNS, measure_moments, moments_of
from o2c_ai.models.payment_timing.days import NEVER, date_of
from o2c_ai.models.payment_timing.history import read_history
from o2c_ai.models.payment_timing.issue_features import LEFT_OUT, RAW, features_at_issue
from o2c_ai.models.payment_timing.items import known_items
from tests.models.payment_timing.invented_book import FIRST, book, cut

DAY = FIRST + 200
ITEMS = book(900)


def test_every_item_issued_in_the_days_asked_about_has_a_row() -> None:
    sample = features_at_issue(ITEMS, date_of(DAY - 60), date_of(DAY))

    columns = sample.columns
    issued = ITEMS["issue_date"].between(DAY - 59, DAY).sum()
    assert {len(column) for column in columns.values()} == {issued} == {len(sample.owners)}
    assert set(columns) == set(MOMENT_COLUMNS) - LEFT_OUT
    assert {*RAW, "last_late"} < set(columns)
    assert not [name for name in columns if name.startswith("book_")]


def test_what_came_later_changes_nothing() -> None:
    known, cut_there = (features_at_issue(items, date_of(DAY - 60), date_of(DAY)) for items in (ITEMS, cut(ITEMS, DAY)))

    for name, column in known.columns.items():
        np.testing.assert_array_equal(column, cut_there.columns[name])


def test_what_counts_all_of_the_past_grows_and_nothing_else_does() -> None:
    """With twice the history a steady book has more of it, and is otherwise the same."""
    steady = book(6_000, days=600, payers=6)
    steady = steady.assign(cleared_on=np.minimum(steady["cleared_on"], steady["due_date"] + 40), withdrawn_on=NEVER)
    known, history = known_items(steady, FIRST + 599), read_history(steady)

    def middle(first: int) -> dict[str, float]:
        rows = np.flatnonzero((known.issued >= first) & (known.issued < first + 84))
        asked = moments_of(known, steady, history, pd.Index([]), rows, evenings=known.issued[rows])
        columns = dict(zip(MOMENT_COLUMNS, measure_moments(history, asked).T, strict=True))
        return {name: float(np.mean(column)) for name, column in columns.items() if name != "payer"}

    early, late = middle(FIRST + 200), middle(FIRST + 480)

    assert {name for name, value in late.items() if value > 1.6 * early[name] > 0} == GROWING


def drifted(items: pd.DataFrame, changed: pd.DataFrame, since: int, until: int) -> dict[str, float]:
    """How far each column has moved between a season and what came after it."""
    then = references(features_at_issue(cut(items, since), date_of(since - 120), date_of(since)))
    now = features_at_issue(cut(changed, until), date_of(since), date_of(until))
    return {name: moved(then[name], column, now.owners) for name, column in now.columns.items()}


@pytest.mark.parametrize("payers", [12, 150])
def test_a_steady_book_has_not_moved_however_few_its_payers(payers: int) -> None:
    steady = book(3_000, payers=payers)

    found = drifted(steady, steady, FIRST + 238, FIRST + 299)

    assert median(found.values()) < 0.01
    assert max(found[name] for name in RAW) < 0.05


@pytest.mark.parametrize("payers", [12, 150])
def test_payers_that_slow_down_are_seen(payers: int) -> None:
    steady, day = book(3_000, payers=payers), FIRST + 238
    later = steady["cleared_on"].between(day + 1, NEVER - 1)
    slow = steady.assign(cleared_on=steady["cleared_on"] + 20 * later)

    assert median(drifted(steady, slow, day, FIRST + 299).values()) > 0.1


@pytest.mark.parametrize(("column", "raw"), [("amount_minor", "amount"), ("due_date", "terms")])
def test_other_amounts_and_other_terms_are_seen(column: str, raw: str) -> None:
    steady, day = book(3_000, payers=150), FIRST + 238
    other = steady["issue_date"] + 45 if column == "due_date" else 50 * steady[column]
    changed = steady.assign(**{column: steady[column].where(steady["issue_date"] <= day, other)})

    assert drifted(steady, changed, day, FIRST + 299)[raw] > MUCH_MOVED
