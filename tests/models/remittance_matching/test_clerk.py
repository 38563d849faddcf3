"""The rules name the items an AR clerk would name, and say when more than one answer is as good."""

from __future__ import annotations

from datetime import timedelta

import pytest

from o2c_ai.models.remittance_matching.hypotheses import Hypothesis, Rule
from o2c_ai.models.remittance_matching.records import Advice, AdviceRow, BankLine, Item, Reason
from o2c_ai.models.remittance_matching.ways import Fit
from tests.models.remittance_matching.papers import (
    NEW_YEAR,
    OTHER,
    PAY_DAY,
    booked,
    discounted,
    hypotheses_for,
    invoice,
    payment,
)


def only(line: BankLine, *items: Item, **more: object) -> Hypothesis:
    (hypothesis,) = hypotheses_for(line, items, **more)
    assert sum(row.amount_minor for row in hypothesis.rows) == line.amount_minor
    return hypothesis


def rows(hypothesis: Hypothesis) -> set[tuple[int | None, int, Reason]]:
    return {(row.item_id, row.amount_minor, row.reason) for row in hypothesis.rows}


def test_a_quoted_invoice_of_the_same_amount_is_paid() -> None:
    first, second = invoice("INV-1", 10_000), invoice("INV-10", 20_000)
    hypothesis = only(payment(20_000, "INV-10"), first, second)
    assert (hypothesis.rule, hypothesis.fit) == (Rule.REFERENCES, Fit.EXACT)
    assert rows(hypothesis) == {(second.item_id, 20_000, Reason.IN_FULL)}


def test_a_reference_never_links_on_its_own() -> None:
    hypothesis = only(payment(7_777, "INV-1"), invoice("INV-1", 10_000))
    assert hypothesis.fit is Fit.SHORT
    assert not hypothesis.usual


def test_a_discount_is_taken_within_its_time_and_not_long_after() -> None:
    in_time, too_late = discounted("A-1001", 10_000, 200), discounted("B-2002", 10_000, 200, NEW_YEAR)
    assert only(payment(9_800, "A-1001"), in_time).fit is Fit.DISCOUNT
    assert only(payment(9_800, "B-2002"), too_late).fit is Fit.SHORT


def test_a_credit_memo_nobody_quoted_is_netted() -> None:
    item, memo = invoice("INV-1", 10_000), invoice("CM-1", -1_500)
    hypothesis = only(payment(8_500, "INV-1"), item, memo)
    assert hypothesis.fit is Fit.NETTED
    assert rows(hypothesis) == {(item.item_id, 10_000, Reason.IN_FULL), (memo.item_id, -1_500, Reason.NETTED)}


def test_a_bank_charge_seen_before_explains_what_is_missing() -> None:
    item, earlier = invoice("INV-1", 10_000), payment(500, booking_date=NEW_YEAR)
    charge = booked(earlier, None, -1_500, Reason.BANK_CHARGE, customer_id=item.customer_id)
    line = payment(8_500, "INV-1")
    (hypothesis,) = hypotheses_for(line, [item], lines=[earlier, line], bookings=[charge])
    assert hypothesis.fit is Fit.CHARGE
    assert rows(hypothesis) == {(item.item_id, 10_000, Reason.IN_FULL), (None, -1_500, Reason.BANK_CHARGE)}


def test_more_than_was_quoted_is_found_among_the_payers_open_items() -> None:
    items = [invoice("INV-1", 10_000), invoice("INV-2", 3_333), invoice("INV-3", 7_001)]
    hypothesis = only(payment(17_001, "INV-1 ET AL"), *items)
    assert hypothesis.rule is Rule.REFERENCES_AND_MORE
    assert {item_id for item_id, _, _ in rows(hypothesis)} == {items[0].item_id, items[2].item_id}


def test_too_much_goes_on_account() -> None:
    item = invoice("INV-1", 10_000)
    hypothesis = only(payment(10_050, "INV-1"), item)
    assert hypothesis.fit is Fit.OVERPAID
    assert (None, 50, Reason.OVERPAYMENT) in rows(hypothesis)


def test_the_one_open_item_of_a_known_payer_with_that_amount_is_paid() -> None:
    wanted = invoice("INV-2", 3_333)
    hypothesis = only(payment(3_333, "THANK YOU"), invoice("INV-1", 10_000), wanted)
    assert hypothesis.rule is Rule.ONE_ITEM
    assert {item_id for item_id, _, _ in rows(hypothesis)} == {wanted.item_id}


def test_two_items_of_one_amount_fit_equally_well() -> None:
    found = hypotheses_for(payment(3_333), [invoice("INV-1", 3_333), invoice("INV-2", 3_333)])
    assert [hypothesis.fits for hypothesis in found] == [2, 2]


def test_a_set_of_the_payers_items_is_found_by_its_sum() -> None:
    items = [invoice("INV-1", 1_111), invoice("INV-2", 2_345), invoice("INV-3", 4_007)]
    hypothesis = only(payment(5_118), *items)
    assert hypothesis.rule is Rule.SET_OF_ITEMS
    assert {item_id for item_id, _, _ in rows(hypothesis)} == {items[0].item_id, items[2].item_id}


def test_where_nobody_knows_the_payer_only_the_amount_is_left() -> None:
    line = payment(3_333, payer_account="")
    assert only(line, invoice("INV-1", 3_333, customer_id=OTHER)).rule is Rule.AMOUNT_ONLY


def test_an_item_in_another_currency_is_not_paid() -> None:
    assert hypotheses_for(payment(10_000, "INV-1"), [invoice("INV-1", 10_000, currency="USD")]) == []


def test_an_item_issued_after_the_payment_is_not_paid() -> None:
    later = invoice("INV-1", 10_000, issue_date=PAY_DAY + timedelta(days=1))
    assert hypotheses_for(payment(10_000, "INV-1"), [later]) == []


def advice(line: BankLine, *rows: tuple[str, int], named: bool = True) -> Advice:
    return Advice(
        7,
        line.line_id if named else None,
        PAY_DAY - timedelta(days=2),
        "EUR",
        line.amount_minor,
        "Acme Brücken",
        tuple(AdviceRow(ref, amount) for ref, amount in rows),
    )


@pytest.mark.parametrize("named", [True, False])
def test_an_advice_tells_what_a_silent_payment_pays(*, named: bool) -> None:
    items = [invoice("INV-1", 10_000), invoice("INV-2", 10_000), invoice("INV-3", 10_000)]
    line = payment(20_000)
    given = advice(line, ("INV-1", 10_000), ("INV-3", 10_000), named=named)
    hypothesis = only(line, *items, advices=[given])
    assert hypothesis.rule is Rule.ADVICE
    assert {item_id for item_id, _, _ in rows(hypothesis)} == {items[0].item_id, items[2].item_id}


def test_a_cut_that_an_advice_declares_is_explained() -> None:
    item, line = invoice("INV-1", 10_000), payment(9_123)
    hypothesis = only(line, item, advices=[advice(line, ("INV-1", 10_000), ("CLAIM 7", -877))])
    assert (hypothesis.rule, hypothesis.fit, hypothesis.usual) == (Rule.ADVICE, Fit.ADVISED, True)
    assert rows(hypothesis) == {(item.item_id, 9_123, Reason.DEDUCTION)}


def test_two_advices_of_one_amount_belong_to_nobody() -> None:
    line = payment(10_000)
    twins = [advice(line, ("INV-1", 10_000), named=False), advice(line, ("INV-2", 10_000), named=False)]
    found = hypotheses_for(line, [invoice("INV-1", 10_000), invoice("INV-2", 10_000)], advices=twins)
    assert {hypothesis.rule for hypothesis in found} == {Rule.ONE_ITEM}


def test_eight_hundred_invoices_on_one_payment_are_all_found() -> None:
    items = [invoice(f"INV-{place:05}", 10_000 + place) for place in range(800)]
    line = payment(sum(item.amount_minor for item in items), " ".join(item.number for item in items))
    hypothesis = only(line, *items)
    assert len(hypothesis.rows) == 800
    assert hypothesis.fit is Fit.EXACT


def test_a_shortfall_beyond_any_deduction_leaves_the_rest_open() -> None:
    item = invoice("INV-1", 10_000)
    small, large = only(payment(9_013, "INV-1"), item), only(payment(4_321, "INV-1"), item)
    assert rows(small) == {(item.item_id, 9_013, Reason.DEDUCTION)}
    assert rows(large) == {(item.item_id, 4_321, Reason.PARTIAL)}
    assert (small.cleared, large.cleared) == (((item.item_id, 10_000),), ((item.item_id, 4_321),))


@pytest.mark.parametrize("cash", [4_999, 5_000])
def test_half_of_an_odd_amount_is_rounded_either_way(cash: int) -> None:
    item = invoice("INV-1", 9_999)
    halved = [invoice(f"OLD-{place}", 2_000) for place in range(3)]
    lines = [payment(1_000, booking_date=PAY_DAY - timedelta(days=place + 1)) for place in range(3)]
    history = [booked(*pair, 1_000, Reason.PARTIAL) for pair in zip(lines, halved, strict=True)]
    line = payment(cash, "INV-1")
    found = hypotheses_for(line, [item, *halved], lines=[*lines, line], bookings=history)
    assert (item.item_id, cash, Reason.PARTIAL) in {row for one in found for row in rows(one)}
    assert any(one.fit is Fit.PARTIAL and one.usual for one in found)


def test_the_end_of_a_number_names_the_payer_that_nobody_knows() -> None:
    mine, other = invoice("INV-2025-008197", 10_000), invoice("INV-2025-004444", 10_000, customer_id=OTHER)
    line = payment(10_000, "008197", payer_account="")
    (found,) = [one for one in hypotheses_for(line, [mine, other]) if one.mentions]
    assert rows(found) == {(mine.item_id, 10_000, Reason.IN_FULL)}
    assert found.customer_id == mine.customer_id
