"""The exported ledger, read again by the programs it is for: what they find equals the books to the cent."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from beancount import loader
from beancount.core.data import Balance, Open, Transaction
from beancount.parser import parser

from o2c_ai.core.ledger.queries import account_roles, columns_postings, trial_balance
from o2c_ai.core.ledger.rules import AccountRole, EntryKind
from o2c_ai.core.money import exponent, format_minor
from o2c_ai.formats.ledger_export import PLACES, TABLE, Chart, to_beancount, to_csv, to_hledger
from tests.books import open_books
from tests.core import busy_books
from tests.core.plain_sql import ask

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from o2c_ai.core.database import Store
    from tests.books import Books

DAY = date(2025, 6, 1)
ROLES = {"1000": AccountRole.BANK, "1200": AccountRole.RECEIVABLES, "4000": AccountRole.REVENUE}
CHART = Chart('Muster "& Söhne" \\ KG', "EUR", ROLES)
WRITERS = {"beancount": to_beancount, "hledger": to_hledger, "csv": to_csv}
Rows = list[tuple[object, ...]]


def entry(number: int, text: str, minor: int, currency: str = "EUR", *, base: int | None = None) -> Rows:
    """The two postings of an invoice, as the books list them."""
    head = (number, DAY, EntryKind.INVOICE, text)
    return [
        (*head, "1200", "Trade receivables", currency, minor, base),
        (*head, "4000", "Revenue", currency, -minor, None if base is None else -base),
    ]


def beancount_text(rows: Iterable[Sequence[Any]], chart: Chart = CHART) -> str:
    return "".join(to_beancount(rows, chart))


def loaded(text: str) -> list[Any]:
    """Directives of a file beancount has no complaint about."""
    directives, errors, _ = loader.load_string(text)
    assert errors == []
    return list(directives)


def balances(directives: Iterable[Any]) -> dict[tuple[str, str], Decimal]:
    """(account number, currency) → sum of the postings, of those not zero."""
    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for directive in directives:
        if isinstance(directive, Transaction):
            for posting in directive.postings:
                assert posting.units is not None
                assert posting.units.number is not None
                sums[posting.account.rpartition(":")[2], posting.units.currency] += posting.units.number
    return {key: value for key, value in sums.items() if value}


def in_the_books(books: Books) -> dict[tuple[str, str], Decimal]:
    """(account number, currency) → balance by the trial balance, of those not zero."""
    rows = trial_balance(books.session, books.company_id, date.max)
    sums = {(row[0], row[2]): Decimal(row[3] - row[4]).scaleb(-exponent(row[2])) for row in rows}
    return {key: value for key, value in sums.items() if value}


@pytest.fixture
def busy(sqlite_store: Store) -> Iterator[Books]:
    """Books in which everything happened; the store makes no difference to what is written of them."""
    with sqlite_store.session() as session:
        books = open_books(sqlite_store, session)
        busy_books.fill(books)
        yield books


def written(books: Books, name: str) -> str:
    chart = Chart("Test company", "EUR", account_roles(books.session, books.company_id))
    return "".join(WRITERS[name](columns_postings(books.session, books.company_id), chart))


def journal_of(rows: Rows, folder: Path) -> Path:
    """The rows as a journal on disk."""
    path = folder / "x.journal"
    path.write_text("".join(to_hledger(rows, CHART)), encoding="utf-8")
    return path


def hledger(journal: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What hledger says of a journal; the test is skipped, and says so, where it is not installed."""
    program = shutil.which("hledger")
    if program is None:
        pytest.skip("hledger is not installed: the journal was NOT read again (apt-get install hledger)")
    command = [program, "-f", str(journal), "--strict", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={"LC_ALL": "C.UTF-8"})


def test_beancount_reads_busy_books_again_and_agrees_to_the_cent(books: Books) -> None:
    busy_books.fill(books)

    directives = loaded(written(books, "beancount"))

    assert balances(directives) == in_the_books(books)
    asserted = [d for d in directives if isinstance(d, Balance)]
    assert {(d.account.rpartition(":")[2], d.amount.currency) for d in asserted} >= in_the_books(books).keys()
    assert all(d.tolerance == 0 for d in asserted)


def test_hledger_reads_busy_books_again_and_agrees_to_the_cent(busy: Books, tmp_path: Path) -> None:
    journal = tmp_path / "books.journal"
    journal.write_text(written(busy, "hledger"), encoding="utf-8")

    table = hledger(journal, "balance", "--flat", "--no-total", "--layout=bare", "-O", "csv")

    assert (table.returncode, table.stderr) == (0, "")
    rows = list(csv.reader(io.StringIO(table.stdout)))[1:]
    found = {(account.rpartition(":")[2], currency): Decimal(amount) for account, currency, amount in rows}
    assert {key: value for key, value in found.items() if value} == in_the_books(busy)


def test_the_table_sums_up_to_the_books_in_both_currencies(busy: Books) -> None:
    rows = list(csv.DictReader(io.StringIO(written(busy, "csv"))))

    sums: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    base = Decimal(0)
    for row in rows:
        sums[row["account"], row["currency"]] += Decimal(row["amount"])
        base += Decimal(row["base_amount"] or 0) if row["role"] == "fx_result" else 0
    assert {key: value for key, value in sums.items() if value} == in_the_books(busy)
    question = (
        "SELECT sum(p.base_minor) FROM postings p JOIN accounts a ON a.id = p.account_id WHERE role = 'fx_result'"
    )
    assert base.scaleb(2) == ask(busy.session, question)[0][0] != 0


def test_an_exchange_difference_stands_in_the_table_only(busy: Books) -> None:
    assert "ExchangeDifferences" not in written(busy, "beancount") + written(busy, "hledger")
    rows = csv.DictReader(io.StringIO(written(busy, "csv")))
    assert {row["amount"] for row in rows if row["role"] == "fx_result"} == {"0.00"}


AMOUNTS = [("JPY", 5_000), ("EUR", 1), ("KWD", 1_234_567), ("CLF", 10**15 + 1)]


@pytest.mark.parametrize(("currency", "minor"), AMOUNTS)
def test_amounts_have_exactly_the_decimals_of_their_currency(currency: str, minor: int) -> None:
    rows = [*entry(1, "INV-1", minor, currency), *entry(2, "INV-2", minor, currency)]

    text = beancount_text(rows)

    expected = Decimal(2 * minor).scaleb(-exponent(currency))
    assert balances(loaded(text)) == {("1200", currency): expected, ("4000", currency): -expected}
    assert f"  {format_minor(minor, currency)} {currency}\n" in text


@pytest.mark.parametrize(("currency", "minor"), AMOUNTS)
def test_hledger_takes_amounts_of_any_currency(currency: str, minor: int, tmp_path: Path) -> None:
    rows = [*entry(1, "INV-1", minor, currency), *entry(2, "INV-2", minor, currency)]

    assert hledger(journal_of(rows, tmp_path), "check").stderr == ""


@pytest.mark.parametrize("changed", ["123.44", "123.46"])
def test_beancount_refuses_a_ledger_that_is_one_cent_off(changed: str) -> None:
    text = beancount_text(entry(1, "INV-1", 12_345))
    tampered = text.replace("123.45 EUR", f"{changed} EUR")

    _, errors, _ = loader.load_string(tampered)

    assert tampered.count(changed) == 2  # the two postings, not the balances
    assert [type(error).__name__ for error in errors] == ["BalanceError", "BalanceError"]


@pytest.mark.parametrize("changed", ["123.44", "123.46"])
def test_hledger_refuses_a_ledger_that_is_one_cent_off(changed: str, tmp_path: Path) -> None:
    journal = journal_of(entry(1, "INV-1", 12_345), tmp_path)
    first, rest = journal.read_text(encoding="utf-8").split("\ncommodity", 1)
    journal.write_text(first.replace("123.45", changed) + "\ncommodity" + rest, encoding="utf-8")

    assert "balance assertion" in hledger(journal, "check").stderr


HOSTILE = [
    'quote " and backslash \\',
    'end"\n2025-01-01 open Assets:Stolen\n',
    "comment ; 2025-01-01 * x",
    "tab\tand\rreturn\x00null\u2028line",
    "(code) | payee * ! #tag ^link",
    "größe 山 🙂",
    "",
    "  spaces  ",
    "\\",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_the_text_beancount_takes_it_as_text(text: str) -> None:
    directives = loaded(beancount_text(entry(1, text, 100)))

    (transaction,) = [d for d in directives if isinstance(d, Transaction)]
    assert {d.account for d in directives if isinstance(d, Open)} == {"Assets:Receivables:1200", "Income:Revenue:4000"}
    assert (transaction.narration or "").split() == text.replace("\x00", " ").split()
    assert (transaction.meta["entry"], transaction.meta["kind"]) == ("1", "invoice")


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_the_text_hledger_takes_it_as_text(text: str, tmp_path: Path) -> None:
    journal = journal_of(entry(1, text, 100), tmp_path)

    assert hledger(journal, "check", "ordereddates").stderr == ""
    assert hledger(journal, "accounts").stdout.split() == ["Assets:Receivables:1200", "Income:Revenue:4000"]
    assert hledger(journal, "tags").stdout.split() == ["kind"]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", '=HYPERLINK("http://x")'])
def test_text_a_spreadsheet_would_run_is_marked_as_text(text: str) -> None:
    (_, first, second) = list(csv.reader(io.StringIO("".join(to_csv(entry(1, text, 100), CHART)))))

    assert first[3] == f"'{text}"
    assert (first[8], second[8]) == ("1.00", "-1.00")


def test_the_table_has_every_column_and_leaves_unknown_base_amounts_empty() -> None:
    rows = [*entry(7, "INV-7", 100, "USD"), *entry(8, "INV-8", 100, "USD", base=90)]

    table = list(csv.reader(io.StringIO("".join(to_csv(rows, CHART)))))

    valued = ("USD", "1.00", "EUR", "")
    assert tuple(table[0]) == TABLE
    assert table[1] == ["7", "2025-06-01", "invoice", "INV-7", "1200", "Trade receivables", "receivables", *valued]
    assert [row[-1] for row in table[1:]] == ["", "", "0.90", "-0.90"]


def test_an_account_is_opened_once_on_its_first_day_with_all_its_currencies() -> None:
    rows = [*entry(1, "INV-1", 100), *entry(2, "INV-2", 100, "USD")]

    opened = {d.account: d for d in loaded(beancount_text(rows)) if isinstance(d, Open)}

    receivables = opened["Assets:Receivables:1200"]
    assert receivables.currencies == ["EUR", "USD"]
    assert (receivables.date, receivables.meta["name"]) == (DAY, "Trade receivables")


def test_a_ledger_without_entries_is_readable_too() -> None:
    assert loaded(beancount_text([])) == []
    assert "".join(to_csv([], CHART)) == ",".join(TABLE) + "\n"


def test_hledger_reads_a_ledger_without_entries(tmp_path: Path) -> None:
    assert hledger(journal_of([], tmp_path), "check").stderr == ""


@pytest.mark.parametrize("name", WRITERS)
def test_a_ledger_is_written_as_it_is_read(name: str) -> None:
    asked = 0

    def rows() -> Iterable[Sequence[Any]]:
        nonlocal asked
        for number in range(1, 1_000):
            asked += 1
            yield from entry(number, f"INV-{number}", 100)

    text = WRITERS[name](rows(), CHART)
    for _ in range(5):
        next(text)

    assert asked < 10


def test_every_role_has_a_place_that_beancount_accepts() -> None:
    assert PLACES.keys() == set(AccountRole)
    opens = "".join(f"2025-01-01 open {place}:1000\n" for place in PLACES.values())
    directives, errors, _ = parser.parse_string(opens)
    assert (len(directives), errors) == (len(AccountRole), [])
