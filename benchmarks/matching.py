"""How well the rules and the learned matcher decide a simulated company's bank lines, by the score beside the data."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.results import record, shared_folder

SET = "cashapp-dev"
HISTORY_UNTIL, AS_OF = "2025-10-30", "2025-12-31"
MATCHERS: dict[str, tuple[str, ...]] = {"rules": ("--model", "rules"), "learned": ()}
PRECISIONS = ("0.997", "0.999")


def run() -> None:
    """Import, train on the history, match by the rules and by what was learnt at each precision, score."""
    folder = shared_folder(SET)
    if folder is None:
        print(f"matching {SET}: not beside this checkout, skipped")
        return
    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, "O2C_DATA_DIR": scratch}
        o2c(environment, "import", str(folder))
        o2c(environment, "train", "remittance-matching", "--as-of", HISTORY_UNTIL)
        for matcher, words in MATCHERS.items():
            for precision in PRECISIONS:
                out = Path(scratch) / "proposals.csv"
                asked = ("--as-of", AS_OF, "--auto-precision", precision, *words, "--out", str(out))
                started = time.perf_counter()
                o2c(environment, "match", *asked)
                seconds = time.perf_counter() - started
                figures = score(folder, out)
                record(f"matching {SET} {matcher} {precision}", {**figures, "seconds": round(seconds, 1)})
                print(f"matching {SET}, {matcher} at {precision}: {json.dumps(figures)}")


def o2c(environment: dict[str, str], *arguments: str) -> None:
    """Run the command line as its own process."""
    command = [sys.executable, "-c", "from o2c_ai.cli import main; main()", *arguments]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def score(folder: Path, proposals: Path) -> dict[str, object]:
    """What the data's own score says."""
    command = [sys.executable, str(folder / "score.py"), str(folder), str(proposals)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    figures: dict[str, object] = json.loads(told)
    return figures
