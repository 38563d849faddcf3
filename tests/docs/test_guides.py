"""The guides say what the program does: every command and option, every setting, file, column and law, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from o2c_ai.cli import app
from o2c_ai.core.ledger.rules import CHART
from o2c_ai.core.people.rules import Role
from o2c_ai.core.suggestions.rules import Decision, Reason
from o2c_ai.core.verification.rules import Law
from o2c_ai.formats import outputs
from o2c_ai.formats.exchange import FILES
from o2c_ai.settings import Settings
from tests.docs.fences import DOCS, FENCE, ROOT, pages

COMMANDS = DOCS / "guides" / "command-line.md"
FOLDER = DOCS / "guides" / "exchange-folder.md"
APPLYING = DOCS / "guides" / "cash-application.md"
BOOKS = DOCS / "guides" / "money-and-books.md"
SHARED = {"--company", "--user", "--json"}
WRITTEN = {
    "proposals.csv": outputs.PROPOSALS,
    "options.csv": outputs.OPTIONS,
    "predictions.csv": outputs.PREDICTIONS,
    "forecast.csv": outputs.FORECAST,
    "worklist.csv": outputs.WORKLIST,
    "postings.csv": outputs.POSTINGS,
}
PRIVATE = re.compile(r"\b(house|rooms?|furniture|doors?)\b", re.IGNORECASE)
LINK = re.compile(r"\[[^]]+\]\(([^)#:]*)(#[^)]*)?\)")


def sections(page: Path, mark: str) -> dict[str, str]:
    """Heading → what stands under it, for headings of one level."""
    parts = re.split(rf"^{mark} (.+)$", page.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def first_cells(text: str) -> list[str]:
    """The first cell of each row of the tables in a text, without headings."""
    rows = re.findall(r"^\| (.+?) \| .*\|$", text, flags=re.MULTILINE)
    rules = [place for place, row in enumerate(rows) if row.startswith("---")]
    return [row for place, row in enumerate(rows) if place not in rules and place + 1 not in rules]


def commands_of_the_app() -> Iterator[tuple[str, set[str]]]:
    """Each command with its options, as the program knows them."""
    waiting = [("o2c", typer.main.get_command(app))]
    while waiting:
        path, command = waiting.pop()
        inner = getattr(command, "commands", None)
        if inner:
            waiting += [(f"{path} {name}", one) for name, one in inner.items()]
        else:
            options = [opt for p in command.params if p.param_type_name == "option" for opt in p.opts]
            yield path, set(options)


def documented_commands() -> dict[str, set[str]]:
    """Each command with its own options, as the guide tells them."""
    text = re.sub(r"^## .*$", "", COMMANDS.read_text("utf-8"), flags=re.MULTILINE)
    found = {}
    for heading, body in re.findall(r"^### (o2c .+)\n((?:(?!^### ).*\n)*)", text, flags=re.MULTILINE):
        words = [word for word in heading.split() if word.islower() or "-" in word]
        cells = " ".join(first_cells(body))
        found[" ".join(words)] = {opt for opt in re.findall(r"--[a-z-]+", cells) if not opt.startswith("--no-")}
    return found


def test_every_command_is_documented_with_every_option_and_no_other() -> None:
    program = {path: options - SHARED for path, options in commands_of_the_app()}

    assert documented_commands() == program


def test_the_options_said_to_be_everywhere_are_everywhere() -> None:
    fewer = {"o2c demo": {"--json"}, "o2c serve": set[str]()}
    expected = {path: fewer.get(path, SHARED) for path, _ in commands_of_the_app()}

    assert {path: options & SHARED for path, options in commands_of_the_app()} == expected


def test_every_setting_is_documented_and_no_other() -> None:
    cells = first_cells(sections(COMMANDS, "##")["For every command"])

    assert {c for c in cells if c.startswith("`O2C_")} == {f"`O2C_{name.upper()}`" for name in Settings.model_fields}


@pytest.mark.parametrize("name", FILES)
def test_a_file_of_the_exchange_folder_is_documented_as_it_is_read(name: str) -> None:
    _, columns, _ = FILES[name]

    cells = [cell for cell in first_cells(sections(FOLDER, "##")[name]) if re.fullmatch(r"\**\w+\**", cell)]

    assert {cell.strip("*") for cell in cells if cell.startswith("**")} == set(columns.required)
    assert sorted(cell.strip("*") for cell in cells) == sorted(columns.names)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_table_that_is_written_is_documented_column_by_column(name: str) -> None:
    assert tuple(first_cells(sections(FOLDER, "###")[name])) == WRITTEN[name]


def test_every_reason_is_documented_and_no_other() -> None:
    words = set(re.findall(r"`(\w+)`", " ".join(first_cells(sections(FOLDER, "##")["applications.csv"]))))

    assert words == {reason.value for reason in Reason if reason.value}


def test_every_decision_is_documented_and_no_other() -> None:
    assert first_cells(sections(APPLYING, "##")["Decision"]) == [f"`{decision.value}`" for decision in Decision]


def test_the_laws_accounts_and_roles_are_those_of_the_books() -> None:
    parts = sections(BOOKS, "##")

    assert first_cells(parts["The laws"]) == [law.value for law in Law]
    assert first_cells(parts["Entries"])[1:] == sorted(number for number, _ in CHART.values())
    assert first_cells(parts["Who may do what"]) == [role.value for role in Role]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_links_only_to_what_is_there(page: Path) -> None:
    text = page.read_text("utf-8")
    dead = []
    for target, anchor in LINK.findall(text):
        goal = (page.parent / target) if target else page
        headings = re.findall(r"^#+ (.+)$", goal.read_text("utf-8"), flags=re.MULTILINE) if goal.suffix == ".md" else []
        slugs = {"#" + re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
        if not goal.exists() or (anchor and anchor not in slugs):
            dead.append(target + anchor)

    assert dead == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_opens_with_a_title_and_uses_the_words_of_the_field(page: Path) -> None:
    text = page.read_text("utf-8")

    assert text.startswith("# ")
    assert PRIVATE.findall(text) == []
    assert text.count(FENCE) % 2 == 0


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached, waiting = set[Path](), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop().resolve()
        if page in reached or page.suffix != ".md":
            continue
        reached.add(page)
        waiting += [page.parent / target for target, _ in LINK.findall(page.read_text("utf-8")) if target]

    assert [page.name for page in pages() if page.resolve() not in reached] == []
