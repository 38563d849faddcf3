"""The whole job by the command line on books of real size, on both stores: every count, and what the rules reach."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from typing import TYPE_CHECKING

import pytest
from beancount import loader

from tests.cli.terminal import EITHER, Rows, Terminal, on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stores import PostgresStores, SqliteStores

pytestmark = [pytest.mark.slow, pytest.mark.shared, pytest.mark.timeout(900)]

NOVEMBER = date(2019, 11, 1)
WORK_FROM, WORK_UNTIL = date(2025, 10, 31), date(2025, 12, 31)


def counts(new: int) -> dict[str, int]:
    return {"new": new, "amended": 0, "unchanged": 0}


def imported(request: pytest.FixtureRequest, folder: Path) -> Iterator[tuple[Terminal, dict[str, object]]]:
    """The folder's books on the store the test asks for, and what the import said."""
    stores: SqliteStores | PostgresStores = request.getfixturevalue(f"{request.param}_stores")
    place: Path = request.getfixturevalue("tmp_path_factory").mktemp("real")
    with stores.fresh() as store:
        terminal = on(store, place)
        yield terminal, terminal.said("import", folder)


@pytest.fixture(scope="module", params=EITHER)
def highradius(request: pytest.FixtureRequest, shared_data: Path) -> Iterator[tuple[Terminal, dict[str, object]]]:
    """Eleven months of a real company's invoices."""
    yield from imported(request, shared_data / "highradius-2019-11-01")


@pytest.fixture(scope="module", params=EITHER)
def cashapp(request: pytest.FixtureRequest, shared_data: Path) -> Iterator[tuple[Terminal, dict[str, object]]]:
    """A simulated year of fifteen hundred payers, its last two months unworked."""
    yield from imported(request, shared_data / "cashapp-dev")


def test_eleven_months_of_real_invoices_are_taken_in(highradius: tuple[Terminal, dict[str, object]]) -> None:
    terminal, told = highradius

    assert told["customers"] == counts(868)
    assert told["invoices"] == counts(29_780)
    assert told["bank_lines"] == counts(10_819)
    assert told["applications"] == counts(28_031)
    assert told["lines_to_work"] == 0
    terminal.ok("ledger", "verify")


def test_every_real_open_invoice_is_predicted(highradius: tuple[Terminal, dict[str, object]]) -> None:
    terminal, _ = highradius

    rows = terminal.table("predict", "--as-of", NOVEMBER)

    assert len(rows) == 1_749
    assert all(NOVEMBER.isoformat() < row["p10"] <= row["p50"] <= row["p90"] <= "2020-10-31" for row in rows)


def test_the_weeks_ahead_of_real_books_are_forecast(highradius: tuple[Terminal, dict[str, object]]) -> None:
    terminal, _ = highradius

    rows = terminal.table("forecast", "--as-of", NOVEMBER)

    assert [(row["currency"], row["week_start"]) for row in rows[::13]] == [
        ("CAD", "2019-11-04"),
        ("USD", "2019-11-04"),
    ]
    assert len(rows) == 26
    assert len(terminal.table("worklist", "--as-of", NOVEMBER)) > 50


def test_real_books_are_proved_by_another_program(highradius: tuple[Terminal, dict[str, object]]) -> None:
    terminal, _ = highradius
    path = terminal.folder / "books.beancount"
    terminal.ok("ledger", "export", "--format", "beancount", "--out", path)

    entries, errors, _ = loader.load_file(str(path))

    assert errors == []
    assert len(entries) > 50_000


def test_the_unworked_months_are_matched_by_rules_rightly(
    cashapp: tuple[Terminal, dict[str, object]], shared_data: Path
) -> None:
    terminal, told = cashapp
    assert told["customers"] == counts(1_500)
    assert told["invoices"] == counts(45_772)
    assert told["bank_lines"] == counts(26_167)
    assert told["lines_to_work"] == 4_917
    before = terminal.row_counts()

    rows = terminal.table("match", "--as-of", WORK_UNTIL, "--from", WORK_FROM)

    assert terminal.row_counts() == before
    assert len({row["line_id"] for row in rows}) == 4_917
    score = judged(shared_data / "cashapp-dev", terminal.folder / "table.csv")
    assert score["straight_through"] >= 0.75, score
    assert score["auto_precision"] >= 0.997, score
    assert score["over_applied"] == 0, score


def judged(data: Path, proposals: Path) -> dict[str, float]:
    """What the data set's own program says of the proposals."""
    program = [sys.executable, str(data / "score.py"), str(data), str(proposals)]
    score: dict[str, float] = json.loads(subprocess.run(program, check=True, capture_output=True, text=True).stdout)
    return score


def test_what_is_certain_is_booked_and_taken_back_on_books_of_real_size(
    cashapp: tuple[Terminal, dict[str, object]],
) -> None:
    terminal, _ = cashapp
    history = applied(terminal)
    path = terminal.folder / "applied.csv"

    told = terminal.said("match", "--as-of", WORK_UNTIL, "--from", WORK_FROM, "--apply", "--out", path)

    assert told["applied"] + told["held_back"] == told["decisions"]["auto"]
    terminal.ok("ledger", "verify")
    assert terminal.said("unapply", "--since", WORK_UNTIL, "--on", WORK_UNTIL) == {"lines": told["applied"]}
    terminal.ok("ledger", "verify")
    assert applied(terminal) == history


def applied(terminal: Terminal) -> Rows:
    return terminal.table("export", "applications")
