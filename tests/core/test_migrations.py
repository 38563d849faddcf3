"""A database made step by step is the database the code describes, and a step may be run again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, inspect
from sqlalchemy.exc import IntegrityError

from o2c_ai.core.migrations import all_tables, newest_revision, revision_of, upgrade
from tests.books import open_books
from tests.core.plain_sql import ask, count, force

if TYPE_CHECKING:
    from o2c_ai.core.database import Store


def scripts() -> Config:
    """The steps as alembic finds them in the package."""
    config = Config()
    config.set_main_option("script_location", "o2c_ai.core:migrations")
    return config


def step(store: Store, revision: str) -> None:
    """Take a database back to a revision, as an administrator with alembic would."""
    config = scripts()
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def newest() -> str | None:
    return ScriptDirectory.from_config(scripts()).get_current_head()


def triggers(store: Store) -> set[str]:
    """Names of the guards in the database."""
    source = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if store.engine.dialect.name == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with store.reading() as session:
        return {row[0] for row in ask(session, source)}


def test_the_steps_lead_to_exactly_the_tables_of_the_code(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})

        assert compare_metadata(context, all_tables()) == []


def test_the_steps_lead_to_exactly_the_checks_of_the_code(store: Store) -> None:
    wanted = {
        (table.name, check.name)
        for table in all_tables().tables.values()
        for check in table.constraints
        if isinstance(check, CheckConstraint)
    }

    inspector = inspect(store.engine)
    made = {
        (name, check["name"]) for name in inspector.get_table_names() for check in inspector.get_check_constraints(name)
    }
    assert made == wanted


def test_a_database_knows_the_step_it_stands_on(sqlite_store: Store) -> None:
    with sqlite_store.reading() as session:
        assert ask(session, "SELECT version_num FROM alembic_version") == [(newest(),)]
        assert revision_of(session.connection()) == newest_revision() == newest()


def test_upgrading_again_changes_nothing(store: Store) -> None:
    with store.session() as session:
        open_books(store, session)
        session.commit()
    guards = triggers(store)

    upgrade(store)

    assert triggers(store) == guards
    with store.reading() as session:
        assert count(session, "users") == 2


def test_the_guards_go_and_come_back_and_the_books_stay(store: Store) -> None:
    guards = triggers(store)
    with store.session() as session:
        open_books(store, session)
        session.commit()

    step(store, "0001")

    assert not triggers(store)
    with store.session() as session:
        force(session, "UPDATE audit_events SET reason = 'unguarded'")

    upgrade(store)

    assert triggers(store) == guards
    with store.session() as session:
        assert count(session, "users") == 2
        with pytest.raises(IntegrityError, match="is never changed"):
            force(session, "UPDATE audit_events SET reason = 'guarded'")


def test_all_the_way_back_leaves_an_empty_database_that_can_be_filled_again(store: Store) -> None:
    step(store, "base")

    assert inspect(store.engine).get_table_names() == ["alembic_version"]
    assert not triggers(store)

    upgrade(store)

    assert set(all_tables().tables) < set(inspect(store.engine).get_table_names())


def test_an_upgrade_may_stop_at_an_older_step(store: Store) -> None:
    step(store, "base")

    upgrade(store, "0001")

    there = set(inspect(store.engine).get_table_names())
    assert "postings" in there
    assert "sign_ins" not in there
    assert not triggers(store)


def test_a_new_step_is_written_with_plain_column_types_so_that_it_means_the_same_for_ever(
    sqlite_store: Store, tmp_path: Path
) -> None:
    config = scripts()
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", f"{ScriptDirectory.from_config(config).versions}\n{tmp_path}")
    with sqlite_store.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE outbox_messages")
        config.attributes["connection"] = connection
        command.revision(config, "Messages again.", autogenerate=True, version_path=str(tmp_path), rev_id="next")

    (written,) = tmp_path.glob("next*.py")
    step = written.read_text()
    assert "op.create_table('outbox_messages'" in step
    for column in ("sa.String(length=24)", "sa.DateTime(timezone=True)", "sa.Text()", "sa.Integer()"):
        assert column in step
    assert "o2c_ai" not in step


def test_no_step_depends_on_code_that_may_change() -> None:
    steps = list(Path(ScriptDirectory.from_config(scripts()).versions).glob("*.py"))

    assert len(steps) >= 2
    assert [step.name for step in steps if "o2c_ai" in step.read_text()] == []
