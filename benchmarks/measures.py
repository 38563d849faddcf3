"""The rates of one run of the matcher over a set, under the names the score beside cashapp-dev gives them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from benchmarks.judging import Judge

_Z = 1.96
_SIZES = ((1, 1), (2, 3), (4, 9), (10, 999))
_REASONS = ("discount", "deduction", "partial", "withholding", "netted", "bank_charge", "overpayment")


def measures(judge: Judge) -> dict[str, object]:
    """Straight-through share, precision with its bounds, cash, others wrongly applied, calibration, and by reason."""
    paying, good, auto, others = judge.paying, judge.good, judge.auto, judge.others()
    return {
        "ar_lines": len(paying),
        "straight_through": round(len(good) / max(1, len(paying)), 4),
        "auto_precision": round(len(good) / max(1, len(auto)), 5),
        "auto_precision_95": wilson(len(good), len(auto)),
        "top1": round(len(judge.right) / max(1, len(paying)), 4),
        "cash_straight_through": _cash_share(judge),
        "false_auto_on_others": len(set(auto).intersection(others)),
        "others": len(others),
        "over_applied": len(judge.over_applied),
        "ece": _calibration_error(judge),
        "good": len(good),
        "auto": len(auto),
        "reason_right": _reasons_right(judge),
        "decided_right": {kind: _decided(judge, kind) for kind in ("not_ar", "returned")},
        "straight_through_by": _by(judge),
    }


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share. Source: Wilson (1927)."""
    if not whole:
        return 0.0, 0.0
    share, square = part / whole, _Z * _Z / whole
    centre, half = share + square / 2, _Z * math.sqrt(share * (1 - share) / whole + square / (4 * whole))
    return round((centre - half) / (1 + square), 5), round((centre + half) / (1 + square), 5)


def _cash_share(judge: Judge) -> float:
    """Of the money of paying lines, currencies added as mere numbers: a share for comparing, no sum of money."""
    whole = sum(abs(judge.papers.lines[line_id].amount) for line_id in judge.paying)
    return round(sum(abs(judge.papers.lines[line_id].amount) for line_id in judge.good) / max(1, whole), 4)


def _calibration_error(judge: Judge) -> float:
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for line_id, proposal in judge.proposals.items():
        if proposal.cash:
            bins[min(9, int(proposal.probability * 10))].append((proposal.probability, line_id in judge.right))
    count = sum(map(len, bins.values())) or 1
    gaps = (
        abs(sum(p for p, _ in held) / len(held) - sum(ok for _, ok in held) / len(held)) * len(held)
        for held in bins.values()
    )
    return round(sum(gaps) / count, 4)


def _reasons_right(judge: Judge) -> float:
    """Of the invoices of rightly applied lines that bear a reason, the share proposed with the same."""
    told = [
        judge.proposals[line_id].reasons[row.number] == row.reason
        for line_id in judge.good
        for row in judge.papers.paid(line_id)
        if row.reason and row.number in judge.proposals[line_id].reasons
    ]
    return round(sum(told) / max(1, len(told)), 4)


def _decided(judge: Judge, kind: str) -> float:
    lines = [line_id for line_id, rows in judge.papers.truth.items() if any(row.reason == kind for row in rows)]
    found = Counter(proposal.decision for line_id in lines if (proposal := judge.proposals.get(line_id)))
    return round(found[kind] / max(1, len(lines)), 3)


def _by(judge: Judge) -> dict[str, str]:
    groups: dict[str, list[str]] = {}
    for low, high in _SIZES:
        sized = [line_id for line_id in judge.paying if low <= len(judge.truth_of(line_id)) <= high]
        groups[str(low) if low == high else f"{low}-{high}"] = sized
    for reason in _REASONS:
        groups[reason] = [one for one in judge.paying if any(row.reason == reason for row in judge.papers.truth[one])]
    shares = {name: sum(one in judge.good for one in lines) / len(lines) for name, lines in groups.items() if lines}
    return {name: f"{share:.3f} of {len(groups[name])}" for name, share in shares.items()}
