"""Laws of the outbox: which kinds of news there are."""

from __future__ import annotations

import enum


class MessageKind(enum.Enum):
    """What somebody outside the transaction must learn."""

    APPROVAL_REQUESTED = "approval_requested"
    """An approver is asked to decide."""
    NEW_BANK_ACCOUNT = "new_bank_account"
    """A statement came for an account nobody had set up."""
