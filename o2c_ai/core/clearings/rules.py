"""Laws of clearing: what an act holds of the items it touches while it works."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from o2c_ai.core.receivables.rules import Balance


@dataclass(slots=True)
class Held:
    """Running balances of what an act of several steps has locked: read once, then kept in step by each step."""

    open: dict[int, Balance] = field(default_factory=dict)
    """By number of the open item."""
    credit: dict[int, Balance] = field(default_factory=dict)
    """By number of the credit item."""
    memos: set[int] = field(default_factory=set)
    """Which of the credit items are credit memos."""
