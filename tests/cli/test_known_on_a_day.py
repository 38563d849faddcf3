"""What is asked about a day is answered with that evening's knowledge: a later world gives the same bytes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from tests.cli.cut_folder import cut

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from o2c_ai.demo.world import World
    from tests.cli.terminal import Terminal

REPORTS = ("aging", "dso", "cei", "trial-balance", "match-rates")


def everything_said(terminal: Terminal, day: date) -> dict[str, object]:
    """The bytes of every table and report about a day, and the features as rows."""
    said: dict[str, object] = {
        command: terminal.written(command, "--as-of", day) for command in ("match", "predict", "forecast", "worklist")
    }
    for name in REPORTS:
        said[name] = terminal.ok("report", name, "--as-of", day, "--format", "csv").out
    said["train"] = terminal.ok("train", "remittance-matching", "--as-of", day).out
    path = terminal.folder / "features.parquet"
    terminal.ok("features", "payment-timing", "--as-of", day, "--out", path)
    said["features"] = pd.read_parquet(path).to_csv()
    return said


@pytest.mark.parametrize("days", [-20, 12], ids=["worked history", "unworked lines"])
def test_what_became_known_later_changes_nothing_that_is_said_of_a_day(
    sqlite_o2c: Terminal, sqlite_empty: Terminal, papers: Path, world: World, days: int
) -> None:
    day = world.history_until + timedelta(days=days)
    sqlite_empty.ok("import", cut(papers, sqlite_empty.folder / "cut", day))

    whole, early = everything_said(sqlite_o2c, day), everything_said(sqlite_empty, day)

    assert [name for name in whole if whole[name] != early[name]] == []


@pytest.mark.postgres
def test_both_stores_say_the_same(sqlite_told: Terminal, postgres_told: Terminal, world: World) -> None:
    first, second = everything_said(sqlite_told, world.end), everything_said(postgres_told, world.end)

    assert [name for name in first if first[name] != second[name]] == []
