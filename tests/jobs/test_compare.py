"""Who may take whose place: better than the rules, no worse than what serves, let serve by another person."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from o2c_ai.core import audit
from o2c_ai.core.people.rules import NotYourDuty
from o2c_ai.core.suggestions.rules import Policy
from o2c_ai.jobs.compare import (
    ClearlyWorse,
    NotComparable,
    OlderThanChampion,
    Overtaken,
    Worse,
    judge,
    promote,
    refusal_audited,
    roll_back,
    side_by_side,
)
from o2c_ai.jobs.measured import Gap
from o2c_ai.jobs.model_card import CARD
from o2c_ai.jobs.register import register
from o2c_ai.models.registry import OwnVersion, Registry, SpoiltFile
from tests.books import DAY

if TYPE_CHECKING:
    from pathlib import Path

    from o2c_ai.jobs.compare import Comparison
    from tests.books import Books

BETTER, EQUAL, WORSE = (0.12, 2.0), (0.14, 2.2), (0.15, 2.1)
RULES = (0.18, 2.6)


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    """Versions of payment timing."""
    return Registry(tmp_path, "main", "payment-timing")


def measured_on(ours: tuple[float, float], as_of: date) -> dict[str, object]:
    """Facts of a version: Brier score and pinball loss, on items of the two months before."""
    measured = {
        name: {"items": 300, "brier": brier, "pinball_days": pinball}
        for name, (brier, pinball) in (("learned model", ours), ("day-one model", RULES))
    }
    return {
        "measured_from": (as_of - timedelta(days=61)).isoformat(),
        "measured_until": as_of.isoformat(),
        "measured": measured,
    }


def save(registry: Registry, ours: tuple[float, float], *, as_of: date = DAY, by: str = "ana") -> str:
    """A version that was measured as said."""
    facts = measured_on(ours, as_of)
    return registry.save(as_of=as_of, trained_by=by, facts=facts, files={"days.txt": b"trees"}).name


def let_serve(books: Books, registry: Registry, name: str) -> Comparison:
    by = books.actor.name
    found = judge(books.session, books.company_id, registry=registry, name=name, by=by, policy=Policy())
    promote(books.session, books.actor, registry=registry, name=name, found=found)
    return found


@pytest.fixture
def champion(sqlite_books: Books, registry: Registry) -> str:
    """A version that was let serve."""
    name = save(registry, EQUAL)
    let_serve(sqlite_books, registry, name)
    return name


def serving(registry: Registry) -> str | None:
    found = registry.champion()
    return None if found is None else found.name


def test_what_did_better_than_the_rules_serves_and_keeps_the_comparison(
    sqlite_books: Books, registry: Registry, champion: str
) -> None:
    name = save(registry, BETTER)

    found = let_serve(sqlite_books, registry, name)

    assert serving(registry) == name
    assert found.way == "as measured in training"
    figures = {way: row["brier"] for way, row in found.measured.figures.items()}
    assert figures == {"rules": 0.18, champion: 0.14, name: 0.12}
    version = registry.get(name)
    assert (version.comparison, version.promoted_by) == (found.facts(), sqlite_books.actor.name)
    assert f"| let serve | by {sqlite_books.actor.name}, " in registry.papers(version)[CARD].decode()


def test_a_worse_challenger_is_refused_with_both_figures(
    sqlite_books: Books, registry: Registry, champion: str
) -> None:
    name = save(registry, WORSE)

    with pytest.raises(Worse, match=r"brier 0\.15 beside 0\.14; what serves goes on") as refusal:
        let_serve(sqlite_books, registry, name)

    assert (refusal.value.figures, refusal.value.other) == ((0.15, 0.14), f"version {champion}")
    assert serving(registry) == champion


def test_what_did_no_better_than_the_rules_never_serves(sqlite_books: Books, registry: Registry) -> None:
    name = save(registry, RULES)

    with pytest.raises(Worse, match="no better than the rules"):
        let_serve(sqlite_books, registry, name)

    assert serving(registry) is None


def test_a_version_as_good_as_what_serves_may_take_its_place(
    sqlite_books: Books, registry: Registry, champion: str
) -> None:
    name = save(registry, EQUAL)

    let_serve(sqlite_books, registry, name)

    assert (serving(registry), name != champion) == (name, True)


@pytest.mark.usefixtures("champion")
def test_versions_measured_on_different_items_wait_for_later_ones(sqlite_books: Books, registry: Registry) -> None:
    name = save(registry, BETTER, as_of=DAY + timedelta(days=30))

    with pytest.raises(NotComparable, match=r"too little came after .* promote it when"):
        let_serve(sqlite_books, registry, name)


def test_nobody_goes_back_by_promoting(sqlite_books: Books, registry: Registry) -> None:
    older, newer = save(registry, EQUAL), save(registry, BETTER)
    let_serve(sqlite_books, registry, newer)

    with pytest.raises(OlderThanChampion, match="roll it back instead"):
        let_serve(sqlite_books, registry, older)


def test_it_takes_another_person_with_the_duty(sqlite_books: Books, registry: Registry) -> None:
    name = save(registry, BETTER, by=sqlite_books.actor.name)
    with pytest.raises(OwnVersion):
        let_serve(sqlite_books, registry, name)

    clerk, books = replace(sqlite_books.other, roles=frozenset({"clerk"})), sqlite_books
    found = judge(books.session, books.company_id, registry=registry, name=name, by=clerk.name, policy=Policy())
    with pytest.raises(NotYourDuty):
        promote(books.session, clerk, registry=registry, name=name, found=found)


def test_a_champion_whose_files_are_spoilt_keeps_nobody_out(
    sqlite_books: Books, registry: Registry, champion: str, tmp_path: Path
) -> None:
    next(tmp_path.rglob(f"{champion}/days.txt")).write_bytes(b"other trees")
    name = save(registry, WORSE)

    found = let_serve(sqlite_books, registry, name)

    assert set(found.measured.figures) == {"rules", name}


def test_a_version_that_was_rolled_back_is_no_challenger(
    sqlite_books: Books, registry: Registry, champion: str
) -> None:
    name = save(registry, BETTER)
    let_serve(sqlite_books, registry, name)

    told = roll_back(sqlite_books.session, sqlite_books.actor, registry=registry)

    assert told == {"withdrawn": name, "serving": champion}
    compared = side_by_side(
        sqlite_books.session, sqlite_books.company_id, registry=registry, policy=Policy(), as_of=DAY
    )
    assert "challenger" not in compared
    assert "rolled back" in registry.papers(registry.get(name))[CARD].decode()


def test_what_was_rolled_back_serves_again_only_by_another_person(sqlite_books: Books, registry: Registry) -> None:
    def train(as_of: date = DAY) -> str:
        files: dict[str, bytes] = {"days.txt": b"trees"}
        seen: dict[str, dict[str, object]] = {"calibration": {}, "reference": {}}
        return register(
            sqlite_books.session,
            sqlite_books.actor,
            registry=registry,
            as_of=as_of,
            facts=measured_on(BETTER, as_of),
            files=files,
            seen=seen,
            beats_rules=True,
        )

    first = train()
    assert serving(registry) == first
    roll_back(sqlite_books.session, sqlite_books.other, registry=registry)

    again, later = train(), train(DAY + timedelta(days=1))

    assert (again, later != first, serving(registry)) == (first, True, None)
    let_serve(replace(sqlite_books, actor=sqlite_books.other), registry, first)
    assert (train(), registry.get(first).promoted_by) == (first, sqlite_books.other.name)


@pytest.mark.parametrize("change", ["champion", "files"])
def test_what_changed_while_it_was_compared_is_not_let_serve(
    sqlite_books: Books, registry: Registry, champion: str, tmp_path: Path, change: str
) -> None:
    name, books = save(registry, BETTER), sqlite_books
    found = judge(books.session, books.company_id, registry=registry, name=name, by="cleo", policy=Policy())
    if change == "champion":
        roll_back(books.session, books.actor, registry=registry)
    else:
        next(tmp_path.rglob(f"{name}/days.txt")).write_bytes(b"other trees")

    with pytest.raises((Overtaken, SpoiltFile)):
        promote(books.session, books.actor, registry=registry, name=name, found=found)

    assert serving(registry) == (None if change == "champion" else champion)


def test_what_is_clearly_worse_in_any_figure_is_refused_with_its_interval(
    sqlite_books: Books, registry: Registry
) -> None:
    name, books = save(registry, BETTER), sqlite_books
    found = judge(books.session, books.company_id, registry=registry, name=name, by="cleo", policy=Policy())
    gaps = {"brier": Gap(-0.06, -0.08, 0.01, is_worse=False), "auc_30": Gap(-0.02, -0.03, -0.01, is_worse=True)}

    with pytest.raises(ClearlyWorse, match=r"than the rules as measured in training: auc_30 -0\.02 .*-0\.03 to -0\.01"):
        replace(found, measured=replace(found.measured, less={"rules": gaps})).require_better(name, "rules")


def test_the_card_says_by_how_much_a_version_differs_and_how_sure_that_is(
    sqlite_books: Books, registry: Registry
) -> None:
    name, books = save(registry, BETTER), sqlite_books
    found = judge(books.session, books.company_id, registry=registry, name=name, by="cleo", policy=Policy())
    gaps = {"rules": {"brier": Gap(-0.06, -0.08, -0.04, is_worse=False)}}

    told = replace(found, measured=replace(found.measured, less=gaps))
    promote(books.session, books.actor, registry=registry, name=name, found=told)

    card = registry.papers(registry.get(name))[CARD].decode()
    assert "Less rules, with the 95 % interval over customers drawn anew: brier -0.06 (-0.08 to -0.04)." in card


def test_a_refused_promotion_is_in_the_audit(sqlite_books: Books, registry: Registry) -> None:
    name = save(registry, RULES)

    with (
        pytest.raises(Worse) as refusal,
        refusal_audited(lambda: nullcontext((sqlite_books.session, sqlite_books.actor)), registry, name),
    ):
        let_serve(sqlite_books, registry, name)

    refused = select(audit.AuditEvent.detail).where(audit.AuditEvent.verb == "refuse to promote")
    (detail,) = sqlite_books.session.scalars(refused)
    assert detail == {"learner": "payment-timing", "version": name, "why": str(refusal.value)}
