"""Versions of the learners: plain files with their hashes, and who let which one serve since when."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
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
    """File → SHA-256 of its bytes."""
    serves: bool = False
    """Whether it was let serve, and not rolled back since."""


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


class SpoiltFile(Invalid):
    """A stored file is not what was registered."""

    def __init__(self, name: str, file: str) -> None:
        """Name the version and the file."""
        self.name, self.file = name, file
        super().__init__(f"{file} of version {name} was changed since it was registered: train again")


class Registry:
    """The versions of one learner of one company, in a folder of their own."""

    def __init__(self, folder: Path, company: str, learner: str) -> None:
        """Open the versions; nothing is made before the first is saved."""
        self.learner = learner
        self._folder = folder / "models" / quote(company, safe="") / learner
        self._index = self._folder / "versions.json"

    def versions(self) -> list[Version]:
        """All versions, oldest first."""
        if not self._index.exists():
            return []
        stored = json.loads(self._index.read_text("utf-8"))
        return [Version(**{**row, "as_of": date.fromisoformat(row["as_of"])}) for row in stored]

    def get(self, name: str) -> Version:
        """One version. Raises UnknownVersion."""
        for version in self.versions():
            if version.name == name:
                return version
        raise UnknownVersion(name)

    def serving(self, as_of: date) -> Version | None:
        """The newest version let serve that was trained on nothing later than the day; None where the rules serve."""
        able = [version for version in self.versions() if version.serves and version.as_of <= as_of]
        return able[-1] if able else None

    def save(self, *, as_of: date, trained_by: str, facts: dict[str, object], files: Mapping[str, bytes]) -> Version:
        """Register a version; it does not serve yet."""
        known = self.versions()
        name = f"{as_of.isoformat()}.{1 + sum(version.as_of == as_of for version in known)}"
        place = self._folder / name
        place.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            (place / file).write_bytes(content)
        hashes = {file: hashlib.sha256(content).hexdigest() for file, content in sorted(files.items())}
        version = Version(name, as_of, trained_by, facts, hashes)
        self._write([*known, version])
        return version

    def load(self, version: Version) -> dict[str, bytes]:
        """The files of a version. Raises SpoiltFile for one that is not what was registered."""
        found = {}
        for file, wanted in version.hashes.items():
            path = self._folder / version.name / file
            content = path.read_bytes() if path.exists() else b""
            if hashlib.sha256(content).hexdigest() != wanted:
                raise SpoiltFile(version.name, file)
            found[file] = content
        return found

    def promote(self, name: str, *, by: str, first: bool = False) -> Version:
        """Let a version serve. Raises UnknownVersion, and OwnVersion for its trainer unless it is the first."""
        version = self.get(name)
        if version.trained_by == by and not first:
            raise OwnVersion(name, by)
        self._write([replace(one, serves=one.serves or one.name == name) for one in self.versions()])
        return replace(version, serves=True)

    def roll_back(self) -> Version:
        """Withdraw the newest version that serves; gives it. Raises NothingBefore."""
        able = [version for version in self.versions() if version.serves]
        if not able:
            raise NothingBefore(self.learner)
        self._write([replace(one, serves=one.serves and one.name != able[-1].name) for one in self.versions()])
        return able[-1]

    def _write(self, versions: list[Version]) -> None:
        """Write the list whole or not at all."""
        rows = [{**asdict(version), "as_of": version.as_of.isoformat()} for version in versions]
        draft = self._index.with_suffix(".part")
        draft.write_text(json.dumps(rows, indent=1, sort_keys=True) + "\n", "utf-8")
        draft.replace(self._index)
