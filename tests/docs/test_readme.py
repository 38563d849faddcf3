"""What the README and the start page show is run: every command works, and prints the lines that the page says."""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks.readme import UNMEASURED, figures_table, read_results, with_figures
from o2c_ai.cli import main
from tests.docs.fences import DOCS, ROOT, blocks

README = ROOT / "README.md"
PROMPT = "$ "
ACTIVATE = "source .venv/bin/activate"
GAP = re.compile(r"\s{2,}")
NUMBER = re.compile(r"\d[\d.,]*")


@dataclass
class Shown:
    """A command of a page and the lines the page says it prints."""

    line: int
    command: str
    output: list[str] = field(default_factory=list)


def shown(page: Path) -> Iterator[Shown]:
    """The commands of a page's console blocks, in order."""
    for block in blocks(page, "console"):
        found: list[Shown] = []
        for number, line in enumerate(block.text.splitlines(), start=block.line + 1):
            if line.startswith(PROMPT):
                found.append(Shown(number, line.removeprefix(PROMPT)))
            else:
                found[-1].output.append(line)
        yield from found


def label(line: str) -> str:
    """What a line of output is about: its words up to the figures, numbers masked, as they differ by company."""
    return NUMBER.sub("#", GAP.split(line.strip())[0])


def run(command: str, capsys: pytest.CaptureFixture[str]) -> tuple[int | str | None, str]:
    """Run an o2c command here and now; gives its status and what it said."""
    with pytest.raises(SystemExit) as ended:
        main(shlex.split(command)[1:])
    told = capsys.readouterr()
    return ended.value.code, told.out + told.err


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("page", [README, DOCS / "start.md"], ids=lambda page: page.stem)
def test_the_commands_of_a_page_work_and_print_what_it_says(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ours = [one for one in shown(page) if one.command.startswith("o2c ")]
    for one in ours:
        status, said = run(one.command, capsys)
        printed = {label(line) for line in said.splitlines()}

        assert status == 0, f"{page.name}:{one.line}: {one.command}\n{said}"
        assert [line for line in one.output if label(line) not in printed] == [], f"{page.name}:{one.line}\n{said}"
    assert len(ours) > 5


@pytest.mark.parametrize("page", [README, DOCS / "start.md"], ids=lambda page: page.stem)
def test_a_page_shows_only_commands_that_are_run_here_or_made(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), flags=re.MULTILINE))
    made = {f"make {target}" for target in targets}

    strange = [one.command for one in shown(page) if not one.command.startswith("o2c ")]

    assert [command for command in strange if command not in {ACTIVATE, *made}] == []


@pytest.mark.usefixtures("desk")
def test_the_rows_of_proposals_in_the_readme_have_the_columns_that_are_written(
    capsys: pytest.CaptureFixture[str],
) -> None:
    (block,) = blocks(README, "csv")
    run("o2c import var/demo/exchange", capsys)
    run("o2c match --as-of 2026-10-15 --out proposals.csv", capsys)

    with Path("proposals.csv").open(encoding="utf-8", newline="") as file:
        written = next(csv.reader(file))
    rows = list(csv.reader(block.text.splitlines()))

    assert rows[0] == written
    assert {len(row) for row in rows} == {len(written)}


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


def test_nothing_measured_is_said_so() -> None:
    assert figures_table({}) == UNMEASURED


def test_the_readme_names_every_module_of_the_books_from_the_past_to_the_future() -> None:
    built = {path.parent.name for path in (ROOT / "o2c_ai" / "core").glob("*/__init__.py")}
    contracts = (ROOT / "pyproject.toml").read_text("utf-8").split('id = "past-not-future"')[1].split("\n]\n")[0]
    steps = re.findall(r'"\(?(\w+)\)?",', contracts.split("layers = [")[1])[::-1]

    named = re.findall(r"^\| `(\w+)` \| ", README.read_text("utf-8"), flags=re.MULTILINE)

    assert named == [step for step in steps if step in built]
    assert set(named) == built
