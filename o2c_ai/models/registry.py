"""Versions of the learners: plain files with their hashes, and who let which one serve since when."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import quote

from o2c_ai.core.errors import Conflict, Forbidden, Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Version:
    """A registered version of a learner."""

    name: str
    as_of: date
    """The evening whose knowledge it was trained on."""
    trained_by: str
    facts: dict[str, object]
    """What was measured, of it and of the rules it has to beat."""
    hashes: dict[str, str]
    """File it serves from → SHA-256 of its bytes."""
    papers: dict[str, str] = field(default_factory=dict)
    """File that tells about it (card, chart, what it saw) → SHA-256; a spoilt one does not keep it from serving."""
    code: str = ""
    """Release and digest of the code that trained it."""
    serves: bool = False
    """Whether it was let serve, and not rolled back since."""
    promoted_by: str = ""
    """Who let it serve; empty while nobody did."""
    serves_since: date | None = None
    rolled_back_on: date | None = None
    comparison: dict[str, Any] = field(default_factory=dict)
    """What it was compared with when it was let serve, and both figures."""
    drift: dict[str, Any] = field(default_factory=dict)
    """The last look at drift: as_of, what was found, the limits it was held against, and why to train again."""


class UnknownVersion(NotFound):
    """No such version of a learner is registered."""

    def __init__(self, name: str) -> None:
        """Name the version."""
        self.name = name
        super().__init__(f"no version {name!r} is registered; --model rules asks for the rules")


class OwnVersion(Forbidden):
    """Nobody lets their own version replace one that serves."""

    def __init__(self, name: str, user: str) -> None:
        """Name the version and its trainer."""
        self.name, self.user = name, user
        super().__init__(f"{user} trained version {name}: another person promotes it")


class NothingBefore(Conflict):
    """There is no version to roll back from."""

    def __init__(self, learner: str) -> None:
        """Name the learner."""
        self.learner = learner
        super().__init__(f"{learner} is served by the rules: there is no version to go back to")


class SpoiltList(Invalid):
    """The list of versions cannot be read."""

    def __init__(self, learner: str) -> None:
        """Name the learner."""
        self.learner = learner
        super().__init__(
            f"the list of versions of {learner} (versions.json) cannot be read: restore it, or train again"
        )


class SpoiltFile(Invalid):
    """A stored file is not what was registered."""

    def __init__(self, name: str, file: str) -> None:
        """Name the version and the file."""
        self.name, self.file = name, file
        super().__init__(f"{file} of version {name} was changed since it was registered: train again")


class Registry:
    """The versions of one learner of one company, in a folder of their own."""

    def __init__(self, folder: Path, company: str, learner: str) -> None:
        """Open the versions; nothing is made before something is to be kept."""
        self.learner, self.company = learner, company
        self._folder = folder / "models" / quote(company, safe="") / learner
        self._index = self._folder / "versions.json"

    def versions(self) -> list[Version]:
        """All versions, oldest first, as they are at this moment. Raises SpoiltList."""
        if not self._index.exists():
            return []
        try:
            return [_version(row) for row in json.loads(self._index.read_text("utf-8"))]
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise SpoiltList(self.learner) from error

    def get(self, name: str) -> Version:
        """One version. Raises UnknownVersion."""
        return _named(self.versions(), name)

    def serving(self, as_of: date) -> Version | None:
        """The newest version let serve that was trained on nothing later than the day; None where the rules serve."""
        able = [version for version in self.versions() if version.serves and version.as_of <= as_of]
        return able[-1] if able else None

    def champion(self) -> Version | None:
        """The newest version that serves; None where the rules do."""
        return self.serving(date.max)

    def challenger(self) -> Version | None:
        """The newest version, unless somebody let it serve already."""
        newest = self.versions()[-1:]
        return newest[0] if newest and not newest[0].promoted_by else None

    def save(
        self, *, as_of: date, trained_by: str, facts: dict[str, object], files: Mapping[str, bytes], code: str = ""
    ) -> Version:
        """Register a version; it does not serve yet. Raises SpoiltList."""
        with self._changing() as versions:
            name = f"{as_of.isoformat()}.{1 + sum(version.as_of == as_of for version in versions)}"
            version = Version(name, as_of, trained_by, facts, self._keep(name, files), code=code)
            versions.append(version)
        return version

    def find_same(self, *, as_of: date, trained_by: str, files: Mapping[str, bytes], code: str) -> Version | None:
        """The newest version that somebody trained on that day with that code to just these files; None without one."""
        wanted = (as_of, trained_by, code, _hashes(files))
        same = [one for one in self.versions() if (one.as_of, one.trained_by, one.code, one.hashes) == wanted]
        return same[-1] if same else None

    def load(self, version: Version) -> dict[str, bytes]:
        """The files a version serves from. Raises SpoiltFile for one that is not what was registered."""
        return {file: self._read(version.name, file, wanted) for file, wanted in version.hashes.items()}

    def papers(self, version: Version) -> dict[str, bytes]:
        """The files that tell about a version. Raises SpoiltFile for one that is not what was registered."""
        return {file: self._read(version.name, file, wanted) for file, wanted in version.papers.items()}

    def tell(self, name: str, papers: Mapping[str, bytes]) -> Version:
        """Keep files that tell about a version, in the place of older ones of the same names. Raises UnknownVersion."""
        with self._changing() as versions:
            version = _named(versions, name)
            return _change(versions, version, papers=version.papers | self._keep(name, papers))

    def begin(self, name: str, *, by: str, on: date) -> bool:
        """Let a version serve if none was ever let serve before it, which its trainer may; gives whether it does.

        Asked again because the first time was cut off, it gives the same. Raises UnknownVersion.
        """
        with self._changing() as versions:
            version = _named(versions, name)
            begun = version.serves and version.promoted_by == by
            if not begun and any(one.promoted_by for one in versions):
                return False
            _change(versions, version, serves=True, promoted_by=by, serves_since=version.serves_since or on)
        return True

    def promote(self, name: str, *, by: str, on: date, comparison: dict[str, object] | None = None) -> Version:
        """Let a version serve. Raises UnknownVersion, and OwnVersion for its trainer."""
        with self._changing() as versions:
            version = _named(versions, name)
            if version.trained_by == by:
                raise OwnVersion(name, by)
            told: dict[str, Any] = {"promoted_by": by, "serves_since": on, "comparison": comparison or {}}
            return _change(versions, version, serves=True, rolled_back_on=None, **told)

    def roll_back(self, *, on: date) -> Version:
        """Withdraw the newest version that serves; gives it. Raises NothingBefore."""
        with self._changing() as versions:
            able = [version for version in versions if version.serves]
            if not able:
                raise NothingBefore(self.learner)
            return _change(versions, able[-1], serves=False, rolled_back_on=on)

    def note_drift(self, name: str, drift: dict[str, object]) -> Version:
        """Keep the last look at a version's drift. Raises UnknownVersion."""
        with self._changing() as versions:
            return _change(versions, _named(versions, name), drift=drift)

    def _keep(self, name: str, files: Mapping[str, bytes]) -> dict[str, str]:
        place = self._folder / name
        place.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (place / file).write_bytes(content)
        return _hashes(files)

    def _read(self, name: str, file: str, wanted: str) -> bytes:
        path = self._folder / name / file
        content = path.read_bytes() if path.is_file() else b""
        if hashlib.sha256(content).hexdigest() != wanted:
            raise SpoiltFile(name, file)
        return content

    @contextmanager
    def _changing(self) -> Iterator[list[Version]]:
        """The list to be changed in place, by one thread of one program at a time; kept where the block ends well."""
        self._folder.mkdir(parents=True, exist_ok=True)
        with self._index.with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # let go of when the file is closed, also by a program that dies
            versions = self.versions()
            yield versions
            self._write(versions)

    def _write(self, versions: list[Version]) -> None:
        """Write the list whole or not at all."""
        rows = [asdict(version) for version in versions]
        draft = self._index.with_suffix(".part")
        draft.write_text(json.dumps(rows, indent=1, sort_keys=True, default=date.isoformat) + "\n", "utf-8")
        draft.replace(self._index)


def _named(versions: list[Version], name: str) -> Version:
    for version in versions:
        if version.name == name:
            return version
    raise UnknownVersion(name)


def _change(versions: list[Version], version: Version, **changes: Any) -> Version:  # noqa: ANN401 - fields of a version
    changed = replace(version, **changes)
    versions[versions.index(version)] = changed
    return changed


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {file: hashlib.sha256(content).hexdigest() for file, content in sorted(files.items())}


def _version(row: dict[str, Any]) -> Version:
    days = {
        name: date.fromisoformat(row[name]) for name in ("as_of", "serves_since", "rolled_back_on") if row.get(name)
    }
    return Version(**{**row, **days})
