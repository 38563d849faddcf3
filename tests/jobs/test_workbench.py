"""The workbench answers as of a day, in frames a data scientist can go on with, and writes nothing."""

from __future__ import annotations

import inspect
import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from o2c_ai.core.ledger.queries import get_company
from o2c_ai.core.ledger.rules import UnknownCompany
from o2c_ai.demo.folder import write_folder
from o2c_ai.demo.world import World, simulate
from o2c_ai.formats.exchange import read_folder
from o2c_ai.jobs.import_folder import import_folder
from o2c_ai.jobs.versions import TIMING
from o2c_ai.jobs.workbench import RULES_OF_THUMB, Books, NoBooks, NothingLearnt
from o2c_ai.models.payment_timing import judges
from o2c_ai.models.payment_timing.as_of_features import MOMENT_COLUMNS
from o2c_ai.models.payment_timing.days import date_of
from o2c_ai.models.payment_timing.predictor import to_files
from o2c_ai.models.payment_timing.training import learn
from o2c_ai.models.registry import Registry, UnknownVersion
from tests.books import open_books
from tests.docs.fences import DOCS
from tests.models.payment_timing.invented_book import FIRST, book

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from o2c_ai.core.database import Store
    from tests.stores import SqliteStores

END = date(2026, 10, 15)
CUTOFF = END - timedelta(days=30)


@pytest.fixture(scope="module")
def world() -> World:
    """A small company whose every bank line was worked."""
    return simulate(7, customers=20, start=END - timedelta(days=119), days=120, history_until=END)


@pytest.fixture(scope="module")
def books(world: World, sqlite_stores: SqliteStores, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Books]:
    """Its books, and a version of payment timing trained before anything in them."""
    folder: Path = tmp_path_factory.mktemp("workbench")
    write_folder(world, folder / "papers", applications_until=END)
    with sqlite_stores.fresh() as store:
        with store.session() as session:
            ours = open_books(store, session)
            import_folder(session, ours.actor, read_folder(folder / "papers"))
            session.commit()
            known = get_company(session, "main")
        _let_serve(Registry(folder, known.books, TIMING))
        yield Books(str(store.engine.url), versions=folder)


def _let_serve(registry: Registry) -> None:
    with pytest.MonkeyPatch.context() as patch:
        for judge in (judges.DAY_JUDGE, judges.LATE_JUDGE):
            patch.setitem(judge, "num_iterations", 5)
        learnt = learn(book(1_000), date_of(FIRST + 299))
    version = registry.save(as_of=CUTOFF, trained_by="ana", facts={}, files=to_files(learnt))
    registry.promote(version.name, by="ben", on=CUTOFF)


def test_what_is_open_is_what_the_company_truly_has_open(books: Books, world: World) -> None:
    truth = {name: minor for name, minor in world.open_amounts(END).items() if minor > 0}

    found = books.open_items(END)

    assert set(found.index) == set(truth)
    euros = found[found["currency"] == "EUR"]["open"]
    assert (euros * 100).round().astype(int).to_dict() == {name: truth[name] for name in euros.index}
    assert (found["days_overdue"] == (pd.Timestamp(END) - found["due_date"]).dt.days).all()


def test_an_item_is_paid_from_the_day_its_money_came(books: Books) -> None:
    now, then = books.items(END), books.items(CUTOFF)

    paid_since = now[now["paid_on"] > pd.Timestamp(CUTOFF)].index.intersection(then.index)

    assert len(paid_since) > 10
    assert then.loc[paid_since, ["paid_on", "days_late"]].isna().all(axis=None)
    assert now["issue_date"].max() > then["issue_date"].max()
    withdrawn = now[now["withdrawn_on"].notna()]
    assert (withdrawn["paid_on"].isna() & (withdrawn["open"] == 0)).all()


def test_features_and_effects_stand_beside_the_open_items(books: Books) -> None:
    open_items, features, effects = books.open_items(END), books.features(END), books.effects(END)

    assert features.index.equals(open_items.index)
    assert [*features.columns] == [name for name in MOMENT_COLUMNS if name != "payer"]
    assert (features["days_to_due"] == -open_items["days_overdue"]).all()
    assert effects.index.equals(open_items.index)
    assert np.isfinite(effects.sum(axis=1)).all()


def test_effects_need_a_learned_version(books: Books) -> None:
    with pytest.raises(NothingLearnt, match="no learned version serves on 2026-09-01"):
        books.effects(date(2026, 9, 1))


def test_a_prediction_is_asked_of_the_version_that_serves_or_of_the_rules(books: Books) -> None:
    learned, rules = books.predict(END), books.predict(END, "rules")

    assert learned.index.equals(rules.index)
    assert not learned["p_late"].equals(rules["p_late"])
    pd.testing.assert_frame_equal(books.predict(date(2026, 9, 1)), books.predict(date(2026, 9, 1), "rules"))
    with pytest.raises(UnknownVersion):
        books.predict(END, "best")


def test_a_back_test_stands_beside_what_came(books: Books) -> None:
    ways = {"learned": None, "rules": "rules", "as usual": "customer's own rate and median"}

    told = {way: books.backtest(CUTOFF, 10, END, model) for way, model in ways.items()}
    figures = books.figures(told, END)

    learned = told["learned"].set_index("number")
    items = books.items(END)
    assert (learned["as_of"] == items.loc[learned.index, "issue_date"]).all()
    pd.testing.assert_series_equal(learned["paid_on"], items.loc[learned.index, "paid_on"])
    assert figures.T["items"].tolist() == [len(learned)] * 3
    assert figures.columns.tolist() == list(ways)
    assert figures.T["pinball_days"].nunique() == 3


def test_matching_looks_at_lines_people_have_not_decided(books: Books) -> None:
    assert len(books.matching(END)) == 0
    judged = books.backtest_matching(CUTOFF, END)

    later = books.bank_lines(END).query("booking_date > @CUTOFF")
    assert judged.index.equals(later.index)
    figures = books.matching_figures({"rules": judged})["rules"]
    assert figures["lines that pay open items"] + figures["lines of other money"] == len(judged)
    assert 0.5 < figures["straight through, of those"] <= figures["best proposal right, of those"] <= 1


def test_a_proposal_is_right_where_people_booked_the_same(books: Books, world: World) -> None:
    judged = books.backtest_matching(CUTOFF, END)
    booked: dict[str, set[str]] = {}
    for row in world.applications:
        booked.setdefault(row.line_id, set()).update({row.invoice_id} - {""})

    right = judged[judged["right"] & judged["pays"]]

    assert len(right) > 10
    assert all(set(found) == booked[str(line)] for line, found in right["invoices"].items())


def test_a_forecast_of_the_past_stands_beside_what_came_in(books: Books) -> None:
    origin = END - timedelta(days=21)

    told = books.backtest_forecast([origin], END, weeks=3).query("currency == 'EUR'")

    lines = books.bank_lines(END).query("currency == 'EUR' and booking_date > @origin")
    assert told["week"].tolist() == [1, 2]
    assert told["week_start"].tolist() == [pd.Timestamp(2026, 9, 28), pd.Timestamp(2026, 10, 5)]
    assert (told["p10"] <= told["expected"]).all()
    assert (told["expected"] <= told["p90"]).all()
    assert 0 < told["actual"].sum() <= lines[lines["amount"] > 0]["amount"].sum()


def test_a_forecast_may_suppose_that_a_customer_pays_nothing(books: Books) -> None:
    customer = str(books.open_items(END).query("currency == 'EUR'").groupby("customer")["open"].sum().idxmax())

    foreseen, supposed = books.forecast(END, weeks=4), books.forecast(END, weeks=4, without=customer)

    assert supposed["from_open_items"].sum() < foreseen["from_open_items"].sum()


def test_reports_are_those_of_the_command(books: Books) -> None:
    assert books.report("aging", END)["customer_id"].tolist()[-1] == "TOTAL"


def test_books_that_are_not_there_are_refused(sqlite_store: Store) -> None:
    with pytest.raises(UnknownCompany):
        Books(str(sqlite_store.engine.url), "nobody")


def test_the_reference_names_every_method_with_its_arguments() -> None:
    page = (DOCS / "reference" / "workbench.md").read_text("utf-8")
    told = re.findall(r"^\| `(\w+\(.*?\))` \|", page, flags=re.MULTILINE)

    methods = [(name, one) for name, one in inspect.getmembers(Books, inspect.isfunction) if not name.startswith("_")]

    expected = [f"{name}({', '.join([*inspect.signature(one).parameters][1:])})" for name, one in methods]
    assert sorted(told) == sorted(expected)
    assert len(RULES_OF_THUMB) == 3


def test_books_that_are_not_there_are_named_and_not_made(tmp_path: Path) -> None:
    file = tmp_path / "o2c.sqlite"

    with pytest.raises(NoBooks, match=re.escape(str(file))):
        Books(f"sqlite:///{file}")

    assert not file.exists()
