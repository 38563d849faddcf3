"""What bank lines look like, to be held against the lines a matcher was trained on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np

from o2c_ai.models.drift import Sample
from o2c_ai.models.remittance_matching.records import BankLine, Papers

_NUMBER = re.compile(r"\d{4,}")
COLUMNS = ("amount", "words", "letters", "numbers", "names_payer", "has_account", "known_account", "weekday")


def line_features(papers: Papers, since: date, until: date) -> Sample:
    """What is measured of every line of incoming money booked after `since`, up to `until`."""
    first_seen: dict[str, date] = {}
    for line in sorted(papers.lines, key=lambda line: line.booking_date):
        first_seen.setdefault(line.payer_account, line.booking_date)
    lines = [line for line in papers.lines if since < line.booking_date <= until and line.amount_minor > 0]
    rows = [_row(line, known=first_seen[line.payer_account] < line.booking_date) for line in lines]
    table = np.array(rows, dtype=np.float64).reshape(len(rows), len(COLUMNS))
    return Sample({name: table[:, place] for place, name in enumerate(COLUMNS)}, np.arange(len(rows)))


def _row(line: BankLine, *, known: bool) -> Sequence[float]:
    return (
        np.log1p(line.amount_minor),
        len(line.narrative.split()),
        len(line.narrative),
        len(_NUMBER.findall(line.narrative)),
        bool(line.payer_name),
        bool(line.payer_account),
        bool(line.payer_account) and known,
        line.booking_date.weekday(),
    )
