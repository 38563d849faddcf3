"""A camt.053 file is read whole: versions, statuses, dates, amounts, statements; every problem has its place."""

from __future__ import annotations

from datetime import date

import pytest

from o2c_ai.core.money import Money
from o2c_ai.core.payments.rules import Statement, StatementLine
from o2c_ai.formats.camt import read_camt
from o2c_ai.formats.statement_file import StatementKind
from tests.formats.camt_samples import (
    OWN,
    PAYER,
    account_of,
    detail,
    document,
    entry,
    line_of,
    lines_of,
    only_line,
    parties,
    refusal,
    statement,
)


def test_a_whole_statement_is_read() -> None:
    remittance = "<Ustrd>Invoice 4711</Ustrd>"
    payment = detail(
        end_to_end="E2E-1",
        remittance=remittance,
        extra=parties(debtor="Huber GmbH", inner=account_of("Dbtr", "DE89 3704 0044 0532 0130 00")),
    )
    booked = entry("100.00", payment, extra="<ValDt><Dt>2025-04-01</Dt></ValDt><AcctSvcrRef>REF7</AcctSvcrRef>")

    read = read_camt(document(statement(booked, opening="50.00", closing="150.00")), "bank.xml")

    assert (read.file_format, read.kind, read.entries_left_out) == ("camt.053.001.08", StatementKind.STATEMENT, 0)
    line = StatementLine(
        booking_date=date(2025, 3, 31),
        value_date=date(2025, 4, 1),
        amount=Money(10000, "EUR"),
        payer_name="Huber GmbH",
        payer_account=PAYER,
        narrative="Invoice 4711",
        end_to_end_id="E2E-1",
        entry_reference="REF7",
        is_reversal=False,
    )
    ends = Money(5000, "EUR"), Money(15000, "EUR")
    assert read.statements == (Statement(OWN, "EUR", "S1", *ends, (line,), closing_on=date(2025, 3, 31)),)


@pytest.mark.parametrize("version", [f"{number:02}" for number in range(2, 14)])
def test_every_version_of_camt_053_is_read(version: str) -> None:
    read = read_camt(document(statement(entry("1.00")), message=f"camt.053.001.{version}"), "bank.xml")

    assert read.file_format == f"camt.053.001.{version}"
    assert len(read.statements[0].lines) == 1


def test_a_message_without_a_namespace_is_read() -> None:
    assert read_camt(document(statement(entry("1.00")), message=""), "bank.xml").file_format == "camt.053"


def test_a_message_in_an_envelope_with_prefixed_names_is_read() -> None:
    inner = document(statement(entry("1.00"))).decode().partition("?>")[2]
    prefixed = inner.replace("</", "</c:").replace("<", "<c:").replace("<c:/c:", "</c:").replace("xmlns=", "xmlns:c=")

    read = read_camt(f"<Envelope><AppHdr/>{prefixed}</Envelope>".encode(), "bank.xml")

    assert read.statements[0].lines[0].amount == Money(100, "EUR")


def test_a_debit_is_negative() -> None:
    assert only_line(entry("12.34", direction="DBIT")).amount == Money(-1234, "EUR")


@pytest.mark.parametrize("status", ["BOOK", "<Cd>BOOK</Cd>"])
def test_a_booked_entry_is_read_in_the_old_and_the_new_way_of_saying_so(status: str) -> None:
    assert only_line(entry("1.00", status=status)).amount.minor == 100


@pytest.mark.parametrize("status", ["PDNG", "<Cd>PDNG</Cd>", "INFO", "FUTR"])
def test_entries_that_are_not_booked_are_left_out_and_counted(status: str) -> None:
    read = read_camt(document(statement(entry("9.00", status=status), entry("1.00"))), "bank.xml")

    assert [line.amount.minor for line in read.statements[0].lines] == [100]
    assert read.entries_left_out == 1


def test_an_unknown_status_is_refused() -> None:
    assert "'MAYBE'" in str(refusal(document(statement(entry("1.00", status="MAYBE")))))


def test_without_a_status_a_statement_entry_is_booked_and_an_intraday_entry_refused() -> None:
    assert only_line(entry("1.00", status="")).amount.minor == 100
    report = statement(entry("1.00", status=""), holder="Rpt")

    error = refusal(document(report, message="camt.052.001.08", root="BkToCstmrAcctRpt"))

    assert "neither booked nor pending" in str(error)


@pytest.mark.parametrize(
    ("root", "holder", "message", "kind"),
    [
        ("BkToCstmrAcctRpt", "Rpt", "camt.052.001.08", StatementKind.INTRADAY),
        ("BkToCstmrDbtCdtNtfctn", "Ntfctn", "camt.054.001.08", StatementKind.ADVICE),
    ],
)
def test_the_siblings_of_camt_053_are_read_without_control_totals(
    root: str, holder: str, message: str, kind: StatementKind
) -> None:
    content = document(
        statement(entry("1.00"), opening="5.00", closing="5.00", holder=holder), root=root, message=message
    )

    read = read_camt(content, "bank.xml")

    assert (read.kind, read.file_format) == (kind, message)
    assert (read.statements[0].opening, read.statements[0].closing) == (None, None)


def test_a_date_and_time_counts_as_the_day_the_bank_wrote() -> None:
    assert only_line(entry("1.00", booked="<DtTm>2025-01-31T23:30:00-05:00</DtTm>")).booking_date == date(2025, 1, 31)


@pytest.mark.parametrize("written", ["2025-02-30", "2025-13-01", "31.01.2025", "20250131", "2025-W05", "x" * 90])
def test_what_is_no_date_is_refused_with_its_place(written: str) -> None:
    content = document(statement(entry("1.00", booked=f"<Dt>{written}</Dt>")))

    (problem,) = refusal(content).problems

    assert (problem.field, problem.line) == ("BookgDt", line_of(content, "<BookgDt>"))
    assert "is not a date" in problem.what


def test_an_undated_entry_of_a_one_day_statement_is_booked_on_that_day() -> None:
    content = document(statement(entry("1.00", booked=""), opening="0.00", closing="1.00"))

    assert read_camt(content, "bank.xml").statements[0].lines[0].booking_date == date(2025, 3, 31)


def test_an_undated_entry_takes_the_day_of_a_one_day_period() -> None:
    span = "<FrToDt><FrDtTm>2025-02-03T00:00:00</FrDtTm><ToDtTm>2025-02-03T23:59:59</ToDtTm></FrToDt>"

    (line,) = read_camt(document(statement(span, entry("1.00", booked=""))), "bank.xml").statements[0].lines

    assert line.booking_date == date(2025, 2, 3)


def test_an_undated_entry_takes_no_day_from_half_a_period() -> None:
    span = "<FrToDt><FrDtTm>2025-02-03T00:00:00</FrDtTm></FrToDt>"

    assert "no booking date" in str(refusal(document(statement(span, entry("1.00", booked="")))))


def test_an_undated_entry_of_a_longer_statement_takes_its_value_date_or_is_refused() -> None:
    line = only_line(entry("1.00", booked="", extra="<ValDt><Dt>2025-02-01</Dt></ValDt>"))
    assert line.booking_date == date(2025, 2, 1)

    assert "no booking date" in str(refusal(document(statement(entry("1.00", booked="")))))


@pytest.mark.parametrize(
    ("currency", "written", "minor"),
    [("JPY", "1500", 1500), ("JPY", "1500.00", 1500), ("KWD", "1.234", 1234), ("EUR", "8.850", 885), ("EUR", ".5", 50)],
)
def test_amounts_keep_the_decimals_of_their_currency(currency: str, written: str, minor: int) -> None:
    content = document(statement(entry(written, currency=currency), currency=currency))

    assert read_camt(content, "bank.xml").statements[0].lines[0].amount == Money(minor, currency)


@pytest.mark.parametrize("written", ["12..34", "1,234.50", "-5.00", "-0.00", "1e5", "", "NaN", "1.005", "9" * 20, "٣"])
def test_what_is_no_amount_is_refused_with_its_place(written: str) -> None:
    content = document(statement(entry(written)))

    (problem,) = refusal(content).problems

    assert (problem.source, problem.field, problem.line) == ("bank.xml", "Amt", line_of(content, "<Amt"))
    assert len(str(problem)) < 250


def test_an_amount_with_an_element_in_its_middle_is_not_half_read() -> None:
    content = document(statement(entry("1<x/>00")))

    assert "in the middle of a text" in str(refusal(content))


def test_a_comment_inside_an_amount_changes_nothing() -> None:
    assert only_line(entry("1<!-- no trick -->2.00")).amount.minor == 1200


def test_an_entry_in_another_currency_than_the_account_is_refused() -> None:
    error = refusal(document(statement(entry("1.00", currency="USD"))))

    assert "an entry in USD on an account in EUR" in str(error)


@pytest.mark.parametrize("missing", ["Amt", "CdtDbtInd"])
def test_an_entry_without_amount_or_direction_is_refused(missing: str) -> None:
    content = document(statement(entry("1.00"))).replace(f"<{missing}".encode(), b"<Nothing")

    assert refusal(content.replace(f"</{missing}".encode(), b"</Nothing")).problems[0].field == missing


def test_several_statements_of_a_file_stay_apart() -> None:
    content = document(
        statement(entry("1.00"), opening="0", closing="1"),
        statement(entry("2", currency="JPY"), currency="JPY", number="S2", opening="5", closing="7"),
    )

    read = read_camt(content, "bank.xml")

    assert [(each.statement_id, each.currency, len(each.lines)) for each in read.statements] == [
        ("S1", "EUR", 1),
        ("S2", "JPY", 1),
    ]


def test_a_statement_without_entries_is_read() -> None:
    read = read_camt(document(statement(opening="3.00", closing="3.00")), "bank.xml")

    assert read.statements[0].lines == ()


def test_genuine_equal_entries_are_all_kept() -> None:
    twin = entry("1.00", extra="<AcctSvcrRef>SAME</AcctSvcrRef>")

    assert len(lines_of(twin, twin)) == 2


def test_every_problem_of_a_file_is_told_at_once() -> None:
    content = document(statement(entry("x"), entry("1.00"), entry("y"), opening="0.00", closing="9.00"))

    lines = [problem.line for problem in refusal(content).problems]

    assert lines == [line_of(content, ">x</Amt>"), line_of(content, ">y</Amt>")]


def test_reading_stops_at_a_hundred_problems() -> None:
    assert len(refusal(document(statement(*[entry("x")] * 300))).problems) == 100


def test_a_statement_without_an_account_is_told_once() -> None:
    content = document(statement(entry("1.00"), entry("2.00"), account="<IBAN/>"))

    (problem,) = refusal(content).problems

    assert problem.field == "Acct"


@pytest.mark.parametrize("currency", ["ZZZ", "eur", "EURO"])
def test_an_unknown_account_currency_is_refused(currency: str) -> None:
    assert refusal(document(statement(currency=currency))).problems[0].field == "Ccy"


def test_the_currency_may_stand_on_the_balance_or_the_entry_only() -> None:
    of_entry = document(statement(entry("1.00", currency="SEK"))).replace(b"<Ccy>EUR</Ccy>", b"")
    of_balance = document(statement(opening="1.00", currency="NOK")).replace(b"<Ccy>NOK</Ccy>", b"")
    of_nothing = document(statement()).replace(b"<Ccy>EUR</Ccy>", b"")

    assert read_camt(of_entry, "bank.xml").statements[0].currency == "SEK"
    assert read_camt(of_balance, "bank.xml").statements[0].currency == "NOK"
    assert "names no currency" in str(refusal(of_nothing))


def test_a_statement_without_an_id_is_refused() -> None:
    assert refusal(document(statement(number=""))).problems[0].field == "Id"


def test_a_namespace_of_another_message_is_refused() -> None:
    error = refusal(document(statement(entry("1.00")), message="camt.052.001.08"))

    assert "is not that of camt.053" in str(error)


def test_two_kinds_of_message_in_one_file_are_refused() -> None:
    first = document(statement(), message="").decode().partition("?>")[2]
    second = document(statement(holder="Rpt"), message="", root="BkToCstmrAcctRpt").decode().partition("?>")[2]

    assert "in the same file" in str(refusal(f"<Both>{first}{second}</Both>".encode()))


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"<Invoice xmlns='urn:oasis:ubl'/>", "Invoice of urn:oasis:ubl"),
        (b"<Stmt><Ntry/></Stmt>", "Stmt"),
        (b"<x><Stmt><Acct/><Ntry><NtryDtls><TxDtls/></NtryDtls></Ntry></Stmt></x>", "x"),
        (b"<Ntry/>", "Ntry"),
        (document(), "Document of urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"),
    ],
)
def test_xml_without_a_bank_statement_is_refused_by_its_name(content: bytes, named: str) -> None:
    error = refusal(content)

    assert f"no bank statement in this XML file, which is a {named}; " in str(error)
