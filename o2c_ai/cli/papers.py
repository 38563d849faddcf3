"""Commands that take papers in: `o2c init`, `import`, `import-statement`, `import-remittance`, `balance`."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from o2c_ai.cli.door import AsJson, Company, User, a_day, open_door
from o2c_ai.core.balances.actions import state_balance
from o2c_ai.core.errors import BadInput, Conflict
from o2c_ai.core.money import Money, parse_minor
from o2c_ai.core.payments.actions import bank_account
from o2c_ai.formats.exchange import read_folder
from o2c_ai.jobs.import_folder import EXCHANGE_ACCOUNT, commonest_currency, import_folder
from o2c_ai.jobs.import_remittance import import_remittance
from o2c_ai.jobs.import_statement import import_statement


class BaseCurrencyFixed(Conflict):
    """A company's own currency is chosen when its books are opened, and stays."""

    def __init__(self, company: str, currency: str) -> None:
        """Name the company and its currency."""
        self.company, self.currency = company, currency
        super().__init__(f"the books of {company!r} are kept in {currency}: leave --base-currency out")


def add_to(app: typer.Typer) -> None:
    """Give the app its commands."""
    app.command("import")(import_)
    app.command("import-statement")(import_statement_)
    app.command("import-remittance")(import_remittance_)
    app.command("balance")(balance)


def import_(
    *,
    folder: Annotated[Path, typer.Argument(help="Folder with customers.csv, invoices.csv, bank_lines.csv …")],
    mirror: Annotated[bool, typer.Option(help="A full snapshot: open items it does not hold are settled.")] = False,
    base_currency: Annotated[str | None, typer.Option(help="The company's own currency, for new books.")] = None,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Take an exchange folder into the books: all of it, or nothing and a list of what is wrong."""
    door = open_door(company, user, as_json=as_json)
    notes = []
    with door.progress("Importing") as progress:
        progress("reading")
        found = read_folder(folder)
        if found.problems:
            raise BadInput(found.problems)
        currency = base_currency or commonest_currency(found) or "EUR"
        known = door.known_company()
        if known is None:
            notes.append(f"opened the books of company {door.company!r} in {currency}")
        elif base_currency not in {None, known.base_currency}:
            raise BaseCurrencyFixed(known.code, known.base_currency)
        with door.acting(base_currency=currency) as (session, actor):
            report = import_folder(session, actor, found, mirror=mirror, progress=progress)
        if report.invoices.added or report.lines.added:
            door.know_sizes()
    facts: dict[str, object] = {
        name: {"new": taken.added, "amended": taken.amended, "unchanged": taken.unchanged}
        for name, taken in (
            ("customers", report.customers),
            ("invoices", report.invoices),
            ("bank_lines", report.lines),
            ("applications", report.applications),
        )
    }
    facts |= {"advices_new": report.advices, "lines_to_work": report.lines_to_work}
    facts |= {name: count for name, count in vars(report.followups).items() if count}
    door.say(f"Imported {folder.name}.", facts, [*notes, *report.notes])


def import_statement_(
    files: Annotated[list[Path], typer.Argument(help="Bank statements; the format is found out.")],
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Take bank statements in, all of them or none; what was imported before is left out."""
    door = open_door(company, user, as_json=as_json)
    facts: dict[str, object] = {}
    with door.progress("Importing") as progress, door.acting() as (session, actor):
        for file in files:
            progress(file.name)
            facts[str(file)] = vars(import_statement(session, actor, name=file.name, content=file.read_bytes()))
    door.say("Statements imported.", facts)


def import_remittance_(
    files: Annotated[list[Path], typer.Argument(help="Remittance advices as remittances.csv tables.")],
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Take remittance advices in, all of them or none; what was imported before is left out."""
    door = open_door(company, user, as_json=as_json)
    facts: dict[str, object] = {}
    with door.progress("Importing") as progress, door.acting() as (session, actor):
        for file in files:
            progress(file.name)
            facts[str(file)] = {"new": import_remittance(session, actor, name=file.name, content=file.read_bytes())}
    door.say("Remittance advices imported.", facts)


def balance(
    *,
    on: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], callback=a_day, help="The evening on which it stood there.")
    ],
    amount: Annotated[str, typer.Option(help="What stood on the account, as 120000.00; negative is overdrawn.")],
    currency: Annotated[str, typer.Option(help="Of the amount.")],
    account: Annotated[
        str, typer.Option(help="The bank account; by default the one of bank_lines.csv.")
    ] = EXCHANGE_ACCOUNT,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """State what stood on a bank account, where no statement tells: a forecast of cash starts from there."""
    door = open_door(company, user, as_json=as_json)
    stated = Money(parse_minor(amount, currency), currency)
    with door.acting() as (session, actor):
        number, _ = bank_account(session, actor, account=account)
        new = state_balance(session, actor, bank_account_id=number, balance=stated, on=on.date())
    door.say(f"Balance of {on.date()}.", {"account": account, "balance": str(stated), "new": new})
