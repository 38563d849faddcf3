"""Contacts and promises: in order, one open promise an invoice, some kept and some broken."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise

from o2c_ai.demo.calendar_days import Span, is_banking_day
from o2c_ai.demo.chasing import Diary
from o2c_ai.demo.dice import stream
from o2c_ai.demo.facts import Invoice
from o2c_ai.demo.world import World

SPAN = Span(date(2026, 1, 1), date(2026, 12, 31))
INVOICE = Invoice("RE-2026-000001", "K1", "invoice", date(2026, 2, 2), date(2026, 3, 4), "EUR", 10_000)


def test_nobody_is_chased_for_what_is_paid_in_time() -> None:
    diary = Diary(stream(1, "diary"), SPAN)
    assert diary.chase(INVOICE, INVOICE.due_date) == INVOICE.due_date
    assert diary.activities == []


def test_chasing_never_makes_a_payment_later() -> None:
    planned = date(2026, 6, 30)
    for seed in range(50):
        diary = Diary(stream(seed, "diary"), SPAN)
        assert INVOICE.due_date < diary.chase(INVOICE, planned) <= planned
        assert diary.activities


def test_one_contact_serves_all_overdue_invoices_of_a_customer() -> None:
    diary = Diary(stream(1, "diary"), SPAN)
    diary.chase(INVOICE, INVOICE.due_date + timedelta(days=15))
    diary.chase(INVOICE, INVOICE.due_date + timedelta(days=15))
    assert len(diary.activities) == 1


def test_contacts_are_made_on_working_days_of_the_world(world: World) -> None:
    assert world.activities
    assert all(world.start < activity.date <= world.end for activity in world.activities)
    assert all(is_banking_day(activity.date) for activity in world.activities)


def test_promises_follow_a_contact_with_the_customer_after_the_due_date(world: World) -> None:
    invoices = {invoice.invoice_id: invoice for invoice in world.invoices}
    promising = {(a.customer_id, a.date) for a in world.activities if a.result == "promised"}
    for promise in world.promises:
        invoice = invoices[promise.invoice_id]
        assert invoice.due_date < promise.promised_on < promise.promised_date
        assert (invoice.customer_id, promise.promised_on) in promising
        assert promise.amount_minor == invoice.amount_minor


def test_an_invoice_has_one_open_promise_at_a_time(world: World) -> None:
    by_invoice = defaultdict(list)
    for promise in world.promises:
        by_invoice[promise.invoice_id].append(promise)
    repeated = [promises for promises in by_invoice.values() if len(promises) > 1]
    assert repeated
    for promises in repeated:
        for first, second in pairwise(promises):
            assert first.promised_date < second.promised_on


def test_promises_are_made_before_the_money_comes_and_some_are_kept_and_some_broken(world: World) -> None:
    days = {line.line_id: line.booking_date for line in world.bank_lines}
    first_cash: dict[str, date] = {}
    for row in world.applications:
        if row.invoice_id:
            first_cash.setdefault(row.invoice_id, days[row.line_id])
    judged = [(p, first_cash.get(p.invoice_id)) for p in world.promises if p.promised_date < world.end]
    assert all(day is None or day > promise.promised_on for promise, day in judged)
    kept = sum(day is not None and day <= promise.promised_date for promise, day in judged)
    assert 0.3 * len(judged) < kept < 0.9 * len(judged)
