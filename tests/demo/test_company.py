"""The demo takes its own papers in, works on them as a user would, and compares itself with the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.ledger.queries import get_company
from o2c_ai.core.payments.queries import count_lines
from o2c_ai.core.payments.rules import LineState
from o2c_ai.core.people.queries import find_actor
from o2c_ai.core.verification.queries import verify
from o2c_ai.demo import company
from o2c_ai.demo.company import DemoReport, run
from o2c_ai.demo.people import COMPANY_CODE
from tests.books import NOON
from tests.demo.small_world import small_world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from o2c_ai.core.database import Store
    from tests.stores import SqliteStores

Shown = tuple["Store", DemoReport, list[str], "Path"]


@pytest.fixture(scope="module")
def shown(sqlite_stores: SqliteStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """A demo of the small company, run once: its database, what it reports, the stages it told, and its papers."""
    folder, stages = tmp_path_factory.mktemp("demo"), list[str]()
    with sqlite_stores.fresh() as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(company, "default_world", small_world)
        yield store, run(store, folder / "exchange", progress=stages.append), stages, folder


def test_everything_of_the_world_is_taken_in(shown: Shown) -> None:
    _, report, _, folder = shown
    world = small_world()

    assert report.world is world
    assert report.as_of == world.end
    assert report.imported.customers.added == len(world.customers)
    assert report.imported.invoices.added == len(world.invoices)
    assert report.imported.lines.added == len(world.bank_lines)
    assert report.imported.applications.added == len(world.history)
    assert (folder / "exchange" / "applications.csv").is_file()


def test_every_unworked_line_is_decided_and_only_certain_ones_are_applied(shown: Shown) -> None:
    store, report, _, _ = shown
    work = len(small_world().work)

    assert report.decisions.total() == work
    assert 0 < report.applied <= report.decisions["auto"]
    with store.reading() as session:
        company_id = get_company(session, COMPANY_CODE).company_id
        assert count_lines(session, company_id, report.as_of)[LineState.OPEN] == work - report.applied


def test_the_rules_are_compared_with_the_truth_they_did_not_see(shown: Shown) -> None:
    _, report, _, _ = shown

    assert report.score.straight_through.part > 20
    assert report.score.auto_precision.whole == report.decisions["auto"]
    assert (report.score.auto_precision.ppm or 0) > 900_000


def test_what_comes_next_is_looked_at_and_kept(shown: Shown) -> None:
    store, report, _, _ = shown

    assert report.predicted == report.open_items > 50
    assert set(report.open_minor) <= {"EUR", "USD", "JPY"}
    assert 0 < len(report.top) <= 5
    assert report.customers_to_touch >= len(report.top)
    assert len({week.week_start for week in report.weeks}) == 13
    with store.reading() as session:
        kept = session.connection().exec_driver_sql("SELECT count(*) FROM payment_timings").scalar_one()
    assert kept == report.predicted


def test_the_books_it_leaves_behind_keep_every_law(shown: Shown) -> None:
    store, report, _, _ = shown

    assert (report.broken_laws, report.rows_verified > 1000) == (0, True)
    with store.reading() as session:
        assert verify(session, get_company(session, COMPANY_CODE).company_id) == []


def test_a_second_person_is_there_for_second_words(shown: Shown) -> None:
    store, _, _, _ = shown

    with store.reading() as session:
        company_id = get_company(session, COMPANY_CODE).company_id
        people = [find_actor(session, company_id, name, NOON) for name in ("demo", "second", "nobody")]
    assert [person is not None for person in people] == [True, True, False]


def test_its_stages_are_told_in_order(shown: Shown) -> None:
    _, _, stages, _ = shown

    told = ["inventing a company", "importing its papers", "predicting when each open item will be paid"]
    assert [stage for stage in stages if stage in told] == told
    assert stages[-1] == "checking every law of the books"
