"""`o2c init --admin`: somebody looks after users, with a password for once; `o2c serve --demo` only here."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.cli.terminal import Terminal


def test_an_administrator_gets_a_password_to_begin_with_and_another_when_it_is_lost(sqlite_empty: Terminal) -> None:
    first, again = (sqlite_empty.run("init", "--admin", "ada", "--json").json for _ in range(2))

    assert first["name"] == again["name"] == "ada"
    assert len(first["password"]) >= 12
    assert first["password"] != again["password"]


def test_a_demo_that_was_not_made_is_not_served(sqlite_empty: Terminal) -> None:
    assert "run o2c demo first" in sqlite_empty.refused("serve", "--demo")
