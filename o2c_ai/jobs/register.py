"""Register what was trained, with what it saw and a card; the first ever that beats the rules serves at once."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from functools import cache
from importlib.metadata import version as release_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

import o2c_ai
from o2c_ai.core import audit
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.jobs.model_card import CHART, SEEN, write_card
from o2c_ai.jobs.versions import RULES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.models.registry import Registry


def register(
    session: Session,
    actor: Actor,
    *,
    registry: Registry,
    as_of: date,
    facts: dict[str, object],
    files: Mapping[str, bytes],
    seen: Mapping[str, Any],
    beats_rules: bool,
) -> str:
    """Keep a version; gives its name. `seen` is its `calibration` and `reference`. Raises NotYourDuty.

    Where a version of the learner served before, and be it rolled back since, another person promotes this one.

    The same person training the same again gets the version there is: a training cut off while it was registered can be
    repeated.
    """
    require(actor, Duty.TRAIN)
    version = registry.find_same(as_of=as_of, trained_by=actor.name, files=files, code=code_version())
    version = version or registry.save(
        as_of=as_of, trained_by=actor.name, facts=facts, files=files, code=code_version()
    )
    audit.record(session, actor, "train", "model_versions", detail={"version": version.name, **facts})
    if beats_rules and registry.begin(version.name, by=actor.name, on=actor.recorded_at.date()):
        detail: dict[str, object] = {"version": version.name, "first": True}
        audit.record(session, actor, "promote", "model_versions", detail=detail)
    registry.tell(version.name, {SEEN: (json.dumps(seen, indent=1) + "\n").encode()} | _chart(seen["calibration"]))
    write_card(registry, version.name)
    return version.name


def served(registry: Registry, as_of: date) -> dict[str, object]:
    """What serves on the day."""
    version = registry.serving(as_of)
    return {"serving": RULES if version is None else version.name}


def _chart(calibration: Mapping[str, Any]) -> dict[str, bytes]:
    from o2c_ai.formats.charts import calibration_chart, svg

    ways = {name: [tuple(row) for row in rows] for name, rows in calibration.items() if rows}
    return {CHART: svg(calibration_chart(ways)).encode()} if ways else {}


@cache
def code_version() -> str:
    """The release, and a digest of its sources: two versions with equal ones were trained by the same code."""
    root = Path(o2c_ai.__file__).parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return f"{release_of('o2c_ai')}+{digest.hexdigest()[:12]}"
