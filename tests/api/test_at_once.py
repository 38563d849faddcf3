"""Many at once: one act happens once, one of many wins, and no more tries are looked at than are let."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from fastapi.testclient import TestClient

from o2c_ai.core.access.rules import TRIES_MAX
from tests.api.two_companies import Side, fill, serve

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from httpx2 import Response

    from o2c_ai.core.database import Store

CLIENTS = 32


@pytest.fixture
def served(store: Store, tmp_path: Path) -> Iterator[tuple[FastAPI, Side]]:
    """One company on either store."""
    with serve(store, tmp_path) as app:
        yield app, fill(store, "ERSTE")


def at_once(app: FastAPI, side: Side, where: str, body: object, keys: list[str]) -> list[Response]:
    """The same request from as many clients as there are keys, at one moment."""
    start = Barrier(len(keys))

    def ask(key: str) -> Response:
        client = side.client(app)
        start.wait()
        return client.post(where, json=body, headers={"Idempotency-Key": key})

    with ThreadPoolExecutor(len(keys)) as pool:
        return list(pool.map(ask, keys))


def test_of_many_wrong_tries_at_once_no_more_are_looked_at_than_one_after_the_other(
    served: tuple[FastAPI, Side],
) -> None:
    app, side = served
    words = {"company": side.mark.lower(), "name": f"{side.mark} clerk", "password": "wrong"}
    start = Barrier(2 * TRIES_MAX)

    def try_to_enter(_number: int) -> int:
        client = TestClient(app)
        start.wait()
        return client.post("/sign-in", data=words).status_code

    with ThreadPoolExecutor(2 * TRIES_MAX) as pool:
        answers = Counter(pool.map(try_to_enter, range(2 * TRIES_MAX)))

    assert answers == {403: TRIES_MAX, 429: TRIES_MAX}


def test_the_same_request_at_the_same_moment_acts_once(served: tuple[FastAPI, Side]) -> None:
    app, side = served
    cheque = {"customer": side.ids["code"], "method": "cash", "reference": "till"}
    cheque |= {"amount": {"amount": "7.77", "currency": "EUR"}}

    answers = at_once(app, side, "/v1/receipts", cheque, ["once"] * 8)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    left = [row["left"]["amount"] for row in side.client(app).get("/v1/credits").json()["rows"]]
    assert left.count("7.77") == 1


def test_of_many_clients_who_book_one_line_one_wins_and_the_others_see_who(served: tuple[FastAPI, Side]) -> None:
    app, side = served
    booking = {"parts": [{"amount": "100.00", "open_item": side.ids["item 8"]}]}
    where = f"/v1/bank-lines/{side.ids['line 3']}/booking"

    answers = at_once(app, side, where, booking, [f"client {number}" for number in range(CLIENTS)])

    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: CLIENTS - 1}
    assert all("already booked by anna" in answer.text for answer in answers if answer.status_code == 409)


def test_of_many_clients_who_apply_one_receipt_one_wins(served: tuple[FastAPI, Side]) -> None:
    app, side = served
    paying = {"currency": "EUR", "parts": [{"amount": "100.00", "open_item": side.ids["item 8"]}]}
    where = f"/v1/receipts/{side.ids['receipt']}/applications"

    answers = at_once(app, side, where, paying, [f"client {number}" for number in range(CLIENTS)])

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CLIENTS - 1}
    assert all("last used by anna" in answer.text for answer in answers if answer.status_code == 409)
    assert side.client(app).get("/v1/ledger/verification").json()["sound"]
