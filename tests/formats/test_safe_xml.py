"""Hostile XML is refused at once, in little memory, and without a call to anybody; honest XML of every kind is read."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from o2c_ai.core.errors import BadInput
from o2c_ai.formats import safe_xml
from o2c_ai.formats.camt import read_camt
from o2c_ai.formats.safe_xml import STRETCH_MAX, outermost, stream_elements
from o2c_ai.formats.xml_node import TEXT_MAX, ElementRefused
from tests.formats.camt_samples import detail, document, entry, statement
from tests.formats.hostile_xml import HOSTILE

ROOT = Path(__file__).resolve().parents[2]


def names(content: bytes, *tags: str) -> list[str]:
    return [node.name for node in stream_elements(content, "bank.xml", tags)]


def texts(content: bytes, tag: str) -> list[str]:
    return [node.text() for node in stream_elements(content, "bank.xml", (tag,))]


def test_every_hostile_file_is_refused_quickly_in_little_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.formats.hostile_xml"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    results = [json.loads(line) for line in done.stdout.splitlines()]

    assert [name for name, *_ in results] == list(HOSTILE)
    assert [result for result in results if not result[1].startswith("refused: bank.xml")] == []
    assert [result for result in results if result[2] > 1.0] == []
    assert sum(grown_mb for *_, grown_mb in results) < 100


@pytest.mark.parametrize("name", [name for name in HOSTILE if "entity" in name or "DTD" in name])
def test_entities_and_definitions_leave_nothing_of_the_file_they_name(name: str) -> None:
    with pytest.raises(BadInput) as refused:
        names(HOSTILE[name](), "l")

    assert len(str(refused.value)) < 250


def test_no_address_in_a_file_is_ever_called() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        for content in (
            f'<!DOCTYPE a SYSTEM "{address}"><a/>',
            f'<!DOCTYPE a [<!ENTITY x SYSTEM "{address}">]><a>&x;</a>',
            f'<?xml-stylesheet href="{address}"?><a/>',
            f'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{address}"/></a>',
            f'<a xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:schemaLocation="u {address}"/>',
        ):
            with pytest.raises(BadInput):
                read_camt(content.encode(), "bank.xml")
        with pytest.raises(BlockingIOError):
            server.accept()


def test_an_include_brings_nothing_into_a_statement() -> None:
    include = '<Ustrd><include xmlns="http://www.w3.org/2001/XInclude" href="/etc/hostname" parse="text"/></Ustrd>'

    read = read_camt(document(statement(entry("1.00", detail(remittance=include)))), "bank.xml")

    assert read.statements[0].lines[0].narrative == ""


@pytest.mark.parametrize(
    "content",
    [
        '<?xml version="1.0"?><a><b>Größe €</b></a>'.encode(),
        "<a><b>Größe €</b></a>".encode("utf-8-sig"),
        '<?xml version="1.0" encoding="UTF-16"?><a><b>Größe €</b></a>'.encode("utf-16"),
        '<?xml version="1.0" encoding="UTF-16"?><a><b>Größe €</b></a>'.encode("utf-16-le"),
        '<?xml version="1.0" encoding="UTF-16"?><a><b>Größe €</b></a>'.encode("utf-16-be"),
        '<?xml version="1.0" encoding="windows-1252"?><a><b>Größe €</b></a>'.encode("cp1252"),
        "<?xml version='1.0' encoding='ISO-8859-15'?><a><b>Größe €</b></a>".encode("iso-8859-15"),
    ],
)
def test_the_encodings_that_banks_use_are_read(content: bytes) -> None:
    assert texts(content, "b") == ["Größe €"]


def test_what_stands_before_the_document_may_be_comments_and_instructions() -> None:
    assert texts(b'<?xml version="1.0"?>\n<!-- <!DOCTYPE x> -->\n<?note <!DOCTYPE x>?>\n<a>1</a>\n', "a") == ["1"]


def test_the_word_doctype_in_a_text_is_only_a_word() -> None:
    assert texts(b"<a><b><![CDATA[<!DOCTYPE x>]]> and more</b></a>", "b") == ["<!DOCTYPE x> and more"]


def test_elements_come_in_the_order_of_their_ends_and_under_any_namespace() -> None:
    content = b'<r xmlns="u" xmlns:v="v"><o><i>1</i><v:i>2</v:i></o><o/></r>'

    assert names(content, "i", "o") == ["i", "i", "o", "o"]


def test_the_tags_in_memory_are_limited_and_not_those_of_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_xml, "OPEN_TAGS_MAX", 50_000)
    many = 25_000

    assert len(names(b"<a>" + b"<b><c>1</c></b>" * many + b"</a>", "b")) == many
    with pytest.raises(BadInput, match="tags without the end of an element"):
        names(b"<a>" + b"<c>1</c>" * (many + 1) + b"<b/></a>", "b")
    with pytest.raises(BadInput, match="tags without the end of an element"):
        names(b"<a>" + b"<b/><c>1</c>" * many + b"</a>", "b")


def test_a_text_as_long_as_allowed_is_read_and_a_longer_one_refused() -> None:
    assert len(texts(b"<a>" + b"x" * TEXT_MAX + b"</a>", "a")[0]) == TEXT_MAX
    with pytest.raises(ElementRefused):
        texts(b"<a>" + b"x" * (TEXT_MAX + 1) + b"</a>", "a")
    with pytest.raises(BadInput, match="bytes without a tag"):
        texts(b"<a>" + b"x" * 2 * STRETCH_MAX + b"</a>", "a")


def test_a_mistake_in_the_markup_is_told_with_its_line() -> None:
    with pytest.raises(BadInput) as refused:
        names(b"<a>\n<b>\n</a>\n", "b")

    (problem,) = refused.value.problems
    assert problem.line == 3
    assert "Opening and ending tag mismatch" in problem.what


def test_utf_32_is_refused_by_its_name() -> None:
    with pytest.raises(BadInput, match="the character encoding UTF-32 is not read"):
        names("<a/>".encode("utf-32"), "a")


def test_an_undefined_entity_is_told_with_its_line() -> None:
    with pytest.raises(BadInput, match=r"bank\.xml:2: not well-formed XML \(Entity 'x' not defined\)"):
        names(b"<a>\n&x;</a>", "b")


def test_lines_are_counted_past_the_65535_of_old_parsers() -> None:
    content = b"<a>" + b"\n" * 70_000 + b"<b/></a>"

    assert [node.line for node in stream_elements(content, "bank.xml", ("b",))] == [70_001]


def test_the_outermost_element_is_named_with_its_namespace() -> None:
    assert outermost(b'<!-- x --><p:a xmlns:p="urn:u"><b/></p:a>', "bank.xml") == "a of urn:u"
    assert outermost(b"<only/>", "bank.xml") == "only"
    assert outermost(b"<!--" + b"x" * 20_000 + b"--><a/>", "bank.xml") == "document with a long beginning"


def test_a_node_finds_by_plain_names() -> None:
    found: list[object] = []
    for node in stream_elements(b'<r k=" v "><a><b>1</b></a><a><b>2</b><c/></a> </r>', "bank.xml", ("r",)):
        found += [node.text("a", "b"), node.text("a", "c"), node.text("x"), node.attribute("k"), node.attribute("n")]
        found += [[inner.text() for inner in node.children("a", "b")], [part.name for part in node.parts()]]
        found += [node.child("a", "x"), node.parent, node.around("q")]

    assert found == ["1", "", "", "v", "", ["1", "2"], ["a", "a"], None, None, None]


def test_a_node_knows_what_stands_around_it() -> None:
    around = [node.around("b", "a") for node in stream_elements(b"<a><b><c/></b><c/></a>", "bank.xml", ("c",))]

    assert [node.name if node else None for node in around] == ["a", None]
