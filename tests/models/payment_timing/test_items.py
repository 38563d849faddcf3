"""What was known of open items on the evening of a day."""

from __future__ import annotations

from o2c_ai.models.payment_timing.days import NEVER, day_number
from o2c_ai.models.payment_timing.items import known_items
from tests.models.payment_timing.invented import day, frame, item

TODAY = day_number(day(20))


def test_an_invoice_issued_tomorrow_is_not_known_today() -> None:
    known = known_items(frame(item("A", 20, 30), item("A", 21, 30)), TODAY)

    assert known.rows.tolist() == [0]


def test_a_payment_of_today_is_known_tonight_and_one_of_tomorrow_is_not() -> None:
    known = known_items(frame(item("A", 0, 10, 20), item("A", 0, 10, 21)), TODAY)

    assert known.paid.tolist() == [True, False]
    assert known.is_open.tolist() == [False, True]
    assert known.last_seen.tolist() == [TODAY, TODAY]


def test_an_item_closed_without_money_is_neither_open_nor_paid() -> None:
    known = known_items(frame(item("A", 0, 10, withdrawn_on=day(5))), TODAY)

    assert not known.paid[0]
    assert not known.is_open[0]
    assert known.last_seen[0] == day_number(day(5))


def test_lateness_is_told_on_its_day_for_those_who_paid_early_as_for_those_who_did_not() -> None:
    came = (item("A", 0, 20, 15), item("A", 0, 20), item("A", 0, 20, 21), item("A", 0, 19, 20))
    withdrawn = (item("A", 0, 20, withdrawn_on=day(18)), item("A", 0, 15, withdrawn_on=day(18)))
    to_come = (item("A", 0, 21, 15), item("A", 0, 21))

    told, late = known_items(frame(*came, *withdrawn, *to_come), TODAY).told_late(0)

    assert told.tolist() == [True, True, True, True, False, True, False, False]
    assert late[told].tolist() == [False, True, True, True, True]


def test_a_dispute_counts_from_the_day_it_is_raised_to_the_day_it_is_resolved() -> None:
    raised_later = item("A", 0, 10, disputed_on=day(21), dispute_resolved_on=None)
    resolved_later = item("A", 0, 10, disputed_on=day(15), dispute_resolved_on=day(25))
    resolved = item("A", 0, 10, disputed_on=day(15), dispute_resolved_on=day(20))

    known = known_items(frame(raised_later, resolved_later, resolved), TODAY)

    assert known.in_dispute.tolist() == [False, True, False]


def test_a_promise_made_tomorrow_is_not_known_today() -> None:
    known = known_items(
        frame(
            item("A", 0, 10, promised_on=day(21), promised_date=day(25)),
            item("A", 0, 10, promised_on=day(20), promised_date=day(25)),
        ),
        TODAY,
    )

    assert known.promised_date.tolist() == [NEVER, day_number(day(25))]
