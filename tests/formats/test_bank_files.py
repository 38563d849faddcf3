"""Real bank files of many banks and countries: each is read as it should be, or refused for the reason it should be."""

from __future__ import annotations

from pathlib import Path

import pytest

from o2c_ai.core.errors import BadInput
from o2c_ai.formats.detect import find_format, read_statements
from o2c_ai.formats.statement_file import StatementFile

pytestmark = pytest.mark.shared

# Files of camt.053 that are broken on purpose or anonymised until they no longer add up, and the reason to name.
REFUSED_053 = {
    "genkgo__camt__camt053.v2.all-balance-types.xml": "opening balance + lines - closing balance = 5.82 EUR",
    "genkgo__camt__camt053.v2.five.decimals.xml": "opening balance + lines - closing balance = -0.05 EUR",
    "genkgo__camt__camt053.v2.minimal.xml": "a balance in SEK on an account in EUR",
    "genkgo__camt__camt053.v2.with-account-name.xml": "an entry in EUR on an account in JPY",
    "genkgo__camt__camt053.v2.wrong.xml": "no bank statement in this XML file",
    "genkgo__camt__camt053.v3.xml": "a balance in SEK on an account in EUR",
    "genkgo__camt__camt053.v8.xml": "a balance in SEK on an account in EUR",
    "sebastienrousseau__bankstatementparser__camt053_garbled_amount.xml": ":17 [Amt]: '12..34' 'EUR' is not an amount",
    "viafintech__camt_parser__valid_example_v8.xml": "an entry in EUR on an account in CHF",
    "viafintech__camt_parser__valid_example_with_instdamt.xml": "opening balance + lines - closing balance = 100.00",
    "viafintech__camt_parser__valid_namespace.xml": "no bank statement in this XML file",
}
# Lines of each statement in some files that are read, one of each kind.
READ_053 = {
    "Subite-eu__camt-to-coda__2024-04-11.xml": [15, 0],  # no status, no booking dates, balances without direction
    "Subite-eu__camt-to-coda__account_statement.xml": [3],
    "genkgo__camt__camt053.v2.multi.statement.xml": [1, 1],
    "moov-io__iso20022__FI_camt_053_sample.xml.xml": [13],  # ten entries, two of them batches that are divided
    "moov-io__iso20022__statement_1.xml": [4],  # available balances only
    "prowide__prowide-iso20022__camt.053.001.07.xml": [0],  # in an envelope
    "sebastienrousseau__bankstatementparser__camt053_multicurrency.xml": [2, 1],
    "viafintech__camt_parser__valid_example.xml": [5],
    "viafintech__camt_parser__valid_example_v4.xml": [32],  # Swiss batches, returns, reversals
}


def outcomes(folder: Path) -> dict[str, StatementFile | str]:
    found: dict[str, StatementFile | str] = {}
    for path in sorted(folder.iterdir()):
        try:
            found[path.name] = read_statements(path.read_bytes(), path.name)
        except BadInput as error:
            found[path.name] = str(error)
    return found


def test_every_camt_053_file_is_read_or_refused_for_its_reason(bank_files: Path) -> None:
    found = outcomes(bank_files / "camt.053")

    refused = {name: outcome for name, outcome in found.items() if isinstance(outcome, str)}
    assert refused.keys() == REFUSED_053.keys() & found.keys()
    assert [name for name, reason in refused.items() if REFUSED_053[name] not in reason] == []
    read = {name: outcome for name, outcome in found.items() if isinstance(outcome, StatementFile)}
    counts = {name: [len(each.lines) for each in read[name].statements] for name in READ_053.keys() & read.keys()}
    assert counts == {name: READ_053[name] for name in counts}
    assert len(counts) == len(READ_053)


@pytest.mark.parametrize(("folder", "most_refused"), [("camt.052", 2), ("camt.054", 2)])
def test_intraday_reports_and_advices_are_read(bank_files: Path, folder: str, most_refused: int) -> None:
    found = outcomes(bank_files / folder)

    refused = [outcome for outcome in found.values() if isinstance(outcome, str)]
    assert len(refused) <= most_refused < len(found)
    assert all("no booking date" in reason or "no bank statement" in reason for reason in refused)


def test_the_finnish_sample_keeps_payer_reference_and_charges(bank_files: Path) -> None:
    name = "moov-io__iso20022__FI_camt_053_sample.xml.xml"

    read = read_statements((bank_files / "camt.053" / name).read_bytes(), name)

    by_reference = {line.entry_reference: line for line in read.statements[0].lines}
    paid = by_reference["091029ACCTSTMTARCH07"]
    assert (paid.payer_name, paid.narrative, paid.amount.minor) == ("PAYERS NAME2", "RF98123456789012", 545500)
    assert [charge.minor for charge in paid.charges] == [4500]
    assert by_reference["091029ACCTSTMTARCH03/2"].narrative == "Invoices 123 and 321"


def test_a_swiss_direct_debit_taken_back_names_the_customer(bank_files: Path) -> None:
    name = "viafintech__camt_parser__valid_example_v4.xml"

    read = read_statements((bank_files / "camt.053" / name).read_bytes(), name)

    back = [line for line in read.statements[0].lines if line.is_reversal and line.amount.minor < 0]
    assert [(line.amount.minor, line.payer_name) for line in back] == [
        (-600, "Bernasconi Maria"),
        (-1553, "Rutschmann Pia"),
    ]


def test_every_real_file_is_known_by_its_format_and_none_but_camt_is_read(bank_files: Path) -> None:
    words = {"mt940": "MT940", "mt942": "MT942", "bai2": "BAI2", "nacha": "NACHA", "ofx": "OFX", "bgmax": "BgMax"}
    words |= {"norma43": "Norma 43", "x12_810": "X12", "x12_820": "X12", "x12_850": "X12"}
    known = {folder: word for folder, word in words.items() if (bank_files / folder).is_dir()}

    for folder, word in known.items():
        for path in (bank_files / folder).iterdir():
            found = find_format(path.read_bytes())
            assert found is not None, path.name
            assert word in found.name, path.name
        assert all(isinstance(outcome, str) for outcome in outcomes(bank_files / folder).values())
    assert known
