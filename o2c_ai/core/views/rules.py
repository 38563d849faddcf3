"""Laws of saved views: a name is one's own once a list, and only its owner changes a view."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING

from o2c_ai.core.errors import Conflict, Forbidden, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

VIEWS_MAX = 50
"""Views one person may keep of a list."""


class Desk(enum.Enum):
    """The list a view is of."""

    WORKLIST = "worklist"
    """Whom to call today."""


@dataclass(frozen=True, slots=True)
class NewView:
    """Filters and an order to be kept under a name."""

    name: str
    filters: Mapping[str, str]
    """What the list's address says, by name; texts."""
    shared: bool = False
    """Whether everybody of the company sees it."""
    is_default: bool = False
    """Whether its owner's list opens with it."""


@dataclass(frozen=True, slots=True)
class View:
    """Filters and an order under a name."""

    id: int
    name: str
    owner: str
    """Name of who saved it."""
    filters: Mapping[str, str]
    """What the list's address says, by name; texts."""
    shared: bool
    """Whether everybody of the company sees it."""
    is_default: bool
    """Whether its owner's list opens with it."""
    mine: bool
    """Whether whoever asks is its owner."""


class UnknownView(NotFound):
    """No such view that the actor may see."""

    def __init__(self, view_id: int) -> None:
        """Name the number."""
        self.view_id = view_id
        super().__init__(f"no view {view_id} here")


class NotYourView(Forbidden):
    """A view shared with everybody stays its owner's to change."""

    def __init__(self, name: str, owner: str) -> None:
        """Name the view and whose it is."""
        self.name, self.owner = name, owner
        super().__init__(f"the view {name!r} is {owner}'s: save it under a name of your own to change it")


class ViewExists(Conflict):
    """The actor has a view of that name."""

    def __init__(self, name: str) -> None:
        """Name it."""
        self.name = name
        super().__init__(f"you have a view {name!r} already: choose another name, or delete that one first")


class TooManyViews(Conflict):
    """A person keeps a bounded number of views."""

    def __init__(self) -> None:
        """Say what mends it."""
        super().__init__(f"nobody keeps more than {VIEWS_MAX} views: delete one first")
