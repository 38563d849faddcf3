"""Tell the tracking server of every version: data window, code, columns, parameters, figures beside the rules, card."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from o2c_ai.jobs.measured import OURS
from o2c_ai.jobs.model_card import CARD
from o2c_ai.jobs.recorded import recorded
from o2c_ai.jobs.versions import TIMING
from o2c_ai.models.payment_timing.answers import LATE_DAYS
from o2c_ai.models.registry import SpoiltFile
from o2c_ai.models.tracking import CHALLENGER, CHAMPION, Told, page_command, publish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from o2c_ai.models.registry import Registry, Version

ANSWERS = {
    TIMING: ("p_late", "p_late_7", "p_late_30", "p10", "p50", "p90", "expected_days_late"),
}
"""What a learner answers for each row; others answer one probability."""
LIGHTGBM = ".txt"
"""Files that are LightGBM's text."""
_PARAMETER = re.compile(r"^\[(\w+): (.*)\]$", re.MULTILINE)
_SHOWN = {"objective", "num_iterations", "learning_rate", "num_leaves", "min_data_in_leaf", "feature_fraction"}
_SHOWN |= {"bagging_fraction", "bagging_freq", "lambda_l2", "cat_smooth", "cat_l2", "max_bin", "seed", "deterministic"}


def publish_versions(
    registry: Registry, *, address: str, artifacts: Path, progress: Callable[[str], object] = str
) -> dict[str, object]:
    """Bring the tracking server in line with the versions of one learner; harmless to repeat. Raises NotReached.

    A version whose files are spoilt is not told of, only counted.
    """
    champion, challenger = registry.champion(), registry.challenger()
    aliases = {one.name: alias for one, alias in ((challenger, CHALLENGER), (champion, CHAMPION)) if one is not None}
    told, spoilt = [], 0
    for version in registry.versions():
        try:
            told.append(told_of(registry, version, aliases.get(version.name)))
        except SpoiltFile:
            spoilt += 1
    counted = publish(address, artifacts, model_name(registry), told, progress)
    return {**counted, "spoilt": spoilt}


def open_page(address: str, port: int, say: Callable[[str], object]) -> None:
    """Serve MLflow's page on this machine only, until it is interrupted."""
    say(f"http://127.0.0.1:{port}")
    with suppress(KeyboardInterrupt):
        subprocess.run(page_command(address, port), check=False)  # noqa: S603 - our own interpreter and settings


def model_name(registry: Registry) -> str:
    """Learner and books, in letters that MLflow takes for a model's name."""
    return re.sub(r"[^\w-]+", "-", f"{registry.learner}-{registry.company}")


def told_of(registry: Registry, version: Version, alias: str | None) -> Told:
    """What the tracking server is told of a version. Raises SpoiltFile."""
    files, papers = registry.load(version), registry.papers(version)
    text = papers.get(CARD, b"").decode()
    state = _short_digest([version.papers, alias])
    judges = {name.removesuffix(LIGHTGBM): body.decode() for name, body in files.items() if name.endswith(LIGHTGBM)}
    return Told(
        name=version.name,
        digest=_short_digest(version.hashes),
        code=version.code,
        state=state,
        alias=alias,
        parameters=_parameters(registry.learner, version, judges),
        metrics=dict(_metrics(registry.learner, version)),
        reads=list(dict.fromkeys(column for body in judges.values() for column in _columns(body))),
        answers=ANSWERS.get(registry.learner, ("probability",)),
        files=files,
        papers=papers,
        card=text,
        tags={"o2c.alias": alias or "", "o2c.trained_by": version.trained_by, "o2c.promoted_by": version.promoted_by},
    )


def _short_digest(told: object) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def _parameters(learner: str, version: Version, judges: Mapping[str, str]) -> dict[str, object]:
    """Data window and code, and each judge's parameters as LightGBM wrote them down."""
    measured = recorded(learner, version)
    window = {"as_of": version.as_of, "code": version.code, "measured_since": measured.since or "-"}
    facts = {name: value for name, value in version.facts.items() if isinstance(value, int)}
    found: dict[str, object] = {**window, "measured_until": measured.until, **facts}
    for judge, text in judges.items():
        found |= {f"{judge}.{name}": value for name, value in _PARAMETER.findall(text) if name in _SHOWN}
        found[f"{judge}.columns"] = len(_columns(text))
    return found


def _columns(text: str) -> list[str]:
    (line,) = re.findall(r"^feature_names=(.*)$", text, flags=re.MULTILINE)
    return str(line).split(" ")


def _metrics(learner: str, version: Version) -> Iterator[tuple[str, float]]:
    """Figures of the version under their names, of the rules with the way's name before: `day-one model/brier`."""
    for way, figures in recorded(learner, version).figures.items():
        for name, value in figures.items():
            prefix = "" if way == OURS else f"{way}/"
            yield from ((_plain(prefix + part), number) for part, number in _numbers(name, value))


def _plain(name: str) -> str:
    """In letters that MLflow takes for a metric's name."""
    return re.sub(r"[^\w\-. /]", "", name)


def _numbers(name: str, value: Any) -> Iterator[tuple[str, float]]:  # noqa: ANN401 - any JSON value
    if isinstance(value, list):
        # Figures of the tails begin with more than 7 days.
        for days, inner in zip(LATE_DAYS[-len(value) :], value, strict=True):
            yield from _numbers(f"{name}_{days}", inner)
    elif value is not None:
        yield name, float(value)
