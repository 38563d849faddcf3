"""What the README and the start page show is run: every command works, and prints the lines that the page says."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from benchmarks.readme import UNMEASURED, figures_table, read_results, with_figures
from tests.docs.fences import ROOT, blocks
from tests.docs.tour import PAGES, PAPERS, label, retold, run, shown, write_papers

README = ROOT / "README.md"
ACTIVATE = "source .venv/bin/activate"
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


@pytest.mark.usefixtures("desk")
@each_page
def test_the_commands_of_a_page_work_and_print_what_it_says(page: Path) -> None:
    ours = [one for one in shown(page) if one.command.startswith("o2c ")]
    for one in ours:
        status, said = run(one.command)
        printed = {label(line) for line in said}
        place = f"{page.name}:{one.line}: {one.command}"

        assert status == 0, "\n".join([place, *said])
        assert [line for line in one.output if label(line) not in printed] == [], "\n".join([place, *said])
    assert len(ours) > 5


@each_page
def test_a_page_shows_only_commands_that_are_run_here_or_made(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    made = {f"make {target}" for target in targets}

    others = [one.command for one in shown(page) if not one.command.startswith("o2c ")]

    assert [command for command in others if command not in {ACTIVATE, *made}] == []


@pytest.mark.usefixtures("desk")
def test_the_rows_of_proposals_in_the_readme_have_the_columns_that_are_written() -> None:
    run(f"o2c import {PAPERS}")
    run("o2c match --as-of 2026-10-15 --out proposals.csv")

    assert {len(row) for row in rows_shown()} == {len(rows_of("proposals.csv")[0])}
    assert rows_shown()[0] == rows_of("proposals.csv")[0]


@pytest.mark.slow
@each_page
def test_the_figures_of_a_page_are_those_of_the_demo(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_papers(tmp_path)

    assert page.read_text("utf-8") == retold(page), "run `python -m tests.docs.tour`"
    if page == README:
        written = {tuple(row[:-1]): row[-1] for row in rows_of("proposals.csv")}
        for *cells, reasons in rows_shown():
            assert written[tuple(cells)].startswith(reasons.removesuffix("…"))


def rows_of(table: str) -> list[list[str]]:
    """The rows of a table that a command wrote here."""
    with Path(table).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def rows_shown() -> list[list[str]]:
    """The rows of proposals.csv that the README shows."""
    (block,) = blocks(README, "csv")
    return list(csv.reader(block.text.splitlines()))


def test_the_first_commands_of_the_readme_are_the_two_to_begin_with() -> None:
    assert [one.command for one in shown(README)][:2] == ["make demo", "make test"]


def test_the_figures_in_the_readme_are_those_that_were_measured() -> None:
    page = README.read_text("utf-8")

    assert page == with_figures(page, read_results()), "run `python -m benchmarks.readme`"


def test_figures_are_shown_as_they_were_measured() -> None:
    results: dict[str, dict[str, object]] = {
        "import a set": {"rows": 1234567, "seconds": 3.5, "python": "3.11.7"},
        "matching": {"auc": [0.5, 0.25, None], "by_kind": {"partial": 1}, "nothing": None, "long": [1, 2, 3, 4, 5]},
    }

    assert figures_table(results).splitlines()[2:] == [
        "| import a set | rows 1,234,567 · seconds 3.5 · python 3.11.7 |",
        "| matching | auc 0.5 / 0.25 /  |",
    ]


def test_matching_has_a_row_for_each_set_and_matcher() -> None:
    results: dict[str, dict[str, object]] = {
        "matching a set rules 0.997": {"straight_through": 0.5, "auto_precision": 1.0, "top1": 0.75},
        "matching a set rules 0.999": {"straight_through": 0.25, "auto_precision": 1.0, "top1": 0.75},
        "matching a set ranks 0.997": {"straight_through": 0.125, "lines_per_second": 3.5},
        "deciding a set rules": {"lines_per_second": 1_200},
    }

    assert figures_table(results).splitlines()[2:] == [
        "| a set ranks | 0.997 | 0.125 | - | - | - | - | 3.5 |",
        "| a set rules | 0.997 / 0.999 | 0.5 / 0.25 | 1.0 / 1.0 | - / - | 0.75 / 0.75 | - / - | 1,200 |",
    ]


def test_nothing_measured_is_said_so() -> None:
    assert figures_table({}) == UNMEASURED


def test_the_readme_names_every_module_of_the_books_from_the_past_to_the_future() -> None:
    built = {path.parent.name for path in (ROOT / "o2c_ai" / "core").glob("*/__init__.py")}
    contracts = (ROOT / "pyproject.toml").read_text("utf-8").split('id = "past-not-future"')[1].split("\n]\n")[0]
    steps = re.findall(r'"\(?(\w+)\)?",', contracts.split("layers = [")[1])[::-1]

    named = re.findall(r"^\| `(\w+)` \| ", README.read_text("utf-8"), flags=re.MULTILINE)

    assert named == [step for step in steps if step in built]
    assert set(named) == built
