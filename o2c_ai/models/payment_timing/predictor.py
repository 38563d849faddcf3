"""A learned payment-timing model as files, and back: LightGBM text and plain JSON, nothing that could run when read."""

from __future__ import annotations

import json
from collections.abc import Mapping

from o2c_ai.core.errors import Invalid
from o2c_ai.models.payment_timing.answers import LATE_DAYS
from o2c_ai.models.payment_timing.coming_days import COLUMNS
from o2c_ai.models.payment_timing.estimator import Learnt
from o2c_ai.models.payment_timing.judges import TimingJudge

DAYS, FACTS = "days.txt", "facts.json"
LATE = tuple(f"late_{days}.txt" for days in LATE_DAYS)


class OtherMeasurements(Invalid):
    """The version was trained on other measurements than this release makes."""

    def __init__(self) -> None:
        """Say what mends it."""
        super().__init__("this version was trained by another release: train again, or predict with --model rules")


def to_files(learnt: Learnt) -> dict[str, bytes]:
    """File name → bytes; the same model gives the same bytes."""
    facts = {
        "columns": COLUMNS,
        "payers": learnt.payers,
        "tail": learnt.tail,
    }
    judges = dict(zip((DAYS, *LATE), (learnt.days, *learnt.late), strict=True))
    files = {name: judge.text_.encode() for name, judge in judges.items()}
    return files | {FACTS: (json.dumps(facts, indent=1) + "\n").encode()}


def from_files(files: Mapping[str, bytes]) -> Learnt:
    """The model that `to_files` wrote. Raises OtherMeasurements."""
    facts = json.loads(files[FACTS])
    if tuple(facts["columns"]) != COLUMNS:
        raise OtherMeasurements
    days, *late = (TimingJudge.from_text(files[name].decode()) for name in (DAYS, *LATE))
    return Learnt(tuple(facts["payers"]), days, tuple(late), facts["tail"])
