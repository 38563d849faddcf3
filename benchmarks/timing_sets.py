"""The invoices on which payment days are foreseen: two real sets beside the checkout, and the demo's company."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.results import shared_folder
from o2c_ai.core.database import Store
from o2c_ai.core.ledger.actions import open_company
from o2c_ai.core.migrations import upgrade
from o2c_ai.core.people.actions import create_first_user
from o2c_ai.core.people.rules import Role
from o2c_ai.demo.company import SEED
from o2c_ai.demo.folder import write_folder
from o2c_ai.demo.world import default_world
from o2c_ai.formats.exchange import read_folder
from o2c_ai.jobs.import_folder import import_folder
from o2c_ai.models.payment_timing.features import items_frame

HIGHRADIUS, IBM, DEMO = "highradius-2019-11-01", "ibm", "demo company"
SPAN_DAYS = 61
CUTOFFS = (date(2019, 4, 15), date(2019, 5, 15), date(2019, 6, 15))
SEALED = date(2019, 8, 16)
"""Items issued after this day are the last test, looked at once when everything else is settled."""
IBM_CUTOFFS = (date(2012, 10, 1), date(2013, 1, 1), date(2013, 4, 1), date(2013, 7, 1), date(2013, 10, 1))
IBM_END = date(2014, 1, 1)
DEMO_CUTOFFS = (date(2026, 3, 31), date(2026, 5, 31))
IBM_COLUMNS = {
    "invoiceNumber": "item_id",
    "customerID": "customer_id",
    "InvoiceDate": "issue_date",
    "DueDate": "due_date",
    "InvoiceAmount": "amount",
    "SettledDate": "cleared_on",
}
"""What is read. `Disputed` and `PaperlessDate` are not: nobody knows since when they were so."""

Span = tuple[date, int]
"""A cutoff, and the days after it whose items are predicted."""


@dataclass(frozen=True, slots=True)
class TimingSet:
    """Items as in payment_timing/items.py, and when which of them are to be predicted."""

    name: str
    items: pd.DataFrame
    known_until: date
    """Day on whose evening outcomes are read."""
    spans: tuple[Span, ...]


def highradius(cutoffs: tuple[date, ...] = CUTOFFS) -> TimingSet | None:
    """The HighRadius snapshot, through the books; None where it is not there."""
    folder = shared_folder(HIGHRADIUS)
    if folder is None:
        return None
    end = date(2019, 11, 1)
    return TimingSet(HIGHRADIUS, booked(folder, end, "USD"), end, tuple((one, SPAN_DAYS) for one in cutoffs))


def ibm() -> TimingSet | None:
    """The IBM set, its file read where it lies; None where it is not there."""
    folder = shared_folder("ibm")
    if folder is None:
        return None
    (path,) = folder.glob("*.csv")
    ends = (*IBM_CUTOFFS[1:], IBM_END)
    spans = tuple((one, (end - one).days) for one, end in zip(IBM_CUTOFFS, ends, strict=True))
    items = ibm_items(path)
    return TimingSet(IBM, items, items["cleared_on"].max().date(), spans)


def ibm_items(path: Path) -> pd.DataFrame:
    """Its invoices as items; every one of them was settled in the end."""
    read = pd.read_csv(path, usecols=list(IBM_COLUMNS), dtype=str).rename(columns=IBM_COLUMNS)
    for column in ("issue_date", "due_date", "cleared_on"):
        read[column] = pd.to_datetime(read[column], format="%m/%d/%Y")
    cents = np.rint(read.pop("amount").astype(float) * 100).astype("int64")
    return read.assign(currency="USD", amount_minor=cents, open_minor=0)


def demo() -> TimingSet:
    """The demo's company as its people had booked it on the last day of its history."""
    world = default_world(SEED)
    with tempfile.TemporaryDirectory() as scratch:
        write_folder(world, Path(scratch), applications_until=world.history_until)
        items = booked(Path(scratch), world.history_until, world.company.base_currency)
    return TimingSet(DEMO, items, world.history_until, tuple((one, SPAN_DAYS) for one in DEMO_CUTOFFS))


def booked(folder: Path, as_of: date, base_currency: str) -> pd.DataFrame:
    """The items of an exchange folder, read through the books on the evening of a day."""
    now = datetime.combine(as_of + timedelta(days=1), time(6), UTC)
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(f"sqlite:///{Path(scratch) / 'books.sqlite'}")
        upgrade(store)
        with store.session() as session:
            company = open_company(session, code="main", name="main", base_currency=base_currency, recorded_at=now)
            company_id = company.company_id
            actor = create_first_user(session, company_id=company_id, name="bench", roles=list(Role), recorded_at=now)
            import_folder(session, actor, read_folder(folder))
            items = items_frame(session, company_id, as_of)
        store.dispose()
    return items
