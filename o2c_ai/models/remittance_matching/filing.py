"""An index from keys to the numbers of items, small in memory: most keys lead to one item only."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Filing(Generic[K]):
    """Under every key the items filed there, in the order they came; a million items take no million containers."""

    def __init__(self) -> None:
        """Start empty."""
        self._found: dict[K, int | dict[int, None]] = {}

    def add(self, key: K, item_id: int) -> None:
        """File an item, once."""
        found = self._found.setdefault(key, item_id)
        if isinstance(found, dict):
            found[item_id] = None
        elif found != item_id:
            self._found[key] = {found: None, item_id: None}

    def remove(self, key: K, item_id: int) -> None:
        """Take an item out, if it is there."""
        found = self._found.get(key)
        if isinstance(found, dict):
            found.pop(item_id, None)
        elif found == item_id:
            del self._found[key]

    def get(self, key: K) -> Collection[int]:
        """The items filed there."""
        found = self._found.get(key, ())
        return (found,) if isinstance(found, int) else found
