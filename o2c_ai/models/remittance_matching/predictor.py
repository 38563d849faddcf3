"""A trained matcher as files, and back: LightGBM's text and plain JSON, nothing that could run when read."""

from __future__ import annotations

import json
from collections.abc import Mapping

from o2c_ai.core.errors import Invalid
from o2c_ai.models.remittance_matching import features, membership
from o2c_ai.models.remittance_matching.calibration import Calibration
from o2c_ai.models.remittance_matching.estimator import ItemJudge, ProposalJudge
from o2c_ai.models.remittance_matching.rates import RuleRates
from o2c_ai.models.remittance_matching.scoring import LearnedScorer

JUDGE, ITEMS, COUNTS = "judge.txt", "items.txt", "counts.json"
COLUMNS = (*features.COLUMNS, *membership.COLUMNS)


class OtherColumns(Invalid):
    """The version was trained on other measurements than this release makes."""

    def __init__(self) -> None:
        """Say what mends it."""
        super().__init__("this version was trained by another release: train again, or match with --model rules")


def to_files(scorer: LearnedScorer) -> dict[str, bytes]:
    """File name → bytes; the same scorer gives the same bytes."""
    counts = {
        "columns": COLUMNS,
        "cells": [[list(cell), *count] for cell, count in sorted(scorer.rates.cells.items())],
        "rule_steps": scorer.rates.steps,
        "steps": scorer.calibration.steps,
        "sure": scorer.calibration.sure,
        "clear": scorer.calibration.clear,
    }
    files = {JUDGE: scorer.judge.text.encode(), COUNTS: (json.dumps(counts, indent=1) + "\n").encode()}
    return files if scorer.items is None else files | {ITEMS: scorer.items.text.encode()}


def from_files(files: Mapping[str, bytes]) -> LearnedScorer:
    """The scorer that `to_files` wrote. Raises OtherColumns."""
    counts = json.loads(files[COUNTS])
    if tuple(counts["columns"]) != COLUMNS:
        raise OtherColumns
    cells = {tuple(cell): (right, seen) for cell, right, seen in counts["cells"]}
    rates = RuleRates(cells, tuple(tuple(step) for step in counts["rule_steps"]))
    steps, clear = (tuple(tuple(step) for step in counts[name]) for name in ("steps", "clear"))
    calibration = Calibration(steps, tuple(counts["sure"]), clear)
    items = ItemJudge(files[ITEMS].decode()) if ITEMS in files else None
    return LearnedScorer(rates, items, ProposalJudge(files[JUDGE].decode()), calibration)
