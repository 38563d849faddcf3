"""The company's bank statements: every payment and every other movement as a line, with what it truly was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from o2c_ai.core.payments.rules import Advice
from o2c_ai.demo.advices import is_advised, write_advice
from o2c_ai.demo.calendar_days import Span
from o2c_ai.demo.dice import chance
from o2c_ai.demo.facts import Application, BankLine, ReferenceStyle
from o2c_ai.demo.narratives import style_of_line, write_name, write_text
from o2c_ai.demo.other_money import OtherMoney
from o2c_ai.demo.settling import Part, Payment

_PERMILLE_RETURN_NAMES, _PERMILLE_OWN_ID = 600, 120
_DEPOSIT_TEXTS = ("ANZAHLUNG BESTELLUNG", "DEPOSIT ORDER", "VORAUSKASSE AUFTRAG")


@dataclass(frozen=True, slots=True)
class _Writing:
    """What a payer wrote on one payment; the same payment sent twice, or sent back, bears the same text."""

    text: str
    end_to_end_id: str
    style: ReferenceStyle


@dataclass(slots=True)
class Statements:
    """Lines in booking order, and beside them the truth: rows, advices, and the style of each customer's text."""

    span: Span
    lines: list[BankLine] = field(default_factory=list)
    applications: list[Application] = field(default_factory=list)
    advices: list[Advice] = field(default_factory=list)
    styles: dict[str, ReferenceStyle] = field(default_factory=dict)
    _written: dict[tuple[Part, ...], _Writing] = field(default_factory=dict)

    def book(self, rng: Random, payments: Sequence[Payment], others: Sequence[OtherMoney]) -> None:
        """Write a line for everything that happened within the span, day by day, in a mixed order within a day."""
        movements: list[Payment | OtherMoney] = [payment for payment in payments if payment.day in self.span]
        movements += others
        rng.shuffle(movements)
        movements.sort(key=lambda movement: movement.day)
        for number, movement in enumerate(movements, start=1):
            line_id = f"L{number:06d}"
            if isinstance(movement, Payment):
                self._book_payment(rng, line_id, movement)
            else:
                self._book_other(line_id, movement)

    def _book_other(self, line_id: str, movement: OtherMoney) -> None:
        line = BankLine(
            line_id=line_id,
            booking_date=movement.day,
            currency=movement.currency,
            amount_minor=movement.amount_minor,
            payer_name=movement.name,
            payer_account=movement.account,
            narrative=movement.text,
            end_to_end_id="",
        )
        self.lines.append(line)
        self.applications.append(Application(line_id, "", "", movement.amount_minor, "not_ar"))

    def _book_payment(self, rng: Random, line_id: str, payment: Payment) -> None:
        writing, payer = self._writing(rng, payment), payment.payer
        line = BankLine(
            line_id=line_id,
            booking_date=payment.day,
            currency=payment.currency,
            amount_minor=payment.booked_minor,
            payer_name=write_name(payer.name, payer.habit.name_form),
            payer_account=payer.account if payer.habit.gives_account else "",
            narrative=writing.text,
            end_to_end_id=writing.end_to_end_id,
        )
        self.lines.append(line)
        self.applications += payment.rows(line_id)
        self.styles[line_id] = writing.style
        if is_advised(rng, payment):
            self.advices.append(write_advice(rng, payment, len(self.advices) + 1, line_id, self.span))

    def _writing(self, rng: Random, payment: Payment) -> _Writing:
        """What stands on the line: a deposit's order, a bounce's notice, else the text of the payment itself."""
        if payment.kind == "prepayment":
            order = f"{rng.choice(_DEPOSIT_TEXTS)} 45{rng.randrange(10**8):08d}"
            return _Writing(order, "", ReferenceStyle.NONE)
        writing = self._written.get(payment.parts)
        if writing is None:
            writing = self._written[payment.parts] = _write(rng, payment)
        if payment.kind == "returned":
            is_named = chance(rng, _PERMILLE_RETURN_NAMES)
            text = f"RUECKLASTSCHRIFT {writing.text}" if is_named else f"RETURNED {rng.randrange(1000, 10_000)}"
            style = writing.style if is_named else ReferenceStyle.NONE
            return _Writing(text.strip(), writing.end_to_end_id, style)
        return writing


def _write(rng: Random, payment: Payment) -> _Writing:
    invoices = [part.invoice for part in payment.parts]
    habit = payment.payer.habit
    style = style_of_line(rng, habit.style, invoices)
    own_id = ""
    if habit.runs:
        own_id = f"ZL{payment.day:%y%m%d}{rng.randrange(10_000):04d}"
    elif len(invoices) == 1 and style is not ReferenceStyle.NONE and chance(rng, _PERMILLE_OWN_ID):
        own_id = invoices[0].invoice_id
    return _Writing(write_text(rng, invoices, style, payment.payer.country), own_id, style)
