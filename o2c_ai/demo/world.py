"""The invented company's whole year, drawn from a seed: every invoice, every payment, and the truth about each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from o2c_ai.core.errors import Invalid
from o2c_ai.core.payments.rules import Advice
from o2c_ai.demo.billing import Billing, bill
from o2c_ai.demo.calendar_days import Span
from o2c_ai.demo.customers import found_families
from o2c_ai.demo.dice import stream
from o2c_ai.demo.facts import (
    CLEARING_SHORT,
    Activity,
    Application,
    BankLine,
    Company,
    Customer,
    Invoice,
    Promise,
    ReferenceStyle,
)
from o2c_ai.demo.names import invent_account
from o2c_ai.demo.other_money import other_money
from o2c_ai.demo.payers import Payer, form_payers
from o2c_ai.demo.paying import PayablesDesk
from o2c_ai.demo.statements import Statements

COMPANY_NAME = "Nordanker Armaturen & Pumpen GmbH"
DEFAULT_CUSTOMERS = 220
DEFAULT_START = date(2025, 9, 1)
DEFAULT_DAYS = 410
DEFAULT_WORK_DAYS = 45
"""Days at the end of the default world whose bank lines are left to be worked on."""


class UnusableWorld(Invalid):
    """The asked-for world has no customers or days, or its history ends outside it."""

    def __init__(self, what: str) -> None:
        """Say which part cannot be."""
        super().__init__(f"a demo company needs {what}")


@dataclass(frozen=True, slots=True)
class World:
    """Everything that happened, in order of time, and the truth about every bank line.

    Lines booked up to and including `history_until` are the history people have worked on; later ones are work to be
    done, their truth kept for scoring.
    """

    seed: int
    start: date
    end: date
    history_until: date
    company: Company
    customers: tuple[Customer, ...]
    payers: tuple[Payer, ...]
    """Who truly pays for whom, and with which habit: no system gets to see this."""
    invoices: tuple[Invoice, ...]
    """Invoices, debit memos and credit memos in the order they were issued."""
    bank_lines: tuple[BankLine, ...]
    advices: tuple[Advice, ...]
    promises: tuple[Promise, ...]
    activities: tuple[Activity, ...]
    applications: tuple[Application, ...]
    """The truth of every line; the rows of a line add up to its amount."""
    styles: Mapping[str, ReferenceStyle]
    """How the text of a customer's line names its invoices, by line id."""
    twins: tuple[tuple[str, str], ...]
    """Pairs of invoices of one customer, day and amount."""

    @property
    def history(self) -> tuple[Application, ...]:
        """The rows people booked up to `history_until`."""
        return self.applications_until(self.history_until)

    @property
    def work(self) -> tuple[BankLine, ...]:
        """The lines booked after `history_until`."""
        return tuple(line for line in self.bank_lines if line.booking_date > self.history_until)

    def applications_until(self, day: date) -> tuple[Application, ...]:
        """The rows of lines booked up to and including a day."""
        booked = {line.line_id for line in self.bank_lines if line.booking_date <= day}
        return tuple(row for row in self.applications if row.line_id in booked)

    def open_amounts(self, as_of: date) -> dict[str, int]:
        """What is truly open of each document on the evening of a day, in minor units; settled ones are left out.

        Cash reduces an item, a discount, deduction or withholding clears the rest of it, a returned payment opens it
        again, and a cancelled document is open for nobody.
        """
        remaining = {
            invoice.invoice_id: invoice.amount_minor
            for invoice in self.invoices
            if invoice.issue_date <= as_of and (invoice.cancelled_on is None or invoice.cancelled_on > as_of)
        }
        for row in self.applications_until(as_of):
            if row.invoice_id:
                cleared_short = row.reason in CLEARING_SHORT
                remaining[row.invoice_id] = 0 if cleared_short else remaining[row.invoice_id] - row.amount_minor
        return {invoice_id: minor for invoice_id, minor in remaining.items() if minor}


def default_world(seed: int) -> World:
    """A world of the size the demo shows: 220 customers over thirteen and a half months, the last weeks unworked."""
    until = DEFAULT_START + timedelta(days=DEFAULT_DAYS - 1 - DEFAULT_WORK_DAYS)
    return simulate(seed, customers=DEFAULT_CUSTOMERS, start=DEFAULT_START, days=DEFAULT_DAYS, history_until=until)


def simulate(seed: int, *, customers: int, start: date, days: int, history_until: date) -> World:
    """The world of a seed: the same arguments give the same world, to the byte.

    `days` counts from `start`, which is the first. Raises UnusableWorld where there would be no customer or no day, or
    where `history_until` is not one of the days.
    """
    if customers < 1 or days < 1:
        raise UnusableWorld("at least one customer and one day")
    span = Span(start, start + timedelta(days=days - 1))
    if history_until not in span:
        raise UnusableWorld(f"a history that ends between {span.start} and {span.end}, not on {history_until}")
    payers = form_payers(stream(seed, "payers"), found_families(stream(seed, "customers"), customers))
    billing = bill(stream(seed, "invoices"), payers, span)
    desks = _work_desks(seed, payers, billing, span)
    payments = [payment for desk in desks for payment in desk.payments]
    statements = Statements(span)
    debtors = sorted((one for payer in payers for one in payer.customers), key=lambda one: one.customer_id)
    others = other_money(stream(seed, "other money"), span, debtors, payments)
    statements.book(stream(seed, "statements"), payments, others)
    return World(
        seed=seed,
        start=span.start,
        end=span.end,
        history_until=history_until,
        company=_company(seed),
        customers=tuple(debtors),
        payers=payers,
        invoices=billing.invoices,
        bank_lines=tuple(statements.lines),
        advices=tuple(statements.advices),
        promises=tuple(
            sorted((p for desk in desks for p in desk.diary.promises), key=lambda p: (p.promised_on, p.invoice_id))
        ),
        activities=tuple(
            sorted((a for desk in desks for a in desk.diary.activities), key=lambda a: (a.date, a.customer_id))
        ),
        applications=tuple(statements.applications),
        styles=statements.styles,
        twins=billing.twins,
    )


def _company(seed: int) -> Company:
    rng = stream(seed, "company")
    accounts = {currency: invent_account(rng, "DE") for currency in ("EUR", "USD", "JPY")}
    return Company(COMPANY_NAME, "DE", "EUR", accounts)


def _work_desks(seed: int, payers: Sequence[Payer], billing: Billing, span: Span) -> list[PayablesDesk]:
    """Let every payer work through the world with a stream of chance of its own."""
    by_customer: dict[str, list[Invoice]] = {}
    for invoice in billing.invoices:
        by_customer.setdefault(invoice.customer_id, []).append(invoice)
    second_twins = frozenset(second for _, second in billing.twins)
    desks = []
    for payer in payers:
        invoices = [invoice for customer in payer.customers for invoice in by_customer.get(customer.customer_id, ())]
        desk = PayablesDesk(stream(seed, f"payer {payer.payer_id}"), payer, invoices, second_twins, span)
        desk.work()
        desks.append(desk)
    return desks
