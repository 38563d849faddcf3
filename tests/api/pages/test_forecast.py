"""The forecast beside what came in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from o2c_ai.api.dependencies import Reading
from o2c_ai.api.pages.forecast import fan_of
from o2c_ai.core.forecasts.actions import store_run
from o2c_ai.core.forecasts.queries import told_weeks
from o2c_ai.core.forecasts.rules import ForecastWeek, accuracy
from tests.books import DAY

if TYPE_CHECKING:
    from tests.books import Books

MONDAY = DAY + timedelta(days=1)


def test_what_came_in_is_told_from_the_evening_of_the_sunday_on_as_in_the_figures(sqlite_books: Books) -> None:
    books = sqlite_books
    week = ForecastWeek(MONDAY, "EUR", 100, 80, 120, 90, 10, None, None, None, None)
    number = store_run(books.session, books.actor, as_of=DAY, model_version="rules", weeks=[week])

    for on, over in ((MONDAY + timedelta(days=5), False), (MONDAY + timedelta(days=6), True)):
        fan = fan_of(Reading(books.session, books.actor, on), number, "EUR")
        assert fan is not None
        assert (MONDAY in fan.came) is over
        assert bool(accuracy(told_weeks(books.session, books.company_id, on), {}, on)) is over
