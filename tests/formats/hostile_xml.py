"""XML files made to harm a reader, and a way to measure what reading them costs in a process of its own."""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import TYPE_CHECKING

from o2c_ai.core.errors import BadInput
from o2c_ai.formats.detect import read_statements

if TYPE_CHECKING:
    from collections.abc import Callable

_OPEN = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt>'
_KEPT = 2_000_000


def _entity_bomb() -> bytes:
    levels = b"".join(b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 12))
    return b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a0 "lol">' + levels + b"]><l>&a11;</l>"


def _quadratic_bomb() -> bytes:
    return b'<!DOCTYPE l [<!ENTITY a "' + b"x" * 100_000 + b'">]><l>' + b"&a;" * 100_000 + b"</l>"


HOSTILE: dict[str, Callable[[], bytes]] = {
    "entity bomb": _entity_bomb,
    "quadratic entity bomb": _quadratic_bomb,
    "entity bomb in UTF-16": lambda: _entity_bomb().decode().encode("utf-16"),
    "external entity": lambda: b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/hostname">]><l>&x;</l>',
    "external DTD": lambda: b'\xef\xbb\xbf <!-- a --><!DOCTYPE l SYSTEM "file:///etc/hostname"><l/>',
    "parameter entity": lambda: b'<!DOCTYPE l [<!ENTITY % x SYSTEM "file:///etc/hostname"> %x;]><l/>',
    "undefined entity": lambda: _OPEN + b"<Id>&nothing;</Id></Stmt></BkToCstmrStmt></Document>",
    "depth 100,000": lambda: b"<a>" * 100_000,
    "depth 100,000 closed": lambda: b"<a>" * 100_000 + b"</a>" * 100_000,
    "tags without end": lambda: b"<a>" + b"<b/>" * _KEPT,
    "tags inside an entry": lambda: _OPEN + b"<Ntry>" + b"<b/>" * _KEPT,
    "attributes without end": lambda: b"<a " + b" ".join(b'a%d="1"' % number for number in range(_KEPT)) + b"/>",
    "namespaces without end": lambda: b"<a " + b" ".join(b'xmlns:a%d="u"' % number for number in range(90_000)) + b"/>",
    "one endless text": lambda: b"<a>" + b"x" * 10_000_000,
    "comments before the document": lambda: b"<!---->" * _KEPT + b"<a/>",
    "a file too large": lambda: b"<a/>" + b" " * 70_000_000,
    "latin bytes called UTF-8": lambda: '<?xml version="1.0" encoding="UTF-8"?><a>Müller</a>'.encode("latin-1"),
    "an encoding that hides markup": lambda: b'<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE a+AD4-<a/>',
    "an unknown encoding": lambda: b'<?xml version="1.0" encoding="x-bank"?><a/>',
    "UTF-32": lambda: "<a/>".encode("utf-32"),
    "broken UTF-16": lambda: b"\xff\xfe<\x00a\x00\x00\xd8",
    "bytes called UTF-16": lambda: b'<?xml version="1.0" encoding="UTF-16"?><a/>',
    "a null byte": lambda: b"<a>\x00</a>",
}


def measure(names: list[str]) -> None:
    """Print for each name what became of the file, the seconds of work and the MB of memory that reading it took."""
    for name in names:
        content = HOSTILE[name]()
        before, started = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        try:
            read_statements(content, "bank.xml")
            outcome = "read"
        except BadInput as error:
            outcome = f"refused: {error}"
        seconds = time.process_time() - started
        grown_mb = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        print(json.dumps([name, outcome, seconds, grown_mb]))  # noqa: T201 - read by the test that started us


if __name__ == "__main__":
    measure(sys.argv[1:] or list(HOSTILE))
