"""The peers and our rules alone: what `python -m benchmarks matching` does beside ours, without the training."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks import matching
from benchmarks.beside import beside


def run() -> None:
    """Import each set and measure on it."""
    for name, folder, until, as_of, judge in matching.sets():
        with tempfile.TemporaryDirectory() as scratch:
            matching.o2c({**os.environ, "O2C_DATA_DIR": scratch}, "import", str(folder))
            beside(name, Path(scratch), until, as_of, judge)
