"""The card of a version: one page that says what it is for, what it saw, how well it did, and who let it serve."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from o2c_ai.jobs.measured import OURS
from o2c_ai.jobs.recorded import recorded
from o2c_ai.jobs.versions import MATCHING, TIMING
from o2c_ai.models.registry import SpoiltFile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from o2c_ai.models.registry import Registry, Version

CARD, CHART = "card.md", "calibration.svg"
SEEN = "seen.json"
"""Paper of a version: what it saw in training, column by column, and what came of what it said."""

_FOR = {
    TIMING: (
        "When will each open item be paid? One distribution of payment days an item: chances of being late, quantiles, "
        "expected days late. It ranks the worklist and is read by people; it books nothing."
    ),
    MATCHING: (
        "Which open items does a line of money pay? A probability for every way to book it, with reasons. What the "
        "policy calls certain is applied untouched and can be taken back; the rest waits for a person."
    ),
}
_LIMITS = {
    TIMING: (
        "It knows the payers of one company; between trainings only what is measured of them is new, every evening.",
        "Items without a label by the day were left out of the figure and counted, never called on time.",
        "What customers will do after a change it has not seen (new terms, a crisis) it cannot know: watch its drift.",
    ),
    MATCHING: (
        "It knows the papers of one company; a bank that changes how it writes is new to it until it is trained again.",
        "Figures are of lines that people booked; what was applied untouched and not looked at proves nothing.",
    ),
}


def write_card(registry: Registry, name: str) -> None:
    """Write a version's card anew: who let it serve, and since when, has changed. Raises UnknownVersion."""
    version = registry.get(name)
    registry.tell(name, {CARD: card(registry.learner, version, calibration_of(registry, version)).encode()})


def calibration_of(registry: Registry, version: Version) -> dict[str, list[tuple[float, float, int]]]:
    """Rows (said, came, items) by way to answer, as measured in training; none where they were not kept or spoilt."""
    try:
        kept = json.loads(registry.papers(version)[SEEN])["calibration"]
    except (KeyError, SpoiltFile):
        return {}
    return {way: [(said, came, int(items)) for said, came, items in rows] for way, rows in kept.items() if rows}


def card(learner: str, version: Version, calibration: Mapping[str, Sequence[Sequence[float]]]) -> str:
    """The card as Markdown; `calibration` holds rows (said, came, items) by way to answer."""
    return "\n".join(
        [*_head(learner, version), *_figures(learner, version), *_calibrated(calibration), *_tail(learner)]
    )


def _head(learner: str, version: Version) -> Iterator[str]:
    facts = version.facts
    told = {name: facts[name] for name in ("paid_items", "lines", "judged") if name in facts}
    yield f"# {learner} {version.name}\n"
    yield f"{_FOR[learner]}\n"
    yield "| | |\n| --- | --- |"
    yield f"| knows | everything known on the evening of {version.as_of} |"
    yield from (f"| {name.replace('_', ' ')} | {value:,} |" for name, value in told.items())
    if "settings" in facts:
        yield f"| settings of its own | `{json.dumps(facts['settings'])}` |"
    yield f"| trained by | {version.trained_by} |"
    yield f"| code | {version.code or 'not kept'} |"
    yield f"| let serve | {_served(version)} |"
    if version.rolled_back_on:
        yield f"| rolled back | {version.rolled_back_on} |"
    if version.drift:
        yield f"| drift by {version.drift['as_of']} | {'; '.join(version.drift['retrain']) or 'none'} |"
    yield ""


def _served(version: Version) -> str:
    return f"by {version.promoted_by}, {version.serves_since}" if version.promoted_by else "not yet"


def _figures(learner: str, version: Version) -> Iterator[str]:
    """A column a way to answer, the version first."""
    measured = recorded(learner, version)
    ways = [OURS, *(name for name in measured.figures if name != OURS)]
    since = f"after {measured.since} " if measured.since else "later than those learnt from, "
    yield "## Measured\n"
    yield f"On {measured.items:,} items, {since}up to {measured.until}, by what had been learnt before them.\n"
    yield "| | " + " | ".join(ways) + " |\n" + "| --- " * (len(ways) + 1) + "|"
    for name in measured.figures[OURS]:
        yield (
            f"| {name.replace('_', ' ')} | " + " | ".join(_said(measured.figures[way].get(name)) for way in ways) + " |"
        )
    if version.comparison:
        since, until = version.comparison["since"], version.comparison["until"]
        yield f"\nWhen it was let serve, {version.comparison['how']} ({since} to {until}):\n"
        yield "| | " + " | ".join(_judged_by(version)) + " |\n" + "| --- " * (len(_judged_by(version)) + 1) + "|"
        for way, row in version.comparison["figures"].items():
            yield f"| {way} | " + " | ".join(_said(row.get(name)) for name in _judged_by(version)) + " |"
        for other, gaps in version.comparison.get("less", {}).items():
            said = (f"{name} {gap['point']:+} ({gap['low']:+} to {gap['high']:+})" for name, gap in gaps.items())
            yield f"\nLess {other}, with the 95 % interval over customers drawn anew: {', '.join(said)}."
    yield ""


def _judged_by(version: Version) -> list[str]:
    return list(version.comparison["judged_by"])


def _calibrated(calibration: Mapping[str, Sequence[Sequence[float]]]) -> Iterator[str]:
    if any(calibration.values()):
        yield "## Said and came\n"
        yield "| | said | came | items |\n| --- | --- | --- | --- |"
        for way, rows in calibration.items():
            yield from (f"| {way} | {said:.3f} | {came:.3f} | {int(items):,} |" for said, came, items in rows)
        yield ""


def _tail(learner: str) -> Iterator[str]:
    yield "## Limits\n"
    yield from (f"- {limit}" for limit in _LIMITS[learner])
    yield ""


def _said(value: object) -> str:
    if isinstance(value, list | tuple):
        return " / ".join(map(_said, value))
    return "" if value is None else f"{value:,}"
