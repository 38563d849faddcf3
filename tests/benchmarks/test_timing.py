"""Ways to foresee payment days are measured on the same items; the sets are read as they should be."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmarks import timing
from benchmarks.timing import measured
from benchmarks.timing_sets import IBM_COLUMNS, SEALED, TimingSet, ibm, ibm_items
from benchmarks.timing_tables import difference_tables, timing_table
from o2c_ai.models.payment_timing import judges, training
from o2c_ai.models.payment_timing.days import date_of
from tests.models.payment_timing.invented_book import FIRST, book

WAYS = [
    "pays on the due date",
    "customer's own rate and median",
    "day-one model",
    "logistic regression + history",
    "plain LightGBM + history",
    "learned model",
]


def invented(items: int) -> TimingSet:
    """A week after a cutoff, in an invented book."""
    return TimingSet("a book", book(items), date_of(FIRST + 299), ((date_of(FIRST + 200), 7),))


@pytest.fixture(scope="module")
def rows() -> dict[str, dict[str, Any]]:
    """What is recorded of a book too small to train on."""
    return measured(invented(600))


def test_every_way_is_measured_on_the_same_items(rows: dict[str, dict[str, Any]]) -> None:
    scored = {name: row for name, row in rows.items() if name.startswith("timing ")}

    assert sorted(scored) == sorted(f"timing a book {way}" for way in WAYS)
    assert len({row["items"] for row in scored.values()}) == 1
    assert {tuple(row["by_cutoff"]) for row in scored.values()} == {(date_of(FIRST + 200).isoformat(),)}


def test_with_too_little_history_the_rules_answer_and_it_is_said(rows: dict[str, dict[str, Any]]) -> None:
    ours, day_one = rows["timing a book learned model"], rows["timing a book day-one model"]

    assert ours["too_little_history_so_by_rules"] == [date_of(FIRST + 200).isoformat()]
    assert ours["brier"] == day_one["brier"]
    assert ours["less"]["day-one model"]["brier"] == [0.0, 0.0, 0.0, 0.0]
    assert set(ours["less"]) == set(WAYS[:-1])


def test_the_collectors_lists_are_ranked_in_several_ways(rows: dict[str, dict[str, Any]]) -> None:
    lists = rows["worklist a book"]

    for name in ("not yet due", "overdue"):
        best = lists[f"{name}: best possible"]
        assert 0 < best <= 1
        others = ("oldest first", "amount", "amount x customer's rate", "amount x model's chance")
        assert all(lists[f"{name}: {ranking}"] <= best for ranking in others)


def test_rows_become_tables(rows: dict[str, dict[str, Any]]) -> None:
    assert timing_table(rows).count("\n") == 2 + len(WAYS)
    (less,) = difference_tables(rows)
    assert "| plain LightGBM + history |" in less
    assert timing_table({"import a set": {"rows": 3}}) == ""


@pytest.mark.slow
def test_a_trained_model_is_frozen_at_the_cutoff(monkeypatch: pytest.MonkeyPatch) -> None:
    for judge in (judges.DAY_JUDGE, judges.LATE_JUDGE):
        monkeypatch.setitem(judge, "num_iterations", 10)
    monkeypatch.setattr(training, "PAID_MIN", 100)
    monkeypatch.setattr(training, "JUDGED_MIN", 60)

    ours: dict[str, Any] = measured(invented(900))["timing a book learned model"]

    assert "too_little_history_so_by_rules" not in ours
    assert ours["less"]["pays on the due date"]["brier"][0] < 0


def test_the_sealed_window_is_asked_for_by_itself_and_kept_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[date, ...]] = []
    kept: list[str] = []

    def cut(cutoffs: tuple[date, ...]) -> TimingSet:
        asked.append(cutoffs)
        return invented(600)

    monkeypatch.setattr(timing, "highradius", cut)
    monkeypatch.setattr(timing, "measured", lambda one: {f"timing {one.name} some way": {}})
    monkeypatch.setattr(timing, "record", lambda name, _: kept.append(name))
    timing.run_sealed()

    assert asked == [(SEALED,)]
    assert kept == ["timing a book sealed some way"]


def test_the_undated_flags_of_the_ibm_set_are_never_read(tmp_path: Path) -> None:
    path = tmp_path / "invoices.csv"
    row = {name: ["1/2/2013"] for name in IBM_COLUMNS} | {"InvoiceAmount": ["55.94"]}
    pd.DataFrame(row | {"Disputed": ["Yes"], "PaperlessDate": ["4/6/2013"], "DaysLate": [3]}).to_csv(path, index=False)

    items = ibm_items(path)

    named = set(IBM_COLUMNS.values()) - {"amount"}
    assert set(items.columns) == named | {"currency", "amount_minor", "open_minor"}
    assert items["amount_minor"].tolist() == [5_594]
    assert items["issue_date"].tolist() == [pd.Timestamp(2013, 1, 2)]


@pytest.mark.shared
def test_the_spans_of_the_ibm_set_touch(shared_data: Path) -> None:
    assert shared_data.is_dir()
    found = ibm()

    assert found is not None
    assert len(found.items) == 2_466
    ends = [cutoff + timedelta(days=days) for cutoff, days in found.spans]
    assert ends == [date(2013, 1, 1), date(2013, 4, 1), date(2013, 7, 1), date(2013, 10, 1), date(2014, 1, 1)]


def test_sets_that_are_not_there_are_skipped_and_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("highradius", "ibm"):
        monkeypatch.setattr(timing, name, lambda *_: None)
    monkeypatch.setattr(timing, "demo", lambda: invented(5))
    monkeypatch.setattr(timing, "measured", lambda one: {f"timing {one.name}": {}})
    monkeypatch.setattr(timing, "record", lambda *_: None)

    timing.run()
    timing.run_sealed()

    said = capsys.readouterr().out.splitlines()
    assert [line.rsplit(": ", 1)[1] for line in said] == [
        "not beside this checkout, skipped",
        "not beside this checkout, skipped",
        "{}",
        "not beside this checkout, skipped",
    ]
