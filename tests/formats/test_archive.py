"""Archives of known files are unpacked, and only what is wrong with the archive is laid on the archive."""

from __future__ import annotations

import errno
import io
import zipfile
from pathlib import Path

import pytest

from o2c_ai.core.errors import BadInput
from o2c_ai.formats.archive import unpack

NAMES = {"invoices.csv"}


def packed(text: str = "number\n") -> io.BytesIO:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("ours/invoices.csv", text)
    return content


def test_a_member_of_a_known_name_is_written(tmp_path: Path) -> None:
    unpack(packed(), tmp_path, source="a.zip", names=NAMES, bytes_max=100)

    assert (tmp_path / "invoices.csv").read_text() == "number\n"


def test_a_spoilt_archive_is_refused(tmp_path: Path) -> None:
    spoilt = bytearray(packed("number\n" * 1000).getvalue())
    spoilt[45:50] = b"\xff" * 5

    with pytest.raises(BadInput, match="no zip archive that can be read"):
        unpack(io.BytesIO(bytes(spoilt)), tmp_path, source="a.zip", names=NAMES, bytes_max=10_000)


def test_a_full_disk_is_not_laid_on_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", full)

    with pytest.raises(OSError, match="No space left"):
        unpack(packed(), tmp_path, source="a.zip", names=NAMES, bytes_max=100)
