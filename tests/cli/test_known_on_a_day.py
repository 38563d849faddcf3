"""What is asked about a day is answered with that evening's knowledge: a later world gives the same bytes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from tests.cli.cut_folder import cut
from tests.cli.terminal import EITHER, Terminal, on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

    from o2c_ai.demo.world import World
    from tests.stores import PostgresStores, SqliteStores

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
    said["features"] = pd.read_parquet(path).to_dict("list")
    return said


@pytest.fixture(params=EITHER)
def whole_and_empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Terminal, Terminal]]:
    """The company, and a database without companies, on the same store."""
    stores: SqliteStores | PostgresStores = request.getfixturevalue(f"{request.param}_stores")
    copies: SqliteStores | PostgresStores = request.getfixturevalue(f"{request.param}_copies")
    with copies.fresh() as whole, stores.fresh() as empty:
        yield on(whole, tmp_path), on(empty, tmp_path)


@pytest.mark.parametrize("days", [-20, 12], ids=["worked history", "unworked lines"])
def test_what_became_known_later_changes_nothing_that_is_said_of_a_day(
    whole_and_empty: tuple[Terminal, Terminal], papers: Path, world: World, days: int
) -> None:
    whole, early = whole_and_empty
    day = world.history_until + timedelta(days=days)
    early.ok("import", cut(papers, early.folder / "cut", day))

    first, second = everything_said(whole, day), everything_said(early, day)

    assert [name for name in first if first[name] != second[name]] == []


@pytest.mark.postgres
def test_both_stores_say_the_same(sqlite_told: Terminal, postgres_told: Terminal, world: World) -> None:
    first, second = everything_said(sqlite_told, world.end), everything_said(postgres_told, world.end)

    assert [name for name in first if first[name] != second[name]] == []
