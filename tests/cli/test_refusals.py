"""Bad input never gives a traceback: it gives a status, what is wrong, and what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cli.statements import entry, write_statement
from tests.cli.terminal import Terminal

if TYPE_CHECKING:
    from o2c_ai.demo.world import World

DAY = "2025-05-30"
FACTS = ["source", "line", "field", "what", "remedy"]

MISUSES = {
    "no such command": ("fly",),
    "no such report": ("report", "gossip", "--as-of", DAY),
    "no such job": ("jobs", "run", "dream", "--as-of", DAY),
    "no such option": ("init", "--faster"),
    "a missing day": ("predict", "--out", "x.csv"),
    "a missing file": ("predict", "--as-of", DAY),
    "a day of another shape": ("predict", "--as-of", "30.5.2025", "--out", "x.csv"),
    "a day that is none": ("match", "--as-of", "2025-02-30", "--out", "x.csv"),
    "a day before all books": ("forecast", "--as-of", "0001-01-01", "--out", "x.csv"),
    "a day after all books": ("worklist", "--as-of", "9999-12-31", "--out", "x.csv"),
    "a broken first day": ("match", "--as-of", DAY, "--from", "yesterday", "--out", "x.csv"),
    "a broken since": ("export", "postings", "--since", "x", "--out", "x.csv"),
    "a broken cutoff": ("backtest", "payment-timing", "--cutoff", "9999-12-31", "--out", "x.csv"),
    "too many days": ("backtest", "payment-timing", "--cutoff", DAY, "--days", "99999999999", "--out", "x.csv"),
    "origins without an end": ("backtest", "forecast", "--origins", DAY, "--out", "x.csv"),
    "origins that are no days": ("backtest", "forecast", "--origins", "a:b", "--out", "x.csv"),
    "origins in the far future": ("backtest", "forecast", "--origins", f"{DAY}:9999-01-01", "--out", "x.csv"),
    "origins turned round": ("backtest", "forecast", "--origins", f"{DAY}:2025-01-01", "--out", "x.csv"),
    "too many weeks": ("forecast", "--as-of", DAY, "--weeks", "54", "--out", "x.csv"),
    "more than certain": ("match", "--as-of", DAY, "--auto-precision", "1.5", "--out", "x.csv"),
    "no number": ("match", "--as-of", DAY, "--auto-precision", "nan", "--out", "x.csv"),
    "an unknown format": ("ledger", "export", "--format", "tex"),
}


@pytest.mark.parametrize("words", MISUSES.values(), ids=MISUSES)
def test_a_misuse_is_explained_and_ends_with_status_2(sqlite_seen: Terminal, words: tuple[str, ...]) -> None:
    shown = sqlite_seen.run(*words)
    told = sqlite_seen.run(*words, "--json")

    assert (shown.status, shown.out) == (2, "")
    assert "Traceback" not in shown.err
    assert "Usage: o2c" in shown.err
    assert told.status == 2
    (problem,) = told.json["problems"]
    assert list(problem) == FACTS
    assert (problem["source"], bool(problem["what"]), problem["remedy"]) == (
        "command line",
        True,
        "see o2c COMMAND --help",
    )
    assert not (sqlite_seen.folder / "x.csv").exists()


def test_without_a_command_the_commands_are_listed(sqlite_seen: Terminal) -> None:
    told = sqlite_seen.run()

    assert told.status == 2
    assert "worklist" in told.out + told.err


def test_help_is_given_for_the_asking(sqlite_seen: Terminal) -> None:
    assert "Propose what every undecided bank line pays." in sqlite_seen.ok("match", "--help").out


NO_BOOKS = {
    "match": ("match", "--as-of", DAY, "--out", "x.csv"),
    "predict": ("predict", "--as-of", DAY, "--out", "x.csv"),
    "report": ("report", "aging", "--as-of", DAY),
    "verify": ("ledger", "verify"),
    "export": ("export", "applications", "--out", "x.csv"),
    "unapply": ("unapply", "--since", DAY, "--on", DAY),
    "jobs": ("jobs", "run", "forecast_cash", "--as-of", DAY),
}


@pytest.mark.parametrize("words", NO_BOOKS.values(), ids=NO_BOOKS)
def test_a_company_without_books_is_refused_and_not_opened(sqlite_seen: Terminal, words: tuple[str, ...]) -> None:
    told = sqlite_seen.refused(*words, "--company", "nobody")

    assert told == "refused: no company 'nobody'; `o2c import` creates one"


@pytest.mark.parametrize(
    ("name", "what"), [("nowhere", "nowhere: is not a folder"), ("file.csv", "file.csv: is not a folder")]
)
def test_what_is_no_folder_is_not_imported(sqlite_seen: Terminal, name: str, what: str) -> None:
    (sqlite_seen.folder / "file.csv").touch()

    assert what in sqlite_seen.refused("import", sqlite_seen.folder / name)


def test_a_folder_without_papers_is_not_imported(sqlite_seen: Terminal) -> None:
    (sqlite_seen.folder / "bare").mkdir()

    assert "holds none of the files" in sqlite_seen.refused("import", sqlite_seen.folder / "bare")


def test_faults_of_papers_are_listed_with_place_and_remedy(sqlite_seen: Terminal) -> None:
    folder = sqlite_seen.folder / "faults"
    folder.mkdir()
    (folder / "bank_lines.csv").write_text(
        "line_id,booking_date,currency,amount\nX1,31.12.2025,EUR,1.00\nX2,2025-01-01,EUR,1.001\n", "utf-8"
    )

    told = sqlite_seen.run("import", folder, "--json")

    assert (told.status, told.json["error"]) == (1, "BadInput")
    assert [list(problem) for problem in told.json["problems"]] == [FACTS, FACTS]
    assert [(p["source"], p["line"], p["field"]) for p in told.json["problems"]] == [
        ("bank_lines.csv", 2, "booking_date"),
        ("bank_lines.csv", 3, "amount"),
    ]
    assert "bank_lines.csv:2 [booking_date]" in sqlite_seen.refused("import", folder)


def test_books_are_not_opened_in_a_currency_that_does_not_exist(sqlite_seen: Terminal) -> None:
    folder = sqlite_seen.folder / "papers"
    folder.mkdir()
    (folder / "customers.csv").write_text("customer_id,name\nC1,A\n", "utf-8")

    assert "'XYZW'" in sqlite_seen.refused("import", folder, "--company", "new", "--base-currency", "XYZW")


def test_a_statement_cut_off_is_refused_whole(sqlite_seen: Terminal) -> None:
    whole = write_statement(sqlite_seen.folder / "whole.xml", entry(100, 1), entry(200, 2)).read_bytes()
    cut = sqlite_seen.folder / "cut.xml"

    for size in (0, 1, 60, len(whole) // 2, len(whole) - 20):
        cut.write_bytes(whole[:size])
        assert "cut.xml" in sqlite_seen.refused("import-statement", cut)


def test_files_that_are_not_there_or_no_files_are_named(sqlite_seen: Terminal) -> None:
    folder = sqlite_seen.folder

    assert f"No such file or directory: {folder / 'nowhere.xml'}" in sqlite_seen.refused(
        "import-statement", folder / "nowhere.xml"
    )
    assert f"Is a directory: {folder}" in sqlite_seen.refused("import-remittance", folder)


def test_what_is_no_statement_is_named(sqlite_seen: Terminal) -> None:
    path = sqlite_seen.folder / "table.csv"
    path.write_text("a,b\n1,2\n", "utf-8")

    assert "table.csv" in sqlite_seen.refused("import-statement", path)


def test_an_advice_with_a_fault_is_refused(sqlite_seen: Terminal) -> None:
    path = sqlite_seen.folder / "advice.csv"
    path.write_text("remittance_id,invoice_ref,amount\nA1,X-1,1.00\n", "utf-8")

    assert "without a date must name a known bank line" in sqlite_seen.refused("import-remittance", path)


OUTPUTS = {
    "match": ("match", "--as-of", DAY),
    "features": ("features", "payment-timing", "--as-of", DAY),
    "export": ("export", "postings"),
    "ledger": ("ledger", "export"),
}


@pytest.mark.parametrize("words", OUTPUTS.values(), ids=OUTPUTS)
def test_a_table_is_not_written_over_a_folder(sqlite_seen: Terminal, words: tuple[str, ...]) -> None:
    told = sqlite_seen.refused(*words, "--out", sqlite_seen.folder)

    assert told == f"refused: Is a directory: {sqlite_seen.folder}"


def test_the_folders_of_a_table_are_made(sqlite_seen: Terminal, world: World) -> None:
    path = sqlite_seen.folder / "far" / "away" / "postings.csv"

    sqlite_seen.ok("export", "postings", "--since", world.end, "--out", path)

    assert path.read_text("utf-8").startswith("entry_id,")


def test_an_unknown_line_cannot_be_taken_back(sqlite_seen: Terminal) -> None:
    told = sqlite_seen.refused("unapply", "--since", DAY, "--on", DAY, "--line", "L-NONE")

    assert "no statement line L-NONE" in told


def test_nothing_is_taken_back_before_it_was_booked(sqlite_o2c: Terminal, world: World) -> None:
    paid = next(row.line_id for row in reversed(world.history) if row.invoice_id)
    other = next(row.line_id for row in reversed(world.history) if row.reason == "not_ar")

    for line in (paid, other):
        told = sqlite_o2c.refused("unapply", "--since", world.start, "--on", world.start, "--line", line)
        assert told.startswith("refused: 1 of these lines were decided after 2025-01-01")


SETTINGS = {
    "nonsense": {"O2C_DATABASE_URL": "nonsense"},
    "another database": {"O2C_DATABASE_URL": "foo://somewhere/books"},
    "a missing driver": {"O2C_DATABASE_URL": "oracle://somewhere/books"},
    "a precision above one": {"O2C_AUTO_PRECISION": "2"},
    "a precision in words": {"O2C_AUTO_PRECISION": "very"},
}


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_a_setting_that_cannot_be_used_is_named(sqlite_seen: Terminal, settings: dict[str, str]) -> None:
    (name,) = settings

    told = sqlite_seen.run("init", "--json", **settings)

    assert told.status == 1
    (problem,) = told.json["problems"]
    assert (problem["source"], problem["field"]) == ("environment", name)
    assert f"environment [{name}]" in sqlite_seen.refused("init", **settings)


def test_a_database_that_cannot_be_opened_is_said(sqlite_seen: Terminal) -> None:
    folder = sqlite_seen.folder
    (folder / "no.db").write_text("this is no database, only a few words in a file", "utf-8")

    assert "file is not a database" in sqlite_seen.refused("init", O2C_DATABASE_URL=f"sqlite:///{folder / 'no.db'}")
    assert "unable to open database file" in sqlite_seen.refused("init", O2C_DATABASE_URL=f"sqlite:///{folder}")
    assert "File exists" in sqlite_seen.refused("init", O2C_DATABASE_URL="", O2C_DATA_DIR=str(folder / "no.db"))


def test_a_refusal_by_the_database_is_one_line(sqlite_seen: Terminal) -> None:
    told = sqlite_seen.run("ledger", "verify", O2C_DATABASE_URL="postgresql://anna@127.0.0.1:1/books")

    assert told.status == 1
    assert told.err.startswith("refused: the database refused: ")
    assert told.err.count("\n") == 1
