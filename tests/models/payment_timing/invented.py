"""Invoices made up for tests: few, with payment days that can be checked by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd

MONDAY = date(2024, 1, 1)
"""A Monday from which the made-up invoices count."""


def day(number: int) -> date:
    """So many days after the Monday."""
    return MONDAY + timedelta(days=number)


def item(customer: str, issued: int, due: int, paid: int | None = None, **more: Any) -> dict[str, Any]:  # noqa: ANN401  # any column
    """One invoice of 100.00; days count from the Monday."""
    return {
        "customer_id": customer,
        "currency": "EUR",
        "issue_date": day(issued),
        "due_date": day(due),
        "amount_minor": 10_000,
        "open_minor": 10_000 if paid is None else 0,
        "cleared_on": None if paid is None else day(paid),
        **more,
    }


def frame(*rows: dict[str, Any]) -> pd.DataFrame:
    """A frame of items, numbered in order."""
    return pd.DataFrame([{"item_id": number, **row} for number, row in enumerate(rows)])


def habit(customer: str, late: int, count: int = 30, terms: int = 14) -> list[dict[str, Any]]:
    """Invoices issued every day and all paid the same number of days after they were due."""
    return [item(customer, start, start + terms, start + terms + late) for start in range(count)]
