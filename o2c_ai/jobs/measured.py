"""Figures of versions and rules on one window of time: what a promotion, a card and a tracking server are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from o2c_ai.jobs.versions import MATCHING, TIMING

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.core.suggestions.rules import Policy

Figures = dict[str, Any]
"""Measure → number, a list of numbers, or None where nothing could be measured."""
ITEMS_MIN = 200
"""Fewer later items cannot tell two versions apart."""
OURS = "this version"
"""Stands for the version where figures of it and of rules lie side by side."""
JUDGED_BY = {TIMING: ("brier", "pinball_days"), MATCHING: ("wrong",)}
"""Measures that decide between versions of a learner; of each, less is better."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of several ways to answer, all on the same items."""

    since: str
    """The evening (ISO) after which the items came."""
    until: str
    """The evening (ISO) by which their outcome was known."""
    items: int
    figures: dict[str, Figures]
    """By version or rule."""


Measure = Callable[["Session", int, date, date, Mapping[str, Mapping[str, bytes]], "Policy"], Measured | None]
"""(session, company, since, until, version → files, policy) → figures of versions and rules; None with too few items."""
