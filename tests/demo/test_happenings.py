"""What happens in the world the demo shows: every habit, every kind of money, every mess, and advices that add up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date

import pytest

from o2c_ai.demo.facts import Application, BankLine, Invoice, ReferenceStyle
from o2c_ai.demo.habits import Advising, HabitKind
from o2c_ai.demo.payers import HUB_NAME, Payer
from o2c_ai.demo.world import World

REASONS = (
    "",
    "partial",
    "netted",
    "discount",
    "deduction",
    "withholding",
    "bank_charge",
    "overpayment",
    "prepayment",
    "duplicate",
    "returned",
    "not_ar",
)


@pytest.mark.parametrize("reason", REASONS)
def test_money_of_every_kind_comes_in_the_history(world: World, reason: str) -> None:
    assert sum(row.reason == reason for row in world.history) >= 5


@pytest.mark.parametrize("style", list(ReferenceStyle))
def test_every_way_of_writing_is_met_in_history_and_work(world: World, style: ReferenceStyle) -> None:
    work = {line.line_id for line in world.work}
    assert any(written is style for line, written in world.styles.items() if line not in work)
    assert any(written is style for line, written in world.styles.items() if line in work)


def rows_by_line(world: World) -> dict[str, list[Application]]:
    rows = defaultdict(list)
    for row in world.applications:
        rows[row.line_id].append(row)
    return rows


def payer_of(world: World) -> dict[str, Payer]:
    return {customer.customer_id: payer for payer in world.payers for customer in payer.customers}


def full_payments(world: World) -> list[tuple[Invoice, BankLine, Application]]:
    """Every application of an invoice, with the invoice and the line."""
    invoices = {invoice.invoice_id: invoice for invoice in world.invoices}
    lines = {line.line_id: line for line in world.bank_lines}
    return [(invoices[row.invoice_id], lines[row.line_id], row) for row in world.applications if row.invoice_id]


def days_late(world: World, kind: HabitKind) -> list[tuple[date, int]]:
    """(issue date, days after the due date) of invoices paid in full by payers of a kind."""
    payer = payer_of(world)
    return [
        (invoice.issue_date, (line.booking_date - invoice.due_date).days)
        for invoice, line, row in full_payments(world)
        if row.reason in {"", "discount"} and invoice.kind == "invoice" and payer[row.customer_id].habit.kind is kind
    ]


def middle(values: list[int]) -> int:
    return sorted(values)[len(values) // 2]


def test_those_on_time_pay_about_the_due_date_and_the_late_after_it(world: World) -> None:
    assert -3 <= middle([late for _, late in days_late(world, HabitKind.ON_TIME)]) <= 1
    assert middle([late for _, late in days_late(world, HabitKind.LATE)]) >= 5


def test_drifters_pay_later_at_the_end_than_at_the_start(world: World) -> None:
    cut = world.start + (world.end - world.start) / 3
    late = days_late(world, HabitKind.DRIFTER)
    early_half, late_half = [n for day, n in late if day <= cut], [n for day, n in late if day > cut]
    assert middle(late_half) - middle(early_half) >= 5


def test_discounts_are_taken_by_those_who_earned_them(world: World) -> None:
    for invoice, line, row in full_payments(world):
        if row.reason == "discount":
            assert invoice.discount_until is not None
            assert line.booking_date <= invoice.discount_until


def test_weekly_runs_leave_on_the_payers_weekday(world: World) -> None:
    payer = payer_of(world)
    on_day = [
        line.booking_date.weekday() == payer[row.customer_id].habit.run_day
        for _, line, row in full_payments(world)
        if payer[row.customer_id].habit.kind is HabitKind.WEEKLY_RUN and row.reason == ""
    ]
    assert sum(on_day) > 0.8 * len(on_day) > 0


def test_runs_pay_many_invoices_at_once(world: World) -> None:
    sizes = Counter(row.line_id for row in world.applications if row.invoice_id)
    assert max(sizes.values()) >= 10
    assert sum(size > 1 for size in sizes.values()) > 0.1 * len(sizes)


def test_group_payments_cover_several_customers(world: World) -> None:
    rows = rows_by_line(world)
    assert any(len({row.customer_id for row in several if row.invoice_id}) > 1 for several in rows.values())


def test_those_who_stopped_owe_and_pay_nothing_at_the_end(world: World) -> None:
    stopped = {
        customer.customer_id
        for payer in world.payers
        if payer.habit.kind is HabitKind.STOPPED
        for customer in payer.customers
    }
    last = world.end - (world.end - world.start) / 5
    lines = {line.line_id: line.booking_date for line in world.bank_lines}
    paid_lately = [row for row in world.applications if row.customer_id in stopped and lines[row.line_id] > last]
    assert all(row.reason in {"returned", "duplicate"} for row in paid_lately)
    still_open = world.open_amounts(world.end)
    owing = {invoice.customer_id for invoice in world.invoices if invoice.invoice_id in still_open}
    assert owing & stopped


def test_a_remainder_follows_a_partial_payment(world: World) -> None:
    touched = defaultdict(list)
    for _, _, row in full_payments(world):
        touched[row.invoice_id].append(row.reason)
    assert any(reasons == ["partial", ""] for reasons in touched.values())


def test_a_returned_payment_is_paid_again(world: World) -> None:
    reasons = defaultdict(list)
    for _, _, row in full_payments(world):
        reasons[row.invoice_id].append(row.reason)
    assert any(several == ["", "returned", ""] for several in reasons.values())


def test_a_returned_line_mirrors_one_earlier_payment(world: World) -> None:
    rows = rows_by_line(world)
    mirrors: Counter[frozenset[tuple[str, int]]] = Counter()
    for line in world.bank_lines:
        shape = frozenset((row.invoice_id, abs(row.amount_minor)) for row in rows[line.line_id])
        if {row.reason for row in rows[line.line_id]} == {"returned"}:
            assert line.amount_minor < 0
            assert mirrors[shape] > 0
        mirrors[shape] += 1


def test_equal_twins_are_paid_on_different_lines(world: World) -> None:
    line_of: dict[str, str] = {}
    for _, _, row in full_payments(world):
        line_of.setdefault(row.invoice_id, row.line_id)
    pairs = [(line_of.get(one), line_of.get(other)) for one, other in world.twins]
    assert any(one and other and one != other for one, other in pairs)


LACKS: dict[str, Callable[[BankLine], bool]] = {
    "name": lambda line: not line.payer_name,
    "account": lambda line: not line.payer_account,
    "text": lambda line: not line.narrative,
    "name and account": lambda line: not line.payer_name and not line.payer_account,
    "nothing but a payment service's name": lambda line: line.payer_name == HUB_NAME,
}


@pytest.mark.parametrize("what", list(LACKS))
def test_some_customers_lines_lack_what_would_tell_the_payer(world: World, what: str) -> None:
    assert any(LACKS[what](line) for line in world.bank_lines if line.line_id in world.styles)


def test_money_that_is_not_about_customers_goes_both_ways(world: World) -> None:
    others = {row.line_id for row in world.applications if row.reason == "not_ar"}
    amounts = [line.amount_minor for line in world.bank_lines if line.line_id in others]
    assert any(minor > 0 for minor in amounts)
    assert any(minor < 0 for minor in amounts)


def test_advices_add_up_to_what_the_payer_sent(world: World) -> None:
    for advice in world.advices:
        assert sum(line.amount_minor for line in advice.lines) == advice.total_minor


def test_an_advice_that_names_its_line_agrees_with_it_but_for_a_bank_charge(world: World) -> None:
    lines = {line.line_id: line for line in world.bank_lines}
    rows = rows_by_line(world)
    named = [advice for advice in world.advices if advice.line_ref]
    assert named
    for advice in named:
        charge = sum(row.amount_minor for row in rows[advice.line_ref] if row.reason == "bank_charge")
        assert advice.total_minor == lines[advice.line_ref].amount_minor - charge


def test_advices_come_with_the_line_apart_gross_and_with_codes(world: World) -> None:
    lines = [line for advice in world.advices for line in advice.lines]
    assert any(not advice.line_ref for advice in world.advices)
    assert any(line.invoice_ref == "SKONTO" for line in lines)
    assert any(line.invoice_ref.startswith("CLAIM ") for line in lines)
    assert any(line.discount_minor for line in lines)
    assert any(line.deduction_code for line in lines)


def test_those_who_never_advise_send_advices_only_for_long_payments_or_claims(world: World) -> None:
    silent = {payer.name for payer in world.payers if payer.habit.advising is Advising.NEVER and payer.name != HUB_NAME}
    for advice in world.advices:
        if advice.payer_name in silent:
            assert len(advice.lines) > 5
