"""Which version of a learner serves: the newest promoted one that knew nothing later, else the rules."""

from __future__ import annotations

from o2c_ai.core.errors import NotFound

RULES = "rules"
"""The day-one rules: always there, trained on nothing but the books of the day."""

LEARNERS = ("payment-timing", "remittance-matching")
"""What can be trained, by the name the command line uses."""


class UnknownVersion(NotFound):
    """No such version of a learner is registered."""

    def __init__(self, version: str) -> None:
        """Name the version."""
        self.version = version
        super().__init__(f"no version {version!r} is registered; --model rules asks for the rules")


def version_for(asked: str | None) -> str:
    """The version that answers; raises UnknownVersion for one that is not registered."""
    if asked not in {None, RULES}:
        raise UnknownVersion(str(asked))
    return RULES
