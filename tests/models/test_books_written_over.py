"""Books whose payments bounced, due dates were amended and customers promised again tell the past as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from o2c_ai.core.cash_application.actions import book, undo
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.collections.actions import promise
from o2c_ai.core.collections.rules import NewPromise
from o2c_ai.core.disputes.actions import record
from o2c_ai.core.disputes.rules import DisputeKind, DisputeReason, DisputeState, NewDispute
from o2c_ai.core.invoices.actions import amend, reverse
from o2c_ai.core.invoices.rules import Amendment
from o2c_ai.core.suggestions.rules import Part, Reason
from o2c_ai.models.payment_timing.as_of_features import open_item_features
from o2c_ai.models.payment_timing.baseline import EmpiricalTiming
from o2c_ai.models.payment_timing.days import NEVER, day_number
from o2c_ai.models.payment_timing.features import items_frame
from o2c_ai.models.payment_timing.items import known_items
from tests.books import DAY, NOON

if TYPE_CHECKING:
    from tests.books import Books


def after(days: int) -> date:
    """A day so many days after the invoices were issued."""
    return DAY + timedelta(days=days)


def pay(books: Books, ref: str, amount: str, part: Part, on: date) -> int:
    line = books.line(ref, amount, on=on)
    book(books.session, books.actor, bookings=[Booking(line, on, (part,))])
    return line


@pytest.fixture
def rewritten(books: Books) -> Books:
    """Items due after 30 days; what is said and done of them changes until day 60."""
    ids = {name: books.invoice(name, due=after(30)) for name in ("BOUNCED", "WRONG", "CREDITED", "WORDS", "MOVED")}
    books.invoice("QUIET", due=after(30))
    books.invoice("YEN", "9000", currency="JPY", due=after(30))
    pay(books, "L1", "100.00", Part(10_000, open_item_id=ids["BOUNCED"]), after(20))
    pay(books, "L2", "-100.00", Part(-10_000, Reason.RETURNED, ids["BOUNCED"]), after(25))
    pay(books, "L3", "100.00", Part(10_000, open_item_id=ids["BOUNCED"]), after(50))
    for ref, name in (("L4", "WRONG"), ("L5", "CREDITED")):
        line = pay(books, ref, "100.00", Part(10_000, open_item_id=ids[name]), after(28))
        undo(books.session, books.actor, line_ids=[line], on=after(33), reason="another customer's money")
    reverse(books.session, books.actor, number="CREDITED", on=after(33), reason="not delivered")
    said = [(31, 35), (38, 45), (47, 55)]
    promises = [NewPromise(ids["WORDS"], after(on), after(until), 10_000, "EUR") for on, until in said]
    promise(books.session, books.actor, promises=promises)
    disputed = (books.customer("C1"), ids["WORDS"], DisputeKind.DISPUTE, DisputeReason.UNKNOWN, 10_000, "EUR")
    settled = NewDispute(*disputed, after(5), DisputeState.CLOSED, after(15))
    record(books.session, books.actor, disputes=[settled, NewDispute(*disputed, after(40), DisputeState.NEW, None)])
    for recorded, due in ((32, 100), (60, 36)):
        clerk = replace(books.actor, recorded_at=NOON + timedelta(days=recorded))
        amend(books.session, clerk, amendments=[(ids["MOVED"], Amendment("MOVED", after(due), ""))])
    return books


def frame(books: Books, on: date) -> pd.DataFrame:
    return items_frame(books.session, books.company_id, on)


def feature(items: pd.DataFrame, on: date, number: str, name: str) -> float:
    return float(open_item_features(items, on).set_index("number")[name][number])


def test_features_of_a_day_are_the_same_bits_from_books_that_go_on(rewritten: Books) -> None:
    later = frame(rewritten, after(90))

    for evening in map(after, (5, 19, 20, 25, 28, 31, 32, 33, 38, 40, 48, 50, 56, 60)):
        then = frame(rewritten, evening)
        known, knowing = known_items(then, day_number(evening)), known_items(later, day_number(evening))
        for name in ("due", "last_seen", "paid", "is_open", "in_dispute", "promised_date", "disputed_on"):
            assert getattr(known, name).tolist() == getattr(knowing, name).tolist(), (evening, name)
        told, told_later = open_item_features(then, evening), open_item_features(later, evening)
        pd.testing.assert_frame_equal(told, told_later, check_exact=True)
        rules, rules_later = (EmpiricalTiming().fit(items, evening).habits_ for items in (then, later))
        assert rules.pressure.tobytes() == rules_later.pressure.tobytes()
        assert (rules.promise_kept, rules.dispute_factor) == (rules_later.promise_kept, rules_later.dispute_factor)


def test_what_was_written_over_is_counted_on_its_day(rewritten: Books) -> None:
    items = frame(rewritten, after(90))

    def quiet(name: str, *days: int) -> list[float]:
        return [feature(items, after(day), "QUIET", name) for day in days]

    assert quiet("paid_before", 19, 20, 25, 28, 50) == [0, 1, 1, 3, 4]
    assert quiet("open_items", 19, 20, 25, 28, 33, 50) == [7, 6, 7, 5, 6, 5]
    assert quiet("overdue_items", 30, 31, 32, 33, 50, 60) == [0, 5, 4, 5, 4, 5]
    assert quiet("promised_before", 30, 31, 38, 47) == [0, 1, 2, 3]
    assert quiet("broken_before", 35, 36, 46, 56) == [0, 1, 2, 3]
    assert quiet("disputed_before", 4, 5, 39, 40) == [0, 1, 1, 2]
    assert [feature(items, after(day), "MOVED", "days_to_due") for day in (31, 32, 59, 60)] == [-1, 68, 41, -24]


def test_the_frame_keeps_one_row_an_item_and_what_became_of_it_in_the_end(rewritten: Books) -> None:
    items = frame(rewritten, after(90)).set_index("number")

    ended = dict(zip(items.index, zip(items["cleared_on"], items["withdrawn_on"], strict=True), strict=True))
    assert ended["BOUNCED"] == (day_number(after(50)), NEVER)
    assert ended["CREDITED"] == (NEVER, day_number(after(33)))
    assert ended["WRONG"] == (NEVER, NEVER)
    assert items["due_date"]["MOVED"] == day_number(after(36))
    assert items["promised_date"]["WORDS"] == day_number(after(55))
    past = dict(zip(items.index, items["earlier_states"], strict=True))
    bounced = (day_number(after(25)), day_number(after(30)), day_number(after(20)), NEVER)
    assert (past["BOUNCED"], past["QUIET"], len(past["MOVED"])) == ((bounced,), (), 2)


def test_a_payment_booked_anew_the_same_day_was_never_taken_back(books: Books) -> None:
    item = books.invoice("INV-1")
    line = pay(books, "L1", "100.00", Part(10_000, open_item_id=item), after(3))
    undo(books.session, books.actor, line_ids=[line], on=after(7), reason="wrong narrative")
    book(books.session, books.actor, bookings=[Booking(line, after(7), (Part(10_000, open_item_id=item),))])

    told = frame(books, after(9))

    assert told["cleared_on"].tolist() == [day_number(after(3))]
    assert told["earlier_states"].tolist() == [()]


def test_an_item_known_later_than_its_paper_is_asked_about_from_then_on(books: Books) -> None:
    item = books.invoice("INV-1", due=after(30))
    pay(books, "L1", "60.00", Part(6_000, Reason.RESIDUAL, item), after(10))
    books.invoice("QUIET", due=after(30))
    later = frame(books, after(40))

    for evening in (after(9), after(10), after(35)):
        told, told_later = (open_item_features(items, evening) for items in (frame(books, evening), later))
        pd.testing.assert_frame_equal(told, told_later, check_exact=True)
