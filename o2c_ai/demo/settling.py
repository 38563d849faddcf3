"""What one payment is made of: cash for each invoice, what was held back and why, charges, and money too much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Literal

from o2c_ai.core.money import Rounding, divide, exponent
from o2c_ai.demo.customers import in_currency
from o2c_ai.demo.dice import chance, draw
from o2c_ai.demo.facts import Application, Invoice, Reason
from o2c_ai.demo.payers import Payer

PaymentKind = Literal["paid", "duplicate", "prepayment", "returned"]

DEDUCTION_CODES: Mapping[str, int] = {
    "PRICE DIFF": 25,
    "SHORT SHIP": 20,
    "DAMAGED": 20,
    "FREIGHT": 12,
    "PROMO": 13,
    "RETURN": 10,
}
"""What customers write for holding money back, and how often."""
_CHARGES_EURO_CENTS = (500, 1000, 1500, 2500)
_CHARGE_SHARE_MOST = 20
"""Banks take no charge that is more than one part in so many of the payment, or nobody would send it."""
_PARTIAL_PERCENTS = (25, 30, 40, 50, 50, 60, 75)
_CLAIM_PERCENT_MOST = 12


@dataclass(frozen=True, slots=True)
class Part:
    """What a payment does to one invoice: cash, and what was held back of it for a reason."""

    invoice: Invoice
    cash_minor: int
    reason: Reason = ""
    difference_minor: int = 0
    code: str = ""
    """The customer's word for a deduction."""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money one payer sent, or that came back to it, before the bank wrote a line about it."""

    kind: PaymentKind
    payer: Payer
    customer_id: str
    day: date
    currency: str
    parts: tuple[Part, ...]
    charge_minor: int = 0
    overpaid_minor: int = 0
    deposit_minor: int = 0

    @property
    def sent_minor(self) -> int:
        """What the payer sent, before any bank took a charge."""
        return sum(part.cash_minor for part in self.parts) + self.overpaid_minor + self.deposit_minor

    @property
    def booked_minor(self) -> int:
        """What the bank books, negative for money going back."""
        return -self.sent_minor if self.kind == "returned" else self.sent_minor - self.charge_minor

    @property
    def is_plain(self) -> bool:
        """True where the payment is nothing but invoices paid in full or in part."""
        return not (self.charge_minor or self.overpaid_minor) and all(
            part.reason in {"", "partial"} for part in self.parts
        )

    @property
    def has_one_customer(self) -> bool:
        """True where all its invoices are those of one customer."""
        return {part.invoice.customer_id for part in self.parts} == {self.customer_id}

    def rows(self, line_id: str) -> list[Application]:
        """What the line truly was, row by row; the rows add up to `booked_minor`."""
        match self.kind:
            case "duplicate" | "prepayment":
                return [Application(line_id, "", self.customer_id, self.booked_minor, self.kind)]
            case "returned":
                return [self._row(line_id, part, -part.cash_minor, "returned") for part in self.parts]
            case "paid":
                rows = [self._row(line_id, part, part.cash_minor, part.reason) for part in self.parts]
                if self.charge_minor:
                    rows.append(Application(line_id, "", self.customer_id, -self.charge_minor, "bank_charge"))
                if self.overpaid_minor:
                    rows.append(Application(line_id, "", self.customer_id, self.overpaid_minor, "overpayment"))
                return rows

    @staticmethod
    def _row(line_id: str, part: Part, amount_minor: int, reason: Reason) -> Application:
        return Application(line_id, part.invoice.invoice_id, part.invoice.customer_id, amount_minor, reason)


def settle(
    rng: Random,
    payer: Payer,
    day: date,
    *,
    batch: Sequence[Invoice],
    still_open: Mapping[str, int],
    set_off: Sequence[Invoice],
) -> Payment:
    """One payment of a batch of invoices of one currency, credit memos set off, as the payer's habit has it."""
    parts = [_part(rng, payer, day, invoice, still_open[invoice.invoice_id]) for invoice in batch]
    parts += [Part(memo, still_open[memo.invoice_id], "netted") for memo in set_off]
    currency, total = batch[0].currency, sum(part.cash_minor for part in parts)
    charge = in_currency(rng.choice(_CHARGES_EURO_CENTS), currency)
    is_charged = chance(rng, payer.habit.charge_permille) and charge * _CHARGE_SHARE_MOST <= total
    is_overpaid = not is_charged and chance(rng, payer.habit.overpaid_permille)
    return Payment(
        kind="paid",
        payer=payer,
        customer_id=batch[0].customer_id,
        day=day,
        currency=currency,
        parts=tuple(parts),
        charge_minor=charge if is_charged else 0,
        overpaid_minor=_too_much(rng, total, currency) if is_overpaid else 0,
    )


def _part(rng: Random, payer: Payer, day: date, invoice: Invoice, open_minor: int) -> Part:
    """How one invoice is paid. Only an untouched invoice is discounted, shorted or split; a remainder is paid whole."""
    habit, untouched = payer.habit, open_minor == invoice.amount_minor and invoice.kind == "invoice"
    if untouched and habit.withholding_bp:
        return _short(invoice, divide(open_minor * habit.withholding_bp, 10_000, Rounding.HALF_UP), "withholding")
    if untouched and habit.discount_permille and _is_earned(invoice, day):
        discount = divide(open_minor * (invoice.discount_percent or 0), 100, Rounding.HALF_UP)
        return _short(invoice, discount, "discount")
    if untouched and chance(rng, habit.deduction_permille):
        return _short(invoice, _claim(rng, open_minor, invoice.currency), "deduction", draw(rng, DEDUCTION_CODES))
    if untouched and chance(rng, habit.partial_permille):
        cash = divide(open_minor * rng.choice(_PARTIAL_PERCENTS), 100, Rounding.HALF_UP)
        if 0 < cash < open_minor:
            return Part(invoice, cash, "partial")
    return Part(invoice, open_minor)


def _is_earned(invoice: Invoice, day: date) -> bool:
    return invoice.discount_until is not None and day <= invoice.discount_until


def _short(invoice: Invoice, difference: int, reason: Reason, code: str = "") -> Part:
    """The invoice cleared with less cash; in full where there is nothing to hold back."""
    if not 0 < difference < invoice.amount_minor:
        return Part(invoice, invoice.amount_minor)
    return Part(invoice, invoice.amount_minor - difference, reason, difference, code)


def _claim(rng: Random, open_minor: int, currency: str) -> int:
    """A claim of some percent, half of the time rounded down to whole units of money."""
    claim = divide(open_minor * rng.randint(2, _CLAIM_PERCENT_MOST), 100, Rounding.HALF_UP)
    whole: int = 10 ** exponent(currency)
    return claim // whole * whole if chance(rng, 500) and claim >= whole else claim


def _too_much(rng: Random, total: int, currency: str) -> int:
    """Money beyond what is owed: the smallest coin, or the amount rounded up to tens or hundreds."""
    if chance(rng, 300):
        return 1
    step: int = rng.choice((10, 100)) * 10 ** exponent(currency)
    return step - total % step
