"""What a job is given to work with, on books whose session is open already."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

from o2c_ai.core.suggestions.rules import Policy
from o2c_ai.jobs.check_drift import Limits
from o2c_ai.jobs.work import Work
from o2c_ai.models.registry import Registry
from tests.books import Books


def work_on(books: Books, folder: Path) -> Work:
    """Work in one session, which nobody commits."""
    return Work(
        reading=lambda: nullcontext((books.session, books.company_id)),
        acting=lambda: nullcontext((books.session, books.actor)),
        versions=lambda learner: Registry(folder, "main", learner),
        by=books.actor.name,
        policy=Policy(),
        limits=Limits(0.1, 0.05, 1.25),
        inbox=folder / "inbox",
        progress=str,
    )
