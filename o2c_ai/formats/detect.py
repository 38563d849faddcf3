"""Says which kind of bank file this is and reads it; what cannot be read yet is refused by its name.

A new format is one row of `_FORMATS`: its name, how its first bytes look, and its reader. The rows are tried in order.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from o2c_ai.core.errors import BadInput, Problem
from o2c_ai.formats.camt import read_camt
from o2c_ai.formats.safe_xml import BYTES_MAX

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from o2c_ai.formats.statement_file import StatementFile

HEAD = 4096
"""Bytes at the start of a file that tell its format."""
_ASK_CAMT = "ask the bank for camt.053 (ISO 20022 XML)"
_UNPACK = "unpack it first and import the files inside"
_BY_TABLE = "import it as bank_lines.csv of an exchange folder"


@dataclass(frozen=True, slots=True)
class BankFormat:
    """A kind of file that users may hand in for a bank statement."""

    name: str
    """As users and banks call it."""
    looks: re.Pattern[bytes]
    """Matches the start of such a file, after white space and a byte order mark."""
    read: Callable[[bytes, str], StatementFile] | None = None
    """Content and source to statements, raising BadInput; None where the format is known and not read."""
    remedy: str = _ASK_CAMT
    """What a user can do where it is not read."""


def _at_start(pattern: bytes) -> re.Pattern[bytes]:
    return re.compile(pattern, re.DOTALL)


_FORMATS = (
    BankFormat("ZIP archive or office document", _at_start(rb"PK\x03\x04|PK\x05\x06"), remedy=_UNPACK),
    BankFormat("gzip archive", _at_start(rb"\x1f\x8b"), remedy=_UNPACK),
    BankFormat("7-Zip, XZ, bzip2 or RAR archive", _at_start(rb"7z\xbc\xaf|\xfd7zXZ|BZh\d|Rar!"), remedy=_UNPACK),
    BankFormat("old Excel or Word document", _at_start(rb"\xd0\xcf\x11\xe0")),
    BankFormat("PDF", _at_start(rb"%PDF")),
    BankFormat(
        "OFX or QFX statement", _at_start(rb"OFXHEADER|(<\?[^<]{0,300}){1,3}<OFX|<OFX|(<\?xml[^<]{0,300})?<\?OFX")
    ),
    BankFormat("ISO 20022 XML", _at_start(rb"<|\x00<"), read=read_camt),
    BankFormat("MT942 intraday report", _at_start(rb".{0,3000}:20:.{0,900}:34F:")),
    BankFormat("MT940 statement", _at_start(rb".{0,3000}:20:.{0,600}:(25|28C?|60[FM]):")),
    BankFormat("BgMax file", _at_start(rb"01BGMAX ")),
    BankFormat("BAI2 report", _at_start(rb"01,[^\r\n]{0,80},")),
    BankFormat("NACHA (ACH) file", _at_start(rb"101 [\dN ][^\r\n]{80}")),
    BankFormat("Norma 43 statement", _at_start(rb"11\d{18}\d{12}[12]\d{14}")),
    BankFormat("X12 interchange", _at_start(rb"ISA[^A-Za-z0-9 ]")),
    BankFormat("EDIFACT interchange", _at_start(rb"UN[AB][^A-Za-z0-9]")),
    BankFormat(
        "table of separated columns (CSV)", _at_start(rb"[^\x00\r\n]*[,;\t|][^\x00\r\n]*[,;\t|]"), remedy=_BY_TABLE
    ),
)
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def find_format(content: bytes) -> BankFormat | None:
    """The format whose first bytes these are, None where none is known. Looks at the first 4096 bytes only."""
    head = content[:HEAD]
    for mark in _BYTE_ORDER_MARKS:
        head = head.removeprefix(mark)
    head = head.lstrip(b" \t\r\n")
    return next((each for each in _FORMATS if each.looks.match(head)), None)


def read_statements(content: bytes, source: str) -> StatementFile:
    """The statements of a bank file of any format that is read here; `source` names it in messages. Raises BadInput."""
    if not content.strip():
        raise BadInput([Problem(source, None, None, "the file is empty", "fetch the file again from the bank")])
    found = find_format(content)
    if found is None:
        raise BadInput([Problem(source, None, None, "no bank file format that is known here", _ASK_CAMT)])
    if found.read is None:
        raise BadInput(
            [Problem(source, None, None, f"this looks like a {found.name}, which is not read", found.remedy)]
        )
    return found.read(content, source)


def read_statement_file(path: Path) -> StatementFile:
    """As `read_statements`, from a file on disk; one that is too large is refused before it is opened.

    Raises BadInput, OSError.
    """
    size = path.stat().st_size
    if size > BYTES_MAX:
        what = f"the file has {size:,} bytes, more than the {BYTES_MAX:,} that are read at once"
        raise BadInput([Problem(path.name, None, None, what, "ask the bank for smaller files, such as one a day")])
    return read_statements(path.read_bytes(), path.name)
