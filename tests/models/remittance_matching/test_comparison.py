"""Matchers on the same later lines: each from what was booked by then, judged by what people booked after."""

from __future__ import annotations

from datetime import timedelta

from o2c_ai.models.remittance_matching.comparison import as_booked, count_right, judged_lines
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.records import ProposedRow, Reason
from o2c_ai.models.remittance_matching.scoring import RuleScorer
from tests.models.remittance_matching.papers import PAY_DAY, bold, booked, invoice, papers, payment, timid

SINCE, UNTIL = PAY_DAY, PAY_DAY + timedelta(days=9)


def test_only_lines_that_people_booked_later_are_judged() -> None:
    items = [invoice(f"INV-{place}", 10_000 + place) for place in range(4)]
    days = [SINCE, SINCE + timedelta(days=1), UNTIL, UNTIL + timedelta(days=1)]
    lines = [payment(10_000 + place, booking_date=day) for place, day in enumerate(days)]
    rows = [booked(line, item, line.amount_minor) for line, item in zip(lines, items, strict=True)]
    untouched = payment(7, booking_date=UNTIL)
    given = papers(items, [*lines, untouched], bookings=[*rows, booked(untouched, None, 7, untouched=True)])

    assert list(judged_lines(given, SINCE, UNTIL)) == [lines[1].line_id, lines[2].line_id]


def test_matchers_are_left_to_themselves_and_counted() -> None:
    items = [invoice(f"INV-1000{place}", 12_300 + place) for place in range(3)]
    lines = [
        payment(item.amount_minor, item.number, booking_date=SINCE + timedelta(days=1 + place))
        for place, item in enumerate(items)
    ]
    rows = [booked(line, item, line.amount_minor) for line, item in zip(lines, items, strict=True)]
    elsewhere = booked(lines[2], items[0], lines[2].amount_minor)
    given = papers(items, lines, bookings=[*rows[:2], elsewhere])

    counted = [count_right(given, policy, SINCE, UNTIL, {"rules": RuleScorer(RuleRates())}) for policy in (bold, timid)]

    assert counted == [(3, {"rules": 2})] * 2


def test_a_proposal_is_right_with_the_same_items_and_cash_or_the_same_reason_for_none() -> None:
    item, line = invoice("INV-1", 10_000), payment(10_000)
    said = [ProposedRow(item.item_id, 10_000, Reason.IN_FULL)]
    charge = booked(line, None, -150, Reason.BANK_CHARGE)

    assert as_booked(said, [booked(line, item, 10_000)])
    assert as_booked(said, [booked(line, item, 10_150), charge])
    assert not as_booked(said, [booked(line, item, 9_000)])
    assert not as_booked(said, [booked(line, None, 10_000, Reason.PREPAYMENT)])
    assert as_booked([ProposedRow(None, 10_000, Reason.NOT_AR)], [booked(line, None, 10_000, Reason.NOT_AR)])
    assert not as_booked([], [booked(line, item, 10_000)])
