"""The lock files hold what the project declares, without addresses, and the Makefile explains every target."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("requirements.lock", "requirements-dev.lock", "scripts/bootstrap.lock")


def pinned(lock: str) -> dict[str, set[str]]:
    """The versions a lock file names for each package: more than one where they depend on the platform."""
    versions: dict[str, set[str]] = {}
    for line in (ROOT / lock).read_text("utf-8").splitlines():
        if match := re.match(r"([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)", line):
            versions.setdefault(canonicalize_name(match[1]), set()).add(match[2])
    return versions


def declared(*, extras: bool) -> list[Requirement]:
    """What pyproject.toml asks for, with or without its extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    lines = list(project["dependencies"])
    if extras:
        lines += [line for extra in project["optional-dependencies"].values() for line in extra]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize(("lock", "extras"), [("requirements.lock", False), ("requirements-dev.lock", True)])
def test_a_lock_pins_every_declared_dependency_to_an_allowed_version(lock: str, extras: bool) -> None:
    versions = pinned(lock)
    amiss = [
        str(wanted)
        for wanted in declared(extras=extras)
        if not all(version in wanted.specifier for version in versions.get(canonicalize_name(wanted.name), {""}))
    ]

    assert not amiss, f"run `make lock`: {amiss}"


def test_the_locks_agree_on_every_version() -> None:
    everything = pinned("requirements-dev.lock")

    for lock in ("requirements.lock", "scripts/bootstrap.lock"):
        assert {name: everything.get(name) for name in pinned(lock)} == pinned(lock)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / lock).read_text("utf-8")

    assert text.count("--hash=sha256:") >= len(pinned(lock)) > 0
    assert "://" not in text


def test_make_explains_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    explained = re.findall(r"^([a-z-]+):.*## \w", makefile, flags=re.MULTILINE)
    phony = re.search(r"^\.PHONY: (.+)$", makefile, flags=re.MULTILINE)

    assert phony is not None
    assert sorted(explained) == sorted(phony[1].split())
