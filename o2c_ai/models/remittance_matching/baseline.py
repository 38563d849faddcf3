"""The matcher of the first day, and the rule to beat."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import groupby

from o2c_ai.models.remittance_matching.assignment import Day, Decided
from o2c_ai.models.remittance_matching.desk import Desk
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.records import BankLine, Booking, Papers, Policy, Reason


def decide(papers: Papers, rates: RuleRates, policy: Policy, from_day: date, to_day: date) -> list[Decided]:
    desk = Desk(papers)
    day_of = Day(desk, rates, policy)
    decided: list[Decided] = []
    for day, lines in _days(papers.lines):
        if day > to_day:
            break
        desk.advance(day)
        work = []
        for line in lines:
            if desk.bookings(line):
                desk.book(line)
            elif day >= from_day:
                work.append(line)
        decided += day_of.decide(work)
    return decided

def measure(papers: Papers, policy: Policy, horizon_days: int = 60) -> RuleRates:
    desk = Desk(papers)
    rates = RuleRates()
    day_of = Day(desk, rates, policy)
    start, size = None, 1
    done: list[tuple[BankLine, Decided]] = []
    for day, lines in _days(papers.lines):
        booked = [line for line in lines if desk.bookings(line)]
        if start is None:
            start = day
        elif (day - start).days >= size:
            _close(desk, rates, done); done = []
            start, size = day, min(2 * size, horizon_days)
        desk.advance(day)
        done += [(d.case.line, d) for d in day_of.decide(booked)]
    _close(desk, rates, done)
    return rates

def _close(desk, rates, done):
    desk.forget()
    for line, decided in done:
        truth = desk.bookings(line)
        for s in [] if decided.best is None else [decided.best, *[o.hypothesis for o in decided.options[:1]]]:
            rates.count(s.circumstances, decided.facts.probability_ppm if s is decided.best and s.outcome is Reason.IN_FULL else None, right=is_right(s, truth))
    for line, _ in sorted(done, key=lambda p: (p[0].booking_date, p[0].line_id)):
        desk.book(line)

def is_right(h, rows: Sequence[Booking]) -> bool:
    reasons = {row.reason for row in rows}
    if h.outcome in (Reason.NOT_AR, Reason.PREPAYMENT, Reason.DUPLICATE): return h.outcome in reasons
    paid = {row.item_id: row.cash_minor for row in rows if row.item_id is not None}
    said = {row.item_id: row.amount_minor for row in h.rows if row.item_id is not None}
    if not paid or paid.keys() != said.keys(): return False
    charge = -sum(row.cash_minor for row in rows if row.reason is Reason.BANK_CHARGE)
    return all(abs(paid[i] - said[i]) <= 1 for i in paid) or (charge > 0 and all(abs(paid[i]-said[i]) <= charge for i in paid))

def _days(lines):
    return groupby(sorted(lines, key=lambda line: (line.booking_date, line.line_id)), key=lambda line: line.booking_date)
