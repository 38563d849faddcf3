"""How well the day-one rules foresee payment days, out of time, beside the simpler rules they must beat."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pandas as pd

from benchmarks.results import record, shared_folder
from o2c_ai.core.database import Store
from o2c_ai.core.ledger.actions import open_company
from o2c_ai.core.migrations import upgrade
from o2c_ai.core.people.actions import create_first_user
from o2c_ai.core.people.rules import Role
from o2c_ai.formats.exchange import read_folder
from o2c_ai.jobs.import_folder import import_folder
from o2c_ai.models.payment_timing.evaluation import Predict, day_one, predict_at_issue, score_timing
from o2c_ai.models.payment_timing.features import items_frame
from o2c_ai.models.payment_timing.plain_rules import pays_as_usual, pays_on_due_date

SET = "highradius-2019-11-01"
CUTOFFS = (date(2019, 4, 15), date(2019, 5, 15), date(2019, 6, 15))
SPAN_DAYS = 61
RULES: dict[str, Predict] = {
    "pays on the due date": pays_on_due_date,
    "customer's own rate and median": pays_as_usual,
    "day-one model": day_one,
}


def run() -> None:
    """Score each rule on the items issued after each cutoff, at issue, with what was known that evening."""
    folder = shared_folder(SET)
    if folder is None:
        print(f"timing {SET}: not beside this checkout, skipped")
        return
    items = known_items(folder)
    last = max(CUTOFFS) + timedelta(days=200)
    for name, predict in RULES.items():
        predicted = pd.concat([predict_at_issue(items, cutoff, SPAN_DAYS, predict) for cutoff in CUTOFFS])
        figures = rounded(asdict(score_timing(predicted, items, last)))
        record(f"timing {SET} {name}", figures)
        print(f"timing {SET}, {name}: {json.dumps(figures)}")


def known_items(folder: Path) -> pd.DataFrame:
    """The set's items, read through the books."""
    now = datetime(2019, 11, 2, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as scratch:
        store = Store(f"sqlite:///{Path(scratch) / 'books.sqlite'}")
        upgrade(store)
        with store.session() as session:
            company = open_company(session, code="main", name="main", base_currency="USD", recorded_at=now)
            company_id = company.company_id
            actor = create_first_user(session, company_id=company_id, name="bench", roles=list(Role), recorded_at=now)
            import_folder(session, actor, read_folder(folder))
            items = items_frame(session, company_id, date(2019, 11, 1))
        store.dispose()
    return items


def rounded(value: dict[str, object]) -> dict[str, object]:
    """Figures to four places."""
    return {name: round(figure, 4) if isinstance(figure, float) else _places(figure) for name, figure in value.items()}


def _places(figure: object) -> object:
    return (
        [round(inner, 4) if isinstance(inner, float) else inner for inner in figure]
        if isinstance(figure, tuple)
        else figure
    )
