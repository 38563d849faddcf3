"""Versions of a learner: kept with their hashes, let serve by another person, rolled back in one step."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from o2c_ai.models.registry import NothingBefore, OwnVersion, Registry, SpoiltFile, SpoiltList, UnknownVersion

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
        registry.roll_back(on=JUNE)


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
    registry.promote(may, by="ben", on=JUNE)
    registry.promote(june, by="ben", on=JUNE)

    served = [registry.serving(day) for day in (date(2025, 5, 30), MAY, date(2025, 6, 29), JUNE)]

    assert [version and version.name for version in served] == [None, may, may, june]


def test_nobody_promotes_their_own_version(registry: Registry) -> None:
    name = save(registry)

    with pytest.raises(OwnVersion, match="another person"):
        registry.promote(name, by="ana", on=JUNE)

    assert registry.serving(JUNE) is None


def test_the_first_version_begins_whoever_trained_it_and_none_after_it(registry: Registry) -> None:
    first, second = save(registry), save(registry, JUNE)

    begun = [registry.begin(name, by="ana", on=JUNE) for name in (first, first, second)]

    assert begun == [True, True, False]
    assert names(registry) == (first, second)


@pytest.mark.parametrize("trainer", ["ana", "ben"])
def test_a_version_that_was_rolled_back_does_not_begin_again(registry: Registry, trainer: str) -> None:
    name = save(registry, by=trainer)
    registry.begin(name, by=trainer, on=JUNE)
    registry.roll_back(on=JUNE)

    assert not registry.begin(name, by="ana", on=JUNE)
    assert not registry.begin(save(registry, JUNE), by="ana", on=JUNE)
    assert registry.champion() is None


def test_rolling_back_lets_the_version_before_serve_again(registry: Registry) -> None:
    may, june = save(registry), save(registry, JUNE)
    registry.promote(may, by="ben", on=JUNE)
    registry.promote(june, by="ben", on=JUNE)

    assert registry.roll_back(on=JUNE).name == june
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


def test_the_champion_serves_and_the_newest_nobody_let_serve_is_the_challenger(registry: Registry) -> None:
    assert (registry.champion(), registry.challenger()) == (None, None)
    may, june = save(registry), save(registry, JUNE)
    registry.promote(may, by="ben", on=JUNE)

    assert names(registry) == (may, june)
    registry.promote(june, by="ben", on=JUNE)
    assert names(registry) == (june, None)
    registry.roll_back(on=JUNE)
    assert names(registry) == (may, None)


def names(registry: Registry) -> tuple[str | None, str | None]:
    """Champion and challenger."""
    champion, challenger = registry.champion(), registry.challenger()
    return None if champion is None else champion.name, None if challenger is None else challenger.name


def test_a_version_keeps_who_let_it_serve_beside_what_and_when_it_was_rolled_back(registry: Registry) -> None:
    name = save(registry)
    registry.promote(name, by="ben", on=JUNE, comparison={"items": 9})

    served = registry.get(name)
    assert (served.promoted_by, served.serves_since, served.comparison) == ("ben", JUNE, {"items": 9})
    assert registry.roll_back(on=JUNE).rolled_back_on == JUNE
    assert (registry.get(name).serves, registry.get(name).rolled_back_on) == (False, JUNE)


def test_papers_about_a_version_are_written_anew_and_a_spoilt_one_does_not_keep_it_from_serving(
    registry: Registry, tmp_path: Path
) -> None:
    name = save(registry)
    registry.tell(name, {"card.md": b"one", "seen.json": b"{}"})
    registry.tell(name, {"card.md": b"two"})
    assert registry.papers(registry.get(name)) == {"card.md": b"two", "seen.json": b"{}"}

    next(tmp_path.rglob("card.md")).write_bytes(b"three")
    with pytest.raises(SpoiltFile, match=r"card\.md"):
        registry.papers(registry.get(name))
    assert registry.load(registry.get(name)) == {"judge.txt": b"trees"}


@pytest.mark.parametrize("list_", ["no list", "[1]", '[{"name": "x"}]', '[{"name": "x", "as_of": "soon"}]'])
def test_a_spoilt_list_of_versions_is_named(registry: Registry, tmp_path: Path, list_: str) -> None:
    save(registry)
    next(tmp_path.rglob("versions.json")).write_text(list_, "utf-8")

    with pytest.raises(SpoiltList, match="versions of remittance-matching"):
        registry.versions()


def test_another_program_that_goes_on_running_sees_what_was_promoted(tmp_path: Path) -> None:
    running, elsewhere = (Registry(tmp_path, "main", "payment-timing") for _ in range(2))
    name = save(elsewhere)
    assert running.champion() is None

    elsewhere.promote(name, by="ben", on=JUNE)

    assert names(running)[0] == name


def test_what_many_save_at_once_is_all_kept(tmp_path: Path) -> None:
    def save_some(_: int) -> list[str]:
        registry = Registry(tmp_path, "main", "payment-timing")
        return [save(registry) for _ in range(5)]

    with ThreadPoolExecutor(6) as people:
        told = [name for saved in people.map(save_some, range(6)) for name in saved]

    assert len(set(told)) == 30
    assert {version.name for version in Registry(tmp_path, "main", "payment-timing").versions()} == set(told)
