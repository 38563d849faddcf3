"""The exchange folder read into records: every file, every column, every fault."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.rules import StatedPart
from o2c_ai.core.collections.rules import StatedActivity, StatedPromise
from o2c_ai.core.customers.rules import NewCustomer
from o2c_ai.core.forecasts.rules import PlannedFlow
from o2c_ai.core.invoices.rules import DocumentType
from o2c_ai.core.ledger.rules import StatedRate
from o2c_ai.core.payments.rules import NewLine, StatedAdvice, StatedLine
from o2c_ai.core.suggestions.rules import Reason
from o2c_ai.formats.exchange import FILES, Folder, read_folder, read_remittances

if TYPE_CHECKING:
    from pathlib import Path

DAY = date(2025, 6, 1)


def folder(path: Path, name: str, *lines: str) -> Folder:
    (path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_folder(path)


def fault(path: Path, name: str, *lines: str) -> str:
    (problem,) = folder(path, name, *lines).problems
    return str(problem)


def test_a_customer_is_read_with_all_it_may_say(tmp_path: Path) -> None:
    head = "customer_id,name,country,iban,parent_customer_id,email,payment_terms,credit_limit,currency,segment"
    found = folder(tmp_path, "customers.csv", head, "C1,A,DE,DE00,C0,a@b.example,30 net,1000.50,EUR,retail")
    terms = ("30 net", 100_050, "EUR", "retail")
    assert found.customers == [(2, NewCustomer("C1", "A", "DE", "DE00", "C0", "a@b.example", *terms))]


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ("C1,A,1000,", "[currency]: a credit limit needs its currency"),
        ("C1,A,,XXQ", "[currency]: unknown currency 'XXQ'"),
        ("C1,A,1.005,EUR", "[credit_limit]: '1.005' is not an amount: EUR has 2 decimals"),
    ],
)
def test_a_credit_limit_needs_a_currency_it_fits(tmp_path: Path, cells: str, what: str) -> None:
    assert f"customers.csv:2 {what}" in fault(
        tmp_path, "customers.csv", "customer_id,name,credit_limit,currency", cells
    )


def test_an_invoice_is_read_with_all_it_may_say(tmp_path: Path) -> None:
    head = ",".join(FILES["invoices.csv"][1].names)
    cells = "I1,C1,2025-06-01,2025-07-01,EUR,100.00,debit_memo,40.00,2025-06-30,PO,2.5,2025-06-11"
    (invoice,) = folder(tmp_path, "invoices.csv", head, f"{cells},2025-06-05,2025-06-06,2025-06-07").invoices
    assert (invoice.at, invoice.number, invoice.customer_code, invoice.kind) == (2, "I1", "C1", DocumentType.DEBIT_MEMO)
    assert (invoice.amount_minor, invoice.open_minor, invoice.open_as_of) == (10_000, 4_000, date(2025, 6, 30))
    assert (invoice.discount_percent, invoice.discount_until) == (Decimal("2.5"), date(2025, 6, 11))
    assert [invoice.disputed_on, invoice.dispute_resolved_on, invoice.cancelled_on] == [
        date(2025, 6, 5),
        date(2025, 6, 6),
        date(2025, 6, 7),
    ]


@pytest.mark.parametrize(
    ("more", "cells", "what"),
    [
        ("open_amount", "40.00", "[open_as_of]: an open amount needs its day; fill in open_as_of"),
        ("open_amount,open_as_of", "100.01,2025-06-30", "[open_amount]: 100.01 is not between zero and the amount"),
        ("open_amount,open_as_of", "-1.00,2025-06-30", "[open_amount]: -1.00 is not between zero and the amount"),
        ("discount_percent", "101", "[discount_percent]: 101 is no percentage; write 2 for 2 %"),
        ("discount_percent", "-1", "[discount_percent]: -1 is no percentage"),
        ("discount_until", "soon", "[discount_until]: 'soon' is not a date"),
        ("open_as_of", "2025-06-30", "[open_amount]: open_as_of without an amount says nothing"),
        ("open_amount,open_as_of", "40.00,2025-05-31", "[open_as_of]: 2025-05-31 is before the issue_date 2025-06-01"),
        ("dispute_resolved_on", "2025-06-30", "[disputed_on]: a resolved dispute needs its first day"),
        (
            "disputed_on,dispute_resolved_on",
            "2025-06-30,2025-06-29",
            "[dispute_resolved_on]: 2025-06-29 is before the disputed_on 2025-06-30",
        ),
        ("cancelled_on", "9999-12-31", "[cancelled_on]: 9999-12-31 is not in the years 1900 to 2999"),
    ],
)
def test_what_an_invoice_may_not_say(tmp_path: Path, more: str, cells: str, what: str) -> None:
    head = f"invoice_id,customer_id,issue_date,due_date,currency,amount,{more}"
    row = f"I1,C1,2025-06-01,2025-07-01,EUR,100.00,{cells}"
    assert f"invoices.csv:2 {what}" in fault(tmp_path, "invoices.csv", head, row)


INVOICE_HEAD = "invoice_id,customer_id,kind,issue_date,due_date,currency,amount"


@pytest.mark.parametrize(
    "row", ["I1,C1,,2025-06-01,2025-05-31,EUR,1.00", "CM,C1,credit_memo,2025-06-01,2025-05-31,EUR,-1.00"]
)
def test_a_due_date_before_the_issue_date_is_taken_as_it_is(tmp_path: Path, row: str) -> None:
    assert folder(tmp_path, "invoices.csv", INVOICE_HEAD, row).problems == []


def test_blanks_around_a_number_are_no_part_of_it(tmp_path: Path) -> None:
    folder(tmp_path, "invoices.csv", INVOICE_HEAD, " I1 ,C1\t, invoice ,2025-06-01 , 2025-07-01, EUR, 1.00")
    folder(tmp_path, "applications.csv", "line_id,invoice_id,amount,reason", " L1, I1 ,1.00, partial ")
    words = "L1 ,2025-06-01,EUR,1.00, A ,  inv 1 "
    found = folder(tmp_path, "bank_lines.csv", "line_id,booking_date,currency,amount,payer_name,narrative", words)
    (invoice,) = found.invoices
    assert (invoice.number, invoice.customer_code, invoice.currency) == ("I1", "C1", "EUR")
    assert found.parts == [StatedPart(2, "L1", "I1", "", "1.00", Reason.PARTIAL)]
    assert found.lines == [StatedLine(2, NewLine("L1", DAY, "EUR", 100, " A ", "", "  inv 1 ", ""))]


@pytest.mark.parametrize(
    ("name", "head", "row", "column"),
    [
        ("invoices.csv", INVOICE_HEAD, "I1,C1,,1899-12-31,2025-07-01,EUR,1.00", "issue_date"),
        ("invoices.csv", INVOICE_HEAD, "I1,C1,,2025-06-01,9999-12-31,EUR,1.00", "due_date"),
        ("bank_lines.csv", "line_id,booking_date,currency,amount", "L1,3000-01-01,EUR,1.00", "booking_date"),
        ("remittances.csv", "remittance_id,invoice_ref,amount,date", "R1,I1,1.00,0001-01-01", "date"),
        ("exchange_rates.csv", "date,from_currency,to_currency,rate", "9999-12-31,USD,EUR,1", "date"),
        ("promises.csv", "invoice_id,promised_on,promised_date", "I1,2025-06-01,9999-12-31", "promised_date"),
        ("activities.csv", "customer_id,date,kind", "C1,0025-06-01,call", "date"),
        ("planned_flows.csv", "date,currency,amount", "9999-12-31,EUR,1.00", "date"),
        ("planned_flows.csv", "date,currency,amount,known_on", "2025-06-01,EUR,1.00,3000-01-01", "known_on"),
    ],
)
def test_a_day_far_out_stands_for_no_date(tmp_path: Path, name: str, head: str, row: str, column: str) -> None:
    what = fault(tmp_path, name, head, row)
    assert what.startswith(f"{name}:2 [{column}]: ")
    assert "is not in the years 1900 to 2999; write the true day" in what


def test_an_amount_beyond_what_adds_up_exactly_is_refused(tmp_path: Path) -> None:
    row = "I1,C1,,2025-06-01,2025-07-01,EUR,10000000000000.01"
    assert "invoices.csv:2 [amount]: '10000000000000.01' is not an amount: larger than the books can hold" in fault(
        tmp_path, "invoices.csv", INVOICE_HEAD, row
    )


def test_nothing_is_promised_for_a_day_gone_by(tmp_path: Path) -> None:
    head = "invoice_id,promised_on,promised_date"
    assert "promises.csv:2 [promised_date]: 2025-05-31 is before the promised_on 2025-06-01" in fault(
        tmp_path, "promises.csv", head, "I1,2025-06-01,2025-05-31"
    )


def test_a_bank_line_is_read_and_its_account_has_no_spaces(tmp_path: Path) -> None:
    head = "line_id,booking_date,currency,amount,payer_name,payer_account,narrative,end_to_end_id"
    found = folder(tmp_path, "bank_lines.csv", head, "L1,2025-06-01,JPY,-100,A,DE00 1234,inv 1,E2E")
    assert found.lines == [StatedLine(2, NewLine("L1", DAY, "JPY", -100, "A", "DE001234", "inv 1", "E2E"))]


def test_a_bank_line_of_zero_moves_nothing(tmp_path: Path) -> None:
    what = fault(tmp_path, "bank_lines.csv", "line_id,booking_date,currency,amount", "L1,2025-06-01,EUR,0.00")
    assert what == "bank_lines.csv:2 [amount]: a bank line of zero moves nothing; remove the line and import again"


def test_an_advice_may_take_its_currency_from_its_line(tmp_path: Path) -> None:
    found = folder(tmp_path, "remittances.csv", "remittance_id,invoice_ref,amount,line_id", "RA1,SKONTO,-1.00,L1")
    assert found.advices == [StatedAdvice(2, "RA1", "L1", None, "", "", "", "SKONTO", "-1.00", "", "")]


@pytest.mark.parametrize(
    ("cells", "what"),
    [
        ("RA1,I1,1.005,EUR,,,2025-06-01", "[amount]: '1.005' is not an amount"),
        ("RA1,I1,1.00,EUR,x,,2025-06-01", "[discount]: 'x' is not an amount"),
        ("RA1,I1,1.00,EUR,,1e9,2025-06-01", "[total]: '1e9' is not an amount"),
        ("RA1,I1,1.00,EUD,,,2025-06-01", "[currency]: unknown currency 'EUD'"),
        ("RA1,I1,1.00,EUR,,,today", "[date]: 'today' is not a date"),
    ],
)
def test_an_advice_with_a_broken_cell_is_named(cells: str, what: str) -> None:
    head = "remittance_id,invoice_ref,amount,currency,discount,total,date"
    rows, problems = read_remittances("advice.csv", f"{head}\n{cells}\n".encode())
    assert rows == []
    assert str(problems[0]).startswith(f"advice.csv:2 {what}")


def test_rows_of_the_other_files_are_read(tmp_path: Path) -> None:
    folder(tmp_path, "applications.csv", "line_id,amount,reason", "L1,5,not_ar")
    folder(tmp_path, "exchange_rates.csv", "date,from_currency,to_currency,rate", "2025-06-01,USD,EUR,0.9")
    folder(tmp_path, "promises.csv", "invoice_id,promised_on,promised_date,amount", "I1,2025-06-01,2025-06-01,5.00")
    folder(tmp_path, "activities.csv", "customer_id,date,kind,result,note", "C1,2025-06-01,call,ok,none")
    head, row = "date,currency,amount,label,known_on", "2025-06-01,EUR,-5.00,rent,2025-05-31"
    found = folder(tmp_path, "planned_flows.csv", head, row)

    assert found.parts == [StatedPart(2, "L1", "", "", "5", Reason.NOT_AR)]
    assert found.rates == [StatedRate(2, DAY, "USD", "EUR", Decimal("0.9"))]
    assert found.promises == [StatedPromise(2, "I1", DAY, DAY, "5.00")]
    assert found.activities == [StatedActivity(2, "C1", DAY, "call", "ok", "none")]
    assert found.planned_flows == [PlannedFlow(2, DAY, "EUR", -500, "rent", date(2025, 5, 31))]
    assert sorted(found.contents) == sorted(path.name for path in tmp_path.iterdir())


@pytest.mark.parametrize("rate", ["0", "-1", "much"])
def test_a_rate_is_a_positive_number(tmp_path: Path, rate: str) -> None:
    head = "date,from_currency,to_currency,rate"
    assert "[rate]:" in fault(tmp_path, "exchange_rates.csv", head, f"2025-06-01,USD,EUR,{rate}")


def test_hidden_files_and_folders_are_not_spoken_of(tmp_path: Path) -> None:
    (tmp_path / ".notes").write_text("x")
    (tmp_path / "old").mkdir()
    (tmp_path / "customers.csv").mkdir()
    found = folder(tmp_path, "activities.csv", "customer_id,date,kind", "C1,2025-06-01,call")
    assert found.notes == [
        "customers.csv: not part of the exchange folder, ignored",
        "old: not part of the exchange folder, ignored",
    ]
