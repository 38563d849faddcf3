"""`o2c demo`: the main job on a made-up company, told on one screen; your own books are never touched."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer
from rich.table import Table

from o2c_ai.cli.door import AsJson, error_console, output, print_json, read_settings
from o2c_ai.core.access.actions import set_password
from o2c_ai.core.database import Store
from o2c_ai.core.ledger.queries import get_company
from o2c_ai.core.migrations import upgrade
from o2c_ai.core.money import format_minor
from o2c_ai.core.people.queries import get_actor
from o2c_ai.formats.exchange import FILES

if TYPE_CHECKING:
    from pathlib import Path

    from o2c_ai.demo.company import DemoReport


def add_to(app: typer.Typer) -> None:
    """Give the app its command."""
    app.command("demo")(demo)


def demo(as_json: AsJson = False) -> None:
    """Run the whole main job on a made-up company and say what happened."""
    from o2c_ai.demo.company import run

    folder = read_settings().demo_dir
    folder.mkdir(parents=True, exist_ok=True)
    _clear(folder)
    store = Store(f"sqlite:///{folder / 'o2c.sqlite'}")
    started = time.monotonic()
    with error_console.status("The demo") as status:
        upgrade(store)
        report = run(store, folder / "exchange", progress=lambda stage: status.update(f"The demo: {stage}"))
        _let_in(store)
    store.dispose()
    seconds = round(time.monotonic() - started, 1)
    if as_json:
        print_json({**_facts(report), "seconds": seconds})
    else:
        _tell(report, seconds)
    if report.broken_laws:
        raise typer.Exit(1)


def _let_in(store: Store) -> None:
    """Give the people of the made-up company their passwords, which everybody may know: they are cheap to check."""
    from o2c_ai.api.security import Passwords
    from o2c_ai.demo.people import COMPANY_CODE, LOGINS

    passwords = Passwords(memory_kib=8, rounds=1)
    with store.session() as session:
        company_id = get_company(session, COMPANY_CODE).company_id
        for login in LOGINS:
            actor = get_actor(session, company_id, login.name, datetime.now(UTC))
            set_password(session, actor, name=login.name, password_hash=passwords.hash(login.password))
        session.commit()


def _clear(folder: Path) -> None:
    """Remove what an earlier demo left, and nothing else that may be in its folder."""
    for path in (*folder.glob("o2c.*sqlite*"), *(folder / "exchange" / name for name in FILES)):
        path.unlink(missing_ok=True)


def _facts(report: DemoReport) -> dict[str, object]:
    score = report.score
    return {
        "company": report.world.company.name,
        "as_of": report.as_of,
        "customers": report.imported.customers.added,
        "invoices": report.imported.invoices.added,
        "bank_lines": report.imported.lines.added,
        "lines_to_work": report.imported.lines_to_work,
        "decisions": dict(report.decisions),
        "applied": report.applied,
        "straight_through": str(score.straight_through),
        "auto_precision": str(score.auto_precision),
        "auto_on_money_that_pays_nothing": str(score.auto_on_others),
        "open_items": report.open_items,
        "open": {currency: format_minor(minor, currency) for currency, minor in report.open_minor.items()},
        "predicted": report.predicted,
        "customers_to_touch": report.customers_to_touch,
        "rows_verified": report.rows_verified,
        "broken_laws": report.broken_laws,
    }


def _tell(report: DemoReport, seconds: float) -> None:
    console = output()
    score, took = report.score, report.imported
    console.print(f"\n{report.world.company.name}, an invented company, as of {report.as_of}\n", style="bold")
    console.print(
        f"  imported   {took.customers.added:,} customers, {took.invoices.added:,} invoices, "
        f"{took.lines.added:,} bank lines; {took.lines_to_work:,} lines nobody has worked yet"
    )
    decided = ", ".join(f"{count} {name}" for name, count in report.decisions.most_common())
    console.print(f"  matched    by rules: {decided}")
    console.print(
        f"  against the truth the simulator kept: {score.straight_through} of payable lines straight through,"
    )
    console.print(f"             {score.auto_precision} of the automatic ones right,")
    console.print(f"             {score.auto_on_others} of lines that pay nothing applied automatically")
    console.print(f"  applied    {report.applied} lines untouched; the rest waits for a clerk, ranked, with reasons")
    owed = ", ".join(f"{format_minor(minor, currency)} {currency}" for currency, minor in report.open_minor.items())
    console.print(f"  open       {report.open_items:,} items: {owed}")
    console.print(f"  verified   {report.rows_verified:,} rows against every law of the books: ", end="")
    if report.broken_laws:
        console.print(f"{report.broken_laws} broken", style="red")
    else:
        console.print("all hold", style="green")
    console.print("\nWhom to call today", style="bold", end="")
    console.print(f" ({report.customers_to_touch} customers; a contact's expected value)")
    console.print(_worklist(report))
    console.print("\nMoney expected in the coming weeks", style="bold")
    console.print(_forecast(report))
    console.print(f"\n{seconds} s. The papers it was made from, and its database, are in {read_settings().demo_dir}.")
    console.print("\nNow at its desks", style="bold", end="")
    console.print(": make serve, or o2c serve --demo, then open the address it prints and sign in as")
    console.print(_logins())
    console.print("Next, with your own papers (the folder's shape is the demo's):")
    console.print("  o2c import FOLDER && o2c match --as-of DATE --out proposals.csv && o2c ledger verify")


def _logins() -> Table:
    from o2c_ai.demo.people import LOGINS

    table = Table("name", "password", "", box=None, pad_edge=True, header_style="dim")
    for login in LOGINS:
        table.add_row(login.name, login.password, login.desk)
    return table


def _worklist(report: DemoReport) -> Table:
    table = Table("", "customer", "overdue", "worth", "do", "why", box=None, pad_edge=True, header_style="dim")
    for row in report.top:
        overdue = f"{format_minor(row.overdue_minor, row.currency)} {row.currency}"
        worth = format_minor(row.expected_value_minor, row.currency)
        table.add_row(str(row.rank), row.customer_code, overdue, worth, row.action, "; ".join(row.reasons))
    return table


def _forecast(report: DemoReport) -> Table:
    weeks = [week for week in report.weeks if week.currency == report.world.company.base_currency][:5]
    table = Table("week of", "expected", "low (p10)", "high (p90)", box=None, pad_edge=True, header_style="dim")
    for week in weeks:
        amounts = (week.expected_minor, week.p10_minor, week.p90_minor)
        shown = [f"{format_minor(minor, week.currency)} {week.currency}" for minor in amounts]
        table.add_row(week.week_start.isoformat(), *shown)
    return table
