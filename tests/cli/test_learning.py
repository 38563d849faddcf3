"""`o2c train`, `models`, `jobs`: the bar a learner must pass, what serves, and work that a clock may repeat."""

from __future__ import annotations

import hashlib
import sys
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.jobs import score_open_items
from o2c_ai.models.payment_timing.words import TOP
from tests.cli.little_history import learnt_on, with_little_history
from tests.cli.terminal import Terminal, read_rows

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from o2c_ai.demo.world import World

LEARNERS = ["payment-timing", "remittance-matching"]


def listed(terminal: Terminal, learner: str) -> tuple[str, list[str]]:
    """What serves, and all versions."""
    told = terminal.said("models", "list")[learner]
    return told["serving"], [row["version"] for row in told["versions"]]


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
    assert listed(sqlite_o2c, "remittance-matching") == ("rules", [])


def test_too_little_history_is_said(sqlite_seen: Terminal, world: World) -> None:
    told = sqlite_seen.said("train", "payment-timing", "--as-of", world.start + timedelta(days=20))

    assert "paid items, 50 are needed" in told["payment-timing"]["measured"]


def test_history_without_new_invoices_is_said(sqlite_seen: Terminal, world: World) -> None:
    told = sqlite_seen.said("train", "payment-timing", "--as-of", world.end + timedelta(days=100))

    assert told["payment-timing"]["measured"] == "no: nothing was issued in the 61 days before"


def test_the_first_version_serves_from_its_day_on(trained: Terminal, world: World) -> None:
    version = f"{world.history_until}.1"
    path = trained.folder / "proposals.csv"

    def matched_by(day: date, *more: str) -> str:
        return str(trained.said("match", "--as-of", day, "--out", path, *more)["matched_by"])

    assert listed(trained, "remittance-matching") == (version, [version])
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

    assert listed(others, "remittance-matching") == ("rules", [])
    told = others.said("match", "--as-of", world.end, "--out", trained.folder / "others.csv")
    assert told["matched_by"] == "rules"


def test_where_a_matcher_was_changed_the_rules_match_and_say_so(trained: Terminal, world: World) -> None:
    version, path = f"{world.history_until}.1", trained.folder / "p.csv"
    spoil(trained, "judge.txt")
    words = ("match", "--as-of", world.end, "--out", path)

    answer = trained.ok(*words, "--json")

    assert answer.json["matched_by"] == "rules"
    assert answer.json["notes"] == [f"THE RULES SERVE remittance-matching: {SPOILT.format('judge.txt', version)}"]
    assert "THE RULES SERVE" in answer.err
    assert ("refuse",) in trained.ask("SELECT verb FROM audit_events")
    assert SPOILT.format("judge.txt", version) in trained.refused(*words, "--model", version)


SPOILT = "{} of version {} was changed since it was registered: train again"


def spoil(terminal: Terminal, file: str) -> None:
    """Change a byte of a file of the one version."""
    (path,) = terminal.folder.rglob(file)
    path.write_bytes(path.read_bytes() + b"\n")


def test_what_the_learner_applies_is_booked_and_taken_back(trained: Terminal, world: World) -> None:
    before = trained.table("export", "applications")
    words = ("match", "--as-of", world.end, "--auto-precision", "0.9", "--apply", "--out", trained.folder / "p.csv")

    told = trained.said(*words)

    assert told["applied"] > 0
    trained.ok("ledger", "verify")
    assert trained.said("unapply", "--since", world.end, "--on", world.end) == {"lines": told["applied"]}
    assert trained.table("export", "applications") == before


def test_predictions_name_the_version_that_foresaw_them(foreseeing: Terminal, world: World) -> None:
    version = f"{learnt_on(world)}.1"
    path = foreseeing.folder / "predictions.csv"

    def versions(day: date, *more: str) -> set[str]:
        foreseeing.ok("predict", "--as-of", day, "--out", path, *more)
        return {row["model_version"] for row in read_rows(path)}

    assert listed(foreseeing, "payment-timing") == (version, [version])
    assert versions(world.end) == {version}
    assert versions(world.end, "--model", "rules") == {"rules"}
    assert versions(learnt_on(world) - timedelta(days=1)) == {"rules"}
    assert "trained on what was known after" in foreseeing.refused(
        "predict", "--as-of", learnt_on(world) - timedelta(days=1), "--out", path, "--model", version
    )


def test_a_version_of_payment_timing_serves_the_worklist_the_back_test_and_the_clock(
    foreseeing: Terminal, world: World
) -> None:
    version, path = f"{learnt_on(world)}.1", foreseeing.folder / "out.csv"

    assert foreseeing.said("worklist", "--as-of", world.end, "--out", path)["model_version"] == version
    told = foreseeing.said("backtest", "payment-timing", "--cutoff", learnt_on(world), "--days", 7, "--out", path)
    assert (told["model_version"], told["invoices"]) == (version, len(read_rows(path)))
    assert {row["model_version"] for row in read_rows(path)} == {version}
    assert foreseeing.said("jobs", "run", "score_open_items", "--as-of", world.end)["stored"] == 0


def test_a_version_no_better_than_the_rules_never_serves(
    sqlite_o2c: Terminal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_little_history(monkeypatch, beats_rules=False)
    told = sqlite_o2c.said("train", "payment-timing", "--as-of", world.history_until)["payment-timing"]

    assert told["serving"] == "rules"
    answer = sqlite_o2c.run("models", "promote", "payment-timing", told["trained"], "--user", "cleo")
    assert answer.status != 0
    assert "did no better than the rules" in " ".join(answer.err.split())


def test_the_rules_serve_every_learner_at_first(seen: Terminal) -> None:
    rules: dict[str, object] = {"serving": "rules", "challenger": None, "retrain": [], "versions": []}
    assert seen.said("models", "list") == dict.fromkeys(LEARNERS, rules)


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


def test_what_weighed_most_is_told_where_most_money_is_likely_to_be_late(
    foreseeing: Terminal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(score_open_items, "EXPLAINED", 3)

    rows = foreseeing.table("predict", "--as-of", world.end)

    told = [row for row in rows if row["reasons"].startswith("speaks for ")]
    assert len(told) == 3
    assert all(
        row["reasons"].count("speaks for ") == TOP and "this customer's last" not in row["reasons"] for row in told
    )
    assert min(float(row["p_late"]) for row in told) > min(float(row["p_late"]) for row in rows)


def test_where_a_timing_version_was_changed_the_rules_predict_rank_and_run_at_night(
    foreseeing: Terminal, world: World
) -> None:
    spoil(foreseeing, "late_7.txt")
    path, said = foreseeing.folder / "out.csv", SPOILT.format("late_7.txt", f"{learnt_on(world)}.1")

    for words in (("predict",), ("worklist",)):
        told = foreseeing.said(*words, "--as-of", world.end, "--out", path)
        assert told["model_version"] == "rules"
        assert told["notes"] == [f"THE RULES SERVE payment-timing: {said}"]
    told = foreseeing.said("jobs", "run", "score_open_items", "--as-of", world.end)
    assert told["notes"] == [f"THE RULES SERVE payment-timing: {said}"]
    assert foreseeing.ask("SELECT count(*) FROM audit_events WHERE verb = 'refuse'") == [(3,)]


@pytest.mark.parametrize(("file", "content"), [("versions.json", "{"), ("facts.json", '{"columns": []}')])
def test_what_cannot_be_read_for_any_reason_leaves_the_rules_serving(
    foreseeing: Terminal, world: World, file: str, content: str
) -> None:
    (path,) = foreseeing.folder.rglob(file)
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    path.write_text(content, "utf-8")
    (index,) = foreseeing.folder.rglob("versions.json")
    index.write_text(index.read_text("utf-8").replace(before, hashlib.sha256(content.encode()).hexdigest()), "utf-8")

    told = foreseeing.said("predict", "--as-of", world.end, "--out", foreseeing.folder / "p.csv")

    assert told["model_version"] == "rules"
    assert told["notes"][0].startswith("THE RULES SERVE payment-timing: ")


def test_predicting_never_loads_the_tracking_library(
    foreseeing: Terminal, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "mlflow", None)  # to import it would fail

    told = foreseeing.said("predict", "--as-of", world.end, "--out", foreseeing.folder / "p.csv")

    assert told["model_version"] == f"{learnt_on(world)}.1"
