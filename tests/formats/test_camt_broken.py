"""Cut, altered and random files are read right or refused whole: never a crash, never a part."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from o2c_ai.core.errors import BadInput
from o2c_ai.formats.camt import read_camt
from o2c_ai.formats.detect import read_statements
from o2c_ai.formats.statement_file import StatementFile
from tests.formats.camt_samples import account_of, detail, document, entry, parties, statement

_REMITTANCE = "<Ustrd>Größe</Ustrd><Strd><RfrdDocInf><Nb>R-1</Nb></RfrdDocInf></Strd>"
_CHARGE = '<Chrgs><Rcrd><Amt Ccy="EUR">0.10</Amt></Rcrd></Chrgs>'
SAMPLE = document(
    statement(
        entry(
            "3.00",
            detail(amount="1.00", debtor="A", remittance=_REMITTANCE, end_to_end="E1"),
            detail(
                amount="2.00", extra=_CHARGE + parties(debtor="B", inner=account_of("Dbtr", "DE89370400440532013000"))
            ),
            extra="<ValDt><DtTm>2025-04-01T10:00:00</DtTm></ValDt><AcctSvcrRef>REF</AcctSvcrRef>",
        ),
        entry("1.00", direction="DBIT", extra="<RvslInd>true</RvslInd>"),
        opening="10.00",
        closing="12.00",
    )
)
WHOLE = read_camt(SAMPLE, "bank.xml")


def outcome(content: bytes) -> StatementFile | None:
    """What was read; None where the file was refused."""
    try:
        return read_statements(content, "bank.xml")
    except BadInput:
        return None


def test_a_refusal_names_the_file_and_what_to_do() -> None:
    for length in range(0, len(SAMPLE) - 2, 50):
        with pytest.raises(BadInput) as refused:
            read_statements(SAMPLE[:length], "bank.xml")
        assert [problem.source for problem in refused.value.problems] == ["bank.xml"]
        assert refused.value.problems[0].remedy


def test_a_file_cut_at_any_byte_is_read_right_or_refused() -> None:
    end = len(SAMPLE.rstrip())

    outcomes = [outcome(SAMPLE[:length]) for length in range(len(SAMPLE) + 1)]

    assert outcomes[:end] == [None] * end
    assert outcomes[end:] == [WHOLE] * (len(SAMPLE) + 1 - end)


def test_a_file_cut_in_utf_16_is_read_right_or_refused() -> None:
    wide = SAMPLE.decode().replace("UTF-8", "UTF-16").encode("utf-16")

    outcomes = [outcome(wide[:length]) for length in range(0, len(wide) - 2, 7)]

    assert outcomes == [None] * len(outcomes)
    assert outcome(wide) == WHOLE


def test_a_file_that_lost_its_beginning_is_refused() -> None:
    outcomes = [outcome(SAMPLE[start:]) for start in range(SAMPLE.index(b"<Document") + 1, len(SAMPLE), 3)]

    assert outcomes == [None] * len(outcomes)


@given(st.integers(0, len(SAMPLE) - 1), st.integers(0, 255))
@example(SAMPLE.index(b">3.00") + 1, ord("4"))
@example(SAMPLE.index(b"CRDT"), 0)
def test_one_wrong_byte_never_changes_the_money(at: int, byte: int) -> None:
    read = outcome(SAMPLE[:at] + bytes([byte]) + SAMPLE[at + 1 :])

    if read is not None:
        assert sum(line.amount.minor for line in read.statements[0].lines) == 200


@given(st.lists(st.tuples(st.integers(0, len(SAMPLE)), st.integers(0, 40), st.binary(max_size=8)), max_size=4))
def test_a_file_with_pieces_cut_out_or_put_in_never_crashes(cuts: list[tuple[int, int, bytes]]) -> None:
    content = SAMPLE
    for at, length, piece in cuts:
        content = content[:at] + piece + content[at + length :]

    read = outcome(content)

    if read is not None and read.statements[0].opening and read.statements[0].closing:
        moved = sum(line.amount.minor for line in read.statements[0].lines)
        assert read.statements[0].opening.minor + moved == read.statements[0].closing.minor


_WORDS = ["Stmt", "Ntry", "Bal", "Acct", "Id", "IBAN", "Amt", "CdtDbtInd", "Sts", "NtryDtls", "TxDtls", "Dt", "BookgDt"]
_TEXTS = st.sampled_from(["", "CRDT", "DBIT", "BOOK", "1.00", "-1", "2025-01-01", "EUR", "OPBD", "DE02", "Ü"])


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    name = draw(st.sampled_from(_WORDS))
    inner = draw(st.lists(elements(depth=depth - 1), max_size=3)) if depth else []
    return f'<{name} Ccy="EUR">{draw(_TEXTS)}{"".join(inner)}</{name}>'


@given(st.lists(elements(), max_size=5))
def test_known_words_in_any_disorder_never_crash(pieces: list[str]) -> None:
    read = outcome(document(f"<Stmt><Id>1</Id><Acct><Id><IBAN>X</IBAN></Id></Acct>{''.join(pieces)}</Stmt>"))

    assert read is None or read.statements


@given(st.binary(max_size=300))
@example(b"")
@example(b"<")
@example(b"\xff\xfe")
@example(b"\x00<")
@example(b"<?xml")
@example(b"<!--")
def test_random_bytes_are_refused(content: bytes) -> None:
    assert outcome(content) is None
