"""What the tracking server is told when versions change, and that a server that is down stops nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from o2c_ai.jobs import publish
from o2c_ai.jobs.compare import Comparison
from o2c_ai.models.payment_timing.coming_days import COLUMNS
from o2c_ai.models.tracking import NotReached, Told
from tests.cli.little_history import learnt_on

if TYPE_CHECKING:
    from collections.abc import Sequence

    from o2c_ai.demo.world import World
    from tests.cli.terminal import Terminal

ON = {"O2C_TRACKING_URI": "http://127.0.0.1:9"}


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Told]]:
    """All that was told, act by act: version → what was said of it. Nobody is there to hear it."""
    acts: list[dict[str, Told]] = []

    def hear(_address: str, _place: object, _model: str, versions: Sequence[Told], _progress: object) -> dict[str, int]:
        acts.append({one.name: one for one in versions})
        return {"new": len(versions), "changed": 0, "known": 0}

    monkeypatch.setattr(publish, "publish", hear)
    return acts


def test_a_version_is_told_with_window_code_columns_parameters_and_figures_beside_the_rules(
    challenged: Terminal, world: World, heard: list[dict[str, Told]]
) -> None:
    answer = challenged.run("models", "publish", "--json", **ON)

    assert answer.json["payment-timing"] == {"new": 2, "changed": 0, "known": 0, "spoilt": 0}
    first, second = (heard[0][f"{learnt_on(world)}.{number}"] for number in (1, 2))
    assert (first.alias, second.alias) == ("champion", "challenger")
    assert first.parameters["as_of"] == learnt_on(world)
    assert first.parameters["days.num_iterations"] == "10"
    assert first.parameters["code"] == first.code
    assert first.code.startswith("0.1.0+")
    assert list(first.reads) == list(COLUMNS)
    assert first.metrics["brier"] < second.metrics["brier"]
    assert first.metrics["rules/brier"] == second.metrics["rules/brier"]
    assert set(first.papers) == {"card.md", "calibration.svg", "seen.json"}
    assert first.papers["calibration.svg"].startswith(b"<svg")
    assert "## Measured" in first.card
    assert {"days.txt", "facts.json"} < set(first.files)


def test_promoting_and_rolling_back_move_the_aliases(
    challenged: Terminal, world: World, heard: list[dict[str, Told]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Comparison, "require_better", lambda *_: None)
    first, second = f"{learnt_on(world)}.1", f"{learnt_on(world)}.2"

    challenged.run("models", "promote", "payment-timing", second, "--user", "cleo", **ON)
    challenged.run("models", "rollback", "payment-timing", **ON)

    aliases = [{name: told.alias for name, told in act.items()} for act in heard]
    assert aliases == [{first: None, second: "champion"}, {first: "champion", second: None}]
    assert len({act[second].state for act in heard}) == 2


def test_a_spoilt_version_is_counted_and_not_told(
    challenged: Terminal, world: World, heard: list[dict[str, Told]]
) -> None:
    next(challenged.folder.rglob(f"{learnt_on(world)}.1/days.txt")).write_bytes(b"other trees")

    answer = challenged.run("models", "publish", "--json", **ON)

    assert answer.json["payment-timing"]["spoilt"] == 1
    assert list(heard[0]) == [f"{learnt_on(world)}.2"]


def test_a_server_that_is_down_is_said_and_stops_nothing(challenged: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: Any) -> dict[str, int]:  # noqa: ANN401 - as publish
        raise NotReached("connection refused")

    monkeypatch.setattr(publish, "publish", nobody)

    back = challenged.run("models", "rollback", "payment-timing", "--json", **ON)
    told = challenged.run("models", "publish", "--json", **ON)

    note = "the tracking server was not told (connection refused): o2c models publish brings it in line"
    assert (back.status, back.json["serving"], back.json["notes"]) == (0, "rules", [note])
    assert (told.status, told.json["notes"]) == (1, [note])


def test_where_it_is_off_or_nothing_was_trained_nobody_is_told(
    challenged: Terminal, sqlite_seen: Terminal, heard: list[dict[str, Told]]
) -> None:
    assert challenged.said("models", "publish") == {"tracking": "off"}
    assert sqlite_seen.run("models", "publish", "--json", **ON).json == {"tracking": ON["O2C_TRACKING_URI"]}
    assert heard == []


def test_the_page_is_opened_where_it_is_asked_for(
    challenged: Terminal, heard: list[dict[str, Told]], monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[list[str]] = []
    monkeypatch.setattr("subprocess.run", lambda words, **_: commands.append(words))

    answer = challenged.run("models", "publish", "--page", "--port", "5001", **ON)

    assert "MLflow's page: http://127.0.0.1:5001" in answer.out
    assert (len(heard), commands[0][-1] != "", "5001" in commands[0]) == (1, True, True)
