"""How well payment days are foreseen, out of time: by the learned model and by the rules it must beat."""

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
from o2c_ai.models.payment_timing.estimator import LearnedTiming
from o2c_ai.models.payment_timing.evaluation import Predict, predict_at_issue, score_timing
from o2c_ai.models.payment_timing.features import items_frame
from o2c_ai.models.payment_timing.training import LEARNED, RULES, train

SET = "highradius-2019-11-01"
CUTOFFS = (date(2019, 4, 15), date(2019, 5, 15), date(2019, 6, 15))
SPAN_DAYS = 61


def run() -> None:
    """Score each way on the items issued after each cutoff, at issue, with what was known that evening.

    Rules learn anew every evening; the learned model is frozen at the cutoff.
    """
    folder = shared_folder(SET)
    if folder is None:
        print(f"timing {SET}: not beside this checkout, skipped")
        return
    items = known_items(folder)
    last = max(CUTOFFS) + timedelta(days=200)
    models = {cutoff: learned(items, cutoff) for cutoff in CUTOFFS}
    for name in (*RULES, LEARNED):
        ways = {cutoff: RULES.get(name, models[cutoff]) for cutoff in CUTOFFS}
        predicted = pd.concat([predict_at_issue(items, cutoff, SPAN_DAYS, ways[cutoff]) for cutoff in CUTOFFS])
        figures = rounded(asdict(score_timing(predicted, items, last)))
        record(f"timing {SET} {name}", figures)
        print(f"timing {SET}, {name}: {json.dumps(figures)}")


def learned(items: pd.DataFrame, cutoff: date) -> Predict:
    """The model trained on what was known on the evening of the cutoff; it measures items as known on later ones."""
    model = LearnedTiming(train(items, cutoff).learnt).fit(items, cutoff)
    return lambda _, still_open, day: model.predict(still_open, day)


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
