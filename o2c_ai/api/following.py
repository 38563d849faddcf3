"""What is known of every customer on a day, looked at once and kept in step with what is done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from o2c_ai.core.audit import acts_since, newest
from o2c_ai.core.collections.queries import customers_touched

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

T = TypeVar("T")


class Books(Protocol):
    """Whose books are read, and as of which day."""

    @property
    def session(self) -> Session:
        """A session for questions."""

    @property
    def company_id(self) -> int:
        """Whose books."""

    @property
    def as_of(self) -> date:
        """The day whose knowledge is used."""


Known = Mapping[tuple[int, str], T]
"""(customer, currency) → what is known of them."""
Ask = Callable[[Books, set[int] | None], Known[T]]
"""Asks the books about these customers, or about all."""
Stand = tuple[int, int]
"""How far the log of acts has come (`audit.newest`)."""
DAYS_KEPT = 16
ACTS_FOLLOWED = 500
"""After more acts than that, looking at all customers is quicker than at those they touched."""


class Kept(NamedTuple, Generic[T]):
    """What was known, and how far the log of acts had come."""

    stand: Stand
    known: Known[T]


class Followed(Generic[T]):
    """What is known of customers as it was last looked at: only those somebody did something about are asked again.

    Whom an act touched is read from the log of acts, which is written together with it; where the log does not say,
    all customers are looked at.
    """

    def __init__(self, ask: Ask[T]) -> None:
        """Know nothing yet."""
        self._ask = ask
        self._kept: dict[tuple[int, date], Kept[T]] = {}
        self._turns: dict[tuple[int, date], Lock] = defaultdict(Lock)

    def now(self, read: Books) -> Known[T]:
        """As the books are now; the very same mapping as before where nothing touched it."""
        return self.look(read).known

    def look(self, read: Books) -> Kept[T]:
        """The same, and how far the log of acts has come."""
        place, stand = (read.company_id, read.as_of), newest(read.session)
        # Who comes while another asks the same waits for the answer instead of asking all of it once more.
        with self._turns[place]:
            kept = self._kept.get(place)
            if kept is not None and kept.stand == stand:
                return kept
            known = self._ask(read, None) if kept is None else self._followed(read, kept)
            if len(self._kept) >= DAYS_KEPT and place not in self._kept:
                self._kept.clear()
                self._turns.clear()
            kept = self._kept[place] = Kept(stand, known)
        return kept

    def _followed(self, read: Books, kept: Kept[T]) -> Known[T]:
        """With what was done since; all of it anew where the acts do not tell."""
        acts = acts_since(read.session, read.company_id, kept.stand, ACTS_FOLLOWED)
        touched = None if acts is None else customers_touched(read.session, read.company_id, acts)
        if touched is None:
            return self._ask(read, None)
        if not touched:
            return kept.known
        others = {place: one for place, one in kept.known.items() if place[0] not in touched}
        return others | dict(self._ask(read, touched))
