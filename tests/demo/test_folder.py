"""The exchange folder of the demo company: the columns of the contract, and the same facts when read back."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from o2c_ai.core.money import parse_minor
from o2c_ai.demo.folder import write_folder
from o2c_ai.demo.world import World, simulate
from o2c_ai.formats.exchange import read_folder

COLUMNS = {
    "customers.csv": "customer_id,name,country,iban,parent_customer_id,email,payment_terms,credit_limit,"
    "currency,segment",
    "invoices.csv": "invoice_id,customer_id,kind,issue_date,due_date,currency,amount,open_amount,open_as_of,po_number,"
    "discount_percent,discount_until,disputed_on,dispute_resolved_on,cancelled_on",
    "bank_lines.csv": "line_id,booking_date,currency,amount,payer_name,payer_account,narrative,end_to_end_id",
    "remittances.csv": "remittance_id,line_id,date,currency,total,payer_name,invoice_ref,amount,"
    "discount,deduction_code",
    "applications.csv": "line_id,invoice_id,customer_id,amount,reason",
    "promises.csv": "invoice_id,promised_on,promised_date,amount",
    "activities.csv": "customer_id,date,kind,result,note",
}


@pytest.fixture(scope="module")
def small() -> World:
    start = date(2025, 11, 3)
    return simulate(4, customers=60, start=start, days=120, history_until=start + timedelta(days=90))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_file_has_the_columns_of_the_contract(small: World, tmp_path: Path) -> None:
    written = write_folder(small, tmp_path, applications_until=small.end)
    assert {path.name: path.read_text(encoding="utf-8").splitlines()[0] for path in written} == COLUMNS


def test_the_folder_is_made_and_written_again_to_the_same_bytes(small: World, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    first = [path.read_bytes() for path in write_folder(small, folder, applications_until=small.end)]
    assert [path.read_bytes() for path in write_folder(small, folder, applications_until=small.end)] == first
    assert not any(b"\r" in content for content in first)


def test_only_applications_up_to_the_day_are_written(small: World, tmp_path: Path) -> None:
    write_folder(small, tmp_path, applications_until=small.history_until)
    booked = {row["line_id"] for row in read(tmp_path / "applications.csv")}
    lines = {row["line_id"]: date.fromisoformat(row["booking_date"]) for row in read(tmp_path / "bank_lines.csv")}
    assert booked == {line for line, day in lines.items() if day <= small.history_until}
    assert len(booked) < len(lines)


def test_amounts_read_back_add_up_in_their_currency(small: World, tmp_path: Path) -> None:
    write_folder(small, tmp_path, applications_until=small.end)
    lines = {row["line_id"]: row for row in read(tmp_path / "bank_lines.csv")}
    total: dict[str, int] = defaultdict(int)
    for row in read(tmp_path / "applications.csv"):
        total[row["line_id"]] += parse_minor(row["amount"], lines[row["line_id"]]["currency"])
    assert total == {line: parse_minor(row["amount"], row["currency"]) for line, row in lines.items()}


def test_invoices_read_back_are_those_of_the_world(small: World, tmp_path: Path) -> None:
    write_folder(small, tmp_path, applications_until=small.end)
    rows = {row["invoice_id"]: row for row in read(tmp_path / "invoices.csv")}
    assert len(rows) == len(small.invoices)
    for invoice in small.invoices:
        row = rows[invoice.invoice_id]
        assert parse_minor(row["amount"], row["currency"]) == invoice.amount_minor
        assert row["due_date"] == invoice.due_date.isoformat()
        assert row["disputed_on"] == (invoice.disputed_on.isoformat() if invoice.disputed_on else "")
        assert row["open_amount"] == row["open_as_of"] == ""


def test_advices_read_back_add_up_to_their_total(small: World, tmp_path: Path) -> None:
    write_folder(small, tmp_path, applications_until=small.end)
    parts: dict[str, int] = defaultdict(int)
    totals: dict[str, int] = {}
    for row in read(tmp_path / "remittances.csv"):
        parts[row["remittance_id"]] += parse_minor(row["amount"], row["currency"])
        totals[row["remittance_id"]] = parse_minor(row["total"], row["currency"])
    assert parts == totals
    assert len(totals) == len(small.advices) > 0


def test_every_reference_between_files_is_met(small: World, tmp_path: Path) -> None:
    write_folder(small, tmp_path, applications_until=small.end)
    customers = {row["customer_id"] for row in read(tmp_path / "customers.csv")}
    invoices = {row["invoice_id"] for row in read(tmp_path / "invoices.csv")}
    lines = {row["line_id"] for row in read(tmp_path / "bank_lines.csv")}
    for name in ("invoices.csv", "applications.csv", "activities.csv"):
        assert {row["customer_id"] for row in read(tmp_path / name)} <= customers | {""}
    for name in ("applications.csv", "promises.csv"):
        assert {row["invoice_id"] for row in read(tmp_path / name)} <= invoices | {""}
    assert {row["line_id"] for row in read(tmp_path / "remittances.csv")} <= lines | {""}
    assert {row["parent_customer_id"] for row in read(tmp_path / "customers.csv")} <= customers | {""}


def test_the_exchange_reader_finds_no_fault_and_nothing_to_ignore(small: World, tmp_path: Path) -> None:
    write_folder(small, tmp_path, applications_until=small.history_until)
    found = read_folder(tmp_path)
    assert found.problems == []
    assert found.notes == []
    assert len(found.invoices) == len(small.invoices)
    assert len(found.lines) == len(small.bank_lines)
    assert len(found.parts) == len(small.history)
