"""`o2c ledger` and `o2c export`: books that prove themselves, and data that goes out and comes back unchanged."""

from __future__ import annotations

import csv
import io
import shutil
from collections import Counter, defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from beancount import loader

from o2c_ai.core.database import Store
from o2c_ai.formats.ledger_export import TABLE
from tests.cli.terminal import Terminal, read_rows

if TYPE_CHECKING:
    from pathlib import Path

    from o2c_ai.demo.world import World

POSTINGS = ["entry_id", "posting_date", "kind", "text", "account", "account_name", "currency", "amount", "base_amount"]


def test_verify_counts_what_it_checked_law_by_law(seen: Terminal, world: World) -> None:
    told = seen.said("ledger", "verify")

    assert (told["sound"], told["findings"]) == (True, [])
    assert told["checked"]["parts"] == len({row.line_id for row in world.history})
    assert told["checked"]["one_decision"] == len(world.bank_lines)
    assert "Every law of the books holds." in seen.ok("ledger", "verify").out


def test_verify_names_the_row_that_breaks_a_law(sqlite_o2c: Terminal) -> None:
    store = Store(sqlite_o2c.url)
    with store.session() as session:
        connection = session.connection()
        for (name,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE postings SET amount_minor = amount_minor + 1 WHERE id = 7")
        session.commit()
    store.dispose()

    told = sqlite_o2c.run("ledger", "verify", "--json")
    shown = sqlite_o2c.run("ledger", "verify")

    assert (told.status, told.json["sound"], shown.status) == (1, False, 1)
    assert any("balanced" in finding for finding in told.json["findings"])
    assert f"{len(told.json['findings'])} rows break a law." in shown.out


def test_the_exported_ledger_is_read_by_beancount_without_complaint(seen: Terminal) -> None:
    path = seen.folder / "books.beancount"
    seen.ok("ledger", "export", "--format", "beancount", "--out", path)

    entries, errors, _ = loader.load_file(str(path))

    assert errors == []
    assert len(entries) > 500


@pytest.mark.parametrize("language", ["beancount", "hledger", "csv"])
def test_an_export_is_the_same_on_the_screen_and_in_a_file(sqlite_seen: Terminal, language: str) -> None:
    path = sqlite_seen.folder / f"books.{language}"

    told = sqlite_seen.said("ledger", "export", "--format", language, "--out", path)

    assert told == {"format": language, "file": str(path)}
    assert sqlite_seen.ok("ledger", "export", "--format", language).out == path.read_bytes().decode()


def test_the_exported_table_of_postings_balances(seen: Terminal) -> None:
    found = list(csv.DictReader(io.StringIO(seen.ok("ledger", "export", "--format", "csv").out)))

    assert tuple(found[0]) == TABLE
    assert _unbalanced(found) == set()


def _unbalanced(rows: list[dict[str, str]]) -> set[tuple[str, str]]:
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["entry_id"], row["currency"]] += Decimal(row["amount"])
    return {key for key, total in sums.items() if total}


def test_exported_applications_are_what_people_booked(seen: Terminal, papers: Path) -> None:
    with (papers / "applications.csv").open(encoding="utf-8", newline="") as file:
        stated = list(csv.DictReader(file))

    exported = seen.table("export", "applications")

    assert list(exported[0]) == ["line_id", "invoice_id", "customer_id", "amount", "reason"]
    assert Counter(_key(row) for row in exported) == Counter(_key(row) for row in stated)


def _key(row: dict[str, str]) -> tuple[str, ...]:
    return tuple(row[name] for name in ("line_id", "invoice_id", "customer_id", "amount", "reason"))


def test_exported_applications_imported_again_change_nothing(o2c: Terminal, world: World, papers: Path) -> None:
    folder = o2c.folder / "again"
    shutil.copytree(papers, folder)
    o2c.ok("match", "--as-of", world.end, "--apply", "--out", o2c.folder / "proposals.csv")
    o2c.ok("export", "applications", "--out", folder / "applications.csv")
    exported = read_rows(folder / "applications.csv")
    before = _facts(o2c)

    told = o2c.said("import", folder)

    assert told["applications"] == {"new": 0, "amended": 0, "unchanged": len(exported)}
    assert _facts(o2c) == before
    assert len(exported) > len(world.history)


def _facts(terminal: Terminal) -> dict[str, int]:
    """Rows of every table but the notes that papers came."""
    return {name: rows for name, rows in terminal.row_counts().items() if name not in {"documents", "audit_events"}}


def test_applications_are_exported_from_a_day_on(sqlite_seen: Terminal, world: World) -> None:
    since = world.history_until - timedelta(days=20)
    days = {line.line_id: line.booking_date for line in world.bank_lines}

    exported = sqlite_seen.table("export", "applications", "--since", since)

    assert Counter(row["line_id"] for row in exported) == Counter(
        row.line_id for row in world.history if days[row.line_id] >= since
    )


def test_exported_postings_balance_entry_by_entry(seen: Terminal) -> None:
    rows = seen.table("export", "postings")

    assert list(rows[0]) == POSTINGS
    assert _unbalanced(rows) == set()
    assert len(rows) == seen.row_counts()["postings"]


def test_postings_are_exported_from_a_day_on(sqlite_seen: Terminal, world: World) -> None:
    since = world.end - timedelta(days=10)

    rows = sqlite_seen.table("export", "postings", "--since", since)

    assert rows
    assert all(row["posting_date"] >= since.isoformat() for row in rows)
    assert _unbalanced(rows) == set()
