"""Lets a company of a few months be learnt from, which in earnest would be refused."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from o2c_ai.demo.world import World
from o2c_ai.jobs import compare_timing
from o2c_ai.models.payment_timing import judges
from o2c_ai.models.payment_timing import training as timing_training


def learnt_on(world: World) -> date:
    """The day as of which the company's versions of payment timing are trained: what came later is known too."""
    return world.history_until - timedelta(days=25)


def with_little_history(patch: pytest.MonkeyPatch, *, beats_rules: bool, trees: int = 10) -> None:
    """Let payment timing be learnt from less than it otherwise asks for: the company is small."""
    for name, number in (("PAID_MIN", 60), ("JUDGED_MIN", 20), ("ANSWERS_MIN", 3)):
        patch.setattr(timing_training, name, number)
    patch.setattr(timing_training.Trained, "beats_rules", beats_rules)
    patch.setattr(compare_timing, "ITEMS_MIN", 5)
    for judge in (judges.DAY_JUDGE, judges.LATE_JUDGE):
        patch.setitem(judge, "num_iterations", trees)
