"""How alembic meets the database: always over the connection the caller already has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from alembic import context

from o2c_ai.core.migrations import all_tables

if TYPE_CHECKING:
    from alembic.autogenerate.api import AutogenContext

_PLAIN = {"AwareUTC": "sa.DateTime(timezone=True)", "EnumText": "sa.String(length=24)", "JsonText": "sa.Text()"}


def _render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    """A written version names plain column types only, so that it means the same for ever."""
    return _PLAIN.get(type(item).__name__, False) if kind == "type" else False


connection = context.config.attributes["connection"]
if connection.dialect.name == "postgresql":
    # A migration waits for nobody's lock for long: better to fail and be run again than to stop the desks.
    connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    connection.exec_driver_sql("SET LOCAL statement_timeout = '10min'")
context.configure(connection=connection, target_metadata=all_tables(), render_item=_render)
with context.begin_transaction():
    context.run_migrations()
