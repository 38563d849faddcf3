"""The judge of proposals: what counts as right, what as automatic, and what makes a line wrong."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import date, timedelta

import pytest

from o2c_ai.demo.facts import Application, BankLine, Invoice, Reason, ReferenceStyle
from o2c_ai.demo.scoring import Decision, Proposal, Score, Share, score
from o2c_ai.demo.world import World, simulate

START = date(2026, 1, 5)
DAY = START + timedelta(days=20)
EMPTY = simulate(1, customers=1, start=START, days=30, history_until=START + timedelta(days=10))


def invoice(number: int, amount: int = 10_000) -> Invoice:
    return Invoice(f"RE-2026-{number:06d}", "K1", "invoice", START, START + timedelta(days=14), "EUR", amount)


def line(line_id: str, amount: int, text: str = "") -> BankLine:
    return BankLine(line_id, DAY, "EUR", amount, "", "", text, "")


def row(line_id: str, number: int | None, amount: int, reason: Reason = "") -> Application:
    return Application(line_id, "" if number is None else f"RE-2026-{number:06d}", "K1", amount, reason)


def made_of(lines: list[BankLine], truth: list[Application], *, invoices: list[Invoice]) -> World:
    """A world whose work is these lines and nothing else."""
    return replace(
        EMPTY,
        invoices=tuple(invoices),
        bank_lines=tuple(lines),
        applications=tuple(truth),
        advices=(),
        styles={each.line_id: ReferenceStyle.NONE for each in lines},
    )


def one_line(*truth: Application, text: str = "", amount: int | None = None) -> World:
    total = sum(each.amount_minor for each in truth) if amount is None else amount
    return made_of([line("L1", total, text)], list(truth), invoices=[invoice(1), invoice(2), invoice(3, 7_000)])


def judged(world: World, *rows: Application, decision: Decision = "auto") -> Score:
    return score(world, [Proposal("L1", decision, rows)])


def truth_as_proposals(world: World) -> list[Proposal]:
    rows = defaultdict(list)
    for each in world.applications:
        rows[each.line_id].append(each)
    decisions: dict[Reason, Decision] = {
        "not_ar": "not_ar",
        "returned": "returned",
        "duplicate": "exception",
        "prepayment": "exception",
    }
    return [
        Proposal(each.line_id, decisions.get(rows[each.line_id][0].reason, "auto"), tuple(rows[each.line_id]))
        for each in world.work
    ]


def test_the_truth_itself_scores_everything(world: World) -> None:
    result = score(world, truth_as_proposals(world))
    for share in (result.straight_through, result.auto_precision, result.not_ar_found, result.returned_found):
        assert share.part == share.whole > 0
    assert result.auto_on_others.part == result.over_applied == 0
    assert result.auto_on_others.whole > 0
    assert set(result.cash) == {"EUR", "USD", "JPY"}
    assert all(share.part == share.whole for share in result.by_reason.values())


def test_no_proposals_score_nothing_of_everything(world: World) -> None:
    result = score(world, [])
    assert result.straight_through.part == 0 < result.straight_through.whole
    assert result.auto_precision == Share(0, 0)


def test_truth_left_for_review_is_right_but_not_straight_through() -> None:
    result = judged(one_line(row("L1", 1, 10_000)), row("L1", 1, 10_000), decision="review")
    assert result.best_right == Share(1, 1)
    assert result.straight_through == Share(0, 1)


def test_a_cent_is_forgiven_and_two_are_not() -> None:
    world = one_line(row("L1", 3, 7_000))
    assert judged(world, row("L1", 3, 6_999)).straight_through.part == 1
    assert judged(world, row("L1", 3, 6_998)).straight_through.part == 0


def test_another_invoice_or_one_more_is_wrong() -> None:
    world = one_line(row("L1", 1, 10_000))
    assert judged(world, row("L1", 3, 10_000)).best_right.part == 0
    assert judged(world, row("L1", 1, 5_000), row("L1", 2, 5_000)).best_right.part == 0
    assert judged(world, replace(row("L1", 1, 10_000), invoice_id="no such invoice")).best_right.part == 0


def test_untold_twins_are_interchangeable_and_told_ones_are_not() -> None:
    assert judged(one_line(row("L1", 1, 10_000)), row("L1", 2, 10_000)).straight_through == Share(1, 1)
    told = one_line(row("L1", 1, 10_000), text="RE-2026-1")
    assert judged(told, row("L1", 2, 10_000)).straight_through == Share(0, 1)


def test_cash_beyond_the_amount_makes_automatic_lines_wrong() -> None:
    truth = [row("L1", 1, 10_000), row("L2", 2, 10_000)]
    world = made_of([line("L1", 10_000), line("L2", 10_000)], truth, invoices=[invoice(1), invoice(2)])
    both_on_one = [Proposal("L1", "auto", (row("L1", 1, 10_000),)), Proposal("L2", "auto", (row("L2", 1, 10_000),))]
    result = score(world, both_on_one)
    assert result.over_applied == 1
    assert result.straight_through == Share(0, 2)


def test_a_returned_payment_opens_its_invoice_for_another() -> None:
    truth = [row("L0", 1, 10_000), row("L1", 1, -10_000, "returned"), row("L2", 1, 10_000)]
    lines = [
        replace(line("L0", 10_000), booking_date=START + timedelta(days=3)),
        line("L1", -10_000),
        line("L2", 10_000),
    ]
    world = made_of(lines, truth, invoices=[invoice(1)])
    result = score(world, [Proposal("L1", "returned"), Proposal("L2", "auto", (row("L2", 1, 10_000),))])
    assert result.straight_through == Share(1, 1)
    assert result.returned_found == Share(1, 1)
    assert result.over_applied == 0


def test_an_invoice_paid_in_the_history_is_over_applied_when_paid_again() -> None:
    truth = [row("L0", 1, 10_000), row("L1", 2, 10_000)]
    lines = [replace(line("L0", 10_000), booking_date=START + timedelta(days=3)), line("L1", 10_000)]
    result = judged(made_of(lines, truth, invoices=[invoice(1), invoice(2)]), row("L1", 1, 10_000))
    assert result.over_applied == 1
    assert result.straight_through == Share(0, 1)


def test_a_bank_charge_may_stand_apart_or_come_off_the_invoice() -> None:
    world = one_line(row("L1", 1, 10_000), row("L1", None, -500, "bank_charge"))
    assert judged(world, row("L1", 1, 10_000), row("L1", None, -500, "bank_charge")).straight_through.part == 1
    assert judged(world, row("L1", 1, 9_500)).straight_through.part == 1
    assert judged(world, row("L1", 1, 9_000)).straight_through.part == 0


@pytest.mark.parametrize("reason", ["prepayment", "duplicate", "not_ar"])
def test_money_that_pays_nothing_must_not_be_applied(reason: Reason) -> None:
    result = judged(one_line(row("L1", None, 10_000, reason)), row("L1", 1, 10_000))
    assert result.auto_on_others == Share(1, 1)
    assert result.auto_precision == Share(0, 1)
    assert result.straight_through == Share(0, 0)


def test_a_share_of_yen_has_no_cents_to_forgive() -> None:
    yen = replace(invoice(1), currency="JPY")
    world = made_of([replace(line("L1", 10_000), currency="JPY")], [row("L1", 1, 10_000)], invoices=[yen])
    assert judged(world, row("L1", 1, 9_999)).straight_through.part == 0


def test_a_share_says_its_counts() -> None:
    assert str(Share(7, 8)) == "87.5 % (7 of 8)"
    assert Share(7, 8).ppm == 875_000
    assert str(Share(0, 0)) == "none of none"
    assert Share(0, 0).ppm is None
