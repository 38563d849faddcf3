"""The remittance advices customers send: what each invoice got, discounts and claims apart or as rows of their own."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from o2c_ai.core.payments.rules import Advice, AdviceLine
from o2c_ai.demo.calendar_days import Span
from o2c_ai.demo.dice import chance
from o2c_ai.demo.facts import ReferenceStyle
from o2c_ai.demo.habits import Advising, HabitKind
from o2c_ai.demo.narratives import write_reference
from o2c_ai.demo.settling import Part, Payment

_PERMILLE_SENT, _PERMILLE_GROSS, _PERMILLE_OWN_STYLE = 850, 400, 150
_LONG_PAYMENT = 5
"""Payments of more invoices than this fit no text and are advised by everybody who runs payments."""
_ADVISABLE_STYLES = frozenset(
    {
        ReferenceStyle.PREFIX_DROPPED,
        ReferenceStyle.ZEROS_DROPPED,
        ReferenceStyle.SEPARATORS_CHANGED,
        ReferenceStyle.NUMBER_ONLY,
    }
)


def is_advised(rng: Random, payment: Payment) -> bool:
    """Whether this payment comes with an advice."""
    habit = payment.payer.habit
    if payment.kind != "paid":
        return False
    if any(part.reason == "deduction" for part in payment.parts) and habit.kind is HabitKind.SHORT_PAYER:
        return True
    if len(payment.parts) > _LONG_PAYMENT and habit.runs:
        return True
    return habit.advising is not Advising.NEVER and chance(rng, _PERMILLE_SENT)


def write_advice(rng: Random, payment: Payment, number: int, line_id: str, span: Span) -> Advice:
    """The advice of a payment; it names the bank line only where the payer's advices do.

    Rows say the cash per invoice, with discount and deduction code beside it; or they say the gross amount, and a row
    that is no invoice (SKONTO, CLAIM …) takes the difference off. Either way they add up to what was sent.
    """
    names_line = payment.payer.habit.advising is Advising.NAMES_THE_LINE
    days_after = rng.randint(-1, 1) if chance(rng, 900) else rng.randint(2, 4)
    gross = chance(rng, _PERMILLE_GROSS)
    style = payment.payer.habit.style if chance(rng, _PERMILLE_OWN_STYLE) else ReferenceStyle.EXACT
    style = style if style in _ADVISABLE_STYLES else ReferenceStyle.EXACT
    lines = [line for part in payment.parts for line in _lines(rng, part, style, gross=gross)]
    if payment.overpaid_minor:
        lines.append(AdviceLine("A CONTO", payment.overpaid_minor, 0, ""))
    return Advice(
        external_id=f"AV{number:06d}",
        line_ref=line_id if names_line else "",
        advice_date=min(max(payment.day + timedelta(days=days_after), span.start), span.end),
        currency=payment.currency,
        total_minor=payment.sent_minor,
        payer_name=payment.payer.name,
        lines=tuple(lines),
    )


def _lines(rng: Random, part: Part, style: ReferenceStyle, *, gross: bool) -> list[AdviceLine]:
    reference = write_reference(rng, part.invoice.invoice_id, style)
    is_discount = part.reason == "discount"
    code = part.code or ("TAX" if part.reason == "withholding" else "")
    if not gross or not part.difference_minor:
        discount = part.difference_minor if is_discount else 0
        return [AdviceLine(reference, part.cash_minor, discount, code)]
    word = "SKONTO" if is_discount else f"CLAIM {rng.randrange(10**4, 10**5)}"
    return [
        AdviceLine(reference, part.cash_minor + part.difference_minor, 0, ""),
        AdviceLine(word, -part.difference_minor, 0, code),
    ]
