"""Fees, ratios, days of grace and wordings are counted in what people booked."""

from __future__ import annotations

from datetime import timedelta

from o2c_ai.models.remittance_matching.habits import GRACE_DEFAULT, Habits, Hint
from o2c_ai.models.remittance_matching.records import Booking, Item, Reason
from tests.models.remittance_matching.papers import ACME, OTHER, PAY_DAY, booked, discounted, invoice, payment


def learn(habits: Habits, narrative: str, *rows: tuple[Reason, int, Item | None], times: int = 3) -> None:
    """Book the same line so many times."""
    for _ in range(times):
        line = payment(1000, narrative)
        made: list[tuple[Booking, Item | None]] = [
            (booked(line, item, cash, reason, cleared_minor=item.amount_minor if item else 0), item)
            for reason, cash, item in rows
        ]
        habits.learn(line, made)


def test_a_customers_own_bank_charges_are_tried_before_the_common_ones() -> None:
    habits = Habits()
    for cash, times in ((-1500, 3), (-2500, 5), (-999, 1)):
        learn(habits, "", (Reason.BANK_CHARGE, cash, None), times=times)
    assert habits.fees([ACME], "EUR") == (2500, 1500)
    line = payment(100)
    habits.learn(line, [(booked(line, None, -777, Reason.BANK_CHARGE, customer_id=ACME), None)])
    assert habits.fees([ACME], "EUR") == (777,)
    assert habits.fees([OTHER], "EUR") == (2500, 1500)
    assert habits.fees([OTHER], "USD") == ()


def test_a_withholding_is_expected_from_the_customer_who_withheld_before() -> None:
    habits = Habits()
    learn(habits, "", (Reason.WITHHOLDING, 9000, invoice("A", 10_000)), times=1)
    assert habits.ratios(ACME, Reason.WITHHOLDING) == (900,)
    assert habits.ratios(OTHER, Reason.WITHHOLDING) == ()


def test_a_part_that_is_paid_often_is_a_habit_of_the_company() -> None:
    habits = Habits()
    learn(habits, "", (Reason.PARTIAL, 5000, invoice("A", 10_000)), times=9)
    learn(habits, "", (Reason.PARTIAL, 1234, invoice("A", 10_000)), times=1)
    assert habits.common_ratios(Reason.PARTIAL) == (500,)


def test_days_of_grace_are_those_in_which_discounts_were_taken() -> None:
    habits = Habits()
    assert habits.grace() == GRACE_DEFAULT
    for late in (0, 1, 2):
        learn(habits, "", (Reason.DISCOUNT, 98, discounted("A", 100, 2, PAY_DAY - timedelta(days=late))), times=40)
    assert habits.grace() == 2


def test_words_that_always_came_without_items_are_a_hint() -> None:
    habits = Habits()
    learn(habits, "LOYER MARS", (Reason.NOT_AR, 1000, None), times=4)
    learn(habits, "FACTURE MARS", (Reason.IN_FULL, 1000, invoice("A", 1000)), times=4)
    assert habits.wording(payment(1, "loyer avril", payer_account="")) == Hint(Reason.NOT_AR, 4, 4)
    assert habits.wording(payment(1, "facture", payer_account="")) is None


def test_an_overpayment_is_usual_once_it_was_seen_three_times() -> None:
    habits = Habits()
    learn(habits, "", (Reason.OVERPAYMENT, 50, None), times=2)
    assert not habits.usual_overpayment("EUR", 50)
    learn(habits, "", (Reason.OVERPAYMENT, 50, None), times=1)
    assert habits.usual_overpayment("EUR", 50)
