"""Unpacks a zip archive of known files, refusing what is packed to do harm before any of it is written."""

from __future__ import annotations

import zipfile
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from o2c_ai.core.errors import BadInput, Problem

if TYPE_CHECKING:
    from collections.abc import Container, Iterator
    from pathlib import Path

MEMBERS_MAX = 100
_CHUNK = 2**16


def unpack(archive: IO[bytes], folder: Path, *, source: str, names: Container[str], bytes_max: int) -> None:
    """Write the members of these names into a folder; a member's own folders are left out.

    Raises BadInput, and OSError where the folder cannot be written to.

    Refused are more than `bytes_max` bytes together, whatever the archive says of their size, encrypted members, two
    members of one name, and what is no zip archive.
    """
    with _readable(source):
        opened = zipfile.ZipFile(archive)
    with opened:
        for name, member in _wanted(opened, source, names, bytes_max).items():
            bytes_max -= _write(opened, member, folder / name, bytes_max, source)


@contextmanager
def _readable(source: str) -> Iterator[None]:
    """Whatever goes wrong in reading is the archive's fault; in writing, say on a full disk, it is not."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise _refused(source, "is no zip archive that can be read") from error


def _wanted(opened: zipfile.ZipFile, source: str, names: Container[str], bytes_max: int) -> dict[str, zipfile.ZipInfo]:
    members = [member for member in opened.infolist() if not member.is_dir()]
    if len(members) > MEMBERS_MAX:
        raise _refused(source, f"holds more than {MEMBERS_MAX} files")
    found: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        # Only the last part counts, and only where it is a name we know: no member says where it is written.
        name = member.filename.replace("\\", "/").rsplit("/", 1)[-1]
        if name in names and name in found:
            raise _refused(source, f"holds {name} twice")
        if name in names:
            found[name] = member
    if sum(member.file_size for member in found.values()) > bytes_max:
        raise _refused(source, f"unpacks to more than {bytes_max:,} bytes")
    return found


def _write(opened: zipfile.ZipFile, member: zipfile.ZipInfo, place: Path, bytes_max: int, source: str) -> int:
    size = 0
    with _readable(source):
        packed = opened.open(member)
    with packed, place.open("wb") as file:
        while chunk := _read(packed, source):
            size += len(chunk)
            if size > bytes_max:
                raise _refused(source, f"unpacks to more than {bytes_max:,} bytes")
            file.write(chunk)
    return size


def _read(packed: IO[bytes], source: str) -> bytes:
    with _readable(source):
        return packed.read(_CHUNK)


def _refused(source: str, what: str) -> BadInput:
    return BadInput([Problem(source, None, None, what, "hand in a zip archive of the exchange folder's files")])
