"""`o2c report`: the same figures for people, spreadsheets and programs, and figures that agree with each other."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal import Rows, Terminal

if TYPE_CHECKING:
    from o2c_ai.demo.world import World

BUCKETS = ("current", "1-30", "31-60", "61-90", "91+")
COLUMNS = {
    "aging": ("customer_id", "currency", *BUCKETS, "open", "credit_memos", "unapplied", "on_account"),
    "dso": (
        "currency",
        "days",
        "closing_ar",
        "sales",
        "dso",
        "best_possible_dso",
        "add",
        "countback_dso",
        "turnover",
    ),
    "cei": ("currency", "days", "opening_ar", "sales", "closing_ar", "current_ar", "cei_percent"),
    "trial-balance": ("account", "name", "currency", "debit", "credit", "balance", "unvalued_postings"),
    "match-rates": ("measure", "value", "hits", "of", "at_least", "at_most"),
}


def rows(terminal: Terminal, name: str, as_of: object) -> Rows:
    """A report as texts."""
    told = terminal.said("report", name, "--as-of", as_of)
    return [{column: str(value) for column, value in row.items()} for row in told]


@pytest.mark.parametrize("name", COLUMNS)
def test_a_report_says_the_same_to_people_spreadsheets_and_programs(seen: Terminal, world: World, name: str) -> None:
    words = ("report", name, "--as-of", world.end, "--format")

    as_json = [[str(value) for value in row.values()] for row in seen.ok(*words, "json").json]
    header, *as_csv = csv.reader(io.StringIO(seen.ok(*words, "csv").out))
    table = seen.ok(*words, "table").out

    assert tuple(header) == COLUMNS[name]
    assert as_csv == as_json != []
    title, _, *lines = table.splitlines()
    assert title.rstrip().endswith(f"as of {world.end}")
    assert [line.split() for line in lines] == [" ".join(row).split() for row in as_csv]


def test_aging_sums_to_its_totals_and_to_the_ledger(seen: Terminal, world: World) -> None:
    found = rows(seen, "aging", world.end)
    sums: defaultdict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for row in found:
        if row["customer_id"] != "TOTAL":
            for column in COLUMNS["aging"][2:]:
                sums[row["currency"], column] += Decimal(row[column])
    totals = {row["currency"]: row for row in found if row["customer_id"] == "TOTAL"}

    ledger = {
        (row["account"], row["currency"]): Decimal(row["balance"]) for row in rows(seen, "trial-balance", world.end)
    }

    assert "EUR" in totals
    for currency, total in totals.items():
        assert all(sums[currency, column] == Decimal(total[column]) for column in COLUMNS["aging"][2:])
        assert sum(Decimal(total[bucket]) for bucket in BUCKETS) == Decimal(total["open"])
        assert Decimal(total["open"]) - Decimal(total["credit_memos"]) == ledger["1200", currency]
        waiting = ledger.get(("1291", currency), Decimal(0)) + ledger.get(("1292", currency), Decimal(0))
        assert Decimal(total["unapplied"]) == -waiting


def test_the_trial_balance_balances_in_every_currency(seen: Terminal, world: World) -> None:
    sides: defaultdict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])

    for row in rows(seen, "trial-balance", world.end):
        sides[row["currency"]][0] += Decimal(row["debit"])
        sides[row["currency"]][1] += Decimal(row["credit"])
        assert Decimal(row["debit"]) - Decimal(row["credit"]) == Decimal(row["balance"])

    assert all(debit == credit > 0 for debit, credit in sides.values())


def test_dso_and_cei_follow_from_the_figures_beside_them(seen: Terminal, world: World) -> None:
    for row in rows(seen, "dso", world.end):
        if not Decimal(row["sales"]):
            continue
        dso = Decimal(row["closing_ar"]) / Decimal(row["sales"]) * int(row["days"])
        assert abs(Decimal(row["dso"]) - dso) <= Decimal("0.005")
        assert Decimal(row["dso"]) - Decimal(row["best_possible_dso"]) == pytest.approx(
            Decimal(row["add"]), abs=Decimal("0.01")
        )
    for row in rows(seen, "cei", world.end):
        opening, sales, closing, current = (
            Decimal(row[name]) for name in ("opening_ar", "sales", "closing_ar", "current_ar")
        )
        if opening + sales != current:
            cei = (opening + sales - closing) / (opening + sales - current) * 100
            assert abs(Decimal(row["cei_percent"]) - cei) <= Decimal("0.005")


def test_match_rates_count_what_was_booked_from_history(seen: Terminal, world: World) -> None:
    found = {row["measure"]: row for row in rows(seen, "match-rates", world.end)}

    booked = {row.line_id for row in world.history}
    assert found["lines booked from history"]["hits"] == str(len(booked))
    assert found["straight through"]["of"] == "0"  # nothing was suggested here yet


def test_a_day_before_the_books_begin_has_nothing_to_report(sqlite_seen: Terminal, world: World) -> None:
    before = world.start - timedelta(days=1)

    assert rows(sqlite_seen, "aging", before) == []
    assert "nothing yet" in sqlite_seen.ok("report", "dso", "--as-of", before).out
    assert sqlite_seen.ok("report", "trial-balance", "--as-of", before, "--format", "csv").out.count("\n") == 1


def test_names_that_look_like_markup_are_shown_as_they_are(sqlite_empty: Terminal) -> None:
    folder = sqlite_empty.folder / "[red]"
    folder.mkdir()
    (folder / "customers.csv").write_text("customer_id,name\n[/b]:smile:,A\n", "utf-8")
    (folder / "invoices.csv").write_text(
        "invoice_id,customer_id,issue_date,due_date,currency,amount\nI1,[/b]:smile:,2025-01-01,2025-01-31,EUR,1.00\n",
        "utf-8",
    )

    assert "Imported [red]." in sqlite_empty.ok("import", folder).out
    assert "[/b]:smile:" in sqlite_empty.ok("report", "aging", "--as-of", "2025-02-01").out
