"""The advices of the other world: by line or apart, early or late, gross with fees beside or cash alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from random import Random

from benchmarks.other_world.debtors import Advising, Way
from benchmarks.other_world.records import AdviceRow, Part
from benchmarks.other_world.settling import Payment
from benchmarks.other_world.writing import fold, reference

_SENT = 0.87


def advise(rng: Random, payment: Payment, number: int, line_id: str) -> Iterator[AdviceRow]:
    """The rows of the advice that comes with a payment; none where nobody sends one.

    Rows add up to the money that was sent, or to what a provider handed over: its fee is a row of its own.
    """
    habit = payment.habit
    if payment.kind != "paid" or habit.advising is Advising.NEVER or rng.random() > _SENT:
        return
    gross, way = rng.random() < 0.5, rng.choice((Way.WHOLE, Way.WHOLE, Way.WHOLE, Way.BARE))
    days = rng.choice((-2, -1, 0, 0, 0, 1, 2, 6))
    heading = AdviceRow(
        advice_id=f"PA{number:05d}",
        line_id=line_id if habit.advising is Advising.NAMED else "",
        dated=payment.day + timedelta(days=days),
        currency=payment.payer.currency,
        total=payment.booked if habit.handling is not None else payment.sent,
        name=fold(payment.payer.name) if number % 2 else payment.payer.name,
        reference="",
        amount=0,
    )
    for part in payment.parts:
        for text, amount, discount, code in _cells(part, reference(part.paper, way), gross=gross):
            yield replace(heading, reference=text, amount=amount, discount=discount, code=code)
    rest = heading.total - sum(part.cash for part in payment.parts)
    if rest:
        yield replace(heading, reference="FEE" if habit.handling is not None else "ROZDIL", amount=rest)


def _cells(part: Part, number: str, *, gross: bool) -> Iterator[tuple[str, int, int, str]]:
    """Reference, amount, discount and code of what an advice says on one paper."""
    if not part.difference:
        yield number, part.cash, 0, ""
    elif gross:
        yield number, part.cash + part.difference, 0, ""
        yield part.code or "ESCOMPTE", -part.difference, 0, part.code
    else:
        discount = part.difference if part.reason == "discount" else 0
        yield number, part.cash, discount, part.code
