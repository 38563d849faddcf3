"""How the company chases what is overdue: reminders, calls, promises made, and promises kept or broken."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from o2c_ai.demo.calendar_days import Span, banking_day_from
from o2c_ai.demo.dice import chance, draw
from o2c_ai.demo.facts import Activity, Invoice, Promise

_ROUNDS = ("email", "phone", "letter", "phone")
"""What is done at the first, second, … contact about an invoice."""
_RESULTS: Mapping[str, Mapping[str, int]] = {
    "email": {"no_answer": 55, "promised": 20, "will_check": 25},
    "phone": {"no_answer": 25, "promised": 45, "will_check": 30},
    "letter": {"no_answer": 70, "promised": 15, "will_check": 15},
}
_NOTES: Mapping[str, str] = {
    "no_answer": "",
    "promised": "will pay by the day named",
    "will_check": "checks with purchasing and calls back",
}
_QUIET_DAYS = 6
_PERMILLE_KEPT, _PERMILLE_MOVED = 680, 250
_TOLERANCE_DAYS = 3


class Diary:
    """What was said to one payer's customers and when, one contact a customer in a quiet week."""

    def __init__(self, rng: Random, span: Span) -> None:
        """Start with nobody contacted."""
        self._rng, self._span = rng, span
        self._contacts: dict[str, dict[date, Activity]] = {}
        self.promises: list[Promise] = []

    @property
    def activities(self) -> list[Activity]:
        """All contacts, in no particular order."""
        return [activity for contacts in self._contacts.values() for activity in contacts.values()]

    def chase(self, invoice: Invoice, planned: date) -> date:
        """Contact the customer while the invoice stays unpaid; returns the day it will be paid now, never later."""
        day = invoice.due_date + timedelta(days=self._rng.randint(7, 12))
        for kind in _ROUNDS:
            day = banking_day_from(day)
            activity = self._contact(invoice.customer_id, day, kind) if day < planned else None
            if activity is None or activity.date >= planned:
                break
            day = activity.date + timedelta(days=14)
            if activity.result == "promised":
                promised = self._promise(invoice, activity.date)
                if chance(self._rng, _PERMILLE_KEPT):
                    return min(planned, promised)
                day = max(day, promised + timedelta(days=_TOLERANCE_DAYS))
            elif activity.result == "will_check" and chance(self._rng, _PERMILLE_MOVED):
                planned = min(planned, banking_day_from(activity.date + timedelta(days=self._rng.randint(3, 9))))
        return planned

    def _contact(self, customer_id: str, day: date, kind: str) -> Activity | None:
        """The contact of the days around, made now if there was none; None beyond the world."""
        contacts = self._contacts.setdefault(customer_id, {})
        for shift in range(-_QUIET_DAYS, _QUIET_DAYS + 1):
            known = contacts.get(day + timedelta(days=shift))
            if known is not None:
                return known
        if day not in self._span:
            return None
        result = draw(self._rng, _RESULTS[kind])
        contacts[day] = Activity(customer_id, day, kind, result, _NOTES[result])
        return contacts[day]

    def _promise(self, invoice: Invoice, day: date) -> date:
        promised = banking_day_from(day + timedelta(days=self._rng.randint(4, 12)))
        self.promises.append(Promise(invoice.invoice_id, day, promised, invoice.amount_minor))
        return promised
