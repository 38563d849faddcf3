"""The tables of the books through time: one step creates or upgrades a database, on either store."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

import o2c_ai.core
from o2c_ai.core.database import Base

if TYPE_CHECKING:
    from sqlalchemy import MetaData

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
    config = Config()
    config.set_main_option("script_location", "o2c_ai.core:migrations")
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
