"""What bank lines look like: counted from their texts, and only of money that came in within the days."""

from __future__ import annotations

from datetime import timedelta

from o2c_ai.models.remittance_matching.line_features import COLUMNS, line_features
from tests.models.remittance_matching.papers import PAY_DAY, papers, payment


def test_a_row_a_line_of_incoming_money_within_the_days() -> None:
    later = PAY_DAY + timedelta(days=5)
    lines = [
        payment(10_000, "INV-10001 and 10002", payer_name="Acme"),
        payment(10_000, "rent", booking_date=later),
        payment(-500, "charges", booking_date=later),
        payment(20_000, "", booking_date=later, payer_account=""),
    ]

    told = line_features(papers([], lines), PAY_DAY, later).columns

    assert tuple(told) == COLUMNS
    assert {name: column.tolist() for name, column in told.items() if name != "amount"} == {
        "words": [1, 0],
        "letters": [4, 0],
        "numbers": [0, 0],
        "names_payer": [0, 0],
        "has_account": [1, 0],
        "known_account": [1, 0],
        "weekday": [5, 5],
    }
    assert line_features(papers([], lines), later, later).columns["amount"].tolist() == []
