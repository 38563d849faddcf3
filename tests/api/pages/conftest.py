"""A small company at its desks: one person a role, money that came in, and what is suggested for it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from o2c_ai.api.app import create_app
from o2c_ai.api.security import Passwords
from o2c_ai.core.access.actions import set_password
from o2c_ai.core.database import Store
from o2c_ai.core.people.actions import create_user
from o2c_ai.core.people.rules import Role
from o2c_ai.core.suggestions.actions import suggest
from o2c_ai.core.suggestions.rules import Decision, MatchSuggestion, Part
from o2c_ai.settings import Settings
from tests.api.conftest import PASSWORD
from tests.api.prepared import with_shared_routes
from tests.books import DAY, Books, open_books

TODAY = DAY + timedelta(days=29)
PEOPLE = {
    "clara": Role.CLERK,
    "cora": Role.CLERK,
    "carl": Role.COLLECTOR,
    "dana": Role.ANALYST,
    "pia": Role.APPROVER,
    "olga": Role.AUDITOR,
    "ada": Role.ADMIN,
}
HOSTILE = "<script>alert(1)</script> \"'><img src=x onerror=alert(2)> =1+1 \N{RIGHT-TO-LEFT OVERRIDE}txt"


@dataclass
class Company:
    """A service on a small company's books, with a browser for each of its people."""

    app_client: TestClient
    books: Books
    browsers: dict[str, TestClient] = field(default_factory=dict)

    def browser(self, name: str) -> TestClient:
        """Somebody's browser, signed in."""
        if name not in self.browsers:
            client = TestClient(self.app_client.app)
            answer = client.post("/sign-in", data={"company": "main", "name": name, "password": PASSWORD})
            assert answer.status_code == 200, answer.text
            self.browsers[name] = client
        return self.browsers[name]

    def page(self, name: str, address: str) -> str:
        """What somebody is shown."""
        answer = self.browser(name).get(address)
        assert answer.status_code == 200, answer.text
        return str(answer.text)

    def act(self, name: str, address: str, /, **fields: object) -> str:
        """What somebody is shown after pressing a button."""
        answer = self.post(name, address, **fields)
        assert answer.status_code == 200, shown(answer.text)
        return str(answer.text)

    def post(self, name: str, address: str, /, **fields: object) -> Response:
        """The answer to a form that somebody sends from a page of their own."""
        token = self.page(name, "/people").split('name="form_token" value="')[1].split('"')[0]
        return self.browser(name).post(address, data={"form_token": token, **fields})

    def paid(self, ref: str, amount: str = "100.00", *, text: str = "", suggested: bool = True) -> tuple[int, int]:
        """A bank line that pays an invoice of its own, and the suggestion for it (0 without one)."""
        item = self.books.invoice(f"INV-{ref}", amount, due=DAY)
        line = self.books.line(ref, amount, narrative=text or f"invoice INV-{ref}", payer_name="Muster GmbH")
        number = self._suggested(line, item, amount) if suggested else 0
        self.books.session.commit()
        return line, number

    def _suggested(self, line: int, item: int, amount: str) -> int:
        minor = round(float(amount) * 100)
        customer = self.books.customer("C1")
        reasons = ("the text quotes it", "against: the payer is new", "next best, 12%: INV-X")
        made = (line, (Part(minor, open_item_id=item),), Decision.REVIEW, 930_000, customer, reasons, "rules", TODAY)
        return suggest(self.books.session, self.books.actor, suggestions=[MatchSuggestion(*made)])[0]


def shown(page: str) -> str:
    """The words of a page, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    yield from served_company(tmp_path_factory.mktemp("desks"))


def served_company(folder: Path) -> Iterator[Company]:
    """A company in a database of its own."""
    settings = Settings(
        data_dir=folder,
        password_memory_kib=8,
        password_rounds=1,
        today=TODAY,
        database_url="",
        company="main",
        ask_second_factor=False,
    )
    app = with_shared_routes(create_app(settings))
    store: Store = app.state.service.store
    with store.session() as session:
        books, hashed = open_books(store, session), Passwords(8, 1).hash(PASSWORD)
        for name, role in PEOPLE.items():
            create_user(session, books.actor, name=name, roles=[role])
            set_password(session, books.actor, name=name, password_hash=hashed)
        session.commit()
        with TestClient(app) as client:
            yield Company(client, books)
    app.state.service.dispose()
