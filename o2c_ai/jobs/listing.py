"""The versions of a learner in a list: who trained each, how it did beside the rules, and since when it serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.jobs.measured import JUDGED_BY, OURS
from o2c_ai.jobs.recorded import recorded
from o2c_ai.jobs.versions import RULES

if TYPE_CHECKING:
    from o2c_ai.models.registry import Registry, Version


def listed(registry: Registry) -> dict[str, object]:
    """What serves, the challenger, why to train again, and every version, oldest first. Raises SpoiltList."""
    champion, challenger = registry.champion(), registry.challenger()
    roles = {one.name: role for role, one in (("challenger", challenger), ("champion", champion)) if one is not None}
    return {
        "serving": RULES if champion is None else champion.name,
        "challenger": None if challenger is None else challenger.name,
        "retrain": [] if champion is None else champion.drift.get("retrain", []),
        "versions": [_row(registry.learner, one, roles.get(one.name)) for one in registry.versions()],
    }


def _row(learner: str, version: Version, role: str | None) -> dict[str, object]:
    figures = recorded(learner, version).figures
    beside: dict[str, object] = {}
    for name in JUDGED_BY[learner]:
        beside |= {name: figures[OURS].get(name), f"{name}_by_rules": figures[RULES].get(name)}
    return {
        "version": version.name,
        "role": role or ("serves earlier days" if version.serves else ""),
        "as_of": version.as_of.isoformat(),
        "trained_by": version.trained_by,
        **beside,
        "let_serve_by": version.promoted_by,
        "serves_since": None if version.serves_since is None else version.serves_since.isoformat(),
        "rolled_back": None if version.rolled_back_on is None else version.rolled_back_on.isoformat(),
        "flag": "train again" if version.drift.get("retrain") else "",
    }
