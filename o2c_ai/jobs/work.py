"""What an entry point gives a job to work with; every job reads and computes first, and writes at its end."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from o2c_ai.jobs.versions import Unusable, record_unusable

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.core.suggestions.rules import Policy
    from o2c_ai.jobs.check_drift import Limits
    from o2c_ai.models.registry import Registry

Version = TypeVar("Version")
Write = Callable[["Session", "Actor"], dict[str, object]]
"""Writes what a job found, in one short transaction of the entry point; gives the facts of it."""


@dataclass(frozen=True)
class Work:
    """Sessions, versions and settings of one company, and somebody to tell how far a job is."""

    reading: Callable[[], AbstractContextManager[tuple[Session, int]]]
    """A session for questions, and the company's number; takes no lock."""
    acting: Callable[[], AbstractContextManager[tuple[Session, Actor]]]
    """A session that writes and who acts in it; committed when the block ends well."""
    versions: Callable[[str], Registry]
    """Learner → its versions, of the company's own books."""
    by: str
    """Name of who asked."""
    policy: Policy
    limits: Limits
    inbox: Path
    """Folder of the company's papers that wait to be taken in."""
    progress: Callable[[str], object]

    def serving(
        self, read: Callable[..., Version | None], learner: str, as_of: date
    ) -> tuple[Version | None, list[str]]:
        """What answers on a day (None for the rules), and what has to be said of it.

        A version that cannot be read does not stop the work: the rules answer, which is said and audited.
        """
        try:
            return read(self.versions(learner), as_of=as_of), []
        except Unusable as refusal:
            with self.acting() as (session, actor):
                record_unusable(session, actor, learner, refusal)
            return None, [f"THE RULES SERVE {learner}: {refusal}"]


def noted(facts: dict[str, object], notes: list[str]) -> dict[str, object]:
    """Facts with what has to be said of them."""
    return facts | {"notes": notes} if notes else facts
