"""Other ways to match on the sets of the matching benchmark, with our rules beside them and nothing trained."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks import matching


def run() -> None:
    """Import each set and measure on it."""
    for name, made in matching.SETS.items():
        with tempfile.TemporaryDirectory() as scratch:
            found = made(Path(scratch) / "papers")
            if found is None:
                print(f"peers {name}: not beside this checkout, skipped")
                continue
            matching.o2c({**os.environ, "O2C_DATA_DIR": scratch}, "import", str(found.folder))
            matching.peers_of(found, Path(scratch))
