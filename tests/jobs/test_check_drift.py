"""When a version is flagged: half of what it reads has moved, or one thing that stands on the papers themselves."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest

from o2c_ai.jobs import check_drift
from o2c_ai.jobs.check_drift import Limits, drift, reference
from o2c_ai.jobs.model_card import SEEN
from o2c_ai.models.drift import Sample
from o2c_ai.models.registry import Registry
from tests.books import DAY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.books import Books

STEADY = np.random.default_rng(1).normal(size=(6, 400))
NAMES = ("terms", "amount", "late_mean", "last_late", "trend", "open_items")


@pytest.mark.parametrize(
    ("moved", "reasons"),
    [
        ((), []),
        (("amount",), ["amount: what the papers themselves say has moved by more than 0.25"]),
        (("trend",), []),
        (("late_mean", "last_late", "trend", "open_items"), ["half of what it reads has moved by more than 0.1"]),
    ],
)
def test_one_paper_column_or_half_of_all_raise_the_flag(
    sqlite_books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moved: tuple[str, ...], reasons: list[str]
) -> None:
    def sample(*changed: str) -> Sample:
        columns = {name: STEADY[place] + 2 * (name in changed) for place, name in enumerate(NAMES)}
        return Sample(columns, np.arange(400))

    books, registry = sqlite_books, Registry(tmp_path, "main", "payment-timing")
    monkeypatch.setattr(check_drift, "features_of", lambda *_: sample())
    then = reference(books.session, books.company_id, "payment-timing", DAY)
    name = registry.save(as_of=DAY, trained_by="ana", facts={}, files={}).name
    registry.tell(name, {SEEN: json.dumps({"reference": then}).encode()})
    registry.promote(name, by="ben", on=DAY)
    monkeypatch.setattr(check_drift, "features_of", lambda *_: sample(*moved))

    limits = Limits(0.1, 0.05, 1.25)
    facts = drift(books.session, books.company_id, registry=registry, as_of=DAY, limits=limits)

    told = facts["retrain"]
    assert isinstance(told, list)
    assert [why.split(" (")[0] for why in told] == reasons
