"""Holds versions against the rules on what came after a day, and prints their figures side by side.

    python -m training.backtest payment-timing --cutoff 2026-07-31 --known-until 2026-10-15
    python -m training.backtest remittance-matching --cutoff 2026-07-31 --known-until 2026-10-15

Without `--model`, the version that serves on the cutoff is held against the rules; `--model` names others.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import pandas as pd
import typer

from o2c_ai.cli.door import Company, a_day, open_door
from o2c_ai.cli.learning import Learner
from o2c_ai.jobs.versions import RULES
from o2c_ai.jobs.workbench import Books
from training.program import run

Day = Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], callback=a_day)]
USUAL_RATE = "customer's own rate and median"


def main(
    *,
    learner: Annotated[Learner, typer.Argument(help="Whose versions.")],
    cutoff: Day,
    known_until: Day,
    days: Annotated[int, typer.Option(min=1, help="Items issued so many days after the cutoff.")] = 61,
    model: Annotated[list[str] | None, typer.Option(help="A version; may be given several times.")] = None,
    company: Company = None,
) -> None:
    """Back-test versions of a learner beside the rules."""
    door = open_door(company, None, as_json=False)
    books = Books(door.settings.url(), door.company, door.settings.data_dir)
    first, until = cutoff.date(), known_until.date()
    versions: dict[str, str | None] = {name: name for name in model or []} or {"serving": None}
    with door.progress("Asking the past"):
        if learner is Learner.REMITTANCE_MATCHING:
            ways = versions | {RULES: RULES}
            judged = {way: books.backtest_matching(first, until, asked) for way, asked in ways.items()}
            figures = books.matching_figures(judged)
        else:
            ways = versions | {RULES: RULES, USUAL_RATE: USUAL_RATE}
            told = {way: books.backtest(first, days, until, asked) for way, asked in ways.items()}
            figures = books.figures(told, until)
    with pd.option_context("display.float_format", "{:.4f}".format, "display.width", 200):
        print(figures)


if __name__ == "__main__":
    run(main)
