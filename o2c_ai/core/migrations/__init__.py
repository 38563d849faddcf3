"""The tables of the books through time: one step creates or upgrades a database, on either store."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

import o2c_ai.core
from o2c_ai.core.database import Base

if TYPE_CHECKING:
    from sqlalchemy import Connection, MetaData

    from o2c_ai.core.database import Store


def all_tables() -> MetaData:
    """The tables of every module, for creating, comparing and documenting them."""
    importlib.import_module("o2c_ai.core.audit")
    for module in pkgutil.iter_modules(o2c_ai.core.__path__):
        if module.ispkg and module.name != "migrations":
            tables = f"o2c_ai.core.{module.name}.tables"
            if importlib.util.find_spec(tables) is not None:
                importlib.import_module(tables)
    return Base.metadata


def upgrade(store: Store, revision: str = "head") -> None:
    """Bring the database to a revision, creating what is missing; a database that is there already stays as it is."""
    all_tables()
    with store.reading() as session:
        if revision == "head" and revision_of(session.connection()) == newest_revision():
            return
    # Needed by the first start after a new step only, and loading it takes a third of a second.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", "o2c_ai.core:migrations")
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def revision_of(connection: Connection) -> str:
    """The revision a database is at; empty for one without tables."""
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


def newest_revision() -> str:
    """The newest revision there is: steps are numbered in their order, and their files begin with the number."""
    return max(step.name[:4] for step in pkgutil.iter_modules([str(Path(__file__).parent / "versions")]))
