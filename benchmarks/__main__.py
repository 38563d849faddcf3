"""Run every benchmark, or those named: `python -m benchmarks importing matching`."""

from __future__ import annotations

import importlib
import sys

NAMES = ("importing", "matching", "growth", "timing", "timing_speed", "forecast", "service")


def main() -> None:
    """Run them one after another."""
    for name in sys.argv[1:] or NAMES:
        importlib.import_module(f"benchmarks.{name}").run()


main()
