"""Laws of documents: what a stored paper is."""

from __future__ import annotations

import enum

from o2c_ai.core.errors import NotFound


class DocumentKind(enum.Enum):
    """What a file is to us."""

    EXCHANGE = "exchange"
    """A file of the exchange folder."""
    STATEMENT = "statement"
    """A bank statement."""
    REMITTANCE = "remittance"
    """A remittance advice."""


class UnknownDocument(NotFound):
    """No such paper in this company."""

    def __init__(self, document_id: int) -> None:
        """Name the paper's number."""
        self.document_id = document_id
        super().__init__(f"no document {document_id} in this company")
