"""Opens XML files from outside safely: nothing in a file can make us fetch, unpack or remember more than we allow.

Three guards stand before the parser: the size of the file, its character encoding (only those whose markup we can see)
and the document type definition, where every entity attack lives: bank files have none, so any is refused unread.
Behind them libxml2 stops at 256 levels of nesting and 10 MB of one text; network and external files are off. Elements
are handed over one by one and emptied at once; the tags still in memory are counted and limited.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from lxml import etree

from o2c_ai.core.errors import BadInput, Problem
from o2c_ai.formats.xml_node import Node

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element as Element

BYTES_MAX = 64 * 2**20
"""Largest file read, in bytes: some 90,000 bank entries."""
OPEN_TAGS_MAX = 500_000
"""Most tags in memory at once, which means inside one payment: some 20,000 documents it pays, about 60 MB."""
ATTRIBUTES_MAX = 500_000
"""Most equals signs in a file: an entry has two to six, one in each Ccy attribute."""
STRETCH_MAX = 2**17
"""Bytes in which at least one tag must begin: a tag with a million attributes would fill the memory by itself."""
PROLOG_MAX = 2**18
"""Most bytes of comments and instructions before the first element."""

_CHUNK = 2**16  # bytes given to the parser at once
_HEAD = 2**14  # bytes in which the outermost element is looked for, to name it
_AGAIN = "fetch the file again from the bank and leave it unedited"
_SPACE = re.compile(rb"[ \t\r\n]*")
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["']""")
# Encodings in which the bytes of ASCII mean ASCII, so that the guards see the same markup as the parser.
_READABLE = frozenset({"utf-8", "us-ascii", "ascii", "iso-8859-1", "latin1", "iso-8859-15", "windows-1252"})
_UTF_16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")
_UTF_32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"<\x00\x00\x00", b"\x00\x00\x00<")


def stream_elements(content: bytes, source: str, tags: tuple[str, ...]) -> Iterator[Node]:
    """Every finished element with one of the local names `tags`, in the order of the file, in any namespace.

    An element may be used only until the next one is asked for: it is emptied then.
    Raises BadInput for a file that is too large, not well-formed, or that carries what bank files never do. Where it
    raises midway, what was given before belongs to a broken file and must be thrown away.
    """
    encoding, content = _readable(content, source)
    _refuse_definitions(content, source)
    _refuse_crowds(content, source)
    parser = _parser(encoding, tags)
    try:
        yield from _fed(parser, content, source)
        parser.close()
    except etree.XMLSyntaxError as error:
        line, words = _mistake(error, parser)
        raise _refusal(source, line, f"not well-formed XML ({words})") from error


def _mistake(error: etree.XMLSyntaxError, parser: etree.XMLPullParser) -> tuple[int | None, str]:
    """Line and words of the first mistake; an error without a line has them only in the log of its parser."""
    if error.lineno:
        return error.lineno, str(error.msg).partition(", line ")[0].strip()
    logged = parser.feed_error_log.last_error
    return (None, str(error.msg)) if logged is None else (int(logged.line), str(logged.message).strip())


def _parser(encoding: str, tags: tuple[str, ...]) -> etree.XMLPullParser:
    return etree.XMLPullParser(
        events=("end",),
        tag=tuple(f"{{*}}{tag}" for tag in tags),
        encoding=encoding,  # what the guards looked at, whatever the file says further down
        resolve_entities=False,
        load_dtd=False,
        dtd_validation=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,  # "1<!-- -->00" is one text, for the parser and for us
        remove_pis=True,
        collect_ids=False,
    )


def _fed(parser: etree.XMLPullParser, content: bytes, source: str) -> Iterator[Node]:
    """Feed the parser by chunks and pass on what is finished, counting the tags that stay in memory."""
    held = 0
    for start in range(0, len(content), _CHUNK):
        chunk = content[start : start + _CHUNK]
        parser.feed(chunk)
        held += chunk.count(b"<")
        for _, finished in parser.read_events():
            element = cast("Element", finished)
            yield Node(element)
            held -= _forget(element)
        if held > OPEN_TAGS_MAX:
            line = content.count(b"\n", 0, start) + 1
            raise _refusal(source, line, f"more than {OPEN_TAGS_MAX:,} tags without the end of an element that is read")


def _forget(element: Element) -> int:
    """Empty a finished element and drop the emptied one before it; the parser still needs the element's own place.

    Gives the number of tags that leave the memory, never one too many: what is not counted here stays counted.
    """
    freed = sum(2 if len(node) or node.text else 1 for inner in element for node in inner.iter())
    del element[:]
    element.text = None
    before, parent = element.getprevious(), element.getparent()
    if before is not None and parent is not None and before.tag == element.tag:
        parent.remove(before)
        freed += 1
    return freed


def _readable(content: bytes, source: str) -> tuple[str, bytes]:
    """The encoding to parse with and the bytes without their byte order mark; UTF-16 is rewritten as UTF-8."""
    if len(content) > BYTES_MAX:
        what = f"the file has {len(content):,} bytes, more than the {BYTES_MAX:,} that are read at once"
        raise BadInput([Problem(source, None, None, what, "ask the bank for smaller files, such as one a day")])
    if content.startswith(_UTF_32):
        raise _wrong_encoding(source, "UTF-32")
    if content.startswith(_UTF_16):
        return "utf-8", _from_utf_16(content, source)
    content = content.removeprefix(b"\xef\xbb\xbf")
    declared = _DECLARED.match(content)
    name = declared.group(1).decode("ascii") if declared else "utf-8"
    if name.lower() not in _READABLE:
        raise _wrong_encoding(source, name)
    return name.lower(), content


def _from_utf_16(content: bytes, source: str) -> bytes:
    """UTF-16 as UTF-8, so that the guards can read it; the byte order is the mark's, else the first character's."""
    marked = content[:2] in {b"\xff\xfe", b"\xfe\xff"}
    by_order = "utf-16-be" if content.startswith(b"\x00") else "utf-16-le"
    try:
        return content.decode("utf-16" if marked else by_order).encode()
    except UnicodeError as error:
        raise _wrong_encoding(source, "UTF-16 (broken)") from error


def _refuse_definitions(content: bytes, source: str) -> None:
    """Look at what comes before the first element, the only legal place of a document type definition."""
    at = 0
    while at <= PROLOG_MAX:
        at = _end_of_space(content, at)
        if content.startswith(b"<?", at):
            at = _after(content, b"?>", at + 2)
        elif content.startswith(b"<!--", at):
            at = _after(content, b"-->", at + 4)
        elif content.startswith(b"<!", at):
            line = content.count(b"\n", 0, at) + 1
            raise _refusal(source, line, "a document type definition (DTD) or entity, which bank files never have")
        else:
            return
    raise _refusal(source, 1, f"more than {PROLOG_MAX:,} bytes before the first element")


def _refuse_crowds(content: bytes, source: str) -> None:
    """Look for what would cost far more memory than its bytes, before the parser meets it."""
    if content.count(b"=") > ATTRIBUTES_MAX:
        raise _refusal(source, None, f"more than {ATTRIBUTES_MAX:,} attributes")
    for start in range(0, len(content) - STRETCH_MAX, STRETCH_MAX):
        if content.find(b"<", start, start + STRETCH_MAX) < 0:
            line = content.count(b"\n", 0, start) + 1
            raise _refusal(source, line, f"{STRETCH_MAX:,} bytes without a tag")


def _end_of_space(content: bytes, at: int) -> int:
    found = _SPACE.match(content, at)
    return found.end() if found else at


def _after(content: bytes, mark: bytes, at: int) -> int:
    """Position behind the next `mark`, the end where there is none (the parser will say that it is missing)."""
    found = content.find(mark, at)
    return len(content) if found < 0 else found + len(mark)


def _refusal(source: str, line: int | None, what: str) -> BadInput:
    return BadInput([Problem(source, line, None, what, _AGAIN)])


def _wrong_encoding(source: str, name: str) -> BadInput:
    what = f"the character encoding {name} is not read"
    return BadInput([Problem(source, 1, None, what, "ask the bank for UTF-8, the encoding of ISO 20022")])


def outermost(content: bytes, source: str) -> str:
    """Name and namespace of the outermost element, for messages about a well-formed file of an unknown kind."""
    encoding, content = _readable(content, source)
    parser = etree.XMLPullParser(events=("start",), encoding=encoding, resolve_entities=False, no_network=True)
    parser.feed(content[:_HEAD])
    node = next((Node(cast("Element", started)) for _, started in parser.read_events()), None)
    if node is None:
        return "document with a long beginning"
    return f"{node.name} of {node.namespace}" if node.namespace else node.name
