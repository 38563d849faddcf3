"""Laws of documents: what a stored paper is."""

from __future__ import annotations

import enum


class DocumentKind(enum.Enum):
    """What a file is to us."""

    EXCHANGE = "exchange"
    """A file of the exchange folder."""
    STATEMENT = "statement"
    """A bank statement."""
    REMITTANCE = "remittance"
    """A remittance advice."""
