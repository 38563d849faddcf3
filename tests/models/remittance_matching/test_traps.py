"""Texts that only seem to name an invoice, and inputs made to confuse: none of them moves money by itself."""

from __future__ import annotations

from datetime import date
from random import Random
from time import process_time

import pytest

from o2c_ai.models.remittance_matching.baseline import match
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.records import Decision, Facts
from o2c_ai.models.remittance_matching.scoring import RuleScorer
from tests.models.remittance_matching.papers import bold, invoice, papers, payment, proposal_for

NUMBER = "INV-120345"
TRAPS = (
    "12", "120", "345", "1203", "2034", "INV", "INV-12", "INV-1203", "INV-1203450", "1INV-120345", "XINV-120345X",
    "9120345", "1203451", "912034512", "00120345001", "+49 30 9120345 7", "0301203459", "tel 4420120345999",
    "DE89 3704 0044 1203 4513 00", "DE89370400441203451300", "GB29NWBK60161203458819", "2012-03-45", "12.03.45/6",
    "120345678901234567", "ref 20250112034500", "INV-120354-9", "INV-12O346", "120-345-6", "1 2 0 3 4 5 6",
    "cust 5120345", "EREF 81203459",
)  # fmt: skip
"""Each holds some of the number's digits, or all of them inside something else."""


def careful(facts: Facts) -> Decision:
    """The policy that a company starts with."""
    sure = facts.probability_ppm >= 997_000 and facts.margin_ppm >= 200_000
    return Decision.AUTO if sure and facts.sets_that_fit == 1 and facts.residual_explained else Decision.REVIEW


@pytest.mark.parametrize("text", TRAPS)
def test_a_number_inside_something_else_moves_no_money(text: str) -> None:
    items = [invoice(number, 10_000) for number in (NUMBER, "INV-777001", "INV-888002")]
    given = papers(items, [payment(10_000, text, payer_account="")])

    (made,) = match(given, RuleScorer(RuleRates()), careful, date.min, date.max)

    assert made.decision is not Decision.AUTO


def test_the_number_itself_moves_it() -> None:
    items = [invoice(number, 10_000) for number in (NUMBER, "INV-777001", "INV-888002")]
    given = papers(items, [payment(10_000, NUMBER)])

    (made,) = match(given, RuleScorer(RuleRates()), careful, date.min, date.max)

    assert made.decision is Decision.AUTO


def test_there_are_as_many_traps_as_were_found_in_the_field() -> None:
    assert len(set(TRAPS)) == 31


def test_of_a_lump_for_five_of_twenty_five_invoices_the_true_set_is_found() -> None:
    found = 0
    for seed in range(40):
        random = Random(seed)
        items = [invoice(f"INV-{seed}-{place}", random.randrange(1_000, 900_000)) for place in range(25)]
        paid = random.sample(items, 5)
        made = proposal_for(payment(sum(item.amount_minor for item in paid)), items)
        assert made.decision is not Decision.AUTO or made.facts.sets_that_fit == 1
        options = [made.rows, *(other.rows for other in made.alternatives)]
        found += {item.item_id for item in paid} in [{row.item_id for row in rows} for rows in options]
    assert found >= 38


def test_two_sets_that_fit_equally_are_left_to_a_person() -> None:
    items = [invoice(f"INV-{place}", amount) for place, amount in enumerate((1_000, 4_000, 2_000, 3_000))]

    assert proposal_for(payment(5_000), items).decision is not Decision.AUTO


def test_ten_thousand_numbers_and_as_many_equal_amounts_are_answered_and_not_applied() -> None:
    items = [invoice(f"INV-{100_000 + place}", 4_900) for place in range(10_000)]
    flood = " ".join(f"INV-{500_000 + place}" for place in range(10_000))
    lines = [payment(4_900, flood), payment(4_900), payment(4_900, payer_account="")]
    began = process_time()

    made = match(papers(items, lines), RuleScorer(RuleRates()), bold, date.min, date.max)

    assert [one.decision is Decision.AUTO for one in made] == [False] * 3
    assert process_time() - began < 60, "an endless search, not a slow machine"


def test_nothing_at_all_is_answered_with_an_exception() -> None:
    assert match(papers([]), RuleScorer(RuleRates()), bold, date.min, date.max) == []
    made = proposal_for(payment(1, "", payer_account=""), [])
    assert (made.decision, made.rows) == (Decision.EXCEPTION, ())
