"""The invoices of the demo company: numbered in order, priced in whole minor units, troubled in the right order."""

from __future__ import annotations

from collections import Counter
from datetime import date

from o2c_ai.demo.facts import Terms
from o2c_ai.demo.world import World


def test_terms_say_when_to_pay_and_until_when_a_discount_is_earned() -> None:
    terms = Terms(30, 2, 10)
    assert str(terms) == "2/10 net 30"
    assert terms.due(date(2026, 1, 31)) == date(2026, 3, 2)
    assert terms.discount_until(date(2026, 1, 31)) == date(2026, 2, 10)


def test_terms_without_a_discount_have_no_discount_day() -> None:
    assert str(Terms(14)) == "net 14"
    assert Terms(14).discount_until(date(2026, 1, 31)) is None


def test_numbers_are_unique_and_rise_with_the_day_of_issue(world: World) -> None:
    numbers = [invoice.invoice_id for invoice in world.invoices]
    assert len(set(numbers)) == len(numbers)
    for prefix in ("RE-", "EX/", "GS-", "BL-"):
        series = [number for number in numbers if number.startswith(prefix)]
        assert series == sorted(series)
        assert len(series) > 10
    issued = [invoice.issue_date for invoice in world.invoices]
    assert issued == sorted(issued)


def test_credit_memos_alone_are_negative(world: World) -> None:
    for invoice in world.invoices:
        assert (invoice.amount_minor < 0) is (invoice.kind == "credit_memo")
        assert invoice.amount_minor != 0


def test_invoices_are_mostly_in_euro_and_some_in_currencies_of_other_digits(world: World) -> None:
    currencies = Counter(invoice.currency for invoice in world.invoices)
    assert set(currencies) == {"EUR", "USD", "JPY"}
    assert currencies["EUR"] > 4 * (currencies["USD"] + currencies["JPY"])
    assert min(currencies.values()) >= 30


def test_every_invoice_is_in_its_customers_currency(world: World) -> None:
    currency = {customer.customer_id: customer.currency for customer in world.customers}
    assert all(invoice.currency == currency[invoice.customer_id] for invoice in world.invoices)


def test_dates_of_an_invoice_follow_each_other(world: World) -> None:
    for invoice in world.invoices:
        assert world.start <= invoice.issue_date <= invoice.due_date
        if invoice.discount_until is not None:
            assert invoice.issue_date < invoice.discount_until <= invoice.due_date
        if invoice.disputed_on is not None:
            assert invoice.issue_date < invoice.disputed_on <= world.end
        if invoice.dispute_resolved_on is not None:
            assert invoice.disputed_on is not None
            assert invoice.disputed_on < invoice.dispute_resolved_on <= world.end
        if invoice.cancelled_on is not None:
            assert invoice.issue_date < invoice.cancelled_on <= world.end


def test_there_are_disputes_open_and_closed_and_cancelled_invoices(world: World) -> None:
    assert any(invoice.dispute_resolved_on for invoice in world.invoices)
    assert any(invoice.disputed_on and invoice.dispute_resolved_on is None for invoice in world.invoices)
    assert any(invoice.cancelled_on for invoice in world.invoices)


def test_amounts_repeat_as_those_of_subscriptions_do(world: World) -> None:
    amounts = Counter((invoice.customer_id, invoice.amount_minor) for invoice in world.invoices)
    assert max(amounts.values()) >= 10


def test_twins_are_equal_invoices_of_one_day(world: World) -> None:
    invoices = {invoice.invoice_id: invoice for invoice in world.invoices}
    assert len(world.twins) >= 5
    for one, other in ((invoices[one], invoices[other]) for one, other in world.twins):
        assert one.invoice_id != other.invoice_id
        assert (one.customer_id, one.issue_date, one.amount_minor) == (
            other.customer_id,
            other.issue_date,
            other.amount_minor,
        )
