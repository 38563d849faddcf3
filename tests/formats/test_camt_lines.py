"""What an entry says of a payment reaches its line: payer, remittance, references, reversal, charges."""

from __future__ import annotations

import pytest

from o2c_ai.core.money import Money
from tests.formats.camt_samples import OWN, PAYER, account_of, detail, entry, lines_of, only_line, parties


def test_the_payer_of_a_credit_is_the_debtor_and_of_a_debit_the_creditor() -> None:
    both = detail(debtor="Debtor AG", creditor="Creditor AG")

    names = [line.payer_name for line in lines_of(entry("1.00", both), entry("1.00", both, direction="DBIT"))]

    assert names == ["Debtor AG", "Creditor AG"]


def test_the_other_side_of_a_payment_is_never_our_own_account() -> None:
    inner = account_of("Dbtr", OWN) + account_of("Cdtr", PAYER)
    turned = detail(extra=parties(debtor="We", creditor="Payer", inner=inner))

    line = only_line(entry("1.00", turned))

    assert (line.payer_name, line.payer_account) == ("Payer", PAYER)


@pytest.mark.parametrize(
    "party", ["<Nm>Huber</Nm>", "<Pty><Nm>Huber</Nm></Pty>", "<Agt><FinInstnId><Nm>Huber</Nm></FinInstnId></Agt>"]
)
def test_a_payer_name_is_found_in_every_version(party: str) -> None:
    payment = f"<TxDtls><RltdPties><Dbtr>{party}</Dbtr></RltdPties></TxDtls>"

    assert only_line(entry("1.00", payment)).payer_name == "Huber"


def test_the_ultimate_debtor_is_the_payer_only_where_no_other_is_given() -> None:
    ultimate = "<UltmtDbtr><Nm>Mother AG</Nm></UltmtDbtr>"

    alone = only_line(entry("1.00", detail(extra=parties(inner=ultimate))))
    beside = only_line(entry("1.00", detail(extra=parties(debtor="Daughter AG", inner=ultimate))))

    assert (alone.payer_name, beside.payer_name) == ("Mother AG", "Daughter AG")


def test_an_account_number_that_is_no_iban_is_kept_without_spaces() -> None:
    other = "<DbtrAcct><Id><Othr><Id> 74061813 0100033626</Id></Othr></Id></DbtrAcct>"

    assert only_line(entry("1.00", detail(extra=parties(inner=other)))).payer_account == "740618130100033626"


@pytest.mark.parametrize("written", ["NOTPROVIDED", "NotProvided", "NOT PROVIDED"])
def test_a_reference_that_says_it_is_none_is_none(written: str) -> None:
    line = only_line(
        entry(
            "1.00",
            detail(end_to_end=written, debtor=written, remittance=f"<Ustrd>{written}</Ustrd>"),
            extra=f"<AcctSvcrRef>{written}</AcctSvcrRef>",
        )
    )

    assert (line.end_to_end_id, line.payer_name, line.narrative, line.entry_reference) == ("", "", "", "")


def test_remittance_is_joined_in_the_order_of_the_bank() -> None:
    remittance = (
        "<Ustrd>first  line</Ustrd><Ustrd>second\nline</Ustrd>"
        "<Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>R-1</Nb></RfrdDocInf>"
        "<RfrdDocInf><Nb>R-2</Nb></RfrdDocInf><RfrdDocAmt><RmtdAmt Ccy='EUR'>1</RmtdAmt></RfrdDocAmt>"
        "<CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>RF712348231</Ref></CdtrRefInf>"
        "<AddtlRmtInf>less freight</AddtlRmtInf></Strd><Strd><RfrdDocInf><Nb>R-3</Nb></RfrdDocInf></Strd>"
    )

    line = only_line(entry("1.00", detail(remittance=remittance)))

    assert line.narrative == "first line second line R-1 R-2 RF712348231 less freight R-3"


def test_the_words_of_the_bank_stand_in_where_there_is_no_remittance() -> None:
    added = "<AddtlNtryInf>Account fees March</AddtlNtryInf>"

    of_entry = only_line(entry("1.00", detail(), extra=added))
    of_detail = only_line(entry("1.00", detail(extra="<AddtlTxInf>Fee</AddtlTxInf>"), extra=added))
    paid = only_line(entry("1.00", detail(remittance="<Ustrd>R-1</Ustrd>"), extra=added))

    assert [of_entry.narrative, of_detail.narrative, paid.narrative] == ["Account fees March", "Fee", "R-1"]


def test_the_reference_is_the_banks_own_then_the_entrys_then_the_details() -> None:
    service, number = "<AcctSvcrRef>BANK-1</AcctSvcrRef>", "<NtryRef>N-1</NtryRef>"
    own = detail(extra="<Refs><AcctSvcrRef>TX-1</AcctSvcrRef></Refs>")

    found = lines_of(entry("1.00", own, extra=number + service), entry("1.00", own, extra=number), entry("1.00", own))

    assert [line.entry_reference for line in found] == ["BANK-1", "N-1", "TX-1"]


@pytest.mark.parametrize(
    "mark",
    [
        "<RvslInd>true</RvslInd>",
        "<RvslInd>1</RvslInd>",
        "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RDDT</Cd><SubFmlyCd>UPDD</SubFmlyCd></Fmly></Domn></BkTxCd>",
    ],
)
def test_a_payment_taken_back_is_a_reversal_of_the_original_payer(mark: str) -> None:
    both = detail(debtor="Payer", creditor="We")

    line = only_line(entry("40.00", both, direction="DBIT", extra=mark))

    assert (line.is_reversal, line.amount.minor, line.payer_name) == (True, -4000, "Payer")


def test_a_return_reason_marks_a_reversal() -> None:
    back = detail(debtor="Payer", extra="<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>")

    assert only_line(entry("40.00", back, direction="DBIT")).is_reversal
    assert not only_line(entry("40.00", detail(debtor="Payer"), extra="<RvslInd>false</RvslInd>")).is_reversal


def test_charges_inside_the_amount_are_told_and_others_are_not() -> None:
    records = (
        '<Chrgs><Rcrd><Amt Ccy="EUR">5.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>true</ChrgInclInd></Rcrd>'
        '<Rcrd><Amt Ccy="EUR">0.20</Amt><CdtDbtInd>CRDT</CdtDbtInd></Rcrd>'
        '<Rcrd><Amt Ccy="EUR">9.00</Amt><ChrgInclInd>false</ChrgInclInd></Rcrd>'
        '<Rcrd><Amt Ccy="EUR">0.00</Amt></Rcrd></Chrgs>'
    )

    line = only_line(entry("95.00", detail(extra=records)))

    assert line.charges == (Money(500, "EUR"), Money(-20, "EUR"))


def test_charges_of_version_02_and_charges_of_the_entry_are_told() -> None:
    flat = '<Chrgs><TtlChrgsAndTaxAmt Ccy="EUR">3.00</TtlChrgsAndTaxAmt><Amt Ccy="EUR">2.50</Amt></Chrgs>'
    total = '<Chrgs><TtlChrgsAndTaxAmt Ccy="USD">7.00</TtlChrgsAndTaxAmt></Chrgs>'

    found = lines_of(entry("1.00", detail(), extra=flat), entry("1.00", detail(extra=flat), extra=total), entry("1.00"))

    assert [line.charges for line in found] == [(Money(250, "EUR"),), (Money(250, "EUR"),), ()]
    assert only_line(entry("1.00", extra=total)).charges == (Money(700, "USD"),)
