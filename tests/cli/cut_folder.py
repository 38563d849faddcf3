"""An exchange folder as it stood on the evening of a day: everything that became known later is taken out."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from tests.cli.terminal import Rows, read_rows

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

KNOWN_ON = {
    "invoices.csv": "issue_date",
    "bank_lines.csv": "booking_date",
    "promises.csv": "promised_on",
    "activities.csv": "date",
}
LATER_FACTS = ("disputed_on", "dispute_resolved_on", "cancelled_on")


def cut(papers: Path, folder: Path, day: date) -> Path:
    """Write the folder's files into another, without what became known after the day."""
    folder.mkdir()
    last = day.isoformat()
    tables = {path.name: read_rows(path) for path in sorted(papers.iterdir())}
    for name, column in KNOWN_ON.items():
        tables[name] = [row for row in tables[name] if row[column] <= last]
    booked = {row["line_id"]: row["booking_date"] for row in tables["bank_lines.csv"]}
    tables["applications.csv"] = [row for row in tables["applications.csv"] if row["line_id"] in booked]
    tables["remittances.csv"] = [
        row for row in tables["remittances.csv"] if (row["date"] or booked.get(row["line_id"], "9999")) <= last
    ]
    for invoice in tables["invoices.csv"]:
        invoice |= {name: "" for name in LATER_FACTS if invoice[name] > last}
    for name, rows in tables.items():
        _write(folder / name, rows)
    return folder


def _write(path: Path, rows: Rows) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
