"""The invented company as a whole: its money adds up, every habit shows, and a seed gives the same world again."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_ai.demo.calendar_days import is_banking_day
from o2c_ai.demo.facts import Application, BankLine, Invoice
from o2c_ai.demo.folder import write_folder
from o2c_ai.demo.world import DEFAULT_CUSTOMERS, UnusableWorld, World, default_world, simulate

START = date(2025, 11, 3)


def small_world(seed: int, customers: int = 12, days: int = 100) -> World:
    until = START + timedelta(days=days * 2 // 3)
    return simulate(seed, customers=customers, start=START, days=days, history_until=until)


def rows_by_line(world: World) -> dict[str, list[Application]]:
    rows = defaultdict(list)
    for row in world.applications:
        rows[row.line_id].append(row)
    return rows


def full_payments(world: World) -> list[tuple[Invoice, BankLine, Application]]:
    """Every application of an invoice, with the invoice and the line."""
    invoices = {invoice.invoice_id: invoice for invoice in world.invoices}
    lines = {line.line_id: line for line in world.bank_lines}
    return [(invoices[row.invoice_id], lines[row.line_id], row) for row in world.applications if row.invoice_id]


# ------------------------------------------------------------------------------------------------ laws of every world
def check_rows_add_up(world: World) -> None:
    rows = rows_by_line(world)
    assert rows.keys() == {line.line_id for line in world.bank_lines}
    for line in world.bank_lines:
        assert sum(row.amount_minor for row in rows[line.line_id]) == line.amount_minor != 0


def check_nothing_is_paid_beyond_its_amount(world: World) -> None:
    """The slow obvious way: follow each document row by row through the world."""
    left = {invoice.invoice_id: invoice.amount_minor for invoice in world.invoices}
    for invoice, _, row in full_payments(world):
        left[row.invoice_id] -= row.amount_minor
        assert min(0, invoice.amount_minor) <= left[row.invoice_id] <= max(0, invoice.amount_minor)
        if row.reason in {"discount", "deduction", "withholding"}:
            assert left[row.invoice_id] > 0
            left[row.invoice_id] = 0
        elif row.reason in {"", "netted"}:
            assert left[row.invoice_id] == 0
        elif row.reason == "partial":
            assert left[row.invoice_id] > 0
    cancelled = {invoice.invoice_id for invoice in world.invoices if invoice.cancelled_on}
    still_open = {invoice_id: minor for invoice_id, minor in left.items() if minor and invoice_id not in cancelled}
    assert world.open_amounts(world.end) == still_open


def check_money_follows_paper(world: World) -> None:
    days = [line.booking_date for line in world.bank_lines]
    assert days == sorted(days)
    assert all(world.start <= day <= world.end and is_banking_day(day) for day in days)
    for invoice, line, row in full_payments(world):
        assert invoice.issue_date < line.booking_date
        assert (invoice.customer_id, invoice.currency) == (row.customer_id, line.currency)
        assert invoice.cancelled_on is None


@settings(max_examples=40)
@given(seed=st.integers(0, 10**9), customers=st.integers(1, 30), days=st.integers(1, 120))
def test_the_laws_of_money_hold_in_every_world(seed: int, customers: int, days: int) -> None:
    world = small_world(seed, customers, days)
    assert len(world.customers) == customers
    check_rows_add_up(world)
    check_nothing_is_paid_beyond_its_amount(world)
    check_money_follows_paper(world)


def test_the_laws_of_money_hold_in_the_world_the_demo_shows(world: World) -> None:
    check_rows_add_up(world)
    check_nothing_is_paid_beyond_its_amount(world)
    check_money_follows_paper(world)


# ------------------------------------------------------------------------------------------------------- repeatability
def folder_hash(world: World, path: Path) -> str:
    digest = hashlib.sha256()
    for file in write_folder(world, path, applications_until=world.end):
        digest.update(file.read_bytes())
    return digest.hexdigest()


def test_the_same_seed_gives_the_same_world_and_another_seed_another() -> None:
    assert small_world(5) == small_world(5)
    assert small_world(5).bank_lines != small_world(6).bank_lines


def test_the_same_seed_gives_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from datetime import date; from o2c_ai.demo.world import simulate;"
        "from o2c_ai.demo.folder import write_folder;"
        "w = simulate(5, customers=40, start=date(2025, 11, 3), days=100, history_until=date(2026, 1, 8));"
        "write_folder(w, Path(sys.argv[1]), applications_until=w.end)"
    )
    root = Path(__file__).parents[2]
    for hash_seed in ("1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)}
        subprocess.run([sys.executable, "-c", program, str(tmp_path / hash_seed)], check=True, env=environment)
    here = folder_hash(small_world(5, 40, 100), tmp_path / "here")
    for hash_seed in ("1", "2"):
        files = {path.name: path.read_bytes() for path in (tmp_path / hash_seed).iterdir()}
        assert files == {path.name: path.read_bytes() for path in (tmp_path / "here").iterdir()}
    assert here


def test_the_world_of_the_demo_is_a_company_of_some_size() -> None:
    drawn = default_world(11)
    assert len(drawn.customers) == DEFAULT_CUSTOMERS
    assert 6_000 <= len(drawn.invoices) <= 9_000


# -------------------------------------------------------------------------------------------------- history and refusal
def test_history_ends_where_work_begins(world: World) -> None:
    booked, work = {row.line_id for row in world.history}, {line.line_id for line in world.work}
    assert booked.isdisjoint(work)
    assert booked | work == {line.line_id for line in world.bank_lines}
    assert max(line.booking_date for line in world.bank_lines if line.line_id in booked) <= world.history_until
    assert min(line.booking_date for line in world.work) > world.history_until
    assert len(work) > 300


def test_nothing_is_open_before_it_is_issued_or_after_it_is_paid() -> None:
    world = small_world(3)
    invoice, line, row = next(fact for fact in full_payments(world) if fact[2].reason == "")
    assert invoice.invoice_id not in world.open_amounts(invoice.issue_date - timedelta(days=1))
    assert world.open_amounts(line.booking_date - timedelta(days=1))[invoice.invoice_id] == row.amount_minor
    assert invoice.invoice_id not in world.open_amounts(line.booking_date)


@pytest.mark.parametrize(
    ("customers", "days", "until"),
    [(0, 10, START), (1, 0, START), (1, 10, START + timedelta(days=10)), (1, 10, START - timedelta(days=1))],
)
def test_a_world_without_customers_days_or_history_is_refused(customers: int, days: int, until: date) -> None:
    with pytest.raises(UnusableWorld):
        simulate(1, customers=customers, start=START, days=days, history_until=until)
