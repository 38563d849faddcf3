"""Versions of payment timing on items that came after both: frozen, beside rules that go on learning."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.suggestions.rules import Policy
from o2c_ai.jobs import compare_timing
from o2c_ai.models.payment_timing import judges
from o2c_ai.models.payment_timing.days import NEVER, date_of
from o2c_ai.models.payment_timing.predictor import to_files
from o2c_ai.models.payment_timing.training import learn
from tests.models.payment_timing.invented_book import FIRST, book, cut

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from o2c_ai.jobs.measured import Measured
    from tests.books import Books

SINCE, UNTIL = FIRST + 200, FIRST + 299
DAYS = 8
ITEMS = book(1_500)


@pytest.fixture(scope="module")
def versions() -> Mapping[str, Mapping[str, bytes]]:
    """One that learnt, and one that was hardly given the time."""
    found = {}
    for name, trees in (("learnt", 40), ("hasty", 1)):
        with pytest.MonkeyPatch.context() as patch:
            for judge in (judges.DAY_JUDGE, judges.LATE_JUDGE):
                patch.setitem(judge, "num_iterations", trees)
            found[name] = to_files(learn(ITEMS, date_of(SINCE)))
    return found


def measured(
    books: Books, items: pd.DataFrame, versions: Mapping[str, Mapping[str, bytes]], patch: pytest.MonkeyPatch
) -> Measured | None:
    """The comparison on books that hold these items."""
    patch.setattr(compare_timing, "items_frame", lambda *_: items)
    patch.setattr(compare_timing, "LATER_DAYS", DAYS)
    patch.setattr(compare_timing, "ITEMS_MIN", 20)
    window = (date_of(SINCE), date_of(UNTIL))
    return compare_timing.measure_timing(books.session, books.company_id, window, versions, Policy())


def test_all_answer_the_same_later_items_and_the_worse_is_seen(
    sqlite_books: Books, versions: Mapping[str, Mapping[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    found = measured(sqlite_books, cut(ITEMS, UNTIL), versions, monkeypatch)

    assert found is not None
    assert list(found.figures) == ["rules", "learnt", "hasty"]
    issued = ITEMS["issue_date"]
    assert found.items == (issued.between(SINCE + 1, SINCE + DAYS) & (ITEMS["due_date"] <= UNTIL)).sum()
    assert {row["items"] for row in found.figures.values()} == {found.items}
    assert found.figures["learnt"]["brier"] < found.figures["hasty"]["brier"]
    gap = found.less["learnt"]["brier"]
    assert gap.point == pytest.approx(found.figures["hasty"]["brier"] - found.figures["learnt"]["brier"], abs=2e-4)
    assert (gap.is_worse, gap.low <= gap.point <= gap.high) == (gap.low > 0, True)
    assert set(found.less) == {"rules", "learnt"}


def test_while_no_payments_came_in_nothing_is_compared(
    sqlite_books: Books, versions: Mapping[str, Mapping[str, bytes]], monkeypatch: pytest.MonkeyPatch
) -> None:
    silent = cut(ITEMS, UNTIL)
    silent["cleared_on"] = silent["cleared_on"].where(silent["cleared_on"] <= SINCE, NEVER)

    assert measured(sqlite_books, silent, versions, monkeypatch) is None
