"""`o2c report`: aging, DSO, CEI, trial balance, match rates and forecasts as of a day, as a table, CSV or JSON."""

from __future__ import annotations

import csv
import enum
import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from o2c_ai.cli.door import AsOf, Company, User, open_door, output, print_json

if TYPE_CHECKING:
    from o2c_ai.jobs.report import Report as Made


class Report(enum.StrEnum):
    """What can be reported."""

    AGING = "aging"
    """Open items by age."""
    DSO = "dso"
    """Days sales outstanding and its relatives."""
    CEI = "cei"
    """Collection effectiveness."""
    TRIAL_BALANCE = "trial-balance"
    """Debits and credits by account."""
    MATCH_RATES = "match-rates"
    """How well cash was applied, with denominators."""
    FORECAST_ACCURACY = "forecast-accuracy"
    """Forecasts beside what came in."""


class Format(enum.StrEnum):
    """How it is printed."""

    TABLE = "table"
    """For people."""
    CSV = "csv"
    """For spreadsheets."""
    JSON = "json"
    """For programs."""


def add_to(app: typer.Typer) -> None:
    """Give the app its command."""
    app.command("report")(report)


def report(
    *,
    name: Annotated[Report, typer.Argument(help="Which report.")],
    as_of: AsOf,
    format_: Annotated[Format, typer.Option("--format", help="How it is printed.")] = Format.TABLE,
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
    company: Company = None,
    user: User = None,
) -> None:
    """Report on the books as they were known on a day."""
    from o2c_ai.jobs.report import REPORTS

    door = open_door(company, user, as_json=as_json)
    with door.progress("Reporting"), door.reading() as (session, company_id):
        made = REPORTS[name.value](session, company_id, as_of.date())
    if as_json or format_ is Format.JSON:
        print_json([dict(zip(made.columns, row, strict=True)) for row in made.rows])
    elif format_ is Format.CSV:
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerows([made.columns, *made.rows])
    else:
        _print(f"{made.title}, as of {as_of.date()}", made)


def _print(title: str, made: Made) -> None:
    table = Table(title=title, title_justify="left", box=None, header_style="dim")
    for name in made.columns:
        table.add_column(name.replace("_", " "), justify="left" if name in _WORDS else "right")
    for row in made.rows:
        table.add_row(*map(str, row))
    output().print(table if made.rows else f"{title}: nothing yet")


_WORDS = {"account", "name", "currency", "customer_id", "measure"}
"""Columns of words; the others are figures, set flush right."""
