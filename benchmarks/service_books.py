"""Books of a company with many open items in a database, predicted and matched, for measuring the service on them."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from benchmarks.large_books import DAY, LargeBooks, large_books
from o2c_ai.api.security import Passwords, digest_of, new_token
from o2c_ai.core.access.actions import set_password
from o2c_ai.core.database import Store
from o2c_ai.core.job_runs.rules import Job, Order
from o2c_ai.core.ledger.actions import open_company
from o2c_ai.core.migrations import upgrade
from o2c_ai.core.money import format_minor
from o2c_ai.core.people.actions import create_first_user, issue_token
from o2c_ai.core.people.rules import Role
from o2c_ai.core.suggestions.rules import Policy
from o2c_ai.demo.dice import stream
from o2c_ai.formats.exchange import read_folder
from o2c_ai.jobs.check_drift import Limits
from o2c_ai.jobs.import_folder import import_folder
from o2c_ai.jobs.runs import prepare
from o2c_ai.jobs.work import Work
from o2c_ai.models.registry import Registry
from o2c_ai.models.remittance_matching.records import BankLine, Item

COMPANY, NAME, PASSWORD = "main", "anna", "a long password"
LINES, HISTORY = 2_000, 10_000
"""Bank lines of the day, which wait; and bank lines of the two months before, which people booked."""
PROMISED, DISPUTED, CONTACTED = 20, 100, 3
"""One of so many items is promised, one is disputed; one of so many customers was spoken to lately."""

Rows = Iterable[tuple[object, ...]]


def build(store: Store, open_items: int) -> str:
    """Fill an empty database; gives a token of somebody who may do everything."""
    upgrade(store)
    books = large_books(open_items, lines=LINES, history=HISTORY)
    now = datetime.now(UTC)
    with store.session() as session:
        opened = datetime.combine(DAY - timedelta(days=365), time(6), UTC)
        company = open_company(session, code=COMPANY, name="Large", base_currency="EUR", recorded_at=opened)
        mine, roles = company.company_id, list(Role)
        actor = create_first_user(session, company_id=mine, name=NAME, roles=roles, recorded_at=now)
        set_password(session, actor, name=NAME, password_hash=Passwords(8, 1).hash(PASSWORD))
        token = new_token()
        expires = now + timedelta(days=1)
        issue_token(session, actor, digest=digest_of(token), label="benchmark", expires_at=expires, scope=None)
        with tempfile.TemporaryDirectory() as folder:
            _write(books, Path(folder))
            import_folder(session, actor, read_folder(Path(folder)))
            work = Work(
                reading=lambda: nullcontext((session, mine)),
                acting=lambda: nullcontext((session, actor)),
                versions=lambda learner: Registry(Path(folder), COMPANY, learner),
                by=NAME,
                policy=Policy(),
                limits=Limits(0.1, 0.05, 1.25),
                inbox=Path(folder) / "inbox",
                progress=lambda _: None,
            )
            for job in (Job.SCORE_OPEN_ITEMS, Job.SUGGEST_MATCHES, Job.FORECAST_CASH):
                prepare(work, Order(job, DAY))(session, actor)
        session.commit()
    return token


def _write(books: LargeBooks, folder: Path) -> None:
    """The books as an exchange folder."""
    papers, waiting = books.papers, books.batches[0]
    codes = {one.customer_id: f"C{one.customer_id:05d}" for one in papers.customers}
    numbers = {item.item_id: item.number for item in papers.items}
    lines = (*papers.lines, *waiting)
    tables: dict[str, tuple[str, Rows]] = {
        "customers": (
            "customer_id name iban",
            ((codes[one.customer_id], one.name, one.iban) for one in papers.customers),
        ),
        "invoices": (_INVOICE, (_invoice(item, codes[item.customer_id]) for item in papers.items)),
        "bank_lines": ("line_id booking_date currency amount payer_name payer_account narrative", map(_line, lines)),
        "applications": (
            "line_id invoice_id amount reason",
            (
                (f"L{row.line_id:06d}", numbers.get(row.item_id or 0, ""), _amount(row.cash_minor), row.reason.value)
                for row in papers.bookings
            ),
        ),
        "promises": ("invoice_id promised_on promised_date", _promises(books)),
        "activities": ("customer_id date kind result", _contacts(list(codes.values()))),
    }
    for name, (header, rows) in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(header.split())
            writer.writerows(rows)


_INVOICE = (
    "invoice_id customer_id issue_date due_date currency amount po_number discount_percent discount_until disputed_on"
)


def _invoice(item: Item, customer: str) -> tuple[object, ...]:
    discount = ("2", item.discount_until) if item.discount_until else ("", "")
    disputed = item.issue_date if item.item_id % DISPUTED == 0 else ""
    head = (item.number, customer, item.issue_date, item.due_date, item.currency, _amount(item.amount_minor))
    return (*head, item.po_number, *discount, disputed)


def _line(line: BankLine) -> tuple[object, ...]:
    head = (f"L{line.line_id:06d}", line.booking_date, line.currency, _amount(line.amount_minor))
    return (*head, line.payer_name, line.payer_account, line.narrative)


def _amount(minor: int) -> str:
    return format_minor(minor, "EUR")


def _promises(books: LargeBooks) -> Iterator[tuple[object, ...]]:
    """Promises of the last three weeks for items issued before them: some are open still, some are broken."""
    rng = stream(1, "promises")
    for item in books.papers.items:
        on = DAY - timedelta(days=rng.randrange(21))
        if item.item_id % PROMISED == 0 and item.issue_date <= on:
            yield item.number, on, on + timedelta(days=7)


def _contacts(codes: list[str]) -> Iterator[tuple[object, ...]]:
    rng = stream(1, "contacts")
    for code in codes[::CONTACTED]:
        yield code, DAY - timedelta(days=rng.randrange(30)), "call", "reached"
