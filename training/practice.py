"""Writes an invented company's papers as an exchange folder, for whoever has no ERP at hand.

    python -m training.practice FOLDER [--customers 280]

It is the demo's kind of company, larger and with a year and a half of history, every bank line worked by people, so
that what was foreseen can be held against what came.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import typer

from o2c_ai.demo.folder import write_folder
from o2c_ai.demo.world import simulate

SEED = 1
CUSTOMERS = 280
START = date(2025, 6, 1)
DAYS = 502
"""Up to 2026-10-15, as the demo's company."""


def main(
    folder: Annotated[Path, typer.Argument(help="Where the papers are written.")],
    customers: Annotated[
        int, typer.Option(min=1, help="How large the company is; fewer are quicker to learn.")
    ] = CUSTOMERS,
) -> None:
    """Write the practice company's papers."""
    end = START + timedelta(days=DAYS - 1)
    world = simulate(SEED, customers=customers, start=START, days=DAYS, history_until=end)
    write_folder(world, folder, applications_until=end)
    print(f"{len(world.invoices):,} invoices and {len(world.bank_lines):,} bank lines up to {end}: {folder}")


if __name__ == "__main__":
    typer.run(main)
