"""Says in a clerk's words what made the learned model expect a payment late or in time."""

from __future__ import annotations

from typing import Any

import numpy as np

from o2c_ai.models.payment_timing.as_of_features import MOMENT_COLUMNS, Table
from o2c_ai.models.payment_timing.days import Floats

TOP = 3
"""Reasons told of an item."""
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_STEMS = {
    "payer": "level",
    "paid_before": "level",
    "late_": "level",
    "last_paid_ago": "runs",
    "last": "newest",
    "trend": "newest",
    "alike": "terms",
    "terms": "terms",
    "due": "due_day",
    "issue_weekday": "issue_day",
    "same_amount": "same_amount",
    "amount": "amount",
    "late_by_age": "age",
    "age_spread": "age",
    "days_to_due": "time",
    "age": "time",
    "pay_days": "runs",
    "items_a_pay_day": "runs",
    "issued": "volume",
    "open": "overdue",
    "overdue": "overdue",
    "disputed": "disputes",
    "promised": "promises",
    "broken": "promises",
    "book": "book",
}
"""What a measurement is about: the longest beginning of its name decides."""


def _kind(column: str) -> str:
    return _STEMS[max((stem for stem in _STEMS if column.startswith(stem)), key=len)]


KINDS = tuple(_kind(column) for column in MOMENT_COLUMNS)


def reasons_in_words(measured: Table, shares: Floats) -> list[tuple[str, ...]]:
    """For each moment the weightiest reasons first; `shares` are what each of MOMENT_COLUMNS adds to the log-odds."""
    kinds = sorted(set(KINDS))
    totals = np.column_stack([shares[:, [kind == one for one in KINDS]].sum(axis=1) for kind in kinds])
    order = np.argsort(-np.abs(totals), axis=1, kind="stable")[:, :TOP]
    told = []
    for values, weights, best in zip(measured.tolist(), totals.tolist(), order.tolist(), strict=True):
        facts = dict(zip(MOMENT_COLUMNS, values, strict=True))
        told.append(tuple(f"{_direction(weights[place])}: {_sentence(kinds[place], facts)}" for place in best))
    return told


def _direction(weight: float) -> str:
    return "speaks for late" if weight > 0 else "speaks for in time"


def _sentence(kind: str, facts: dict[str, Any]) -> str:
    """One reason about an item, from what was measured of it."""
    if kind == "newest":
        newest, ever = _late(facts["last3_mean"]), _late(facts["late_mean"])
        return f"the customer's newest payments were {newest}, over time {ever}"
    return _SENTENCES[kind].format(
        **facts,
        usual=_late(facts["late_mean"]),
        usual_alike=_late(facts["alike_late_mean"]),
        usual_same=_late(facts["same_amount_late_mean"]),
        book=_late(facts["book_late_mean"]),
        from_issue=facts["terms"] + facts["late_by_age_mean"],
        due_on=_WEEKDAYS[int(facts["due_weekday"])],
        issued_on=_WEEKDAYS[int(facts["issue_weekday"])],
    )


_SENTENCES = {
    "level": "the customer usually pays {usual}, {late_share_0:.0%} of invoices late ({paid_before:.0f} paid)",
    "terms": "usually pays this kind of invoice, {terms:.0f} days to pay, {usual_alike}",
    "due_day": "due on a {due_on}: {due_weekday_late_share:.0%} of what falls due then is paid late",
    "issue_day": "issued on a {issued_on}",
    "same_amount": "{same_amount_paid:.0f} invoices of this same amount were paid before, {usual_same}",
    "amount": "the amount is {amount_to_usual:.1f} times this customer's usual one",
    "age": "the customer usually pays {from_issue:.0f} days after the invoice date",
    "time": "{age:.0f} days old, {days_to_due:.0f} days until due",
    "runs": "paid on {pay_days_quarter:.0f} days of the last three months, {items_a_pay_day:.1f} invoices a day",
    "volume": "{issued_month:.0f} invoices to this customer in the last month",
    "overdue": "open invoices of the customer that are overdue: {overdue_items:.0f} of {open_items:.0f}",
    "disputes": "{disputed_before:.0f} invoices of this customer were disputed before",
    "promises": "{broken_before:.0f} of {promised_before:.0f} promises of this customer were broken",
    "book": "all customers together paid {book} in the last month",
}


def _late(days: float) -> str:
    whole = round(days)
    if whole == 0:
        return "on the due date"
    return f"{abs(whole)} {'day' if abs(whole) == 1 else 'days'} {'late' if whole > 0 else 'early'}"
