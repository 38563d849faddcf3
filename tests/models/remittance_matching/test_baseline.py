"""Lines are decided day by day: nothing is paid twice, nothing is guessed, nothing is known before its time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.models.remittance_matching.baseline import match, measure
from o2c_ai.models.remittance_matching.calibration import PPM
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.records import BankLine, Booking, Clearing, Decision, Item, Papers, Reason
from o2c_ai.models.remittance_matching.scoring import RuleScorer
from tests.models.remittance_matching.papers import (
    NEW_YEAR,
    PAY_DAY,
    bold,
    booked,
    invoice,
    paid,
    papers,
    payment,
    proposal_for,
    run,
    timid,
)

NEXT_DAY = PAY_DAY + timedelta(days=1)


def test_an_invoice_is_not_paid_twice() -> None:
    item = invoice("INV-1", 10_000)
    first, second = payment(10_000, "INV-1"), payment(10_000, "INV-1", booking_date=NEXT_DAY)
    decided = {made.line_id: made for made in run(papers([item], [first, second]))}
    assert decided[first.line_id].decision is Decision.AUTO
    assert decided[second.line_id].decision is Decision.EXCEPTION
    assert decided[second.line_id].exception_reason == "duplicate"


def test_what_is_left_to_a_person_consumes_nothing() -> None:
    item = invoice("INV-1", 10_000)
    lines = [payment(10_000, "INV-1"), payment(10_000, "INV-1", booking_date=NEXT_DAY)]
    decided = match(papers([item], lines), RuleScorer(RuleRates()), timid, date.min, date.max)
    assert [paid(made) for made in decided] == [{item.item_id: 10_000}] * 2
    assert any("still undecided" in reason for reason in decided[1].reasons)


def test_the_lines_of_a_day_are_decided_together_the_surer_first() -> None:
    items = [invoice("INV-1", 10_000), invoice("INV-2", 10_000)]
    vague, plain = payment(10_000, "THANK YOU"), payment(10_000, "INV-1")
    decided = {made.line_id: made for made in run(papers(items, [vague, plain]))}
    assert paid(decided[plain.line_id]) == {items[0].item_id: 10_000}
    assert paid(decided[vague.line_id]) == {items[1].item_id: 10_000}


def test_two_sets_that_fit_equally_are_never_applied() -> None:
    proposal = proposal_for(payment(3_333), [invoice("INV-1", 3_333), invoice("INV-2", 3_333)])
    assert proposal.decision is Decision.REVIEW
    assert proposal.facts.sets_that_fit == 2
    assert len(proposal.alternatives) == 1


def test_a_partial_payment_leaves_the_rest_for_a_later_line() -> None:
    item = invoice("INV-1", 10_000)
    history = [payment(5_000, booking_date=NEW_YEAR) for _ in range(3)]
    others = [invoice(f"OLD-{place}", 10_000) for place in range(3)]
    halves = [booked(line, other, 5_000, Reason.PARTIAL) for line, other in zip(history, others, strict=True)]
    settled = [Clearing(other.item_id, NEW_YEAR, 5_000) for other in others]
    first, rest = payment(5_000, "INV-1"), payment(5_000, "INV-1", booking_date=NEXT_DAY)
    given = papers([item, *others], [*history, first, rest], bookings=halves, clearings=settled)
    decided = {made.line_id: made for made in run(given)}
    assert decided[first.line_id].rows[0].reason is Reason.PARTIAL
    assert decided[rest.line_id].rows[0].reason is Reason.IN_FULL


def test_a_payment_that_bounced_opens_its_invoice_again() -> None:
    item = invoice("INV-1", 10_000)
    first = payment(10_000, "INV-1")
    bounced = payment(-10_000, "RETURN INV-1", booking_date=NEXT_DAY)
    again = payment(10_000, "INV-1", booking_date=NEXT_DAY + timedelta(days=1))
    decided = {made.line_id: made for made in run(papers([item], [first, bounced, again]))}
    assert decided[bounced.line_id].decision is Decision.RETURNED
    assert paid(decided[bounced.line_id]) == {item.item_id: -10_000}
    assert decided[again.line_id].decision is Decision.AUTO


def test_a_booked_receipt_that_bounced_opens_what_it_cleared_discount_and_all() -> None:
    item = invoice("INV-1", 10_000)
    first = payment(9_800, "INV-1", booking_date=NEW_YEAR)
    history = [booked(first, item, 9_800, Reason.DISCOUNT, cleared_minor=10_000)]
    bounced, again = payment(-9_800, "INV-1"), payment(10_000, "INV-1", booking_date=NEXT_DAY)
    decided = {made.line_id: made for made in run(papers([item], [first, bounced, again], bookings=history))}
    assert paid(decided[again.line_id]) == {item.item_id: 10_000}


def test_an_outgoing_line_that_could_take_back_two_receipts_takes_back_none() -> None:
    items = [invoice("INV-1", 10_000), invoice("INV-2", 10_000)]
    lines = [payment(10_000, "INV-1"), payment(10_000, "INV-2"), payment(-10_000, "", booking_date=NEXT_DAY)]
    decided = run(papers(items, lines))
    assert decided[-1].decision is Decision.NOT_AR
    assert [row.item_id for row in decided[-1].rows] == [None]


def test_money_that_meant_no_items_before_is_not_for_receivables() -> None:
    rent = [payment(50_000, "MIETE HALLE", payer_account="R", booking_date=NEW_YEAR) for _ in range(5)]
    history = [booked(line, None, 50_000, Reason.NOT_AR) for line in rent]
    line = payment(61_000, "MIETE MAI", payer_account="")
    proposal = proposal_for(line, [], lines=[*rent, line], bookings=history)
    assert proposal.decision is Decision.NOT_AR
    assert proposal.rows[0].reason is Reason.NOT_AR


def test_the_payer_is_named_even_where_no_item_is() -> None:
    proposal = proposal_for(payment(123), [invoice("INV-1", 10_000)])
    assert (proposal.decision, proposal.exception_reason, proposal.customer_id) == (
        Decision.EXCEPTION,
        "no candidate",
        1,
    )
    unknown = proposal_for(payment(123, payer_account=""), [])
    assert unknown.exception_reason == "payer unknown"


def test_what_people_booked_for_a_later_line_is_not_given_to_an_earlier_one() -> None:
    item = invoice("INV-1", 10_000)
    early, late = payment(10_000, "INV-1"), payment(10_000, "INV-1", booking_date=NEXT_DAY)
    proposal = proposal_for(early, [item], lines=[early, late], bookings=[booked(late, item, 10_000)])
    assert proposal.decision is Decision.EXCEPTION


def test_a_clearing_dated_before_its_item_counts_once_the_item_is_there() -> None:
    item = invoice("INV-1", 10_000)
    early = Clearing(item.item_id, NEW_YEAR - timedelta(days=9), 4_000)
    proposal = proposal_for(payment(6_000, "INV-1"), [item], clearings=[early])
    assert paid(proposal) == {item.item_id: 6_000}
    assert proposal.facts.residual_explained


def test_a_line_is_decided_alike_whatever_comes_after_it() -> None:
    items = [invoice(f"INV-{place}", 1_000 * place) for place in range(1, 6)]
    lines = [payment(1_000 * place, "", booking_date=PAY_DAY + timedelta(days=place)) for place in range(1, 6)]
    whole = run(papers(items, lines))
    assert [run(papers(items, lines[:place]))[-1] for place in range(1, 6)] == whole


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6), st.lists(st.integers(1, 9), min_size=1, max_size=8))
def test_no_item_ever_gets_more_than_is_open(amounts: list[int], payments: list[int]) -> None:
    items = [invoice(f"N-{place}", amount) for place, amount in enumerate(amounts)]
    lines = [
        payment(amount, booking_date=PAY_DAY + timedelta(days=place // 2)) for place, amount in enumerate(payments)
    ]
    got = dict.fromkeys((item.item_id for item in items), 0)
    for made in run(papers(items, lines)):
        assert sum(row.amount_minor for row in made.rows) == next(
            line.amount_minor if made.rows else 0 for line in lines if line.line_id == made.line_id
        )
        if made.decision is Decision.AUTO:
            for item_id, cash in paid(made).items():
                got[item_id] += cash
    assert all(got[item.item_id] <= item.amount_minor for item in items)


# ------------------------------------------------------------------------------------------------ measured on history


def plain_history(count: int) -> Papers:
    """So many invoices, each quoted and paid in full a day after the last."""
    items: list[Item] = []
    lines: list[BankLine] = []
    bookings: list[Booking] = []
    for place in range(count):
        item = invoice(f"INV-{place:05}", 10_000 + place)
        line = payment(item.amount_minor, item.number, booking_date=NEW_YEAR + timedelta(days=place))
        items.append(item)
        lines.append(line)
        bookings.append(booked(line, item, item.amount_minor))
    return papers(items, lines, bookings=bookings)


QUOTED_IN_FULL = ("references", "exact alone", "settled", "account", "number", "all read", "no other quoted", "1")


def test_a_rule_that_was_always_right_becomes_believable() -> None:
    rates = measure(plain_history(300), bold)
    assert rates.cells["references", "exact alone"] == (300, 300)
    assert rates.probability_ppm(QUOTED_IN_FULL) > 990_000


def test_a_rule_that_was_wrong_loses_its_standing() -> None:
    right = plain_history(300)
    wrong = replace(
        right,
        bookings=[
            replace(booking, item_id=None, cleared_minor=0, reason=Reason.PREPAYMENT) for booking in right.bookings
        ],
    )
    assert measure(wrong, bold).probability_ppm(QUOTED_IN_FULL) < 100_000


def test_measuring_uses_the_same_history_whatever_order_it_comes_in() -> None:
    history = plain_history(40)
    shuffled = replace(history, lines=history.lines[::-1], items=history.items[::-1])
    assert measure(history, bold) == measure(shuffled, bold)


def test_what_nobody_looked_at_proves_nothing() -> None:
    history = plain_history(40)
    own = replace(history, bookings=[replace(booking, untouched=True) for booking in history.bookings])
    assert measure(own, bold) == RuleRates()


def test_without_history_the_opening_guesses_hold() -> None:
    rates = measure(papers([], []), bold)
    assert rates == RuleRates()
    assert 0 < rates.probability_ppm(QUOTED_IN_FULL) < PPM


def test_nothing_is_learnt_from_a_runs_own_proposals() -> None:
    items = [invoice("INV-1", 10_000), invoice("INV-2", 20_000)]
    first = payment(10_000, "INV-1", payer_account="NEW")
    second = payment(20_000, "", payer_account="NEW", booking_date=NEXT_DAY)
    decided = run(papers(items, [first, second]))
    assert decided[0].decision is Decision.AUTO
    assert decided[1].facts.rule == "amount only"
