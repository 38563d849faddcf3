"""`o2c train`, `models`, `jobs`: the bar a learner must pass, what serves, and work that a clock may repeat."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o2c_ai.demo.world import World
    from tests.cli.terminal import Terminal

LEARNERS = ["payment-timing", "remittance-matching"]


def test_train_measures_the_rules_on_the_companys_history(sqlite_seen: Terminal, world: World) -> None:
    told = sqlite_seen.said("train", "all", "--as-of", world.history_until)

    assert list(told) == [*LEARNERS, "notes"]
    timing, matching = told["payment-timing"], told["remittance-matching"]
    assert (timing["serving"], matching["serving"]) == ("rules", "rules")
    assert 0.5 < timing["auc"][0] <= 1
    assert 0 < timing["items"] < len(world.invoices)
    right, seen_times = matching["rules"]["references"].removesuffix(" right").split(" of ")
    assert 50 < int(right) <= int(seen_times)
    assert "no trained version" in told["notes"][0]


def test_too_little_history_is_said(sqlite_seen: Terminal, world: World) -> None:
    told = sqlite_seen.said("train", "payment-timing", "--as-of", world.start + timedelta(days=20))

    assert "paid items, 50 are needed" in told["payment-timing"]["measured"]


def test_history_without_new_invoices_is_said(sqlite_seen: Terminal, world: World) -> None:
    told = sqlite_seen.said("train", "payment-timing", "--as-of", world.end + timedelta(days=100))

    assert told["payment-timing"]["measured"] == "no: nothing was issued in the 61 days before"


def test_comparing_versions_measures_the_only_one_there_is(seen: Terminal, world: World) -> None:
    words = ("remittance-matching", "--as-of", world.history_until)

    told = seen.said("train", *words)

    assert list(told) == ["remittance-matching", "notes"]
    assert seen.said("models", "compare", *words) == told


def test_the_rules_serve_every_learner(seen: Terminal) -> None:
    assert seen.said("models", "list") == dict.fromkeys(LEARNERS, "rules")


def test_only_what_is_registered_can_be_promoted(sqlite_seen: Terminal) -> None:
    assert sqlite_seen.said("models", "promote", "payment-timing", "rules") == {"payment-timing": "rules"}
    assert "no version '3'" in sqlite_seen.refused("models", "promote", "payment-timing", "3", "--user", "other")


def test_there_is_no_version_to_go_back_to(sqlite_seen: Terminal) -> None:
    assert "no version to go back to" in sqlite_seen.refused("models", "rollback", "payment-timing")


def test_suggestions_are_stored_once_a_day(o2c: Terminal, world: World) -> None:
    words = ("jobs", "run", "suggest_matches", "--as-of", world.end)

    assert o2c.said(*words) == {"suggested": len(world.work), "known": 0}
    before = o2c.row_counts()
    assert o2c.said(*words) == {"suggested": 0, "known": len(world.work)}
    assert o2c.row_counts() == before
    decisions = o2c.ask("SELECT DISTINCT decision FROM match_suggestions ORDER BY 1")
    assert ("auto",) in decisions
    assert o2c.ask("SELECT count(*) FROM statement_lines WHERE state = 'open'") == [(len(world.work),)]


def test_open_items_are_scored_once_a_day(o2c: Terminal, world: World) -> None:
    words = ("jobs", "run", "score_open_items", "--as-of", world.end)

    first = o2c.said(*words)
    assert first["stored"] == first["open_items"] > 80
    before = o2c.row_counts()
    assert o2c.said(*words) == {"open_items": first["open_items"], "stored": 0}
    assert o2c.row_counts() == before


def test_cash_is_forecast_once_a_day(o2c: Terminal, world: World) -> None:
    words = ("jobs", "run", "forecast_cash", "--as-of", world.end)

    assert o2c.said(*words) == {"stored": 39}
    before = o2c.row_counts()
    assert o2c.said(*words) == {"stored": 0}
    assert o2c.row_counts() == before
