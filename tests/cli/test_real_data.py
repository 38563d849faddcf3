"""The whole job by the command line on books of real size, on both stores: every count, and what the rules reach."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from beancount import loader

from tests.cli.terminal import Rows, Terminal, on

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.stores import PostgresStores, SqliteStores

pytestmark = [pytest.mark.slow, pytest.mark.shared, pytest.mark.timeout(900)]

NOVEMBER = date(2019, 11, 1)
WORK_FROM, WORK_UNTIL = date(2025, 10, 31), date(2025, 12, 31)


def on_either(name: str) -> list[object]:
    """Both stores, each with its tests in one process: books of real size take half a minute to import."""
    group = pytest.mark.xdist_group
    return [
        pytest.param("sqlite", marks=group(f"{name} sqlite")),
        pytest.param("postgres", marks=[pytest.mark.postgres, group(f"{name} postgres")]),
    ]


def counts(new: int) -> dict[str, int]:
    return {"new": new, "amended": 0, "unchanged": 0}


def imported(request: pytest.FixtureRequest, folder: Path) -> Iterator[tuple[Terminal, dict[str, object]]]:
    """The folder's books on the store the test asks for, and what the import said."""
    stores: SqliteStores | PostgresStores = request.getfixturevalue(f"{request.param}_stores")
    place: Path = request.getfixturevalue("tmp_path_factory").mktemp("real")
    with stores.fresh() as store:
        terminal = on(store, place)
        yield terminal, terminal.said("import", folder)


@pytest.fixture(scope="module", params=on_either("highradius"))
def highradius(request: pytest.FixtureRequest, shared_data: Path) -> Iterator[tuple[Terminal, dict[str, object]]]:
    """Eleven months of a real company's invoices."""
    yield from imported(request, shared_data / "highradius-2019-11-01")


@pytest.fixture(scope="module", params=on_either("cashapp"))
def cashapp(request: pytest.FixtureRequest, shared_data: Path) -> Iterator[tuple[Terminal, dict[str, object]]]:
    """A simulated year of fifteen hundred payers, its last two months unworked."""
    yield from imported(request, shared_data / "cashapp-dev")


def test_eleven_months_of_real_invoices_are_taken_in(highradius: tuple[Terminal, dict[str, object]]) -> None:
    terminal, told = highradius

    assert told["customers"] == counts(868)
    assert told["invoices"] == counts(29_780)
    assert told["bank_lines"] == counts(10_819)
    assert told["applications"] == counts(28_031)
    assert told["lines_to_work"] == 0
    terminal.ok("ledger", "verify")


def test_every_real_open_invoice_is_predicted(highradius: tuple[Terminal, dict[str, object]]) -> None:
    terminal, _ = highradius

    rows = terminal.table("predict", "--as-of", NOVEMBER)

    assert len(rows) == 1_749
    assert all(NOVEMBER.isoformat() < row["p10"] <= row["p50"] <= row["p90"] <= "2020-10-31" for row in rows)


def test_the_weeks_ahead_of_real_books_are_forecast(highradius: tuple[Terminal, dict[str, object]]) -> None:
    terminal, _ = highradius

    rows = terminal.table("forecast", "--as-of", NOVEMBER)

    assert [(row["currency"], row["week_start"]) for row in rows[::13]] == [
        ("CAD", "2019-11-04"),
        ("USD", "2019-11-04"),
    ]
    assert len(rows) == 26
    assert len(terminal.table("worklist", "--as-of", NOVEMBER)) > 50


def test_real_books_are_proved_by_another_program(highradius: tuple[Terminal, dict[str, object]]) -> None:
    terminal, _ = highradius
    path = terminal.folder / "books.beancount"
    terminal.ok("ledger", "export", "--format", "beancount", "--out", path)

    entries, errors, _ = loader.load_file(str(path))

    assert errors == []
    assert len(entries) > 50_000


def test_the_unworked_months_are_matched_by_rules_rightly(
    cashapp: tuple[Terminal, dict[str, object]], shared_data: Path
) -> None:
    terminal, told = cashapp
    assert told["customers"] == counts(1_500)
    assert told["invoices"] == counts(45_772)
    assert told["bank_lines"] == counts(26_167)
    assert told["lines_to_work"] == 4_917
    before = terminal.row_counts()

    rows = terminal.table("match", "--as-of", WORK_UNTIL, "--from", WORK_FROM)

    assert terminal.row_counts() == before
    assert len({row["line_id"] for row in rows}) == 4_917
    score = judged(shared_data / "cashapp-dev", terminal.folder / "table.csv")
    assert score["straight_through"] >= 0.75, score
    assert score["auto_precision"] >= 0.997, score
    assert score["over_applied"] == 0, score


def judged(data: Path, proposals: Path) -> dict[str, float]:
    """What the data set's own program says of the proposals."""
    program = [sys.executable, str(data / "score.py"), str(data), str(proposals)]
    score: dict[str, float] = json.loads(subprocess.run(program, check=True, capture_output=True, text=True).stdout)
    return score


def test_what_is_certain_is_booked_and_taken_back_on_books_of_real_size(
    cashapp: tuple[Terminal, dict[str, object]],
) -> None:
    terminal, _ = cashapp
    before = books_of(terminal)
    path = terminal.folder / "applied.csv"

    told = terminal.said("match", "--as-of", WORK_UNTIL, "--from", WORK_FROM, "--apply", "--out", path)

    assert told["applied"] + told["held_back"] == told["decisions"]["auto"]
    terminal.ok("ledger", "verify")
    assert terminal.said("unapply", "--since", WORK_UNTIL, "--on", WORK_UNTIL) == {"lines": told["applied"]}
    terminal.ok("ledger", "verify")
    assert books_of(terminal) == before


def books_of(terminal: Terminal) -> dict[str, Rows]:
    """What of the books an undone application must leave as it was: balances, who owes what, what people booked.

    A trial balance also tells what passed through an account, which only grows: its balances are compared.
    """
    balances = terminal.said("report", "trial-balance", "--as-of", WORK_UNTIL)
    return {
        "balances": [{name: row[name] for name in ("account", "currency", "balance")} for row in balances],
        "aging": terminal.said("report", "aging", "--as-of", WORK_UNTIL),
        "open": [{name: row[name] for name in OPEN} for row in terminal.table("predict", "--as-of", WORK_UNTIL)],
        "applications": terminal.table("export", "applications"),
    }


OPEN = ("invoice_id", "customer_id")
PREDICTION = "invoice_id customer_id p_late p_late_7 p_late_30 p10 p50 p90 expected_days_late reasons model_version"
FORECAST = (
    "week_start currency expected p10 p90 from_open_items from_new_business other_in outflow closing_cash closing_p10"
)
WORKLIST = "rank customer_id priority open_amount overdue_amount currency expected_value action reasons"
PROPOSAL = "line_id decision probability invoice_id amount reason customer_id explanation"
APPLICATION = "line_id invoice_id customer_id amount reason"


def every_command(terminal: Terminal, day: date, cutoff: date, *, learnt: date) -> dict[str, int]:
    """Run the commands that read books of real size; gives the rows of each table, its columns checked.

    What is learnt by an early day asks the same of a command as a whole year, in a third of the time.
    """
    asked = {
        "predict": (PREDICTION, ("predict", "--as-of", day)),
        "forecast": (FORECAST, ("forecast", "--as-of", day)),
        "worklist": (WORKLIST, ("worklist", "--as-of", day)),
        "timing": (f"as_of {PREDICTION}", ("backtest", "payment-timing", "--cutoff", cutoff, "--days", 61)),
        "forecasts": (f"as_of {FORECAST}", ("backtest", "forecast", "--origins", f"{cutoff}:{cutoff}")),
        "match": (PROPOSAL, ("match", "--as-of", day, "--from", day)),
        "applications": (APPLICATION, ("export", "applications")),
    }
    found = {}
    for name, (columns, words) in asked.items():
        rows = terminal.table(*words)
        assert not rows or list(rows[0]) == columns.split(), name
        found[name] = len(rows)
    for name in ("aging", "dso", "cei", "trial-balance", "match-rates"):
        told = terminal.said("report", name, "--as-of", day)
        spread = terminal.ok("report", name, "--as-of", day, "--format", "csv").out
        assert len(told) == len(spread.splitlines()) - 1, name
        found[name] = len(told)
    path = terminal.folder / "features.parquet"
    terminal.ok("features", "payment-timing", "--as-of", day, "--out", path)
    found["features"] = len(pd.read_parquet(path))
    for language in ("hledger", "csv"):
        terminal.ok("ledger", "export", "--format", language, "--out", terminal.folder / f"books.{language}")
    assert set(terminal.said("train", "all", "--as-of", learnt)) >= {"payment-timing", "remittance-matching"}
    assert set(terminal.said("models", "list")) == {"payment-timing", "remittance-matching"}
    return found


def test_every_command_answers_on_eleven_months_of_real_invoices(
    highradius: tuple[Terminal, dict[str, object]],
) -> None:
    terminal, _ = highradius

    rows = every_command(terminal, NOVEMBER, date(2019, 6, 15), learnt=date(2019, 3, 31))

    assert (rows["predict"], rows["forecast"], rows["match"]) == (1_749, 26, 0)
    assert (rows["applications"], rows["features"]) == (28_031, 1_749)
    assert (rows["timing"], rows["forecasts"]) == (issued(terminal, date(2019, 6, 15), 61), 26)


def test_every_command_answers_on_a_simulated_year(cashapp: tuple[Terminal, dict[str, object]]) -> None:
    terminal, _ = cashapp

    rows = every_command(terminal, date(2025, 10, 30), date(2025, 8, 31), learnt=date(2025, 3, 31))

    assert (rows["forecast"], rows["forecasts"], rows["match"]) == (78, 78, 0)
    assert rows["applications"] == 35_362
    assert rows["timing"] == issued(terminal, date(2025, 8, 31), 61)


def issued(terminal: Terminal, cutoff: date, days: int) -> int:
    """Invoices (no credit memos) of the days after the cutoff still open on their issue day, counted in plain SQL."""
    paid = "SELECT coalesce(sum(a.amount_minor), 0) FROM applications a"
    question = (
        "SELECT count(*) FROM open_items o"
        f" WHERE o.document_date > '{cutoff}' AND o.document_date <= '{cutoff + timedelta(days=days)}'"
        f" AND o.amount_minor > ({paid} WHERE a.open_item_id = o.id AND a.known_on <= o.document_date)"
    )
    ((count,),) = terminal.ask(question)
    return int(str(count))
