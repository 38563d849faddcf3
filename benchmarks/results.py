"""The one file of figures: each benchmark replaces its own part and leaves the others alone."""

from __future__ import annotations

import json
import platform
from pathlib import Path

RESULTS = Path(__file__).with_name("results.json")


def record(name: str, figures: dict[str, object]) -> None:
    """Put a benchmark's figures into results.json under its name, with the Python that ran them."""
    found = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    found[name] = {**figures, "python": platform.python_version()}
    RESULTS.write_text(json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def shared_folder(name: str) -> Path | None:
    """A set of real data beside the checkout; None where it is not there."""
    folder = Path(__file__).parents[2] / "shared" / "data" / name
    return folder if folder.is_dir() else None
