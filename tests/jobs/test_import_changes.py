"""What a second folder says otherwise and the books do not take over: each kind of it is told in a note."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.jobs.folders import CUSTOMERS

if TYPE_CHECKING:
    from tests.jobs.folders import Desk

HEAD = "invoice_id,customer_id,issue_date,due_date,currency,amount,disputed_on,cancelled_on\n"
I1, I2 = "I1,C1,2025-06-01,2025-07-01,EUR,100.00,", "I2,C1,2025-06-02,2025-07-02,EUR,50.00,"
ADVICE = "remittance_id,invoice_ref,amount,discount,currency,date\n"
RATES = "date,from_currency,to_currency,rate\n"


def notes(desk: Desk, **files: str) -> list[str]:
    return desk.write(**files).take().notes


def test_a_dispute_that_is_told_no_longer_stands(desk: Desk) -> None:
    rows = f"{HEAD}{I1}2025-06-10,\n{I2}2025-06-11,\n"
    assert notes(desk, customers=CUSTOMERS, invoices=rows) == []
    assert notes(desk, invoices=rows) == []
    assert notes(desk, invoices=f"{HEAD}{I1},\n{I2},\n") == [
        "invoices.csv: disputed_on is gone for I1 and 1 more; the dispute stands"
    ]
    assert desk.ask("SELECT count(*) FROM disputes WHERE closed_on IS NULL") == [(2,)]


def test_a_cancellation_that_is_told_no_longer_or_otherwise_stands(desk: Desk) -> None:
    rows = f"{HEAD}{I1},2025-06-10\n{I2},\n"
    assert notes(desk, customers=CUSTOMERS, invoices=rows) == []
    assert notes(desk, invoices=rows) == []
    told = ["invoices.csv: cancelled_on is changed or gone for I1 (cancelled on 2025-06-10); the cancellation stands"]
    assert notes(desk, invoices=f"{HEAD}{I1},\n{I2},\n") == told
    assert notes(desk, invoices=f"{HEAD}{I1},2025-06-11\n{I2},\n") == told


def test_an_advice_with_other_rows_is_not_taken_again(desk: Desk) -> None:
    rows = ADVICE + "RA1,I1,100.00,,EUR,2025-06-09\nRA1,I2,50.00,,EUR,2025-06-09\nRA2,I2,50.00,,EUR,2025-06-09\n"
    assert notes(desk, remittances=rows) == []
    assert notes(desk, remittances=rows) == []
    assert notes(desk, remittances=rows.replace("RA1,I2,50.00,", "RA1,I2,50.00,1.00")) == [
        "remittances.csv: changed since it was taken in: RA1; the old one stands"
    ]


def test_another_rate_for_a_known_day_is_not_taken(desk: Desk) -> None:
    assert notes(desk, exchange_rates=RATES + "2025-06-01,USD,EUR,0.9\n") == []
    assert notes(desk, exchange_rates=RATES + "2025-06-01,USD,EUR,0.900\n2025-06-02,USD,EUR,0.8\n") == []
    assert notes(desk, exchange_rates=RATES + "2025-06-01,USD,EUR,0.91\n") == [
        "exchange_rates.csv: another rate for USD to EUR on 2025-06-01 (0.9); the known rate stands"
    ]
