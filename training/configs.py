"""Reads the settings of a training run from a TOML file, and says what is wrong in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from o2c_ai.core.errors import BadInput, Problem
from o2c_ai.models.payment_timing.coming_days import COLUMNS
from o2c_ai.models.payment_timing.judges import DAY_JUDGE, Config

TUNABLE = {"num_leaves", *DAY_JUDGE}
"""Parameters of a judge that may be set; on the others the same bytes for the same history depend."""
JUDGES = ("days", "late")


def read_toml(path: Path, known: set[str]) -> dict[str, Any]:
    """The tables of a file whose first level holds known names only. Raises BadInput, OSError."""
    try:
        found = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput([Problem(path.name, None, None, f"is not TOML: {error}", "correct it")]) from error
    refuse_unknown(path, found, known)
    return found


def refuse_unknown(path: Path, found: Mapping[str, object], known: set[str], inside: str = "") -> None:
    """Raise BadInput with every name that means nothing here."""
    remedy = f"known here: {', '.join(sorted(known))}"
    unknown = [f"{inside}{name}" for name in found if name not in known]
    if unknown:
        raise BadInput([Problem(path.name, None, name, "means nothing", remedy) for name in unknown])


def timing_config(path: Path | None) -> Config:
    """The settings of a payment-timing run, the usual ones without a file. Raises BadInput, OSError."""
    if path is None:
        return Config()
    found = read_toml(path, {"seed", "left_out", *JUDGES})
    judges: dict[str, dict[str, float]] = {name: _table(path, found, name) for name in JUDGES}
    left_out = found.get("left_out", [])
    if not isinstance(left_out, list) or not set(left_out) <= set(COLUMNS):
        remedy = f"a list of: {', '.join(COLUMNS)}"
        raise BadInput([Problem(path.name, None, "left_out", f"{left_out} are no columns", remedy)])
    return Config(_whole(path, found, "seed"), judges["days"], judges["late"], tuple(left_out))


def matching_seed(path: Path | None) -> int:
    """The seed of a remittance-matching run, 0 without a file. Raises BadInput, OSError."""
    return 0 if path is None else _whole(path, read_toml(path, {"seed"}), "seed")


def _table(path: Path, found: Mapping[str, Any], name: str) -> dict[str, float]:
    table = found.get(name, {})
    if not isinstance(table, dict):
        raise BadInput([Problem(path.name, None, name, "is no table", f"write [{name}] on a line of its own")])
    refuse_unknown(path, table, TUNABLE, f"{name}.")
    wrong = [key for key, value in table.items() if isinstance(value, bool) or not isinstance(value, int | float)]
    if wrong:
        raise BadInput([Problem(path.name, None, f"{name}.{key}", "is no number", "write a number") for key in wrong])
    return table


def _whole(path: Path, found: Mapping[str, Any], name: str) -> int:
    value = found.get(name, 0)
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise BadInput([Problem(path.name, None, name, f"{value!r} is no seed", "write a whole number from 0 up")])
    return value
