"""`o2c init`, `import`, `import-statement`, `import-remittance`: papers come in once, whole, and said aloud."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.database import Store
from o2c_ai.core.ledger.actions import open_company
from tests.books import NOON
from tests.cli.statements import ACCOUNT, entry, write_statement
from tests.cli.terminal import Terminal, read_rows

if TYPE_CHECKING:
    from pathlib import Path

    from o2c_ai.demo.world import World

STATEMENT = {"statements": 1, "new_lines": 2, "known_lines": 0, "left_out": 0}


def counts(new: int, amended: int, unchanged: int) -> dict[str, int]:
    return {"new": new, "amended": amended, "unchanged": unchanged}


def without(papers: Path, folder: Path, numbers: set[str]) -> Path:
    """A folder with the company's customers and all invoices but these."""
    folder.mkdir()
    shutil.copy(papers / "customers.csv", folder)
    rows = read_rows(papers / "invoices.csv")
    with (folder / "invoices.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(row for row in rows if row["invoice_id"] not in numbers)
    return folder


def test_init_makes_the_database_in_the_data_folder(sqlite_empty: Terminal) -> None:
    told = sqlite_empty.run("init", O2C_DATABASE_URL="", O2C_DATA_DIR="books")

    assert (told.status, "books/o2c.sqlite" in told.out) == (0, True)
    assert (sqlite_empty.folder / "books" / "o2c.sqlite").is_file()


def test_init_leaves_books_that_are_there_as_they_are(seen: Terminal) -> None:
    before = seen.row_counts()

    assert list(seen.said("init")) == ["database"]
    assert seen.row_counts() == before


def test_a_password_is_not_shown_even_where_the_database_cannot_be_reached(sqlite_empty: Terminal) -> None:
    told = sqlite_empty.refused("init", O2C_DATABASE_URL="postgresql://anna:secret@127.0.0.1:1/books")

    assert "Connection refused" in told
    assert "secret" not in told


def test_an_import_says_what_it_took_in(empty: Terminal, world: World, papers: Path) -> None:
    told = empty.said("import", papers)

    assert told["customers"] == counts(len(world.customers), 0, 0)
    assert told["invoices"] == counts(len(world.invoices), 0, 0)
    assert told["bank_lines"] == counts(len(world.bank_lines), 0, 0)
    assert told["applications"] == counts(len(world.history), 0, 0)
    assert told["advices_new"] == len(world.advices)
    assert told["lines_to_work"] == len(world.work)
    assert told["notes"] == ["opened the books of company 'main' in EUR"]


def test_importing_again_changes_nothing(o2c: Terminal, world: World, papers: Path) -> None:
    before = o2c.row_counts()

    told = o2c.said("import", papers)

    assert told["invoices"] == counts(0, 0, len(world.invoices))
    assert told["bank_lines"] == counts(0, 0, len(world.bank_lines))
    assert told["applications"] == counts(0, 0, len(world.history))
    assert (told["advices_new"], "disputes" in told) == (0, False)
    assert _but_documents(o2c.row_counts()) == _but_documents(before)


def _but_documents(tables: dict[str, int]) -> dict[str, int]:
    """Everything but the note that the same papers came again."""
    return {name: rows for name, rows in tables.items() if name not in {"documents", "document_receipts", "audit_log"}}


@pytest.mark.postgres
def test_postgresql_knows_the_sizes_of_its_tables_after_an_import(postgres_seen: Terminal) -> None:
    tables = postgres_seen.ask("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r'")
    known = {str(name): rows for name, rows in tables}

    counted = postgres_seen.row_counts()
    assert {name: known[name] for name in ("postings", "applications", "open_items", "statement_lines")} == {
        name: counted[name] for name in ("postings", "applications", "open_items", "statement_lines")
    }


def test_a_person_reads_a_summary(sqlite_empty: Terminal, papers: Path, world: World) -> None:
    told = sqlite_empty.ok("import", papers).out

    assert told.startswith("Imported papers.")
    assert f"new {len(world.invoices)}, amended 0, unchanged 0" in told
    assert "note: opened the books of company 'main' in EUR" in told


def test_an_invoice_missing_from_a_full_snapshot_is_settled_elsewhere_until_it_is_back(
    o2c: Terminal, papers: Path, world: World
) -> None:
    billed = {invoice.invoice_id for invoice in world.invoices if invoice.amount_minor > 0}
    gone = set(sorted(billed & world.open_amounts(world.history_until).keys())[:3])
    open_before = _open_numbers(o2c)

    first = o2c.said("import", without(papers, o2c.folder / "snapshot", gone), "--mirror")
    assert (len(gone), first["settled_elsewhere"]) == (3, 3)
    assert _open_numbers(o2c) == open_before - gone

    again = o2c.said("import", papers, "--mirror")
    assert again["reopened"] == 3
    assert _open_numbers(o2c) == open_before
    o2c.ok("ledger", "verify")


def _open_numbers(terminal: Terminal) -> set[object]:
    question = (
        "SELECT number FROM open_items i WHERE amount_minor > "
        "(SELECT coalesce(sum(amount_minor), 0) FROM applications a WHERE a.open_item_id = i.id)"
    )
    return {row[0] for row in terminal.ask(question)}


def test_without_mirror_nothing_is_settled_elsewhere(sqlite_o2c: Terminal, papers: Path, world: World) -> None:
    all_numbers = {invoice.invoice_id for invoice in world.invoices}

    told = sqlite_o2c.said("import", without(papers, sqlite_o2c.folder / "few", all_numbers))

    assert "settled_elsewhere" not in told


def test_the_companys_currency_is_the_commonest_unless_it_is_named(sqlite_empty: Terminal, papers: Path) -> None:
    commonest = Counter(row["currency"] for row in read_rows(papers / "invoices.csv")).most_common(1)[0][0]

    assert sqlite_empty.said("import", papers, "--company", "a")["notes"] == [
        f"opened the books of company 'a' in {commonest}"
    ]
    assert sqlite_empty.said("import", papers, "--company", "b", "--base-currency", "USD")["notes"] == [
        "opened the books of company 'b' in USD"
    ]
    assert sqlite_empty.ask("SELECT code, base_currency FROM companies ORDER BY code") == [
        ("a", commonest),
        ("b", "USD"),
    ]


def test_the_companys_currency_stays(sqlite_o2c: Terminal, papers: Path) -> None:
    sqlite_o2c.ok("import", papers, "--base-currency", "EUR")

    told = sqlite_o2c.refused("import", papers, "--base-currency", "USD")

    assert "kept in EUR" in told


def test_companies_of_one_database_do_not_mix(o2c: Terminal, papers: Path, world: World) -> None:
    before = o2c.said("report", "aging", "--as-of", world.end)

    o2c.ok("import", papers, "--company", "second")

    assert o2c.said("report", "aging", "--as-of", world.end) == before
    assert o2c.said("report", "aging", "--as-of", world.end, "--company", "second") == before
    assert o2c.said("ledger", "verify", "--company", "second")["sound"]


def test_books_without_anybody_get_their_first_user(sqlite_empty: Terminal) -> None:
    store = Store(sqlite_empty.url)
    with store.session() as session:
        open_company(session, code="main", name="main", base_currency="EUR", recorded_at=NOON)
        session.commit()
    store.dispose()

    sqlite_empty.ok("import-statement", write_statement(sqlite_empty.folder / "july.xml", entry(100, 1, "a")))

    assert sqlite_empty.ask("SELECT name FROM users") == [("cli",)]


def test_a_statement_of_an_unknown_account_opens_it_with_a_notice(o2c: Terminal) -> None:
    path = write_statement(o2c.folder / "july.xml", entry(50_000, 1, "RE 1"), entry(-700, 2, "fee"))

    told = o2c.said("import-statement", path)

    assert told == {str(path): STATEMENT}
    notices = o2c.ask("SELECT kind, payload FROM outbox_messages ORDER BY id")
    assert notices[-1] == ("new_bank_account", f'{{"account":"{ACCOUNT}"}}')
    balances = {(row["name"], row["currency"]): row["balance"] for row in _trial_balance(o2c)}
    assert balances[f"Bank {ACCOUNT}", "EUR"] == "493.00"
    o2c.ok("ledger", "verify")


def _trial_balance(terminal: Terminal) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = terminal.said("report", "trial-balance", "--as-of", "2025-12-31")
    return rows


def test_the_same_statement_again_brings_no_line(o2c: Terminal) -> None:
    path = write_statement(o2c.folder / "july.xml", entry(50_000, 1, "RE 1"), entry(-700, 2, "fee"))
    o2c.ok("import-statement", path)
    before = _but_documents(o2c.row_counts())

    told = o2c.said("import-statement", path, shutil.copy(path, o2c.folder / "copy.xml"))

    assert {name: (said["new_lines"], said["known_lines"]) for name, said in told.items()} == {
        str(path): (0, 2),
        str(o2c.folder / "copy.xml"): (0, 2),
    }
    assert _but_documents(o2c.row_counts()) == before


def test_overlapping_statements_bring_each_line_once_and_real_twins_twice(o2c: Terminal) -> None:
    twin = entry(9_900, 2, "same amount, same text")
    first = write_statement(o2c.folder / "first.xml", entry(100, 1, "a"), twin, twin)
    longer = write_statement(o2c.folder / "longer.xml", twin, twin, entry(300, 3, "b"))

    told = o2c.said("import-statement", first, longer)

    assert (told[str(first)]["new_lines"], told[str(longer)]["new_lines"]) == (3, 1)
    twins = o2c.ask("SELECT count(*) FROM statement_lines WHERE narrative = 'same amount, same text'")
    assert twins == [(2,)]


def test_files_are_taken_in_all_or_none(o2c: Terminal) -> None:
    good = write_statement(o2c.folder / "good.xml", entry(100, 1, "a"))
    cut = o2c.folder / "cut.xml"
    cut.write_bytes(good.read_bytes()[:600])

    assert "cut.xml" in o2c.refused("import-statement", good, cut)


def test_remittance_advices_are_taken_in_once(o2c: Terminal, world: World) -> None:
    line = world.work[0]
    path = o2c.folder / "advice.csv"
    path.write_text(f"remittance_id,line_id,invoice_ref,amount\nNEW-1,{line.line_id},X-1,1.00\n", "utf-8")

    assert o2c.said("import-remittance", path) == {str(path): {"new": 1}}
    assert o2c.said("import-remittance", path) == {str(path): {"new": 0}}


def test_a_file_keeps_its_name_in_the_summary(sqlite_o2c: Terminal) -> None:
    path = write_statement(sqlite_o2c.folder / "july_[bold]_2025.xml", entry(100, 1, "a"))

    assert "july_[bold]_2025.xml" in sqlite_o2c.ok("import-statement", path).out


@pytest.mark.parametrize("command", ["import-statement", "import-remittance"])
def test_papers_for_a_company_without_books_are_refused(sqlite_empty: Terminal, command: str) -> None:
    path = write_statement(sqlite_empty.folder / "july.xml", entry(100, 1, "a"))

    assert "`o2c import` creates one" in sqlite_empty.refused(command, path)
