"""The year's invoices: what each customer buys, on which terms, with order numbers, disputes and credit memos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random

from o2c_ai.core.money import Rounding, divide
from o2c_ai.demo.calendar_days import Span, banking_day_from, is_banking_day
from o2c_ai.demo.customers import in_currency
from o2c_ai.demo.dice import chance, draw
from o2c_ai.demo.facts import Customer, DocumentKind, Invoice, ReferenceStyle, Segment
from o2c_ai.demo.payers import Payer

_PRICES_EURO_CENTS = (
    1250, 1990, 3480, 4900, 6950, 8800, 9900, 12800, 14500, 19900, 24500, 31750, 38900, 49000, 62500, 74900, 99000,
    125000, 168000, 249500,
)  # fmt: skip
_SUBSCRIPTIONS_EURO_CENTS = (9900, 14900, 49000)
_DAILY_CHANCE_PERMILLE: Mapping[Segment, tuple[int, int]] = {
    "key": (150, 360),
    "standard": (35, 120),
    "small": (10, 40),
}
"""Least and most chance of an invoice on a banking day; doubled where payments are run, as only large buyers do."""
_QUANTITY_MOST: Mapping[Segment, int] = {"key": 14, "standard": 6, "small": 3}
_VAT_PERCENT = 19
_HOME = "DE"
_PERMILLE_ORDER_NUMBERS, _PERMILLE_BLANKET_ORDER, _PERMILLE_SUBSCRIBER = 450, 150, 90
_PERMILLE_TWIN, _PERMILLE_TWIN_OFTEN = 2, 70
_TWIN_CUSTOMERS_EVERY = 40
_PERMILLE_DISPUTED, _PERMILLE_DISPUTE_CREDITED = 18, 450
_PERMILLE_RETURNED_GOODS, _PERMILLE_CANCELLED, _PERMILLE_SURCHARGE = 26, 3, 4
_SERIES: Mapping[str, str] = {
    "invoice": "RE-{year}-{number:06d}",
    "export": "EX/{year2:02d}/{number:05d}",
    "credit_memo": "GS-{year}-{number:05d}",
    "debit_memo": "BL-{year}-{number:04d}",
}
_FIRST_NUMBER: Mapping[str, int] = {"invoice": 4187, "export": 812, "credit_memo": 655, "debit_memo": 31}


@dataclass(frozen=True, slots=True)
class _Buyer:
    """How one customer buys."""

    customer: Customer
    daily_permille: int
    subscription_minor: int
    order_numbers: bool
    blanket_order: str
    twin_permille: int


@dataclass(frozen=True, slots=True)
class Billing:
    """All documents in the order they were issued, and the pairs among them that look alike on purpose."""

    invoices: tuple[Invoice, ...]
    twins: tuple[tuple[str, str], ...]


def bill(rng: Random, payers: Sequence[Payer], span: Span) -> Billing:
    """Invoices, debit memos and credit memos of every customer over the span, numbered as they were issued."""
    desk = _BillingDesk(rng, span)
    buyers = list(_buyers(rng, payers))
    for day in span:
        desk.issue_credit_memos(day)
        if is_banking_day(day):
            for buyer in buyers:
                desk.sell(buyer, day)
    return Billing(tuple(desk.issued), tuple(desk.twins))


def _buyers(rng: Random, payers: Sequence[Payer]) -> Iterator[_Buyer]:
    """The customers as buyers; equal invoices come often to a few whose payers name nothing, where they hurt most."""
    ordered = sorted(payers, key=lambda payer: (payer.habit.style is not ReferenceStyle.NONE, payer.payer_id))
    twin_payers = {payer.payer_id for payer in ordered[: max(1, len(payers) // _TWIN_CUSTOMERS_EVERY)]}
    for payer in payers:
        for customer in payer.customers:
            subscribes = chance(rng, _PERMILLE_SUBSCRIBER)
            flat = in_currency(rng.choice(_SUBSCRIPTIONS_EURO_CENTS), customer.currency)
            yield _Buyer(
                customer=customer,
                daily_permille=rng.randint(*_DAILY_CHANCE_PERMILLE[customer.segment]) * (2 if payer.habit.runs else 1),
                subscription_minor=flat if subscribes else 0,
                order_numbers=payer.habit.style is ReferenceStyle.PURCHASE_ORDER
                or chance(rng, _PERMILLE_ORDER_NUMBERS),
                blanket_order=_order_number(rng) if chance(rng, _PERMILLE_BLANKET_ORDER) else "",
                twin_permille=_PERMILLE_TWIN_OFTEN if payer.payer_id in twin_payers else _PERMILLE_TWIN,
            )


def _order_number(rng: Random) -> str:
    return f"45{rng.randrange(10**8):08d}"


def _with_tax(net_minor: int, country: str) -> int:
    """The amount with value added tax for customers at home; deliveries abroad bear none."""
    if country != _HOME:
        return net_minor
    return divide(net_minor * (100 + _VAT_PERCENT), 100, Rounding.HALF_UP)


class _BillingDesk:
    """Writes invoices day by day and keeps the numbering and the credit memos still to come."""

    def __init__(self, rng: Random, span: Span) -> None:
        self._rng, self._span = rng, span
        self._next = dict(_FIRST_NUMBER)
        self._credits: dict[date, list[Invoice]] = defaultdict(list)
        self.issued: list[Invoice] = []
        self.twins: list[tuple[str, str]] = []

    def sell(self, buyer: _Buyer, day: date) -> None:
        """Issue what a customer bought on a day: goods, the monthly service, rarely a surcharge."""
        rng, customer = self._rng, buyer.customer
        if buyer.subscription_minor and day == banking_day_from(day.replace(day=1)):
            self._issue("invoice", customer, day, _with_tax(buyer.subscription_minor, customer.country))
        if not chance(rng, buyer.daily_permille):
            return
        if chance(rng, _PERMILLE_SURCHARGE):
            self._issue("debit_memo", customer, day, in_currency(rng.randint(5, 40) * 100, customer.currency))
            return
        amount = _with_tax(self._basket(customer), customer.country)
        is_twin = chance(rng, buyer.twin_permille)
        invoice = self._issue("invoice", customer, day, amount, self._order(buyer), calm=is_twin)
        if is_twin:
            twin = self._issue("invoice", customer, day, amount, self._order(buyer), calm=True)
            self.twins.append((invoice.invoice_id, twin.invoice_id))
        elif invoice.cancelled_on is None and chance(rng, _PERMILLE_RETURNED_GOODS):
            self._credit_later(invoice, day + timedelta(days=rng.randint(3, 20)), rng.randint(5, 40))

    def issue_credit_memos(self, day: date) -> None:
        """Number and issue the credit memos planned for a day."""
        for memo in self._credits.pop(day, ()):
            self.issued.append(replace(memo, invoice_id=self._number("credit_memo", day)))

    def _basket(self, customer: Customer) -> int:
        """Net minor units of one to four articles in whole numbers of pieces."""
        most = _QUANTITY_MOST[customer.segment]
        pieces = [
            self._rng.choice(_PRICES_EURO_CENTS) * self._rng.randint(1, most)
            for _ in range(draw(self._rng, {1: 50, 2: 30, 3: 14, 4: 6}))
        ]
        return in_currency(sum(pieces), customer.currency)

    def _order(self, buyer: _Buyer) -> str:
        if not buyer.order_numbers:
            return ""
        return buyer.blanket_order or _order_number(self._rng)

    def _issue(
        self, kind: DocumentKind, customer: Customer, day: date, amount: int, order: str = "", *, calm: bool = False
    ) -> Invoice:
        """Issue one document; a calm one is neither disputed nor cancelled."""
        series = "export" if kind == "invoice" and customer.currency != "EUR" else kind
        terms = customer.terms
        has_discount = kind == "invoice" and terms.discount_percent is not None
        invoice = Invoice(
            invoice_id=self._number(series, day),
            customer_id=customer.customer_id,
            kind=kind,
            issue_date=day,
            due_date=terms.due(day),
            currency=customer.currency,
            amount_minor=amount,
            po_number=order,
            discount_percent=terms.discount_percent if has_discount else None,
            discount_until=terms.discount_until(day) if has_discount else None,
        )
        if not calm:
            invoice = self._with_trouble(invoice)
        self.issued.append(invoice)
        return invoice

    def _with_trouble(self, invoice: Invoice) -> Invoice:
        """The invoice, rarely cancelled within days, sometimes disputed before it is due and perhaps credited."""
        rng, day = self._rng, invoice.issue_date
        if chance(rng, _PERMILLE_CANCELLED):
            return replace(invoice, cancelled_on=self._known(day + timedelta(days=rng.randint(1, 4))))
        if not chance(rng, _PERMILLE_DISPUTED):
            return invoice
        disputed = day + timedelta(days=rng.randint(4, 12))
        resolved = disputed + timedelta(days=rng.randint(10, 50))
        if chance(rng, _PERMILLE_DISPUTE_CREDITED):
            self._credit_later(invoice, resolved, rng.randint(5, 25))
        return replace(invoice, disputed_on=self._known(disputed), dispute_resolved_on=self._known(resolved))

    def _known(self, day: date) -> date | None:
        """The day, or None where it lies beyond the world."""
        return day if day in self._span else None

    def _credit_later(self, invoice: Invoice, day: date, percent: int) -> None:
        amount = divide(invoice.amount_minor * percent, 100, Rounding.HALF_UP)
        if amount:
            memo = Invoice(
                "", invoice.customer_id, "credit_memo", day, day, invoice.currency, -amount, invoice.po_number
            )
            self._credits[day].append(memo)

    def _number(self, series: str, day: date) -> str:
        number = self._next[series]
        self._next[series] = number + 1
        return _SERIES[series].format(year=day.year, year2=day.year % 100, number=number)
