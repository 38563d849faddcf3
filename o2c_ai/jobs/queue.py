"""Where jobs wait their turn, and where those who work on them say how far they are: huey, beside the books.

The queue holds nothing that the books do not know: a message is the number of a run, and a lost one is put in again. On
SQLite it is a file beside the books, so that neither waits for the other's lock; on PostgreSQL tables beside them.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from huey import Huey, crontab
from huey.registry import Message
from huey.serializer import Serializer
from huey.storage import PostgresStorage, SqliteStorage

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import URL

NAME = "o2c"
LOCK_SECONDS = 30
WORKER = "worker"
"""Under which name those who work jobs off say that they are there."""


class JsonMessages(Serializer):  # type: ignore[misc]  # huey ships no annotations
    """Messages as JSON: what lies in a database is never run by reading it, as huey's own pickles are."""

    def _serialize(self, data: Any) -> bytes:  # noqa: ANN401 - a message, or any JSON value
        return json.dumps({"message": data} if isinstance(data, Message) else {"told": data}).encode()

    def _deserialize(self, data: bytes) -> Any:  # noqa: ANN401 - as it was given
        read = json.loads(bytes(data))
        return Message(*read["message"]) if "message" in read else read["told"]


class Queue:
    """Runs that wait, in the order of asking, and signs of life of those that are worked on."""

    def __init__(
        self,
        books: URL,
        *,
        perform: Callable[[int], None] | None = None,
        tick: Callable[[], None] | None = None,
    ) -> None:
        """Open the queue beside the books; those who work it off say how, and what is done every minute."""
        self.huey = Huey(NAME, results=False, serializer=JsonMessages(), **_storage(books))

        def work_off(run_id: int) -> None:
            if perform is not None:
                perform(run_id)

        self._work_off = self.huey.task(name="work_off")(work_off)
        if tick is not None:
            self.huey.periodic_task(crontab(), name="tick")(tick)

    def put(self, run_id: int) -> None:
        """Let a run wait for its turn."""
        self._work_off(run_id)

    def is_empty(self) -> bool:
        """Whether nobody waits."""
        return bool(self.huey.pending_count() == 0)

    def say(self, name: str | int, words: str, at: datetime) -> None:
        """Say how far a run is (by its number), or that a worker is there."""
        self.huey.put(str(name), [words, at.isoformat()])

    def heard(self, name: str | int) -> tuple[str, datetime] | None:
        """What was said last of a run or a worker, and when; None where nothing was."""
        told = self.huey.get(str(name), peek=True)
        return None if told is None else (told[0], datetime.fromisoformat(told[1]))

    def forget(self, name: str | int) -> None:
        """Forget what was said of a run that has ended."""
        self.huey.delete(str(name))

    def close(self) -> None:
        """Let go of the database."""
        self.huey.storage.close()


def _storage(books: URL) -> dict[str, object]:
    if books.get_backend_name() == "sqlite":
        file = Path(books.database or "o2c.sqlite").with_suffix(".jobs.sqlite")
        return {"storage_class": SqliteStorage, "filename": str(file), "timeout": LOCK_SECONDS}
    dsn = books.set(drivername="postgresql").render_as_string(hide_password=False)
    # Asked now and then as a file is: a connection of its own for every thread that listens would be left to the end.
    return {"storage_class": PostgresStorage, "dsn": dsn, "blocking": False}
