"""Kinds of lines, what a text names, and what nobody could decide: each told from a few papers written by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest

from benchmarks.by_kind import Sorted, by_kind, decidable
from benchmarks.judging import Judge, Proposal
from benchmarks.kinds import Kinds
from benchmarks.papers import Invoice, Papers, Row
from benchmarks.quoting import is_quoted, is_slipped
from benchmarks.undecidable import other_set_fits, undecidable
from tests.benchmarks.papers_by_hand import DAY, advice, invoice, line, papers, pays

ITEMS = [invoice("25/00371-B", 1000), invoice("25/00372-A", 2000), invoice("25/00373-B", 3000)]
ELSEWHERE = invoice("25/00990-A", 700, customer="C2")


def kinds_of(text: str, *rows: Row, name: str = "Moulin", **more: object) -> frozenset[str]:
    amount = sum(row.amount for row in rows)
    found = papers([*ITEMS, ELSEWHERE], [line("L1", amount, text, name=name)], truth={"L1": rows}, **more)  # type: ignore[arg-type]
    return Kinds(found).of["L1"]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("ÚHRADA 25/00371-B", "25/00371-B"),
        ("UHRADA 2500371B 4", "25/00371-B"),
        ("fv 371", "25/00371-B"),
        ("/VS/2500371/KS/0308", "25/00371-B"),
        ("FAKTURA FV 1203/11/ 2025", "FV 1203/11/2025"),
        ("F2025 0098 3", "F2025.0098-3"),
        ("610007000000000000000044170", "GE-0004417"),
        ("REF 86400033", "8640003"),
        ("8197", "INV-2025-008197"),
        ("153282025", "015328-2025"),
        ("019981", "900019981"),
    ],
)
def test_a_number_is_quoted_in_many_writings(text: str, number: str) -> None:
    assert is_quoted(text, invoice(number, 1))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("25/10371-B", "25/00371-B"),
        ("F 12031/11/2025", "FV 1203/11/2025"),
        ("MERCI 2025", "FV 1203/11/2025"),
        ("INV-10", "INV-1"),
        ("", "25/00371-B"),
    ],
)
def test_a_part_of_another_number_is_no_quote(text: str, number: str) -> None:
    assert not is_quoted(text, invoice(number, 1))


def test_an_order_number_is_a_quote_and_one_digit_wrong_is_a_slip() -> None:
    ordered: Invoice = invoice("25/00371-B", 1, order="45-01234")

    assert is_quoted("CDE 45-01234", ordered)
    assert is_slipped("FV 25/00317-B", ordered)
    assert not is_slipped("FV 25/00371-B", ordered)
    assert not is_slipped("FV 25/99371-B", ordered)


def test_one_invoice_is_named_slipped_or_not_named() -> None:
    paid = pays("25/00371-B", 1000)

    assert kinds_of("FV 25/00371-B", paid) == {"single reference"}
    assert kinds_of("FV 25/00317-B", paid) == {"slipped reference"}
    assert kinds_of("MERCI", paid) == {"one without reference"}
    assert kinds_of("MERCI", paid, advices=(advice("", 1000, "25/00371-B"),)) == {"single reference"}
    assert kinds_of("MERCI", paid, advices=(advice("L9", 1000, "25/00371-B"),)) == {"one without reference"}


def test_several_ten_and_a_lump() -> None:
    two, many = [pays(one.number, one.amount) for one in ITEMS[:2]], [invoice(f"U.{n}", 10) for n in range(7001, 7011)]
    long = papers(many, [line("L1", 100)], truth={"L1": tuple(pays(one.number, 10) for one in many)})

    assert kinds_of("FV 371", *two) == {"several invoices"}
    assert kinds_of("MERCI", *two) == {"several invoices", "lump without reference"}
    assert Kinds(long).of["L1"] == {"ten and more", "lump without reference"}


def test_short_pay_needs_a_reason_other_than_the_discount() -> None:
    assert "short pay" in kinds_of("371", pays("25/00371-B", 900, "deduction"))
    assert "short pay" in kinds_of("371", pays("25/00371-B", 1000), Row("", "C1", -20, "bank_charge"))
    assert "short pay" not in kinds_of("371", pays("25/00371-B", 980, "discount"))


def test_a_partial_payment_and_its_remainder_are_of_a_kind() -> None:
    lines = [line("L1", 400, booked=DAY - timedelta(days=9)), line("L2", 600)]
    parts = {"L1": (pays("25/00371-B", 400, "partial"),), "L2": (pays("25/00371-B", 600),)}
    both = Kinds(papers(ITEMS, lines, truth=parts))
    rest = Kinds(papers(ITEMS, lines, history={"L1": parts["L1"]}, truth={"L2": parts["L2"]}))

    assert all("partial or remainder" in both.of[one] for one in ("L1", "L2"))
    assert "partial or remainder" in rest.of["L2"]


def test_a_group_payer_pays_for_two_customers_and_a_nameless_line_has_no_name() -> None:
    earlier = {"L0": (pays("25/00990-A", 700, customer="C2"),)}
    lines = [line("L0", 700, booked=DAY - timedelta(days=9)), line("L1", 1000, "371")]
    found = papers([*ITEMS, ELSEWHERE], lines, history=earlier, truth={"L1": (pays("25/00371-B", 1000),)})

    assert "group payer" in Kinds(found).of["L1"]
    assert "group payer" not in kinds_of("371", pays("25/00371-B", 1000))
    assert "no name" in kinds_of("371", pays("25/00371-B", 1000), name="")


def test_habits_change_where_the_set_says_so_or_the_quoting_does() -> None:
    paid = pays("25/00371-B", 1000)
    past = [invoice(f"25/00{n}-A", 100) for n in range(500, 505)]
    lines = [line(f"H{n}", 100, one.number, booked=DAY - timedelta(days=20)) for n, one in enumerate(past)]
    history = {f"H{n}": (pays(one.number, 100),) for n, one in enumerate(past)}

    def kinds(text: str) -> frozenset[str]:
        found = papers([*past, *ITEMS], [*lines, line("L1", 1000, text)], history=history, truth={"L1": (paid,)})
        return Kinds(found).of["L1"]

    assert "changed habits" in kinds_of("371", paid, changed={"C1": DAY - timedelta(days=30)})
    assert "changed habits" not in kinds_of("371", paid, changed={"C1": date(2024, 1, 1)})
    assert "changed habits" in kinds("MERCI")
    assert "changed habits" not in kinds("FV 371")


def sorted_papers(text: str, items: list[Invoice], *paid: str) -> tuple[Papers, Kinds]:
    amounts = {one.number: one.amount for one in items}
    rows = tuple(pays(number, amounts[number]) for number in paid)
    found = papers(items, [line("L1", sum(row.amount for row in rows), text)], truth={"L1": rows})
    return found, Kinds(found)


def test_an_unquoted_twin_is_nobodys_to_decide_and_a_quoted_one_is() -> None:
    twins = [invoice("U.7001", 500), invoice("U.7002", 500)]

    assert undecidable(*sorted_papers("MERCI", twins, "U.7001")).twins == {"L1"}
    assert undecidable(*sorted_papers("U.7001", twins, "U.7001")).lines == set()
    assert undecidable(*sorted_papers("MERCI", twins, "U.7001", "U.7002")).lines == set()


def test_a_sum_that_fits_twice_is_nobodys_to_decide() -> None:
    fits = [*ITEMS, invoice("25/00374-A", 500), invoice("25/00375-B", 2500)]

    assert undecidable(*sorted_papers("MERCI", fits, "25/00371-B", "25/00372-A")).fits_twice == {"L1"}
    assert undecidable(*sorted_papers("371 372", fits, "25/00371-B", "25/00372-A")).lines == set()
    assert undecidable(*sorted_papers("MERCI", ITEMS[:2], "25/00371-B", "25/00372-A")).lines == set()


def test_the_search_looks_for_sets_no_larger_than_the_true_one() -> None:
    amounts = [700, 300, 400, 1000, -100]

    assert other_set_fits(amounts, 700, frozenset({1, 2}))
    assert not other_set_fits(amounts, 700, frozenset({0}))
    assert other_set_fits(amounts, 900, frozenset({0, 1, 4}))
    assert not other_set_fits(amounts, 1700, frozenset({0, 3}))


def test_lines_too_long_to_search_are_counted_apart() -> None:
    many = [invoice(f"U.{n}", 100 + n) for n in range(7001, 7014)]

    assert undecidable(*sorted_papers("MERCI", many, *(one.number for one in many))).not_searched == {"L1"}


def test_the_report_counts_lines_decisions_and_options_of_each_kind() -> None:
    found, _ = sorted_papers("MERCI", [invoice("U.7001", 500), invoice("U.7002", 900)], "U.7001")
    judge = Judge(found, {"L1": Proposal("auto", 0.9, Counter({"U.7002": 500}))})
    options = {"L1": [Counter({"U.7002": 500}), Counter({"U.7001": 500})]}
    sets = Sorted(found)

    report = by_kind(judge, options, sets)

    wrong = {"lines": 1, "auto": 1, "right": 0, "best_right": 0, "among_options": 1}
    assert report["one without reference"] == report["all that pay invoices"] == wrong
    assert report["single reference"]["lines"] == 0
    assert decidable(judge, sets)["straight_through_of_the_rest"] == 0.0
    assert decidable(judge, sets)["nobody_could_decide"] == 0
