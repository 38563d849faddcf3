"""Runs in an environment of its own: foresees weekly receipts by the three automatic methods of statsforecast.

`python statsforecast_program.py FOLDER`: reads weeks.csv (a column a series: one for each day asked, its receipts week
by week, the earliest first, then empty), writes told.csv (series, method, week ahead, expected).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
from statsforecast.models import AutoARIMA, AutoETS, AutoTheta

WEEKS = 13
METHODS = {"AutoETS": AutoETS, "AutoTheta": AutoTheta, "AutoARIMA": AutoARIMA}
SEASON = 1
"""No season: half a year of weeks shows none."""


def foresee(folder: Path) -> None:
    """Each method on each series by itself."""
    with (folder / "weeks.csv").open(encoding="utf-8", newline="") as file:
        names, *rows = csv.reader(file)
    with (folder / "told.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("series", "method", "week", "expected"))
        for place, name in enumerate(names):
            receipts = np.array([float(row[place]) for row in rows if row[place]])
            for method, model in METHODS.items():
                told = model(season_length=SEASON).fit(receipts).predict(WEEKS)["mean"]
                writer.writerows((name, method, week + 1, float(value)) for week, value in enumerate(told))


if __name__ == "__main__":
    foresee(Path(sys.argv[1]))
