"""How figures came to be what they are: each point is what the report of its day says."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.collections.actions import promise
from o2c_ai.core.collections.rules import NewPromise
from o2c_ai.core.key_figures.queries import measures_on, page_aged, trend
from o2c_ai.core.key_figures.rules import DEFINITIONS, Figure, Step, UnknownBucket, month_ends, weeks_to
from o2c_ai.core.receivables.queries import columns_money
from o2c_ai.core.reporting.queries import aging, match_rates, measures
from tests.books import DAY
from tests.core.busy_books import DUE, LAST, LATER, MAY

if TYPE_CHECKING:
    from tests.books import Books

DAYS = [MAY, DUE, LATER, LAST, date(2025, 9, 30)]


def test_measures_of_many_days_are_those_of_each_day(busy: Books) -> None:
    found = measures_on(busy.session, busy.company_id, DAYS)

    for place, day in enumerate(DAYS):
        for row in measures(busy.session, busy.company_id, day):
            assert found[row.currency][place] == row


def test_a_trend_ends_on_the_day_with_what_the_reports_say(busy: Books) -> None:
    told = {one: trend(busy.session, busy.company_id, one, "EUR", LAST) for one in Figure}
    (row,) = (one for one in measures(busy.session, busy.company_id, LAST) if one.currency == "EUR")
    (owed,) = (one for one in aging(busy.session, busy.company_id, LAST).totals if one.currency == "EUR")
    rates = match_rates(busy.session, busy.company_id, LAST)

    assert [point.on for point in told[Figure.DSO]] == month_ends(LAST)
    assert told[Figure.RECEIVABLES][-1].value == row.closing_minor
    assert told[Figure.DSO][-1].value == row.dso
    assert told[Figure.COUNTBACK_DSO][-1].value == row.countback
    assert told[Figure.OVERDUE][-1].value == sum(owed.buckets_minor[1:])
    assert told[Figure.UNAPPLIED][-1].value == rates.unapplied_minor.get("EUR", 0)
    assert told[Figure.UNIDENTIFIED][-1].value == rates.unidentified_minor.get("EUR", 0)
    assert sum(point.of or 0 for point in told[Figure.ROWS_UNTOUCHED]) == rates.line_item.of
    assert sum(point.of or 0 for point in told[Figure.NEVER_TAKEN_BACK]) == rates.auto_precision.of
    assert sum(point.of or 0 for point in told[Figure.SPOT_CHECKED]) == rates.audited_precision.of


def test_cash_in_is_all_of_customers_money_week_by_week(busy: Books) -> None:
    came = trend(busy.session, busy.company_id, Figure.CASH_IN, "EUR", LAST)
    money = [row for row in columns_money(busy.session, busy.company_id, LAST) if row.currency == "EUR"]

    assert [point.on for point in came] == weeks_to(LAST)
    assert sum(point.value or 0 for point in came) == sum(row.amount_minor for row in money) != 0


def test_promises_kept_are_of_those_whose_day_has_passed(books: Books) -> None:
    items = [books.invoice(f"INV-{number}", due=DAY) for number in range(3)]
    days = [DAY + timedelta(days=1), DAY + timedelta(days=2), DAY + timedelta(days=60)]
    said = [NewPromise(item, DAY, day, 10_000, "EUR") for item, day in zip(items, days, strict=True)]
    promise(books.session, books.actor, promises=said)

    points = trend(books.session, books.company_id, Figure.PROMISES_KEPT, "EUR", DAY + timedelta(days=40))

    assert [(point.value, point.of) for point in points[-2:]] == [(Fraction(0), 2), (None, 0)]


@pytest.mark.parametrize("figure", [Figure.DSO, Figure.OVERDUE, Figure.UNAPPLIED, Figure.CASH_IN])
def test_a_currency_nobody_owes_in_tells_nothing_wrong(busy: Books, figure: Figure) -> None:
    assert not any(point.value for point in trend(busy.session, busy.company_id, figure, "CHF", LAST))


def test_items_of_all_ages_are_what_is_open(busy: Books) -> None:
    found = aging(busy.session, busy.company_id, LAST)

    for row in found.totals:
        for name, minor in zip(found.names, row.buckets_minor, strict=True):
            items, place = page_aged(busy.session, busy.company_id, LAST, currency=row.currency, bucket=name)
            assert place is None
            assert sum(item.left_minor for item in items) == minor
    with pytest.raises(UnknownBucket):
        page_aged(busy.session, busy.company_id, LAST, currency="EUR", bucket="old")


def test_every_figure_is_defined() -> None:
    assert DEFINITIONS.keys() == set(Figure)
    assert {one.step for one in DEFINITIONS.values()} == set(Step)
