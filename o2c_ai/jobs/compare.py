"""Champion, challenger and rules side by side on the same later window, and who may take whose place."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.errors import Conflict, Forbidden, Invalid
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.core.receivables.queries import last_day
from o2c_ai.jobs.measured import JUDGED_BY, OURS, Measured
from o2c_ai.jobs.model_card import write_card
from o2c_ai.jobs.recorded import recorded
from o2c_ai.jobs.versions import RULES, TIMING
from o2c_ai.models.registry import OwnVersion, SpoiltFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.core.suggestions.rules import Policy
    from o2c_ai.jobs.measured import Gap
    from o2c_ai.models.registry import Registry, Version

    Measure = Callable[[Session, int, tuple[date, date], Mapping[str, Mapping[str, bytes]], Policy], Measured | None]
    """(session, company, (since, until), version → files, policy) → figures; None with too few items."""


class Worse(Conflict):
    """A version that did no better than the rules, or worse than what serves, does not take their place."""

    def __init__(self, name: str, other: str, measures: str, figures: tuple[object, object], way: str) -> None:
        """Name the version, what it was compared with, the measure, both figures, and on what."""
        self.name, self.other, self.measure, self.figures = name, other, measures, figures
        said = f"{measures} {figures[0]} beside {figures[1]}"
        super().__init__(f"version {name} did no better than {other} {way}: {said}; what serves goes on")


class ClearlyWorse(Conflict):
    """A version that is surely worse in some figure, if not in those that decide, does not take the place either."""

    def __init__(self, name: str, other: str, measure: str, gap: Gap, way: str) -> None:
        """Name the version, what it was compared with, the measure, the difference, and on what."""
        self.name, self.other, self.measure, self.gap = name, other, measure, gap
        said = f"{measure} {gap.point:+} (95 % interval {gap.low:+} to {gap.high:+})"
        super().__init__(f"version {name} is clearly worse than {other} {way}: {said}; what serves goes on")


class Overtaken(Conflict):
    """What was compared is not what there is any more."""

    def __init__(self, name: str) -> None:
        """Name the version."""
        self.name = name
        super().__init__(f"while version {name} was compared, it or what serves was changed: promote it again")


class NotComparable(Conflict):
    """Nothing came late enough to compare two versions on."""

    def __init__(self, name: str, other: str, since: date, until: date) -> None:
        """Name both, the evening that both know, and the newest day in the books."""
        self.name, self.other, self.since, self.until = name, other, since, until
        super().__init__(
            f"version {name} cannot be compared with {other} yet: too little came after {since}, the last evening both "
            f"know, up to {until}; promote it when a month or two more is booked, or train both as of one earlier day"
        )


class OlderThanChampion(Conflict):
    """What serves was registered later."""

    def __init__(self, name: str, champion: str) -> None:
        """Name both."""
        self.name, self.champion = name, champion
        super().__init__(f"version {champion} was registered after {name} and serves: roll it back instead")


@dataclass(frozen=True, slots=True)
class Comparison:
    """Versions and rules on the same items."""

    measured: Measured
    way: str
    """On which items, in words."""
    judged_by: tuple[str, ...]
    versions: tuple[Version, ...]
    """Those compared, the newest last."""

    def facts(self) -> dict[str, object]:
        """For the audit, the list of versions and people."""
        one = self.measured
        window = {"since": one.since, "until": one.until, "items": one.items, "how": self.way}
        less = {other: {name: asdict(gap) for name, gap in gaps.items()} for other, gaps in one.less.items()}
        return {**window, "judged_by": list(self.judged_by), "figures": one.figures, "less": less}

    def require_better(self, name: str, other: str) -> None:
        """Raise Worse unless a version is better than the rules in what decides, or no worse than another version.

        Raises ClearlyWorse where any figure's whole interval lies on the worse side.
        """
        said = "the rules" if other == RULES else f"version {other}"
        for measure in self.judged_by:
            mine, theirs = (self.measured.figures[one].get(measure) for one in (name, other))
            better = mine is not None and theirs is not None and (mine < theirs if other == RULES else mine <= theirs)
            if not better:
                raise Worse(name, said, measure, (mine, theirs), self.way)
        for measure, gap in self.measured.less.get(other, {}).items():
            if gap.is_worse:
                raise ClearlyWorse(name, said, measure, gap, self.way)


def _measure(learner: str) -> Measure:
    if learner == TIMING:
        from o2c_ai.jobs.compare_timing import measure_timing

        return measure_timing
    from o2c_ai.jobs.compare_matching import measure_matching

    return measure_matching


def compare(
    session: Session,
    company_id: int,
    *,
    registry: Registry,
    versions: Sequence[Version],
    policy: Policy,
    until: date,
) -> Comparison | None:
    """Versions beside the rules on what came after all of them were trained; else as measured in training.

    The second only where they were measured on the same items. None where neither can be. Raises SpoiltFile.
    """
    since = max(version.as_of for version in versions)
    files = {version.name: registry.load(version) for version in versions}
    measured = _measure(registry.learner)(session, company_id, (since, until), files, policy)
    if measured is not None:
        return Comparison(measured, "on the same later items", JUDGED_BY[registry.learner], tuple(versions))
    found = {version.name: recorded(registry.learner, version) for version in versions}
    newest = found[versions[-1].name]
    if any((one.since, one.until, one.items) != (newest.since, newest.until, newest.items) for one in found.values()):
        return None
    figures = {RULES: newest.figures[RULES]} | {name: one.figures[OURS] for name, one in found.items()}
    same = Measured(newest.since, newest.until, newest.items, figures)
    return Comparison(same, "as measured in training", JUDGED_BY[registry.learner], tuple(versions))


def champion_beside(registry: Registry, version: Version) -> Version | None:
    """What a version is compared with: the champion, unless it is that itself or its files are spoilt."""
    champion = registry.champion()
    if champion is None or champion.name == version.name:
        return None
    try:
        registry.load(champion)
    except SpoiltFile:
        return None
    return champion


def side_by_side(
    session: Session, company_id: int, *, registry: Registry, policy: Policy, as_of: date
) -> dict[str, object]:
    """Champion, challenger and rules on the same items, and who is who."""
    champion, challenger = registry.champion(), registry.challenger()
    versions = [one for one in (champion, challenger) if one is not None and one.as_of <= as_of]
    facts: dict[str, object] = {"serving": RULES if champion is None else champion.name}
    if challenger is not None:
        facts["challenger"] = challenger.name
    if versions:
        found = compare(session, company_id, registry=registry, versions=versions, policy=policy, until=as_of)
        facts["compared"] = "too little came after both were trained" if found is None else found.facts()
    return facts


def judge(
    session: Session,
    company_id: int,
    *,
    registry: Registry,
    name: str,
    by: str,
    policy: Policy,
    until: date | None = None,
) -> Comparison:
    """The comparison by which somebody may let a version serve; writes nothing and locks nothing.

    `until` is the last evening whose books are looked at, the newest there is where none is given. Raises
    UnknownVersion, OwnVersion, OlderThanChampion, NotComparable, Worse, ClearlyWorse, SpoiltFile.
    """
    versions = _contenders(registry, name)
    version = versions[-1]
    if version.trained_by == by:
        raise OwnVersion(name, by)
    last = until or last_day(session, company_id) or version.as_of
    found = compare(session, company_id, registry=registry, versions=versions, policy=policy, until=last)
    if found is None:
        other = versions[0].name if len(versions) > 1 else RULES
        raise NotComparable(name, other, max(one.as_of for one in versions), last)
    for beside in (*(one.name for one in versions[:-1]), RULES):
        found.require_better(name, beside)
    return found


def _contenders(registry: Registry, name: str) -> list[Version]:
    """What a version is compared with, if anything, and itself. Raises UnknownVersion, OlderThanChampion."""
    version = registry.get(name)
    champion = champion_beside(registry, version)
    if champion is None:
        return [version]
    names = [one.name for one in registry.versions()]
    if names.index(champion.name) > names.index(name):
        raise OlderThanChampion(name, champion.name)
    return [champion, version]


@contextmanager
def refusal_audited(
    acting: Callable[[], AbstractContextManager[tuple[Session, Actor]]], registry: Registry, name: str
) -> Iterator[None]:
    """Write down why a version was not let serve: in a transaction of its own, for the block's is not committed."""
    try:
        yield
    except (Conflict, Forbidden, Invalid) as refusal:
        detail: dict[str, object] = {"learner": registry.learner, "version": name, "why": str(refusal)}
        with acting() as (session, actor):
            audit.record(session, actor, "refuse to promote", "model_versions", detail=detail)
        raise


def promote(session: Session, actor: Actor, *, registry: Registry, name: str, found: Comparison) -> None:
    """Let a version serve that `judge` found good enough, if nothing has changed since.

    Raises NotYourDuty, UnknownVersion, OwnVersion, OlderThanChampion, Overtaken, SpoiltFile.
    """
    require(actor, Duty.TRAIN)
    now = _contenders(registry, name)
    registry.load(now[-1])
    if [(one.name, one.hashes) for one in now] != [(one.name, one.hashes) for one in found.versions]:
        raise Overtaken(name)
    facts = found.facts()
    registry.promote(name, by=actor.name, on=actor.recorded_at.date(), comparison=facts)
    write_card(registry, name)
    audit.record(session, actor, "promote", "model_versions", detail={"version": name, "comparison": facts})


def roll_back(session: Session, actor: Actor, *, registry: Registry) -> dict[str, object]:
    """Withdraw the newest version that serves; the one before serves again. Raises NotYourDuty, NothingBefore."""
    require(actor, Duty.TRAIN)
    withdrawn = registry.roll_back(on=actor.recorded_at.date())
    write_card(registry, withdrawn.name)
    audit.record(session, actor, "roll back", "model_versions", detail={"version": withdrawn.name})
    serving = registry.champion()
    return {"withdrawn": withdrawn.name, "serving": RULES if serving is None else serving.name}
