"""The queue beside the books: runs in the order of asking, signs of life, and nothing that could be run by reading."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import pytest

from o2c_ai.jobs.queue import Queue
from tests.books import NOON

if TYPE_CHECKING:
    from o2c_ai.core.database import Store


def test_runs_are_worked_off_in_the_order_of_asking(store: Store) -> None:
    done: list[int] = []
    asking, working = Queue(store.url), Queue(store.url, perform=done.append)

    assert asking.is_empty()
    for run in (3, 1, 2):
        asking.put(run)
    assert not asking.is_empty()
    while (task := working.huey.dequeue()) is not None:
        working.huey.execute(task)

    assert done == [3, 1, 2]
    asking.close()
    working.close()


def test_a_sign_is_heard_by_others_until_it_is_forgotten(store: Store) -> None:
    working, asking = Queue(store.url), Queue(store.url)
    working.say(7, "matching", NOON)

    assert asking.heard(7) == ("matching", NOON)
    working.forget(7)
    assert asking.heard(7) is None
    asking.close()
    working.close()


def test_a_message_that_is_no_json_is_not_read(sqlite_store: Store) -> None:
    queue = Queue(sqlite_store.url)
    queue.huey.storage.enqueue(pickle.dumps(print))

    with pytest.raises(ValueError, match=r"decode"):
        queue.huey.dequeue()
    queue.close()
