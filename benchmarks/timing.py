"""How well payment days are foreseen, out of time: by the learned model and by everything it must beat.

`python -m benchmarks timing` measures every set; `python -m benchmarks.timing --sealed` the window that is kept for the
end, once. Each item is predicted on its issue day with what was known that evening. Rules learn anew every evening;
what is trained is trained on the evening of the cutoff and frozen.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, astuple, replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from benchmarks.results import record
from benchmarks.timing_sets import DEMO, HIGHRADIUS, IBM, SEALED, TimingSet, demo, highradius, ibm
from o2c_ai.models.payment_timing.baseline import EmpiricalTiming
from o2c_ai.models.payment_timing.days import Days, Floats
from o2c_ai.models.payment_timing.direct import trained_beside
from o2c_ai.models.payment_timing.estimator import LearnedTiming, Learnt
from o2c_ai.models.payment_timing.evaluation import Predict, frozen, predict_at_issue, score_timing
from o2c_ai.models.payment_timing.lift import MORE_DAYS, Worklist, not_yet_due, overdue
from o2c_ai.models.payment_timing.paired import compared
from o2c_ai.models.payment_timing.plain_rules import late_rate
from o2c_ai.models.payment_timing.training import DAY_ONE, LEARNED, RULES, TooLittleHistory, train

LANDMARKS = (14, 28, 42, 56)
"""Days after a cutoff on which a collector's lists are ranked."""
Figures = dict[str, object]


def run() -> None:
    """Measure every set that is there."""
    for name, read in {HIGHRADIUS: highradius, IBM: ibm, DEMO: demo}.items():
        found = read()
        if found is None:
            print(f"timing {name}: not beside this checkout, skipped")
        else:
            keep(measured(found))


def run_sealed() -> None:
    """Measure the window kept for the end."""
    found = highradius((SEALED,))
    if found is None:
        print(f"timing {HIGHRADIUS}: not beside this checkout, skipped")
    else:
        keep(measured(replace(found, name=f"{found.name} sealed")))


def keep(rows: Mapping[str, Figures]) -> None:
    """Write the figures down, and say them."""
    for name, figures in rows.items():
        record(name, figures)
        print(f"{name}: {json.dumps(figures)}", flush=True)


def measured(asked: TimingSet) -> dict[str, Figures]:
    """A row for every way, all on the same items, and one for the collector's lists."""
    told: dict[str, list[pd.DataFrame]] = {}
    lists: list[Counter[tuple[str, str]]] = []
    refused = []
    for cutoff, days in asked.spans:
        learnt = learned(asked.items, cutoff)
        refused += [] if learnt else [cutoff.isoformat()]
        parts = {
            name: predict_at_issue(asked.items, cutoff, days, way)
            for name, way in ways(asked.items, cutoff, learnt).items()
        }
        for name, part in ({LEARNED: parts[DAY_ONE]} | parts).items():
            told.setdefault(name, []).append(part)
        lists += [collected(asked, cutoff + timedelta(days=ahead), learnt) for ahead in LANDMARKS]
    pooled = {name: pd.concat(parts, ignore_index=True) for name, parts in told.items()}
    rows = {name: _scored(asked, pooled[name], told[name]) for name in pooled}
    beside = compared(pooled, LEARNED, asked.items, asked.known_until)
    rows[LEARNED] |= {
        "less": {name: {key: _rounded(astuple(gap)) for key, gap in gaps.items()} for name, gaps in beside.items()},
    } | ({"too_little_history_so_by_rules": refused} if refused else {})
    named = {f"timing {asked.name} {name}": figures for name, figures in rows.items()}
    return named | {f"worklist {asked.name}": _shares(lists)}


def learned(items: pd.DataFrame, cutoff: date) -> Learnt | None:
    """What training leaves on the evening of the cutoff; None where it refuses, and the rules go on serving."""
    try:
        return train(items, cutoff).learnt
    except TooLittleHistory:
        return None


def ways(items: pd.DataFrame, cutoff: date, learnt: Learnt | None) -> dict[str, Predict]:
    """Every way to predict by its name; without the learned model where there is none."""
    ours = {} if learnt is None else {LEARNED: frozen(LearnedTiming(learnt).fit(items, cutoff))}
    return {**RULES, **trained_beside(items, cutoff), **ours}


def _scored(asked: TimingSet, pooled: pd.DataFrame, parts: list[pd.DataFrame]) -> Figures:
    """The figures of all cutoffs together, and of each by itself."""
    scores = [asdict(score_timing(part, asked.items, asked.known_until)) for part in (pooled, *parts)]
    whole, *single = ({name: _rounded(value) for name, value in score.items()} for score in scores)
    for part in single:
        del part["calibration"]
    cutoffs = [cutoff.isoformat() for cutoff, _ in asked.spans]
    return whole | {"by_cutoff": dict(zip(cutoffs, single, strict=True))}


def collected(asked: TimingSet, day: date, learnt: Learnt | None) -> Counter[tuple[str, str]]:
    """Money that ended badly, by list and by what the list is ranked by; all of it under "all"."""
    model = (EmpiricalTiming() if learnt is None else LearnedTiming(learnt)).fit(asked.items, day)
    coming, past = not_yet_due(asked.items, day, asked.known_until), overdue(asked.items, day, asked.known_until)
    late = model.predict(coming.items, day)["p_late_7"].to_numpy(dtype=np.float64)
    unpaid = 1 - model.distribution(past.items, day, MORE_DAYS).sum(axis=1)
    return _found("not yet due", asked, day, coming, late) + _found("overdue", asked, day, past, unpaid)


def _found(
    name: str, asked: TimingSet, day: date, listed: Worklist, chance: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> Counter[tuple[str, str]]:
    rankings: dict[str, Floats | Days] = {
        "oldest first": listed.days_overdue,
        "amount": listed.amounts,
        "amount x customer's rate": np.asarray(listed.amounts * late_rate(asked.items, listed.items, day, 7)),
        "amount x model's chance": listed.amounts * chance,
        "best possible": listed.amounts * listed.ended_badly,
    }
    found = Counter({(name, ranking): listed.found(worth)[0] for ranking, worth in rankings.items()})
    return found + Counter({(name, "all"): listed.found(listed.amounts)[1]})


def _shares(lists: list[Counter[tuple[str, str]]]) -> Figures:
    """Share of the money that ended badly held by the top fifth, all evenings together."""
    whole = sum(lists, Counter[tuple[str, str]]())
    shares: Figures = {
        f"{name}: {ranking}": round(money / max(whole[name, "all"], 1), 4)
        for (name, ranking), money in sorted(whole.items())
        if ranking != "all"
    }
    return shares | {"evenings": len(lists)}


def _rounded(value: object) -> object:
    """Figures to four places."""
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value


if __name__ == "__main__":
    if sys.argv[1:] == ["--sealed"]:
        run_sealed()
    elif sys.argv[1:]:
        sys.exit("only --sealed is known")
    else:
        run()
