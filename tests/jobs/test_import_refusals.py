"""Folders that are wrong: every fault is named with file, line, column and remedy, and nothing is half written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.jobs.folders import INVOICES, LINES, PARTS

if TYPE_CHECKING:
    from tests.jobs.folders import Desk

INVOICE = "invoice_id,customer_id,kind,issue_date,due_date,currency,amount\n"
ADVICE = "remittance_id,invoice_ref,amount,discount,line_id,date,currency\n"
RATES = "date,from_currency,to_currency,rate\n"


def only(faults: list[str]) -> str:
    (fault,) = faults
    return fault


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        (
            {"invoices": "invoice_id,customer_id,issue_date,due_date,currency\n"},
            "invoices.csv:1 [amount]: the required column is missing; add a column 'amount' to the header and its rows",
        ),
        (
            {"invoices": INVOICE + "INV-9,C1,,2025-13-01,2025-07-01,EUR,1.00\n"},
            "invoices.csv:2 [issue_date]: '2025-13-01' is not a date; write dates as 2025-12-31; nothing was written",
        ),
        (
            {"invoices": INVOICE + "INV-9,C1,,2025-06-01,2025-07-01,EURO,1.00\n"},
            (
                "invoices.csv:2 [currency]: unknown currency 'EURO'; use the ISO 4217 code, such as EUR; "
                "nothing was written"
            ),
        ),
        (
            {"invoices": INVOICE + "INV-9,C1,credit_memo,2025-06-01,2025-07-01,EUR,1.00\n"},
            "invoices.csv:2 [amount]: 1.00 does not fit the kind; credit memos are negative, all others positive",
        ),
        (
            {"invoices": INVOICE + "INV-9,C1,,2025-06-01,2025-07-01,EUR,-1.00\n"},
            "invoices.csv:2 [amount]: -1.00 does not fit the kind; credit memos are negative, all others positive",
        ),
        (
            {"invoices": INVOICE + "INV-9,C1,letter,2025-06-01,2025-07-01,EUR,1.00\n"},
            "invoices.csv:2 [kind]: 'letter' is no kind of document; write invoice, credit_memo or debit_memo",
        ),
        (
            {"invoices": INVOICE + "INV-9,C7,,2025-06-01,2025-07-01,EUR,1.00\n"},
            "invoices.csv:2 [customer_id]: 'C7' is unknown; add it to its own file or correct the reference",
        ),
        (
            {"invoices": INVOICES + "INV-1,C1,,2025-06-01,2025-07-01,EUR,100.00\n"},
            (
                "invoices.csv:6 [invoice_id]: 'INV-1' stands on line 2 already; keep one of the two lines; "
                "nothing was written"
            ),
        ),
        (
            {"invoices": INVOICES + "INV-9,C1,,2025-06-01,2025-07-01,EUR,1.00,surplus\n"},
            "invoices.csv:6: 8 cells where the header has 7; check quotes and separators of this line",
        ),
        (
            {"customers": "customer_id,name,parent_customer_id\nC1,A,C9\nC2,B,\n"},
            "customers.csv:2 [parent_customer_id]: 'C9' is unknown; add it to its own file or correct the reference",
        ),
        (
            {"bank_lines": LINES + "L1,2025-06-10,EUR,131.00,MUSTER\n"},
            "bank_lines.csv:3 [line_id]: 'L1' stands on line 2 already; keep one of the two lines; nothing was written",
        ),
        (
            {"applications": PARTS + "L7,INV-3,,30.00,\n"},
            "applications.csv:5 [line_id]: 'L7' is unknown; add it to its own file or correct the reference",
        ),
        (
            {"applications": PARTS.replace("CM-1", "CM-9")},
            "applications.csv:4 [invoice_id]: 'CM-9' is unknown; add it to its own file or correct the reference",
        ),
        (
            {"applications": PARTS.replace("CM-1,,-20.00,netted", ",C9,-20.00,bank_charge")},
            "applications.csv:4 [customer_id]: 'C9' is unknown; add it to its own file or correct the reference",
        ),
        (
            {"applications": PARTS.replace("50.00", "49.00")},
            (
                "applications.csv:2 [amount]: rows of L1 add up to 129.00, the line is 130.00; "
                "make the rows add up to the line"
            ),
        ),
        (
            {"applications": PARTS.replace("netted", "nettet")},
            (
                "applications.csv:4 [reason]: 'nettet' is no reason; use one of partial, netted, discount, deduction, "
                "withholding, tolerance, residual, bank_charge, overpayment, prepayment, duplicate, not_ar, returned "
                "or nothing"
            ),
        ),
        (
            {"applications": PARTS.replace("INV-2,,50.00", "INV-2,,51.00").replace("-20.00", "-21.00")},
            (
                "applications.csv:4 [amount]: credit CM-1 has 20.00 EUR left; 21.00 EUR cannot be used; "
                "correct the rows of this line; nothing was written"
            ),
        ),
        (
            {"applications": PARTS.replace("INV-1,,100.00", "INV-1,,101.00").replace("50.00", "49.00")},
            (
                "applications.csv:2 [amount]: INV-1 has 100.00 EUR open; 101.00 EUR cannot be applied to it; "
                "correct the rows of this line; nothing was written"
            ),
        ),
        (
            {"applications": PARTS.replace("INV-1,,100.00", "INV-1,,90.00").replace("50.00", "60.00")},
            (
                "applications.csv:3 [amount]: INV-2 has 50.00 EUR open; 60.00 EUR cannot be applied to it; "
                "correct the rows of this line; nothing was written"
            ),
        ),
        (
            {"applications": PARTS.replace("INV-2,,50.00,", "INV-2,,50.00,bank_charge")},
            (
                "applications.csv:3 [reason]: line L1, reason 'bank_charge': such a row is negative and names no "
                "invoice; correct the rows of this line; nothing was written"
            ),
        ),
        (
            {"bank_lines": LINES.replace("EUR", "USD")},
            "applications.csv:2 [invoice_id]: INV-1 is in EUR, its bank line in USD; correct the reference",
        ),
        (
            {"promises": "invoice_id,promised_on,promised_date\nINV-9,2025-06-20,2025-06-30\n"},
            "promises.csv:2 [invoice_id]: 'INV-9' is unknown; add it to its own file or correct the reference",
        ),
        (
            {"promises": "invoice_id,promised_on,promised_date\nCM-1,2025-06-20,2025-06-30\n"},
            "promises.csv:2 [invoice_id]: is a credit memo; name an invoice",
        ),
        (
            {"activities": "customer_id,date,kind\nC9,2025-06-20,call\n"},
            "activities.csv:2 [customer_id]: 'C9' is unknown; add it to its own file or correct the reference",
        ),
        (
            {"remittances": "remittance_id,invoice_ref,amount,currency\nRA1,INV-1,100.00,EUR\n"},
            (
                "remittances.csv:2 [date]: an advice without a date must name a known bank line; "
                "fill in date, or line_id with a line that is in the books"
            ),
        ),
        (
            {"remittances": "remittance_id,invoice_ref,amount,date\nRA1,INV-1,100.00,2025-06-09\n"},
            (
                "remittances.csv:2 [currency]: an advice without a currency must name a known bank line; "
                "fill in currency, or line_id with a line that is in the books"
            ),
        ),
        (
            {"remittances": "remittance_id,invoice_ref,amount,line_id\nRA1,INV-1,1e3,L1\n"},
            (
                "remittances.csv:2 [amount]: '1e3' is not an amount: write digits with a point before the decimals, "
                "as in 1234.50; correct the advice and import again"
            ),
        ),
        (
            {"remittances": ADVICE + "RA1,INV-1,100.00,,L1,,\nRA1,INV-2,abc,,L1,,\n"},
            (
                "remittances.csv:3 [amount]: 'abc' is not an amount: write digits with a point before the decimals, "
                "as in 1234.50; correct the advice and import again"
            ),
        ),
        (
            {"remittances": ADVICE + "RA1,INV-1,100.00,,L1,,\nRA1,INV-2,50.00,1.005,L1,,\n"},
            (
                "remittances.csv:3 [discount]: '1.005' is not an amount: EUR has 2 decimals; "
                "correct the advice and import again"
            ),
        ),
        (
            {"remittances": ADVICE + "RA1,INV-1,100.00,,L1,,\nRA1,INV-2,50.00,,L2,,\n"},
            (
                "remittances.csv:3 [line_id]: RA1 has L2 here and L1 on line 2; "
                "give the rows of one advice the same, or another remittance_id"
            ),
        ),
        (
            {"remittances": ADVICE + "RA1,INV-1,100.00,,L1,2025-06-09,\nRA1,INV-2,5,,L1,,\nRA1,A,5,,L1,2025-06-08,\n"},
            (
                "remittances.csv:4 [date]: RA1 has 2025-06-08 here and 2025-06-09 on line 2; "
                "give the rows of one advice the same, or another remittance_id"
            ),
        ),
        (
            {"remittances": ADVICE + "RA1,INV-1,100.00,,L1,,EUR\nRA1,INV-2,50.00,,L1,,USD\n"},
            (
                "remittances.csv:3 [currency]: RA1 has USD here and EUR on line 2; "
                "give the rows of one advice the same, or another remittance_id"
            ),
        ),
        (
            {"customers": "customer_id,name,parent_customer_id\nC1,A,\nC2,B,C2\n"},
            (
                "customers.csv:3 [parent_customer_id]: C2 is its own parent; "
                "name the company above it, or leave the cell empty"
            ),
        ),
        (
            {"customers": "customer_id,name,parent_customer_id\nC0,A,C1\nC1,A,C2\nC2,B,C3\nC3,C,C1\n"},
            (
                "customers.csv:3 [parent_customer_id]: C1 under C2 under C3 under C1 is a ring of parents; "
                "name the company above it, or leave the cell empty"
            ),
        ),
        (
            {"exchange_rates": RATES + "2025-06-01,USD,EUR,0.9\n2025-06-01,USD,EUR,0.90\n2025-06-01,USD,EUR,0.8\n"},
            (
                "exchange_rates.csv:4 [rate]: USD to EUR on 2025-06-01 is 0.9 on line 2; "
                "keep one of the two rates; nothing was written"
            ),
        ),
        (
            {
                "invoices": INVOICES + "INV-9,C1,,2025-06-01,2025-07-01,JPY,9000000000000\n",
                "exchange_rates": RATES + "2025-06-01,JPY,EUR,2000\n",
            },
            (
                "invoices.csv:6 [amount]: 9000000000000 JPY at the rate known on 2025-06-01 is more in EUR than the "
                "books can hold; correct the amount or the exchange rate"
            ),
        ),
        (
            {
                "bank_lines": LINES + "L2,2025-06-10,JPY,9000000000000,\n",
                "exchange_rates": RATES + "2025-06-01,JPY,EUR,2000\n",
            },
            (
                "bank_lines.csv:3 [amount]: 9000000000000 JPY at the rate known on 2025-06-10 is more in EUR than the "
                "books can hold; correct the amount or the exchange rate"
            ),
        ),
    ],
)
def test_a_fault_is_named_with_its_place_and_remedy(desk: Desk, files: dict[str, str], fault: str) -> None:
    found = desk.standard(**files).faults()
    assert found[0] == fault


def test_a_file_that_is_not_utf8_is_named_with_the_line(desk: Desk) -> None:
    fault = only(desk.standard(customers=b"customer_id,name\nC1,Muster\nC2,M\xfcller\n").faults())
    assert fault == "customers.csv:3: not UTF-8 text; save the file as UTF-8 and import again"


def test_a_null_character_is_named_with_the_line(desk: Desk) -> None:
    fault = only(desk.standard(customers="customer_id,name\nC1,Mus\0ter\nC2,B\n").faults())
    assert fault == "customers.csv:2: holds a null character; save the file as plain UTF-8 text and import again"


def test_all_faults_are_told_at_once(desk: Desk) -> None:
    rows = "INV-9,C7,,2025-06-01,2025-07-01,EUR,1.00\nINV-9,C8,,2025-06-01,2025-07-01,EUR,1.00\n"
    faults = desk.standard(invoices=INVOICES + rows, applications=PARTS.replace("50.00", "49.00")).faults()
    assert [fault.split(":")[0] for fault in faults] == ["invoices.csv"] * 3 + ["applications.csv"]


def test_an_applied_amount_is_read_in_its_lines_currency(desk: Desk) -> None:
    faults = desk.standard(applications=PARTS.replace("-20.00", "-2e1")).faults()
    assert faults[0].startswith("applications.csv:4 [amount]: '-2e1' is not an amount")


def test_a_promise_with_a_broken_amount_is_refused(desk: Desk) -> None:
    promises = "invoice_id,promised_on,promised_date,amount\nINV-1,2025-06-20,2025-06-30,much\n"
    assert "'much' is not an amount" in only(desk.standard(promises=promises).faults())


def test_an_empty_or_missing_folder_is_refused(desk: Desk) -> None:
    assert only(desk.faults()).startswith("folder: is not a folder")
    assert only(desk.write().faults()).startswith("folder: holds none of the files; expected some of customers.csv")


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("EUR,100.00", "EUR,101.00", "[amount]: INV-1 is posted with 100.00, the file says 101.00"),
        ("EUR,100.00", "USD,100.00", "[currency]: INV-1 is posted with EUR, the file says USD"),
        ("INV-1,C1", "INV-1,C2", "[customer_id]: INV-1 is posted with C1, the file says C2"),
        ("INV-1,C1,invoice", "INV-1,C1,debit_memo", "[kind]: INV-1 is posted with invoice, the file says debit_memo"),
        ("invoice,2025-06-01", "invoice,2025-05-31", "[issue_date]: INV-1 is posted with 2025-06-01"),
    ],
)
def test_a_posted_document_does_not_change(desk: Desk, old: str, new: str, what: str) -> None:
    desk.standard().take()
    faults = desk.write(invoices=INVOICES.replace(old, new)).faults()
    assert what in faults[0]
    assert "set cancelled_on and issue a new number, or send a credit memo" in faults[0]


def test_a_parent_in_the_books_closes_a_ring_too(desk: Desk) -> None:
    head = "customer_id,name,parent_customer_id\n"
    desk.standard(customers=head + "C1,A,C2\nC2,B,\n").take()
    fault = only(desk.write(customers=head + "C2,B,C1\n").faults())
    assert fault.startswith("customers.csv:2 [parent_customer_id]: C2 under C1 under C2 is a ring of parents")
    assert desk.write(customers=head + "C1,A,\nC2,B,C1\n").take().customers.amended == 2


def test_the_banks_word_does_not_change(desk: Desk) -> None:
    desk.standard().take()
    (desk.folder / "applications.csv").unlink()
    fault = only(desk.write(bank_lines=LINES.replace("130.00", "131.00")).faults())
    assert "L1 is recorded with another date, currency or amount" in fault


def test_a_line_booked_otherwise_is_refused(desk: Desk) -> None:
    desk.standard().take()
    other = "line_id,invoice_id,customer_id,amount,reason\nL1,INV-1,,100.00,\nL1,INV-2,,30.00,partial\n"
    fault = only(desk.write(applications=other).faults())
    assert fault.startswith("applications.csv:2 [line_id]: L1 is booked otherwise already; take the booking back")


def test_a_paid_invoice_is_not_cancelled(desk: Desk) -> None:
    rows = INVOICES.replace("amount\n", "amount,cancelled_on\n").replace(".00\n", ".00,\n")
    fault = only(desk.standard(invoices=rows.replace("100.00,", "100.00,2025-06-11")).faults())
    assert fault.startswith("invoices.csv:2 [cancelled_on]: document INV-1 has been paid on or used")
