"""Tables are written whole or not at all, and strangers' text in them starts no formula."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from o2c_ai.formats.outputs import probability, safe_text, whole_file, write_table

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def test_a_table_is_written_with_its_header_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "table.csv"

    count = write_table(path, ("name", "amount"), [("a, b", 1), ('"quoted"', "")])

    assert count == 2
    assert path.read_bytes() == b'name,amount\n"a, b",1\n"""quoted""",\n'


def test_a_table_that_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("old", "utf-8")

    def rows() -> Iterator[tuple[str]]:
        yield ("first",)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_table(path, ("name",), rows())

    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_appears_when_it_is_complete(tmp_path: Path) -> None:
    path = tmp_path / "file"

    with whole_file(path) as draft:
        draft.write_text("done", "utf-8")
        assert not path.exists()

    assert (path.read_text("utf-8"), draft.exists()) == ("done", False)


@pytest.mark.parametrize("text", ["=1+1", "+49 30", "-2", "@cmd", "\t=1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_is_marked_as_text(text: str) -> None:
    assert safe_text(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "plain", "a=b", "'quoted"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert safe_text(text) == text


@pytest.mark.parametrize(
    ("ppm", "shown"), [(0, "0.000000"), (1, "0.000001"), (997_000, "0.997000"), (1_000_000, "1.000000")]
)
def test_millionths_are_shown_exactly(ppm: int, shown: str) -> None:
    assert probability(ppm) == shown
