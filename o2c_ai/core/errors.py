"""The four ways the books say no, so that every caller can answer politely.

    BooksError
    ├── NotFound      what was asked for does not exist in this company
    ├── Conflict      it exists, but somebody or something got there first
    ├── Invalid       the request breaks a law of the books
    └── Forbidden     the actor may not do this

A refusal carries facts, not prose: each error is named after the law that was broken and lives in the rules of its
module. The entry points alone turn a family into an exit code or an HTTP status.
"""

from __future__ import annotations

from dataclasses import dataclass


class BooksError(Exception):
    """A refusal by the books; its message is built from the facts the error carries."""


class NotFound(BooksError):
    """What was asked for does not exist in this company."""


class Conflict(BooksError):
    """The thing exists, but its present state does not allow the act."""


class Invalid(BooksError):
    """The request itself breaks a law of the books."""


class Forbidden(BooksError):
    """The actor's duties do not include this act."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in data a user handed in: where it is, what it is, and how to mend it."""

    source: str
    """File or document the problem stands in."""
    line: int | None
    """Line in the source, counted from 1 with the header as line 1; None where lines mean nothing."""
    field: str | None
    """Column or tag, None where the whole row or file is meant."""
    what: str
    """What is wrong, in one clause."""
    remedy: str
    """What the user can do about it, in one clause."""

    def __str__(self) -> str:
        place = self.source if self.line is None else f"{self.source}:{self.line}"
        return f"{place}{f' [{self.field}]' if self.field else ''}: {self.what}; {self.remedy}"


SHOWN = 20
"""Problems a message spells out before it only counts."""


class BadInput(Invalid):
    """User data that cannot be taken in; carries every problem found, not only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        """Keep all problems; the message shows the first few and counts the rest."""
        self.problems = problems
        shown = "\n".join(str(problem) for problem in problems[:SHOWN])
        rest = f"\n… and {len(problems) - SHOWN} more" if len(problems) > SHOWN else ""
        super().__init__(f"{shown}{rest}")
