"""A running service on fresh books, and somebody who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from o2c_ai.api.security import Passwords
from o2c_ai.core.access.actions import set_password
from o2c_ai.core.database import Store
from tests.api.two_companies import serve
from tests.books import Books, open_books

PASSWORD = "a long password"  # noqa: S105 - of people who live in a test


@dataclass
class Served:
    """A service, its books, and a browser that nobody has signed in with yet."""

    client: TestClient
    books: Books

    def sign_in(self, name: str = "anna", password: str = PASSWORD) -> TestClient:
        """A browser of its own, signed in."""
        client = TestClient(self.client.app)
        answer = client.post("/sign-in", data={"company": "main", "name": name, "password": password})
        assert answer.status_code == 200, answer.text
        return client

    def token(self, name: str = "anna", **asked: object) -> TestClient:
        """A program's client, with a token of its own and keys drawn for it."""
        browser = self.sign_in(name)
        drawn = browser.post("/v1/me/tokens", json={"label": "test", **asked}, headers=form(browser))
        assert drawn.status_code == 201, drawn.text
        return TestClient(self.client.app, headers={"Authorization": f"Bearer {drawn.json()['token']}"})


def form(browser: TestClient) -> dict[str, str]:
    """What a page of this browser sends along with an act."""
    page = browser.get("/").text
    token = page.split('name="form_token" value="')[1].split('"')[0]
    return {"X-Form-Token": token} | key()


def key() -> dict[str, str]:
    """A key of an act that was not done before."""
    return {"Idempotency-Key": uuid4().hex}


@pytest.fixture
def served(tmp_path: Path, sqlite_store: Store) -> Iterator[Served]:
    with serve(sqlite_store, tmp_path) as app, sqlite_store.session() as session:
        books = open_books(sqlite_store, session)
        hashed = Passwords(8, 1).hash(PASSWORD)
        for who in (books.actor, books.other):
            set_password(session, who, name=who.name, password_hash=hashed)
        session.commit()
        with TestClient(app) as client:
            yield Served(client, books)
