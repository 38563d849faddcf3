"""How learners are: read off what was kept with their versions, the rules beside them."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

from o2c_ai.jobs.health import card_of, health
from o2c_ai.jobs.model_card import SEEN, write_card
from o2c_ai.jobs.versions import MATCHING
from o2c_ai.models.registry import Registry
from tests.books import DAY

FACTS: dict[str, object] = {"judged": 500, "right": 450, "right_by_rules": 400}
LIMITS = {"features": 0.1, "calibration": 0.05, "error": 1.25}


def test_without_versions_the_rules_serve(tmp_path: Path) -> None:
    found = health(Registry(tmp_path, "main", MATCHING), DAY)

    assert (found.serving, found.versions) == ("rules", [])


def test_champion_and_challenger_stand_beside_the_rules(tmp_path: Path) -> None:
    registry = Registry(tmp_path, "main", MATCHING)
    first = registry.save(as_of=DAY, trained_by="dana", facts=FACTS, files={})
    registry.promote(first.name, by="otto", on=DAY)
    registry.tell(first.name, {SEEN: json.dumps({"calibration": {"learned": [[0.9, 0.8, 40]], "rules": []}}).encode()})
    write_card(registry, first.name)
    moved = {"words": 0.3, "amount": 0.04, "age": 0.01}
    note: dict[str, object] = {"as_of": "2025-07-01", "retrain": ["its error grew"]}
    note |= {"limits": LIMITS, "features": moved, "matured": {"items": 9}, "months": {"2025-06": {"items": 9}}}
    registry.note_drift(first.name, note)
    registry.save(as_of=DAY, trained_by="olga", facts=FACTS, files={})

    champion, challenger = health(registry, DAY).versions

    assert (champion.role, champion.version.name, challenger.role) == ("champion", first.name, "challenger")
    assert champion.ways == ["this version", "rules"]
    assert champion.measured.figures["rules"]["right_share"] == 0.8
    assert champion.calibration == {"learned": [(0.9, 0.8, 40)]}
    assert champion.look is not None
    assert (champion.look.middle, champion.look.retrain) == (0.04, ["its error grew"])
    assert (challenger.look, challenger.calibration) == (None, {})
    assert card_of(registry, first.name).startswith(f"# {MATCHING} {first.name}")
    assert health(registry, DAY - timedelta(days=1)).versions == []


def test_a_look_that_measured_no_column_says_why(tmp_path: Path) -> None:
    registry = Registry(tmp_path, "main", MATCHING)
    version = registry.save(as_of=DAY, trained_by="dana", facts=FACTS, files={})
    registry.note_drift(version.name, {"as_of": "2025-07-01", "retrain": [], "features": "no: 3 came"})

    (found,) = health(registry, DAY).versions

    assert found.look is not None
    assert (found.look.unmeasured, found.look.middle) == ("no: 3 came", None)
