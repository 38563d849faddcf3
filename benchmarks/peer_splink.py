"""The peer of record linkage: Splink on DuckDB, in an environment of its own, trained without labels on the history."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate
from pathlib import Path

from benchmarks.peer_books import Guess, PeerBooks
from o2c_ai.models.remittance_matching.records import BankLine, Item
from o2c_ai.models.remittance_matching.text import digits_of, fold, squeeze, tokens

VERSION = "5.0.0"
PACKAGES = (f"splink=={VERSION}", "duckdb==2.0.0")
PROGRAM = Path(__file__).with_name("splink_program.py")
REFERENCE_DIGITS = 5
"""Fewer digits, zeros in front included, are no reference: a year is none."""
SET_MAX = 10
"""Items of one payment that are tried together."""


class CannotInstall(Exception):
    """The packages cannot be had here."""


def installed(scratch: Path, packages: Sequence[str] = PACKAGES) -> Path:
    """The interpreter of a fresh environment with packages. Raises CannotInstall with the installer's last words."""
    python = scratch / "environment" / "bin" / "python"
    if python.exists():
        return python
    uv = shutil.which("uv")
    make = [uv, "venv", "--quiet"] if uv else [sys.executable, "-m", "venv"]
    install = (
        [uv, "pip", "install", "--quiet", "--python", str(python)] if uv else [str(python), "-m", "pip", "install"]
    )
    for command in ([*make, str(python.parents[1])], [*install, *packages]):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotInstall((done.stderr.strip().splitlines() or ["no word why"])[-1])
    return python


class Splink:
    """Pairs of a line and an item, blocked on amount, quoted number or account, weighed by a Fellegi-Sunter model.

    It works on all lines of a window at once, with the balances on its first day; what was applied since is left out.
    A line takes its likeliest item, or as many of the likeliest as add up to its amount. Ties are left to a
    person, as by Splink's own single best links.
    """

    name = f"Splink {VERSION}"

    def __init__(self, python: Path, folder: Path) -> None:
        """The interpreter to run it with, and where it keeps what it learns in its first window."""
        self._python, self._folder = python, folder
        self.weights: dict[int, list[tuple[float, int]]] = {}
        """Line → match weight and item of its pairs."""

    def begin(self, books: PeerBooks, lines: Sequence[BankLine], last: date) -> None:
        """Link the lines with the items open now or issued until then."""
        self._folder.mkdir(exist_ok=True)
        opened = [item for key, item in books.items.items() if books.open_minor(key) > 0]
        issued = [item for item in books.papers.items if item.item_id not in books.items and item.issue_date <= last]
        accounts: defaultdict[int, list[str]] = defaultdict(list)
        for account, customers in books.accounts.items():
            for customer in customers:
                accounts[customer].append(account)
        self._write("lines", (_line(line) for line in lines if line.amount_minor > 0))
        self._write("items", (_item(books, item, accounts) for item in [*opened, *issued] if item.amount_minor > 0))
        command = [str(self._python), str(PROGRAM), str(self._folder)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        self.weights.clear()
        with (self._folder / "pairs.csv").open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                self.weights.setdefault(int(row["line"]), []).append((float(row["match_weight"]), int(row["item"])))

    def guesses(self, books: PeerBooks, lines: Sequence[BankLine]) -> list[Guess]:
        """The likeliest items that are open."""
        found = []
        for line in lines:
            able = [
                (2.0**weight, item) for weight, item in self.weights.get(line.line_id, ()) if books.open_minor(item) > 0
            ]
            if able:
                found.append(_taken(books, line, sorted(able, key=lambda pair: (-pair[0], pair[1]))))
        return found

    def _write(self, name: str, rows: Iterable[dict[str, object]]) -> None:
        with (self._folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)


def _taken(books: PeerBooks, line: BankLine, able: Sequence[tuple[float, int]]) -> Guess:
    sums = accumulate(books.open_minor(item) for _, item in able[:SET_MAX])
    size = next((place for place, total in enumerate(sums, start=1) if total == line.amount_minor), 1)
    odds, first = able[size - 1]
    if any(other == odds for other, _ in able[size:]):
        odds = 0.0
    if size == 1:
        return Guess(line, odds, {first: min(line.amount_minor, books.open_minor(first))})
    return Guess(line, odds, {item: books.open_minor(item) for _, item in able[:size]})


def _line(line: BankLine) -> dict[str, object]:
    text = f"{line.narrative} {line.end_to_end_id}"
    return {
        "unique_id": line.line_id,
        "amount": line.amount_minor,
        "currency": line.currency,
        "refs": _references(text.split()) or None,
        "accounts": [line.payer_account] if line.payer_account else None,
        "name": fold(line.payer_name) or None,
    }


def _item(books: PeerBooks, item: Item, accounts: dict[int, list[str]]) -> dict[str, object]:
    return {
        "unique_id": item.item_id,
        "amount": books.open_minor(item.item_id) or item.amount_minor,
        "currency": item.currency,
        "refs": _references([item.number, item.po_number]) or None,
        "accounts": accounts.get(item.customer_id),
        "name": fold(books.customers[item.customer_id].name),
    }


def _references(words: Iterable[str]) -> list[str]:
    """Words with a number in them, whole and squeezed, and their runs of digits without the zeros in front."""
    parts = {part for word in words for part in (squeeze(word), *tokens(word))}
    long = {part for part in parts if sum(map(str.isdigit, part)) >= REFERENCE_DIGITS}
    return sorted(long | {digits_of(part) for part in long})
