"""Proposals and options carry the leading system's names, exact amounts, and rows that sum to their line."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core.suggestions.rules import Decision, MatchSuggestion, Part, Reason
from o2c_ai.formats.proposals import OPTIONS_MAX, Names, write_options, write_proposals

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2025, 6, 1)
NAMES = Names(
    {1: ("L-1", "EUR", 8_000), 2: ("L-2", "JPY", 5_000)}, {10: ("INV-1", 7)}, {20: ("CM-1", 7)}, {7: "C7", 8: "C8"}
)
PAID = MatchSuggestion(
    1,
    (
        Part(10_000, open_item_id=10),
        Part(-1_900, Reason.NETTED, credit_item_id=20),
        Part(-100, Reason.BANK_CHARGE),
    ),
    Decision.AUTO,
    999_000,
    7,
    ("the text quotes INV-1", "the amounts agree"),
    "rules",
    DAY,
)


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))[1:]


def test_parts_are_told_by_the_leading_systems_numbers(tmp_path: Path) -> None:
    path = tmp_path / "proposals.csv"

    assert write_proposals(path, [PAID], NAMES) == 3

    why = "the text quotes INV-1; the amounts agree"
    head = ["L-1", "auto", "0.999000"]
    assert rows(path) == [
        [*head, "INV-1", "100.00", "", "C7", why],
        [*head, "CM-1", "-19.00", "netted", "C7", why],
        [*head, "", "-1.00", "bank_charge", "", why],
    ]


def test_money_kept_for_a_customer_names_them(tmp_path: Path) -> None:
    early = replace(PAID, parts=(Part(8_000, Reason.PREPAYMENT, customer_id=8),), decision=Decision.EXCEPTION)

    write_proposals(tmp_path / "p.csv", [early], NAMES)

    assert rows(tmp_path / "p.csv")[0][3:7] == ["", "80.00", "prepayment", "C8"]


def test_an_exception_without_parts_is_one_row_over_the_whole_line(tmp_path: Path) -> None:
    unknown = MatchSuggestion(2, (), Decision.EXCEPTION, 0, 8, ("=nothing",), "rules", DAY, "no candidate")
    nobody = replace(unknown, customer_id=None, exception="payer unknown")

    assert write_proposals(tmp_path / "p.csv", [unknown, nobody], NAMES) == 2

    head = ["L-2", "exception", "0.000000", "", "5000"]
    assert rows(tmp_path / "p.csv") == [
        [*head, "no candidate", "C8", "'=nothing"],
        [*head, "payer unknown", "", "'=nothing"],
    ]


def test_options_are_ranked_and_at_most_twenty(tmp_path: Path) -> None:
    options = [(900_000 - place, (Part(10_000, open_item_id=10),)) for place in range(OPTIONS_MAX + 5)]

    assert write_options(tmp_path / "o.csv", [(1, options), (2, [])], NAMES) == OPTIONS_MAX

    found = rows(tmp_path / "o.csv")
    assert found[0] == ["L-1", "1", "0.900000", "INV-1", "100.00"]
    assert [row[1] for row in found] == [str(rank) for rank in range(1, OPTIONS_MAX + 1)]
