"""What is owed by age, promises kept, and what receivables came to on a day, kept in step with what is booked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from o2c_ai.api.following import Followed
from o2c_ai.core.key_figures.queries import promises_by_customer
from o2c_ai.core.ledger.queries import changes_since, count_entries
from o2c_ai.core.ledger.rules import AccountRole
from o2c_ai.core.reporting.queries import open_by_age

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from o2c_ai.api.following import Books, Known


class _Booked(NamedTuple):
    """What entries up to a number changed receivables by, and how many entries these are."""

    last: int
    entries: int
    changes: Mapping[tuple[str, date], int]


class Standing:
    """What open items and receivables come to, as they were summed last: what was booked since is added."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._owed, self._promises = Followed(_by_age), Followed(_promises)
        self._booked: dict[int, _Booked] = {}

    def owed(self, read: Books) -> Known[tuple[int, ...]]:
        """(customer, currency) → open by age on the day, as `open_by_age` says."""
        return self._owed.now(read)

    def promises(self, read: Books) -> tuple[int, int]:
        """Promises kept, and promises whose day has passed."""
        each = self._promises.now(read).values()
        return sum(kept for kept, _ in each), sum(of for _, of in each)

    def receivables(self, read: Books, days: Sequence[date]) -> list[dict[str, int]]:
        """Currency → balance of the control account on the evening of each of these days; no row where nothing was."""
        booked = self._booked[read.company_id] = _added(read, self._booked.get(read.company_id, _Booked(0, 0, {})))
        found: list[dict[str, int]] = [{} for _ in days]
        for (currency, on), minor in booked.changes.items():
            for day, balances in zip(days, found, strict=True):
                if on <= day:
                    balances[currency] = balances.get(currency, 0) + minor
        return found


def _by_age(read: Books, customer_ids: set[int] | None) -> Known[tuple[int, ...]]:
    return open_by_age(read.session, read.company_id, read.as_of, customer_ids=customer_ids)


def _promises(read: Books, customer_ids: set[int] | None) -> Known[tuple[int, int]]:
    return promises_by_customer(read.session, read.company_id, read.as_of, customer_ids)


def _added(read: Books, known: _Booked) -> _Booked:
    """With the entries that came since. Entries are never changed; where one of an earlier number came, all anew."""
    # Both counts by one question, and before the entries: what comes in between is noticed the next time.
    counts = count_entries(read.session, read.company_id, known.last)
    if counts.earlier != known.entries:
        known = _Booked(0, 0, {})
    changes = dict(known.changes)
    role = AccountRole.RECEIVABLES
    since = changes_since(read.session, read.company_id, role, after=known.last, last=counts.last)
    for currency, day, minor in since:
        changes[currency, day] = changes.get((currency, day), 0) + minor
    return _Booked(counts.last, counts.all, changes)
