"""`o2c models`: versions side by side, who may let one serve, the way back, and when to train again."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.jobs import check_drift, compare_matching, compare_timing
from o2c_ai.jobs.compare import Comparison
from o2c_ai.jobs.measured import Gap, Measured
from o2c_ai.models.remittance_matching import training
from o2c_ai.models.remittance_matching.line_features import COLUMNS
from tests.cli.little_history import learnt_on

if TYPE_CHECKING:
    from o2c_ai.demo.world import World
    from tests.cli.terminal import Terminal


def test_comparing_shows_what_was_measured_in_training_while_nothing_came_later(
    trained: Terminal, world: World
) -> None:
    words = ("models", "compare", "remittance-matching", "--as-of", world.history_until)
    compared = trained.said(*words)["remittance-matching"]["compared"]

    assert compared["how"] == "as measured in training"
    assert set(compared["figures"]) == {"rules", f"{world.history_until}.1"}
    assert all(row["lines"] == row["right"] + row["wrong"] > 0 for row in compared["figures"].values())
    assert "as measured in training" in trained.ok(*words).out
    assert "payment-timing: nothing was trained" in trained.ok("models", "compare", "--as-of", world.end).out


def test_matchers_are_compared_on_lines_that_people_booked_later(
    sqlite_o2c: Terminal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module, name, number in (
        (training, "LINES_MIN", 40),
        (training, "JUDGED_MIN", 20),
        (compare_matching, "ITEMS_MIN", 20),
    ):
        monkeypatch.setattr(module, name, number)
    earlier = world.history_until - timedelta(days=20)
    sqlite_o2c.ok("train", "remittance-matching", "--as-of", earlier)

    told = sqlite_o2c.said("models", "compare", "remittance-matching", "--as-of", world.history_until)

    compared = told["remittance-matching"]["compared"]
    assert (compared["how"], compared["since"]) == ("on the same later items", earlier.isoformat())
    assert {row["lines"] for row in compared["figures"].values()} == {compared["items"]}
    assert all(2 * row["right"] > row["lines"] for row in compared["figures"].values())


def test_a_comparison_says_by_how_much_versions_differ_and_how_sure_that_is(
    challenged: Terminal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = f"{learnt_on(world)}.1", f"{learnt_on(world)}.2"
    figures = {way: {"brier": 0.1, "pinball_days": 2.0} for way in ("rules", first, second)}
    gaps = {first: {"auc_30": Gap(-0.02, -0.03, -0.01, is_worse=True)}}
    found = Measured("2025-04-05", "2025-04-30", 300, figures, gaps)
    monkeypatch.setattr(compare_timing, "measure_timing", lambda *_: found)

    out = challenged.ok("models", "compare", "payment-timing", "--as-of", world.history_until).out

    assert f"{second} less {first}, customers drawn anew" in out
    assert "-0.03 to -0.01" in out
    assert "worse" in out


def test_a_later_version_is_promoted_by_another_person_and_rolled_back(
    trained: Terminal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = f"{world.history_until}.1", f"{world.history_until}.2"
    words = ("train", "remittance-matching", "--as-of", world.history_until)
    assert trained.said(*words)["remittance-matching"]["trained"] == first  # the same by the same person is no other
    told = trained.said(*words, "--user", "dora")["remittance-matching"]
    assert (told["trained"], told["serving"]) == (second, first)

    own = trained.run("models", "promote", "remittance-matching", second, "--user", "dora")
    assert (own.status != 0, "another person" in " ".join(own.err.split())) == (True, True)
    monkeypatch.setattr(Comparison, "require_better", lambda *_: None)  # the company is too small to prove it
    trained.ok("models", "promote", "remittance-matching", second, "--user", "cleo")
    assert trained.said("models", "list")["remittance-matching"]["serving"] == second

    back = trained.said("models", "rollback", "remittance-matching")
    assert back == {"withdrawn": second, "serving": first}


def test_only_what_is_registered_can_be_promoted(sqlite_seen: Terminal) -> None:
    assert "no version '3'" in sqlite_seen.refused("models", "promote", "payment-timing", "3", "--user", "cli")


def test_there_is_no_version_to_go_back_to(sqlite_seen: Terminal) -> None:
    assert "no version to go back to" in sqlite_seen.refused("models", "rollback", "payment-timing")


def test_a_worse_challenger_is_refused_and_what_serves_goes_on(challenged: Terminal, world: World) -> None:
    first, second = f"{learnt_on(world)}.1", f"{learnt_on(world)}.2"

    answer = challenged.run("models", "promote", "payment-timing", second, "--user", "cleo")

    assert answer.status != 0
    said = " ".join(answer.err.split())
    ((detail,),) = challenged.ask("SELECT detail FROM audit_events WHERE verb = 'refuse to promote'")
    assert json.loads(str(detail))["why"] in said
    assert f"version {second} did no better than version {first} as measured in training: brier 0." in said
    assert " beside 0." in said
    told = challenged.said("models", "list")["payment-timing"]
    assert (told["serving"], told["challenger"]) == (first, second)
    assert [row["role"] for row in told["versions"]] == ["champion", "challenger"]


def test_a_promotion_serves_without_a_restart_and_a_rollback_is_one_command(
    challenged: Terminal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = f"{learnt_on(world)}.1", f"{learnt_on(world)}.2"
    monkeypatch.setattr(Comparison, "require_better", lambda *_: None)
    words = ("predict", "--as-of", world.end, "--out", challenged.folder / "p.csv")

    served = [challenged.said(*words)["model_version"]]
    assert second in challenged.ok("models", "promote", "payment-timing", second, "--user", "cleo").out
    served.append(challenged.said(*words)["model_version"])
    challenged.ok("models", "rollback", "payment-timing")
    served.append(challenged.said(*words)["model_version"])

    assert served == [first, second, first]
    ((detail,),) = challenged.ask("SELECT detail FROM audit_events WHERE verb = 'promote' AND detail LIKE '%figures%'")
    assert set(json.loads(str(detail))["comparison"]["figures"]) == {"rules", first, second}


def test_a_challenger_predicts_silently_at_night(challenged: Terminal, world: World) -> None:
    first, second = f"{learnt_on(world)}.1", f"{learnt_on(world)}.2"

    told = challenged.said("jobs", "run", "score_open_items", "--as-of", world.end)

    assert told["stored_silently"] == told["stored"] == told["open_items"]
    ranked = challenged.table("worklist", "--as-of", world.end)
    stored = challenged.ask("SELECT model_version, count(*) FROM payment_timings GROUP BY 1 ORDER BY 1")
    assert stored == [(first, told["stored"]), (f"{second} (shadow)", told["stored"])]
    weighed = "SELECT DISTINCT model_version FROM payment_timings WHERE reasons LIKE '%speaks for%'"
    assert challenged.ask(weighed) == [(first,)]
    challenged.ok("models", "rollback", "payment-timing")
    assert challenged.said("jobs", "run", "score_open_items", "--as-of", world.end)["stored_silently"] == 0
    assert ranked


def test_drift_raises_a_flag_that_the_list_shows(
    foreseeing: Terminal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_drift, "ITEMS_MIN", 5)
    night, later = learnt_on(world), world.history_until
    foreseeing.ok("jobs", "run", "score_open_items", "--as-of", night)
    words = ("models", "drift", "payment-timing", "--as-of", later)

    calm = foreseeing.run(*words, "--json", **LENIENT).json["payment-timing"]
    assert (calm["version"], calm["retrain"]) == (f"{night}.1", [])
    assert calm["matured"]["items"] > 5
    assert calm["features"]["terms"] >= 0
    assert not any(row["flag"] for row in foreseeing.said("models", "list")["payment-timing"]["versions"])

    strict = foreseeing.run(*words, **dict.fromkeys(LENIENT, "0.0001") | {"O2C_DRIFT_ERROR": "1.0001"})
    assert (strict.status, "half of what it reads has moved" in strict.out) == (0, True)
    assert "its probabilities are off by" in strict.out
    told = foreseeing.said("models", "list")["payment-timing"]
    assert (len(told["retrain"]) >= 2, told["versions"][0]["flag"]) == (True, "train again")
    assert "train again: " in foreseeing.ok("models", "list").out


LENIENT = {"O2C_DRIFT_FEATURES": "99", "O2C_DRIFT_CALIBRATION": "0.99", "O2C_DRIFT_ERROR": "99"}


def test_the_clock_looks_at_drift_and_looking_again_changes_nothing(foreseeing: Terminal, world: World) -> None:
    words = ("jobs", "run", "check_drift", "--as-of", world.end)

    first = foreseeing.said(*words)
    before = foreseeing.row_counts()

    assert first["remittance-matching"] == {"version": "rules", "retrain": []}
    assert first["payment-timing"]["features"].endswith("200 are needed")
    assert foreseeing.said(*words) == first
    assert foreseeing.row_counts() == before


def test_drift_of_a_matcher_is_seen_in_lines_and_in_what_people_booked(
    trained: Terminal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_drift, "ITEMS_MIN", 5)
    trained.ok("jobs", "run", "suggest_matches", "--as-of", world.end)

    told = trained.said("models", "drift", "remittance-matching", "--as-of", world.end)["remittance-matching"]

    assert set(told["features"]) == set(COLUMNS)
    assert told["matured"] == {"items": 0}
    assert "stability index" in trained.ok("models", "drift", "--as-of", world.end).out
