"""A bank file is known by its first bytes; what is not read is refused by its name."""

from __future__ import annotations

import gzip
import io
import time
import zipfile
from pathlib import Path

import pytest

from o2c_ai.core.errors import BadInput
from o2c_ai.formats.detect import HEAD, find_format, read_statement_file, read_statements
from o2c_ai.formats.safe_xml import BYTES_MAX
from tests.formats.camt_samples import document, entry, statement

SAMPLE = document(statement(entry("1.00"), opening="0", closing="1"))
HEADER_X12 = b"ISA*00*          *00*          *08*TPTESTUS00     *ZZ*TESTCO"
HEADER_NACHA = b"101 03130001202313801041908161055A094101Federal Reserve Bank   My Bank Name                   "

NOT_READ = {
    "MT940 statement": b"{1:F01KNABNL2HAXXX0000000000}{2:I940KNABNL2HXXXXN3020}{4:\r\n:20:X\r\n:25:NL1\r\n:28C:1/1\r\n",
    "MT942 intraday report": b":20:INTRA\r\n:25:DE1\r\n:28C:1/1\r\n:34F:EUR0,\r\n:13D:2601010000+0100\r\n",
    "BAI2 report": b"01,0004,12345,060321,0829,001,80,1,2/\n",
    "NACHA (ACH) file": HEADER_NACHA,
    "OFX or QFX statement": b"OFXHEADER:100\nDATA:OFXSGML\n",
    "X12 interchange": HEADER_X12,
    "EDIFACT interchange": b"UNA:+.? 'UNB+UNOA:1+SENDER+RECEIVER",
    "Norma 43 statement": b"119999111101234567890408040409052000000001234569783MY ACCOUNT",
    "BgMax file": b"01BGMAX               0120040525173035010331P",
    "PDF": b"%PDF-1.7\n",
    "old Excel or Word document": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    "table of separated columns (CSV)": b"date;amount;text\n2025-01-01;1,00;Huber\n",
}


def refusal(content: bytes) -> str:
    with pytest.raises(BadInput) as refused:
        read_statements(content, "upload.bin")
    return str(refused.value)


@pytest.mark.parametrize("before", [b"", b"\n  ", b"\xef\xbb\xbf"])
def test_a_camt_file_is_found_and_read(before: bytes) -> None:
    content = before + (SAMPLE if before != b"\n  " else SAMPLE.partition(b"?>\n")[2])

    assert len(read_statements(content, "bank.xml").statements) == 1


def test_a_camt_file_in_utf_16_is_found_and_read() -> None:
    wide = SAMPLE.decode().replace("UTF-8", "UTF-16").encode("utf-16")

    assert len(read_statements(wide, "bank.xml").statements) == 1


@pytest.mark.parametrize("name", NOT_READ)
def test_a_known_format_that_is_not_read_is_refused_by_its_name(name: str) -> None:
    assert f"upload.bin: this looks like a {name}, which is not read; " in refusal(NOT_READ[name])


def test_archives_are_refused_without_being_opened() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../../bank.xml", b"\0" * 20_000_000)

    assert "ZIP archive or office document, which is not read; unpack it first" in refusal(packed.getvalue())
    assert "gzip archive, which is not read; unpack it first" in refusal(gzip.compress(b"\0" * 20_000_000))


@pytest.mark.parametrize("content", [b"", b" \r\n\t"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert "the file is empty" in refusal(content)


@pytest.mark.parametrize("content", [b"\x00\x01\x02", b"hello", b"<" * 2, b"\xff\xfe\x00\x00"])
def test_other_bytes_are_refused(content: bytes) -> None:
    assert refusal(content).startswith("upload.bin")


def test_an_xml_file_of_another_kind_is_refused_by_its_outermost_element() -> None:
    payment = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"><CstmrCdtTrfInitn/></Document>'

    assert "which is a Document of urn:iso:std:iso:20022:tech:xsd:pain.001.001.03" in refusal(payment)


@pytest.mark.parametrize("piece", [b":20:", b"<?", b",", b":20::25", b"<?xml <?xml ", b"\n"])
def test_finding_the_format_takes_no_time_whatever_the_bytes(piece: bytes) -> None:
    content = piece * HEAD
    started = time.process_time()

    find_format(content)

    assert time.process_time() - started < 0.5


def test_a_file_on_disk_is_read(tmp_path: Path) -> None:
    path = tmp_path / "march.xml"
    path.write_bytes(SAMPLE)

    assert len(read_statement_file(path).statements[0].lines) == 1


def test_a_file_too_large_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "huge.xml"
    with path.open("wb") as huge:
        huge.truncate(BYTES_MAX * 100)  # a hole: it has a size and no bytes

    with pytest.raises(BadInput, match=r"huge\.xml: the file has 6,710,886,400 bytes"):
        read_statement_file(path)
