"""`o2c demo`: the whole main job on one screen, beside the books of the company that tries it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.demo.small_world import small_world

if TYPE_CHECKING:
    from pathlib import Path

    from o2c_ai.demo.world import World
    from tests.cli.terminal import Terminal


@pytest.fixture
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the demo show the small company."""
    monkeypatch.setattr("o2c_ai.demo.company.default_world", small_world)


@pytest.mark.usefixtures("_small")
def test_the_demo_tells_of_the_days_work_and_leaves_the_papers_behind(sqlite_empty: Terminal, world: World) -> None:
    told = sqlite_empty.ok("demo").out

    assert told.split("\n")[1] == f"{world.company.name}, an invented company, as of {world.end}"
    assert f"imported   {len(world.customers)} customers, {len(world.invoices)} invoices" in told
    assert "against every law of the books: all hold" in told
    assert "Whom to call today" in told
    assert "EUR" in told.split("Money expected in the coming weeks")[1]
    folder = sqlite_empty.folder / "var" / "demo"
    assert (folder / "o2c.sqlite").is_file()
    assert (folder / "exchange" / "bank_lines.csv").read_text("utf-8").count("\n") == len(world.bank_lines) + 1


@pytest.mark.usefixtures("_small")
def test_the_demo_begins_anew_and_touches_nothing_but_its_own(
    sqlite_seen: Terminal, world: World, tmp_path: Path
) -> None:
    books = sqlite_seen.row_counts()
    (tmp_path / "exchange").mkdir()
    (tmp_path / "exchange" / "planned_flows.csv").write_text("left by an earlier demo", "utf-8")
    (tmp_path / "keep.txt").write_text("mine", "utf-8")

    first, again = (sqlite_seen.run("demo", "--json", O2C_DEMO_DIR=str(tmp_path)).json for _ in range(2))

    assert (first["customers"], first["invoices"], first["bank_lines"], first["lines_to_work"]) == (
        len(world.customers),
        len(world.invoices),
        len(world.bank_lines),
        len(world.work),
    )
    assert (first["broken_laws"], first["applied"] <= first["decisions"]["auto"]) == (0, True)
    assert {**again, "seconds": 0} == {**first, "seconds": 0}
    assert (tmp_path / "keep.txt").read_text("utf-8") == "mine"
    assert sqlite_seen.row_counts() == books


@pytest.mark.usefixtures("_small")
def test_a_broken_law_is_shown_and_ends_with_status_1(sqlite_empty: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    from o2c_ai.demo import company

    def broken(*words: object, **more: object) -> object:
        report = real(*words, **more)  # type: ignore[arg-type]  # handed on as it came
        report.broken_laws = 3
        return report

    real = company.run
    monkeypatch.setattr(company, "run", broken)

    told = sqlite_empty.run("demo")

    assert (told.status, "3 broken" in told.out) == (1, True)


def test_settings_of_the_demo_are_checked(sqlite_empty: Terminal) -> None:
    assert "environment [O2C_AUTO_PRECISION]" in sqlite_empty.refused("demo", O2C_AUTO_PRECISION="x")


@pytest.mark.slow
def test_the_demo_as_it_is_shown_keeps_every_law_and_is_precise(sqlite_empty: Terminal) -> None:
    told = sqlite_empty.said("demo")

    assert (told["customers"], told["broken_laws"]) == (220, 0)
    assert told["seconds"] < 120
