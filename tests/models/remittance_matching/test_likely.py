"""What is likely to be in a payment is proposed even where nobody quotes it, and what is not stays out."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest

from o2c_ai.models.remittance_matching import membership
from o2c_ai.models.remittance_matching.chances import NOTHING_KNOWN, Chances
from o2c_ai.models.remittance_matching.desk import Case, Desk
from o2c_ai.models.remittance_matching.estimator import ItemJudge
from o2c_ai.models.remittance_matching.habits import Habits
from o2c_ai.models.remittance_matching.likely import cost_of, likely_sets
from o2c_ai.models.remittance_matching.punctuality import Punctuality
from o2c_ai.models.remittance_matching.records import Reason
from tests.models.remittance_matching.papers import (
    ACME,
    NEW_YEAR,
    OTHER,
    PAY_DAY,
    booked,
    discounted,
    invoice,
    papers,
    payment,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from o2c_ai.models.remittance_matching.hypotheses import Hypothesis
    from o2c_ai.models.remittance_matching.records import BankLine, Item


def seen(line: BankLine, chances: Mapping[Item, float]) -> tuple[Desk, Case]:
    """A desk with these items and the line read, each item as likely to be in it as said."""
    desk = Desk(papers(list(chances), [line]))
    desk.advance(line.booking_date)
    return desk, replace(desk.read(line), chances=Chances({item.item_id: chance for item, chance in chances.items()}))


def proposed(line: BankLine, chances: Mapping[Item, float]) -> list[Hypothesis]:
    return likely_sets(*seen(line, chances))


def amounts(way: Hypothesis) -> dict[int | None, tuple[int, Reason]]:
    return {row.item_id: (row.amount_minor, row.reason) for row in way.rows}


def test_of_two_sets_that_add_up_the_likelier_comes_first() -> None:
    due, later, other = (invoice(f"INV-{place}", 1_000) for place in range(3))

    first, *others = proposed(payment(2_000), {due: 0.9, later: 0.2, other: 0.7})

    assert set(amounts(first)) == {due.item_id, other.item_id}
    assert others


def test_more_items_than_any_rule_tries_are_found() -> None:
    items = [invoice(f"INV-{place}", 1_003 * (place + 7)) for place in range(60)]
    chances = {item: 0.9 if place % 2 else 0.1 for place, item in enumerate(items)}
    chances[items[4]], chances[items[9]] = 0.4, 0.6
    paid = [item for place, item in enumerate(items) if (place % 2 or place == 4) and place != 9]

    first = proposed(payment(sum(item.amount_minor for item in paid)), chances)[0]

    assert {way.item.item_id for way in first.ways} == {item.item_id for item in paid}


def test_a_cut_is_sought_where_nothing_adds_up() -> None:
    small, large = invoice("INV-1", 10_000), invoice("INV-2", 90_000)

    ways = proposed(payment(99_013), {small: 0.99, large: 0.99})

    assert amounts(ways[0]) == {small.item_id: (9_013, Reason.DEDUCTION), large.item_id: (90_000, Reason.IN_FULL)}
    assert (89_013, Reason.DEDUCTION) in [amounts(way).get(large.item_id) for way in ways]
    assert not any(way.usual for way in ways)


def test_what_nothing_explains_is_left_over() -> None:
    item = invoice("INV-1", 10_000)

    (way,) = proposed(payment(10_700), {item: 0.99})

    assert amounts(way) == {item.item_id: (10_000, Reason.IN_FULL), None: (700, Reason.OVERPAYMENT)}


def test_nothing_is_proposed_without_chances_or_for_unlikely_items() -> None:
    item = invoice("INV-1", 10_000)
    desk, case = seen(payment(10_000), {item: 0.5})

    assert likely_sets(desk, replace(case, chances=NOTHING_KNOWN)) == []
    assert proposed(payment(10_000), {item: 0.00001}) == []


def test_a_way_costs_more_the_less_its_customer_is_used_to_it() -> None:
    item = discounted("INV-1", 10_000, 300)
    desk, case = seen(payment(9_700), {item: 0.9})
    (taken,) = (way for way in likely_sets(desk, case) if amounts(way)[item.item_id][1] is Reason.DISCOUNT)
    before = cost_of(desk, case, taken)

    for _ in range(9):
        line = payment(9_700)
        row = booked(line, item, 9_700, Reason.DISCOUNT)
        desk.punctuality.learn(line, [(row, item)])

    assert cost_of(desk, case, taken) < before


def test_the_measurements_of_items_stand_in_their_columns() -> None:
    quoted, twin, memo = invoice("INV-2025-7001", 500), invoice("INV-2025-7002", 500), invoice("CM-7003", -100)
    desk, case = seen(payment(1_000, "INV-2025-7001"), {quoted: 0.5, twin: 0.5, memo: 0.5})

    columns = dict(zip(membership.COLUMNS, np.array(membership.measure(desk, case)).T, strict=True))

    place = {item.item_id: where for where, item in enumerate(case.pool)}
    assert columns["quality"][place[quoted.item_id]] == 0
    assert columns["quality"][place[twin.item_id]] == -1
    assert columns["alone"].sum() == columns["memo"].sum() == 1
    assert columns["twins"].tolist().count(2) == 2
    assert columns["quoted_sum"].tolist() == [0.5] * 3
    assert columns["due_sum"].max() == 1.0
    assert np.isfinite(np.column_stack(list(columns.values()))).all()


def test_a_judge_of_items_learns_which_are_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ItemJudge, "rounds", 20)
    frame = np.tile(np.arange(400.0).reshape(-1, 1), (1, len(membership.COLUMNS)))
    judge = ItemJudge.fit(frame, [place >= 200 for place in range(400)])
    item = invoice("INV-1", 10_000)
    desk, case = seen(payment(10_000), {item: 0.5})

    known, nobodys = judge.chances(desk, [case, replace(case, anybody=True)])
    assert set(known.told) == {item.item_id}
    assert not nobodys
    assert judge.scores(frame[:1])[0] < 0.5 < judge.scores(frame[-1:])[0]


def test_discounts_and_days_are_remembered_by_customer() -> None:
    known = Punctuality()
    item = discounted("INV-1", 10_000, 300)
    assert known.last_paid(ACME) is None
    assert known.takes_discount(ACME) == pytest.approx(0.5)

    for reason in (Reason.DISCOUNT, Reason.DISCOUNT, Reason.IN_FULL):
        line = payment(9_700)
        known.learn(line, [(booked(line, item, 9_700, reason), item)])
    late = payment(9_700, booking_date=PAY_DAY + timedelta(days=20))
    known.learn(late, [(booked(late, item, 9_700), item)])

    assert known.last_paid(ACME) == late.booking_date
    assert known.takes_discount(OTHER) == pytest.approx(0.6)
    assert known.takes_discount(ACME) > known.takes_discount(OTHER)


def test_the_share_of_payments_with_a_difference_leans_on_the_company() -> None:
    habits, item = Habits(), invoice("INV-1", 10_000, due_date=NEW_YEAR)
    rows: Sequence[Reason] = [Reason.DEDUCTION] * 3 + [Reason.IN_FULL]
    for reason in rows:
        line = payment(9_000)
        habits.learn(line, [(booked(line, item, 9_000, reason), item)])

    company = habits.share_with([OTHER], Reason.DEDUCTION)

    assert company == pytest.approx(4 / 6)
    assert company < habits.share_with([ACME], Reason.DEDUCTION) < 0.75
    assert habits.share_with([ACME], Reason.PARTIAL) < habits.share_with([OTHER], Reason.PARTIAL)
