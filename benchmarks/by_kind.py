"""The matcher's figures by kind of line, and the share of lines nobody could decide, for results.json."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from benchmarks.judging import Judge
from benchmarks.kinds import KINDS, Kinds
from benchmarks.papers import Papers
from benchmarks.undecidable import Undecidable, undecidable


class Sorted:
    """A set's paying lines by kind, and those nobody could decide: asked once, used for every run over the set."""

    def __init__(self, papers: Papers) -> None:
        self.kinds = Kinds(papers)
        self.undecidable: Undecidable = undecidable(papers, self.kinds)


def by_kind(judge: Judge, options: Mapping[str, Sequence[Counter[str]]], sets: Sorted) -> dict[str, dict[str, int]]:
    """For each kind: lines, applied automatically, right among these, best option right, true set among the options."""
    found = {}
    for kind in KINDS:
        lines = [line_id for line_id in judge.paying if kind in sets.kinds.of[line_id]]
        found[kind] = _counts(judge, options, lines)
    found["all that pay invoices"] = _counts(judge, options, judge.paying)
    return found


def _counts(judge: Judge, options: Mapping[str, Sequence[Counter[str]]], lines: Sequence[str]) -> dict[str, int]:
    first = [line_id for line_id in lines if any(judge.is_true(line_id, one) for one in options.get(line_id, ())[:1])]
    among = [line_id for line_id in lines if any(judge.is_true(line_id, one) for one in options.get(line_id, ()))]
    return {
        "lines": len(lines),
        "auto": sum(judge.is_applied(line_id) for line_id in lines),
        "right": sum(line_id in judge.good for line_id in lines),
        "best_right": len(first),
        "among_options": len(among),
    }


def decidable(judge: Judge, sets: Sorted) -> dict[str, float | int]:
    """How many lines nobody could decide and why, and straight-through as a share of the rest."""
    nobody, payable = sets.undecidable, len(judge.paying)
    rest = [line_id for line_id in judge.paying if line_id not in nobody.lines]
    named = sum(bool(sets.kinds.named(line_id, judge.papers.truth[line_id])) for line_id in judge.paying)
    return {
        "named": round(named / max(1, payable), 4),
        "equal_twins": len(nobody.twins),
        "fits_twice": len(nobody.fits_twice),
        "not_searched": len(nobody.not_searched),
        "nobody_could_decide": len(nobody.lines),
        "nobody_could_decide_share": round(len(nobody.lines) / max(1, payable), 4),
        "straight_through_of_the_rest": round(sum(one in judge.good for one in rest) / max(1, len(rest)), 4),
    }
