"""The whole of the other world from a seed: papers, payments, bank lines in order of time, and the truth about each."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from benchmarks.other_world.advising import advise
from benchmarks.other_world.debtors import Payer
from benchmarks.other_world.desk import Desk
from benchmarks.other_world.founding import found_payers
from benchmarks.other_world.records import AdviceRow, Line, OtherWorld, Paper, Row
from benchmarks.other_world.sales import sell
from benchmarks.other_world.settling import Payment
from benchmarks.other_world.strangers import Stranger, strangers
from benchmarks.other_world.writing import narrative, shown_name
from o2c_ai.demo.dice import stream

SEED, CUSTOMERS, START, DAYS, WORK_DAYS = 29, 800, date(2024, 6, 3), 546, 60
"""The world that is measured: eighteen months, of which the last sixty days are the work."""


def invent(
    seed: int = SEED, customers: int = CUSTOMERS, start: date = START, days: int = DAYS, work_days: int = WORK_DAYS
) -> OtherWorld:
    """The world of a seed, the same for the same arguments; lines of the last `work_days` are left to be worked on."""
    end = start + timedelta(days=days - 1)
    payers = found_payers(stream(seed, "payers"), customers, start, end)
    papers = sell(stream(seed, "sales"), payers, start, end)
    payments = _payments(seed, payers, papers, start, end)
    lines, rows, advices = _statements(
        stream(seed, "writing"), payments, list(strangers(stream(seed, "rest"), start, end))
    )
    return OtherWorld(
        start=start,
        end=end,
        history_until=end - timedelta(days=work_days),
        customers=tuple(sorted((c for payer in payers for c in payer.customers), key=lambda one: one.customer_id)),
        papers=papers,
        lines=tuple(lines),
        advices=tuple(advices),
        rows=tuple(rows),
        changed=tuple((c.customer_id, p.changes_on) for p in payers if p.changes_on for c in p.customers),
    )


def _payments(seed: int, payers: Sequence[Payer], papers: Sequence[Paper], start: date, end: date) -> list[Payment]:
    """Every payer works through its papers with a stream of chance of its own."""
    by_customer: dict[str, list[Paper]] = {}
    for paper in papers:
        by_customer.setdefault(paper.customer_id, []).append(paper)
    payments = []
    for payer in payers:
        owed = [paper for customer in payer.customers for paper in by_customer.get(customer.customer_id, ())]
        desk = Desk(stream(seed, f"payer {payer.payer_id}"), payer, owed, start, end)
        desk.work()
        payments += [payment for payment in desk.payments if payment.day <= end]
    return payments


def _statements(
    rng: Random, payments: Sequence[Payment], others: Sequence[Stranger]
) -> tuple[list[Line], list[Row], list[AdviceRow]]:
    """A line for every movement, days in order and mixed within a day, with its truth and what was advised."""
    movements: list[Payment | Stranger] = [*payments, *others]
    rng.shuffle(movements)
    movements.sort(key=lambda movement: movement.day)
    lines: list[Line] = []
    rows: list[Row] = []
    advices: list[AdviceRow] = []
    texts: dict[tuple[object, ...], str] = {}
    for number, movement in enumerate(movements, start=1):
        line_id = f"{movement.day:%y%m%d}-{number:06d}"
        if isinstance(movement, Stranger):
            day, currency, amount, name, account, text = movement
            lines.append(Line(line_id, day, currency, amount, name, account, text, ""))
            rows.append(Row(line_id, "", "", amount, "not_ar"))
            continue
        lines.append(_line(rng, line_id, movement, texts))
        rows += movement.rows(line_id)
        advices += advise(rng, movement, number, line_id)
    return lines, rows, advices


def _line(rng: Random, line_id: str, payment: Payment, texts: dict[tuple[object, ...], str]) -> Line:
    """The bank's line; money sent twice bears the same text twice."""
    key = (payment.payer.payer_id, payment.parts, payment.kind in {"paid", "duplicate"})
    text = texts.get(key) if payment.kind == "duplicate" else None
    text = texts[key] = narrative(rng, payment) if text is None else text
    is_debit = payment.kind in {"debited", "returned"}
    own_id = rng.choice(("", "", "NOTPROVIDED", f"{rng.randrange(10**9):09d}"))
    return Line(
        line_id=line_id,
        booked=payment.day,
        currency=payment.payer.currency,
        amount=payment.booked,
        name=shown_name(payment),
        account=payment.payer.account_on(payment.day),
        text=text,
        end_to_end=payment.parts[0].paper.number if is_debit and payment.habit.way.value == "whole" else own_id,
    )
