"""Several matchers on the same later lines, each left to itself, held against what people booked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from o2c_ai.models.remittance_matching.baseline import CENT, match
from o2c_ai.models.remittance_matching.records import Booking, Papers, Policy, ProposedRow, Reason
from o2c_ai.models.remittance_matching.scoring import Scorer


def judged_lines(papers: Papers, since: date, until: date) -> dict[int, list[Booking]]:
    """What people booked for the lines of the days after `since`, up to `until`: line → its rows.

    A line that was applied untouched and looked at by nobody proves nothing.
    """
    booked = defaultdict(list)
    for row in papers.bookings:
        booked[row.line_id].append(row)
    wanted = {line.line_id for line in papers.lines if since < line.booking_date <= until}
    return {line: rows for line, rows in booked.items() if line in wanted and not any(row.untouched for row in rows)}


def count_right(
    papers: Papers, policy: Policy, since: date, until: date, scorers: Mapping[str, Scorer]
) -> tuple[int, dict[str, int]]:
    """How many lines were judged, and by each matcher how many of its proposals were what people booked.

    Each decides the days after `since` in one run, from what was booked and said by then, with its own balances.
    """
    judged = judged_lines(papers, since, until)
    later = {line.line_id for line in papers.lines if line.booking_date > since}
    known = replace(
        papers,
        bookings=[row for row in papers.bookings if row.line_id not in later],
        aliases=[alias for alias in papers.aliases if alias.on <= since],
        refusals=[],
    )
    right = {}
    for name, scorer in scorers.items():
        proposals = [
            one for one in match(known, scorer, policy, since + timedelta(days=1), until) if one.line_id in judged
        ]
        right[name] = sum(as_booked(one.rows, judged[one.line_id]) for one in proposals)
    return len(judged), right


def as_booked(rows: Sequence[ProposedRow], booked: Sequence[Booking]) -> bool:
    """The same items with the same cash, or the same reason for paying none; a bank charge may stand anywhere."""
    said = {row.item_id: row.amount_minor for row in rows if row.item_id is not None}
    paid = {row.item_id: row.cash_minor for row in booked if row.item_id is not None}
    if not said and not paid:
        return bool({row.reason for row in rows} & {row.reason for row in booked})
    if said.keys() != paid.keys():
        return False
    charge = -sum(row.cash_minor for row in booked if row.reason is Reason.BANK_CHARGE)
    return max(abs(paid[item] - said[item]) for item in paid) <= max(CENT, charge)
