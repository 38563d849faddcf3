"""Commands on the books themselves: `o2c ledger verify|export`, `o2c export applications|postings`."""

from __future__ import annotations

import enum
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from o2c_ai.cli.door import AsJson, Company, Out, User, a_day, open_door, print_json
from o2c_ai.core.verification.queries import verified
from o2c_ai.formats.outputs import APPLICATIONS, POSTINGS, whole_file, write_table

ledger = typer.Typer(help="The ledger: proof and export.", no_args_is_help=True)
export = typer.Typer(help="Take data out in the exchange folder's shape.", no_args_is_help=True)

Since = Annotated[
    datetime | None, typer.Option("--since", formats=["%Y-%m-%d"], callback=a_day, help="First day to export.")
]


class LedgerFormat(enum.StrEnum):
    """What re-reads the ledger."""

    BEANCOUNT = "beancount"
    """The beancount language."""
    HLEDGER = "hledger"
    """hledger's journal."""
    CSV = "csv"
    """A table of postings."""


def add_to(app: typer.Typer) -> None:
    """Give the app its commands."""
    ledger.command("verify")(ledger_verify)
    ledger.command("export")(ledger_export)
    app.add_typer(ledger, name="ledger")
    export.command("applications")(export_applications)
    export.command("postings")(export_postings)
    app.add_typer(export, name="export")


def ledger_verify(company: Company = None, user: User = None, as_json: AsJson = False) -> None:
    """Recompute every law of the books; name each row that breaks one."""
    door = open_door(company, user, as_json=as_json)
    with door.progress("Verifying"), door.reading() as (session, company_id):
        found = verified(session, company_id)
    checked = {law.value: count for law, count in found.checked.items()}
    if as_json:
        print_json({"sound": found.sound, "checked": checked, "findings": [str(finding) for finding in found.findings]})
    else:
        title = "Every law of the books holds." if found.sound else f"{len(found.findings)} rows break a law."
        door.say(title, checked, [str(finding) for finding in found.findings])
    if not found.sound:
        raise typer.Exit(1)


def ledger_export(
    format_: Annotated[LedgerFormat, typer.Option("--format", help="For which program.")] = LedgerFormat.BEANCOUNT,
    out: Annotated[Path | None, typer.Option("--out", help="Where to; standard output when not given.")] = None,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Export the whole ledger for another program to re-read."""
    from o2c_ai.jobs.export_ledger import ledger_text

    door = open_door(company, user, as_json=as_json)
    with door.reading() as (session, company_id):
        text = ledger_text(session, company_id, door.company, format_.value)
        if out is None:
            sys.stdout.writelines(text)
            return
        with whole_file(out) as draft, draft.open("w", encoding="utf-8", newline="") as file:
            file.writelines(text)
    door.say("Ledger exported.", {"format": format_.value, "file": out})


def export_applications(
    out: Out, since: Since = None, company: Company = None, user: User = None, as_json: AsJson = False
) -> None:
    """Export what was applied, in the shape of applications.csv."""
    from o2c_ai.jobs.export_rows import application_rows

    door = open_door(company, user, as_json=as_json)
    with door.reading() as (session, company_id):
        rows = write_table(out, APPLICATIONS, application_rows(session, company_id, _day(since)))
    door.say("Applications exported.", {"rows": rows, "file": out})


def export_postings(
    out: Out, since: Since = None, company: Company = None, user: User = None, as_json: AsJson = False
) -> None:
    """Export postings for another system's general ledger."""
    from o2c_ai.jobs.export_rows import posting_rows

    door = open_door(company, user, as_json=as_json)
    with door.reading() as (session, company_id):
        rows = write_table(out, POSTINGS, posting_rows(session, company_id, _day(since)))
    door.say("Postings exported.", {"rows": rows, "file": out})


def _day(since: datetime | None) -> date | None:
    return None if since is None else since.date()
