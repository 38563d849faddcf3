"""What strangers write is kept as it is, and what they send without end is cut off while others are served."""

from __future__ import annotations

import asyncio
import gzip
import io
import time
import tracemalloc
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
from fastapi.testclient import TestClient

from tests.api.conftest import Served, key
from tests.api.two_companies import Side, fill, serve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fastapi import FastAPI

    from tests.stores import SqliteStores

MEGABYTE = 2**20
JSON = {"Content-Type": "application/json"}


@pytest.fixture(scope="module")
def filled(sqlite_stores: SqliteStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FastAPI, Side]]:
    """One company with some of everything."""
    with sqlite_stores.fresh() as store, serve(store, tmp_path_factory.mktemp("hostile")) as app:
        yield app, fill(store, "ERSTE")


@pytest.fixture
def program(filled: tuple[FastAPI, Side]) -> TestClient:
    app, side = filled
    return side.client(app)


NAMES = (
    "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe",
    "Mus\N{ZERO WIDTH SPACE}ter",
    "\N{CYRILLIC CAPITAL LETTER EM}uster",
    "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}stanbul Ticaret",
    "Cafe\N{COMBINING ACUTE ACCENT}",
    "Caf\N{LATIN SMALL LETTER E WITH ACUTE}",
    "株式会社",
    "<script>alert(1)</script>",
    "'; DROP TABLE customers; --",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_is_kept_to_the_letter_and_found_by_itself_alone(program: TestClient, name: str) -> None:
    code = f"N{NAMES.index(name)}"
    program.put(f"/v1/customers/{code}", json={"name": name}, headers=key()).raise_for_status()

    assert program.get(f"/v1/customers/{code}").json()["name"] == name
    found = program.get("/v1/customers", params={"search": name}).json()["rows"]
    assert [row["code"] for row in found] == [code]


@pytest.mark.parametrize("name", ["null \x00 byte", "bell \x07", "\ud800"])
def test_what_no_text_holds_is_no_name(program: TestClient, name: str) -> None:
    body = '{"name": "' + name.encode("unicode-escape").decode().replace("\\x", "\\u00") + '"}'

    answer = program.put("/v1/customers/BAD", content=body, headers=key() | {"Content-Type": "application/json"})

    assert answer.status_code == 422
    assert program.get("/v1/customers/BAD").status_code == 404


@pytest.mark.parametrize("words", ["%", "_", "\\", "*", "' OR 1=1 --", "(a+)+$" * 20, "[", "a" * 1000])
def test_words_searched_for_are_words_and_answered_at_once(program: TestClient, words: str) -> None:
    started = time.monotonic()

    for where, name in (("/v1/customers", "search"), ("/v1/bank-lines", "words"), ("/v1/bank-lines/to-match", "words")):
        assert program.get(where, params={name: words}).json()["rows"] == []

    assert time.monotonic() - started < 5


@pytest.mark.parametrize("sort", ["name", "id; DROP TABLE invoices", "(SELECT 1)", "amount_minor DESC", ""])
def test_only_what_is_offered_is_sorted_by(program: TestClient, sort: str) -> None:
    assert program.get("/v1/invoices", params={"sort": sort}).status_code == 422


AMOUNTS = [
    ("NaN", "EUR"),
    ("1e400", "EUR"),
    ("1.234,56", "EUR"),
    ("(12.00)", "EUR"),
    ("1.001", "EUR"),
    ("1.5", "JPY"),
    ("1.0001", "KWD"),
    ("9" * 16, "EUR"),
    ("1.00", "QQQ"),
]


@pytest.mark.parametrize(("amount", "currency"), AMOUNTS)
def test_an_amount_is_exact_or_refused(filled: tuple[FastAPI, Side], amount: str, currency: str) -> None:
    app, side = filled
    asked: dict[str, Any] = {"customer": side.ids["code"], "method": "cash", "reference": "till"}
    asked["amount"] = {"amount": amount, "currency": currency}

    assert side.client(app).post("/v1/receipts", json=asked, headers=key()).status_code == 422


@pytest.mark.parametrize(
    ("amount", "currency"),
    [("7", "JPY"), ("7.001", "KWD"), ("7.0001", "CLF"), ("9999999999999.99", "EUR")],
)
def test_every_number_of_decimals_comes_back_as_it_went_in(served: Served, amount: str, currency: str) -> None:
    program = served.token()
    program.put("/v1/customers/C9", json={"name": "Nine"}, headers=key()).raise_for_status()
    money = {"amount": amount, "currency": currency}
    asked = {"customer": "C9", "method": "cash", "reference": "till", "amount": money}
    program.post("/v1/receipts", json=asked, headers=key()).raise_for_status()

    (row,) = program.get("/v1/credits").json()["rows"]

    assert row["left"] == money


@pytest.mark.parametrize("where", ["/v1/contacts", "/v1/imports/bank-statements?name=a.xml"])
def test_nothing_packed_is_unpacked(program: TestClient, where: str) -> None:
    bomb = gzip.compress(b"0" * 50 * MEGABYTE)

    answer = program.post(where, content=bomb, headers=key() | JSON | {"Content-Encoding": "gzip"})

    assert (answer.status_code, answer.headers["Accept-Encoding"]) == (415, "identity")


@pytest.mark.parametrize(
    "body", ["[" * 400_000, '{"a":' * 150_000, '{"customer":' + "9" * 900_000 + "}", "NaN", "\xff"]
)
def test_json_made_to_break_its_reader_is_refused_at_once(program: TestClient, body: str) -> None:
    started = time.monotonic()

    answer = program.post("/v1/contacts", content=body.encode("latin-1"), headers=key() | JSON)

    assert answer.status_code in {400, 422}
    assert time.monotonic() - started < 5


def packed(**files: str) -> bytes:
    folder = io.BytesIO()
    with zipfile.ZipFile(folder, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.csv", text)
    return folder.getvalue()


LONG = {
    "exchange-folders": packed(customers=f"customer_id,name\nC9,{'x' * MEGABYTE}\n"),
    "remittances": b"remittance_id,invoice_ref,amount,date,currency\nR1," + b"1" * MEGABYTE + b",1.00,2025-06-01,EUR\n",
    "bank-statements": b":20:X\r\n:25:DE1\r\n:28C:1/1\r\n:86:" + b"a" * MEGABYTE,
}


@pytest.mark.parametrize("kind", LONG)
def test_a_line_of_a_megabyte_is_refused_at_once(program: TestClient, kind: str) -> None:
    started = time.monotonic()

    answer = program.post(f"/v1/imports/{kind}", params={"name": "a"}, content=LONG[kind], headers=key())

    assert (answer.status_code, len(answer.content) < 10_000) == (422, True)
    assert time.monotonic() - started < 5


def test_a_file_of_faults_alone_is_refused_in_little_memory(program: TestClient) -> None:
    faulty = packed(customers="customer_id,name\n" + "x\n" * 2_000_000)

    tracemalloc.start()
    answer = program.post("/v1/imports/exchange-folders", params={"name": "a.zip"}, content=faulty, headers=key())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answer.status_code == 422
    assert answer.json()["problems"][-1]["what"] == "further faults were not looked for"
    assert peak < 60 * MEGABYTE


def test_a_form_without_end_is_cut_off(filled: tuple[FastAPI, Side]) -> None:
    stranger = TestClient(filled[0])

    def endless() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="name"; filename="a"\r\n\r\n'
        yield from (b"0" * MEGABYTE for _ in range(20))

    for kind in ("multipart/form-data; boundary=x", "application/x-www-form-urlencoded"):
        answer = stranger.post("/sign-in", content=endless(), headers={"Content-Type": kind})
        assert answer.status_code == 413


def test_an_upload_without_end_is_cut_off_in_little_memory_while_others_are_served(
    filled: tuple[FastAPI, Side],
) -> None:
    app, side = filled
    sent, healthy = 0, list[int]()
    piece = b"0" * MEGABYTE

    async def endless() -> dict[str, Any]:
        nonlocal sent
        sent += 1
        await asyncio.sleep(0)
        return {"type": "http.request", "body": piece, "more_body": True}

    async def asked(path: str, receive: Any, headers: list[tuple[bytes, bytes]]) -> int:  # noqa: ANN401 - ASGI's own
        statuses = []

        async def told(message: Any) -> None:  # noqa: ANN401 - as above
            statuses.extend([message["status"]] if message["type"] == "http.response.start" else [])

        scope: dict[str, Any] = {
            "type": "http",
            "http_version": "1.1",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
        }
        scope |= {
            "scheme": "http",
            "server": ("testserver", 80),
            "client": ("127.0.0.1", 1),
            "asgi": {"version": "3.0"},
        }
        method = "POST" if headers else "GET"
        await app({**scope, "method": method, "headers": headers, "query_string": b"name=a.zip"}, receive, told)
        return int(statuses[0])

    async def nothing() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def both() -> int:
        token = f"Bearer {side.tokens['everything']}".encode()
        headers = [(b"authorization", token), (b"idempotency-key", b"endless"), (b"host", b"testserver")]
        upload = asyncio.create_task(asked("/v1/imports/exchange-folders", endless, headers))
        while not upload.done():
            healthy.append(await asked("/health", nothing, []))
        return await upload

    tracemalloc.start()
    status = asyncio.run(both())
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (status, sent) == (413, 65)
    assert set(healthy) == {200}
    assert len(healthy) > 3
    assert peak < 40 * MEGABYTE
