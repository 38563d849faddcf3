"""Versions of a learner: kept with their hashes, let serve by another person, rolled back in one step."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from o2c_ai.models.registry import NothingBefore, OwnVersion, Registry, SpoiltFile, UnknownVersion

MAY, JUNE = date(2025, 5, 31), date(2025, 6, 30)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """No version yet."""
    return Registry(tmp_path, "main", "remittance-matching")


def save(registry: Registry, as_of: date = MAY, by: str = "ana") -> str:
    return registry.save(as_of=as_of, trained_by=by, facts={"right": 9}, files={"judge.txt": b"trees"}).name


def test_nothing_is_registered_at_first(registry: Registry) -> None:
    assert (registry.versions(), registry.serving(JUNE)) == ([], None)
    with pytest.raises(UnknownVersion, match="no version 'x'"):
        registry.get("x")
    with pytest.raises(NothingBefore, match="served by the rules"):
        registry.roll_back()


def test_a_version_keeps_its_files_and_facts_and_does_not_serve_by_itself(registry: Registry) -> None:
    name = save(registry)

    version = registry.get(name)
    assert (version.as_of, version.trained_by, version.facts, version.serves) == (MAY, "ana", {"right": 9}, False)
    assert registry.load(version) == {"judge.txt": b"trees"}
    assert registry.serving(JUNE) is None


def test_versions_of_one_day_get_their_own_names(registry: Registry) -> None:
    assert [save(registry), save(registry), save(registry, JUNE)] == ["2025-05-31.1", "2025-05-31.2", "2025-06-30.1"]


def test_the_newest_promoted_version_serves_that_knew_nothing_later(registry: Registry) -> None:
    may, june = save(registry), save(registry, JUNE)
    registry.promote(may, by="ben")
    registry.promote(june, by="ben")

    served = [registry.serving(day) for day in (date(2025, 5, 30), MAY, date(2025, 6, 29), JUNE)]

    assert [version and version.name for version in served] == [None, may, may, june]


def test_nobody_promotes_their_own_version_but_the_first(registry: Registry) -> None:
    name = save(registry)
    with pytest.raises(OwnVersion, match="another person"):
        registry.promote(name, by="ana")
    assert registry.serving(JUNE) is None

    assert registry.promote(name, by="ana", first=True).serves


def test_rolling_back_lets_the_version_before_serve_again(registry: Registry) -> None:
    may, june = save(registry), save(registry, JUNE)
    registry.promote(may, by="ben")
    registry.promote(june, by="ben")

    assert registry.roll_back().name == june
    serving = registry.serving(JUNE)
    assert serving is not None
    assert serving.name == may


@pytest.mark.parametrize("spoil", [lambda path: path.write_bytes(b"other trees"), Path.unlink])
def test_a_file_that_was_changed_or_lost_is_not_read(registry: Registry, tmp_path: Path, spoil: object) -> None:
    version = registry.get(save(registry))
    (path,) = tmp_path.rglob("judge.txt")
    spoil(path)  # type: ignore[operator]

    with pytest.raises(SpoiltFile, match="train again"):
        registry.load(version)


def test_companies_and_learners_do_not_see_each_others_versions(tmp_path: Path, registry: Registry) -> None:
    save(registry)

    assert Registry(tmp_path, "other", "remittance-matching").versions() == []
    assert Registry(tmp_path, "main", "payment-timing").versions() == []


def test_a_company_code_stays_inside_the_folder(tmp_path: Path) -> None:
    save(Registry(tmp_path / "data", "../../outside", "remittance-matching"))

    assert {path.name for path in tmp_path.iterdir()} == {"data"}
