"""`o2c train`, `models`, `jobs`: the bar a learner must pass, what serves, and work that a clock may repeat."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.models.payment_timing import judges
from o2c_ai.models.payment_timing import training as timing_training
from o2c_ai.models.remittance_matching import training
from tests.cli.terminal import Terminal, read_rows

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from o2c_ai.demo.world import World

LEARNERS = ["payment-timing", "remittance-matching"]


@pytest.fixture
def trained(sqlite_o2c: Terminal, world: World, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A company so small that the matcher learns from less than it otherwise asks for, with a first version."""
    monkeypatch.setattr(training, "LINES_MIN", 60)
    monkeypatch.setattr(training, "JUDGED_MIN", 60)
    # So little history cannot show that a learner beats the rules; here it has to serve all the same.
    monkeypatch.setattr(training.Trained, "beats_rules", True)
    sqlite_o2c.said("train", "remittance-matching", "--as-of", world.history_until)
    return sqlite_o2c


def test_train_measures_the_rules_on_the_companys_history(sqlite_o2c: Terminal, world: World) -> None:
    told = sqlite_o2c.said("train", "all", "--as-of", world.history_until)

    assert list(told) == LEARNERS
    timing, matching = told["payment-timing"], told["remittance-matching"]
    assert (timing["serving"], matching["serving"]) == ("rules", "rules")
    assert "paid items, 800 are needed" in timing["trained"]
    assert 0.5 < timing["auc"][0] <= 1
    assert 0 < timing["items"] < len(world.invoices)
    right, seen_times = matching["rules"]["references"].removesuffix(" right").split(" of ")
    assert 50 < int(right) <= int(seen_times)
    assert matching["trained"].startswith("no: ")
    assert sqlite_o2c.said("models", "list")["remittance-matching"] == {"serving": "rules", "versions": []}


def test_too_little_history_is_said(sqlite_seen: Terminal, world: World) -> None:
    told = sqlite_seen.said("train", "payment-timing", "--as-of", world.start + timedelta(days=20))

    assert "paid items, 50 are needed" in told["payment-timing"]["measured"]


def test_history_without_new_invoices_is_said(sqlite_seen: Terminal, world: World) -> None:
    told = sqlite_seen.said("train", "payment-timing", "--as-of", world.end + timedelta(days=100))

    assert told["payment-timing"]["measured"] == "no: nothing was issued in the 61 days before"


def test_comparing_shows_each_version_beside_the_rules(trained: Terminal, world: World) -> None:
    told = trained.said("models", "compare", "remittance-matching", "--as-of", world.history_until)

    (facts,) = told["remittance-matching"]["versions"].values()
    assert facts["judged"] >= facts["right"] > 0
    assert "references" in told["remittance-matching"]["rules"]


def test_the_first_version_serves_from_its_day_on(trained: Terminal, world: World) -> None:
    version = f"{world.history_until}.1"
    path = trained.folder / "proposals.csv"

    def matched_by(day: date, *more: str) -> str:
        return str(trained.said("match", "--as-of", day, "--out", path, *more)["matched_by"])

    assert trained.said("models", "list")["remittance-matching"] == {"serving": version, "versions": [version]}
    assert matched_by(world.end) == version
    assert matched_by(world.end, "--model", "rules") == "rules"
    assert matched_by(world.history_until - timedelta(days=1)) == "rules"
    assert "trained on what was known after" in trained.refused(
        "match", "--as-of", world.history_until - timedelta(days=1), "--out", path, "--model", version
    )
    assert ("train",) in trained.ask("SELECT verb FROM audit_events")
    assert ("promote",) in trained.ask("SELECT verb FROM audit_events")


def test_other_books_under_the_same_company_code_have_their_own_versions(
    trained: Terminal, sqlite_empty: Terminal, papers: Path, world: World
) -> None:
    others = Terminal(sqlite_empty.url, trained.folder)
    others.ok("import", papers)

    assert others.said("models", "list")["remittance-matching"] == {"serving": "rules", "versions": []}
    told = others.said("match", "--as-of", world.end, "--out", trained.folder / "others.csv")
    assert told["matched_by"] == "rules"


def test_a_later_version_is_promoted_by_another_person_and_rolled_back(trained: Terminal, world: World) -> None:
    first, second = f"{world.history_until}.1", f"{world.history_until}.2"
    told = trained.said("train", "remittance-matching", "--as-of", world.history_until)["remittance-matching"]
    assert (told["trained"], told["serving"]) == (second, first)

    assert "another person" in trained.refused("models", "promote", "remittance-matching", second)
    trained.ok("models", "promote", "remittance-matching", second, "--user", "cleo")
    assert trained.said("models", "list")["remittance-matching"]["serving"] == second

    back = trained.said("models", "rollback", "remittance-matching")
    assert back == {"withdrawn": second, "serving": first}


def test_a_trained_file_that_was_changed_is_refused(trained: Terminal, world: World) -> None:
    (path,) = trained.folder.rglob("judge.txt")
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")

    said = trained.refused("match", "--as-of", world.end, "--out", trained.folder / "p.csv")

    assert "judge.txt of version" in said
    assert "train again" in said


def test_what_the_learner_applies_is_booked_and_taken_back(trained: Terminal, world: World) -> None:
    before = trained.table("export", "applications")
    words = ("match", "--as-of", world.end, "--auto-precision", "0.9", "--apply", "--out", trained.folder / "p.csv")

    told = trained.said(*words)

    assert told["applied"] > 0
    trained.ok("ledger", "verify")
    assert trained.said("unapply", "--since", world.end, "--on", world.end) == {"lines": told["applied"]}
    assert trained.table("export", "applications") == before


@pytest.fixture
def foreseeing(sqlite_o2c: Terminal, world: World, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """A company so small that payment timing is learnt from less than it otherwise asks for, with a first version."""
    _with_little_history(monkeypatch, beats_rules=True)
    sqlite_o2c.said("train", "payment-timing", "--as-of", world.history_until)
    return sqlite_o2c


def _with_little_history(monkeypatch: pytest.MonkeyPatch, *, beats_rules: bool) -> None:
    monkeypatch.setattr(timing_training, "PAID_MIN", 60)
    monkeypatch.setattr(timing_training, "JUDGED_MIN", 20)
    monkeypatch.setattr(timing_training, "ANSWERS_MIN", 10)
    monkeypatch.setattr(timing_training.Trained, "beats_rules", beats_rules)
    for judge in (judges.DAY_JUDGE, judges.LATE_JUDGE):
        monkeypatch.setitem(judge, "num_iterations", 10)


def test_predictions_name_the_version_that_foresaw_them(foreseeing: Terminal, world: World) -> None:
    version = f"{world.history_until}.1"
    path = foreseeing.folder / "predictions.csv"

    def versions(day: date, *more: str) -> set[str]:
        foreseeing.ok("predict", "--as-of", day, "--out", path, *more)
        return {row["model_version"] for row in read_rows(path)}

    assert foreseeing.said("models", "list")["payment-timing"] == {"serving": version, "versions": [version]}
    assert versions(world.end) == {version}
    assert versions(world.end, "--model", "rules") == {"rules"}
    assert versions(world.history_until - timedelta(days=1)) == {"rules"}
    assert "trained on what was known after" in foreseeing.refused(
        "predict", "--as-of", world.history_until - timedelta(days=1), "--out", path, "--model", version
    )


def test_a_version_of_payment_timing_serves_the_worklist_the_back_test_and_the_clock(
    foreseeing: Terminal, world: World
) -> None:
    version, path = f"{world.history_until}.1", foreseeing.folder / "out.csv"

    assert foreseeing.said("worklist", "--as-of", world.end, "--out", path)["model_version"] == version
    told = foreseeing.said("backtest", "payment-timing", "--cutoff", world.history_until, "--days", 7, "--out", path)
    assert (told["model_version"], told["invoices"]) == (version, len(read_rows(path)))
    assert {row["model_version"] for row in read_rows(path)} == {version}
    assert foreseeing.said("jobs", "run", "score_open_items", "--as-of", world.end)["stored"] == 0


def test_payment_timing_is_measured_beside_every_rule(foreseeing: Terminal, world: World) -> None:
    told = foreseeing.said("models", "compare", "payment-timing", "--as-of", world.history_until)["payment-timing"]

    (facts,) = told["versions"].values()
    assert {"pays on the due date", "day-one model", "learned model"} < set(facts["measured"])
    assert len({figures["items"] for figures in facts["measured"].values()}) == 1
    assert 0 <= facts["measured"]["day-one model"]["brier"] <= 1


def test_a_version_no_better_than_the_rules_never_serves(
    sqlite_o2c: Terminal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    _with_little_history(monkeypatch, beats_rules=False)
    told = sqlite_o2c.said("train", "payment-timing", "--as-of", world.history_until)["payment-timing"]

    assert told["serving"] == "rules"
    assert "did no better than the rules" in sqlite_o2c.refused(
        "models", "promote", "payment-timing", told["trained"], "--user", "cleo"
    )


def test_the_rules_serve_every_learner_at_first(seen: Terminal) -> None:
    rules: dict[str, object] = {"serving": "rules", "versions": []}
    assert seen.said("models", "list") == dict.fromkeys(LEARNERS, rules)


def test_only_what_is_registered_can_be_promoted(sqlite_seen: Terminal) -> None:
    assert "no version '3'" in sqlite_seen.refused("models", "promote", "payment-timing", "3", "--user", "cli")


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
