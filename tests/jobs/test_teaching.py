"""What people do with a proposal is known at the next match: booking, rejecting, taking back and saying who pays."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.aliases.actions import tell, withdraw
from o2c_ai.core.aliases.rules import AliasKind, NewAlias, Word
from o2c_ai.core.cash_application.actions import accept, book, undo
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.reporting.queries import payer_aliases
from o2c_ai.core.reporting.rules import AliasSource
from o2c_ai.core.suggestions.actions import reject
from o2c_ai.core.suggestions.queries import get_suggestion, list_refusals, newest_of_lines
from o2c_ai.core.suggestions.rules import Decision, MatchSuggestion, Part, Policy
from o2c_ai.jobs.match import apply, propose, suggest
from o2c_ai.jobs.report import aliases_report
from o2c_ai.jobs.unapply import unapply
from tests.books import DAY, open_books
from tests.laws import broken_laws

if TYPE_CHECKING:
    from datetime import date

    from tests.books import Books

NEXT, LATER, LAST = (DAY + timedelta(days=days) for days in (1, 9, 19))
HUB, STRANGER = "GB29NWBK60161331926819", "Zahlstelle Nord"


def proposed(books: Books, line: int, on: date = LATER) -> MatchSuggestion:
    """What is proposed for the line on the day."""
    found = propose(books.session, books.company_id, as_of=on, policy=Policy())
    return next(one.suggestion for one in found if one.suggestion.line_id == line)


def offered(books: Books, line: int, on: date = LATER) -> set[frozenset[int | None]]:
    """The sets of items that are options for the line."""
    found = propose(books.session, books.company_id, as_of=on, policy=Policy())
    options = next(one.options for one in found if one.suggestion.line_id == line)
    return {frozenset(part.open_item_id for part in parts) for _, parts in options}


def money(books: Books, ref: str, amount: str, *, account: str = HUB, name: str = STRANGER, text: str = "") -> int:
    return books.line(ref, amount, on=NEXT, payer_account=account, payer_name=name, narrative=text)


def booked(books: Books, ref: str = "OLD", customer: str = "C1", **payer: str) -> int:
    """A line of 7.00 that a person booked for the customer; gives the line."""
    item, line = books.invoice(f"OLD-{ref}", "7.00", customer=customer), money(books, ref, "7.00", **payer)
    book(books.session, books.actor, bookings=[Booking(line, NEXT, (Part(700, open_item_id=item),))])
    return line


def two_equal_invoices(books: Books) -> tuple[int, int]:
    """An invoice of C1 and one of C2 of the same amount: only the payer tells whose is paid."""
    books.customer("C1", "Muster GmbH")
    books.customer("C2", "Andere AG")
    return books.invoice("INV-1", customer="C1"), books.invoice("INV-2", customer="C2")


def paid(made: MatchSuggestion) -> set[int | None]:
    return {part.open_item_id for part in made.parts}


def test_what_a_person_booked_is_learnt_at_once_and_forgotten_when_it_is_taken_back(books: Books) -> None:
    mine, _ = two_equal_invoices(books)
    line = money(books, "NEW", "100.00")
    assert proposed(books, line).payer_by is None

    old = booked(books)
    learnt = proposed(books, line)
    assert (learnt.payer_by, paid(learnt), learnt.customer_id) == (AliasKind.ACCOUNT, {mine}, books.customer("C1"))

    undo(books.session, books.actor, line_ids=[old], on=LATER, reason="not theirs")
    assert proposed(books, line).payer_by is None
    assert proposed(books, line, LATER - timedelta(days=1)).payer_by is AliasKind.ACCOUNT
    assert broken_laws(books) == []


def applied_untouched(books: Books) -> tuple[int, int]:
    """(line, item) of an automatic application by a quoted number."""
    books.customer("C1", "Muster GmbH", iban=HUB)
    item = books.invoice("RE-2025-00017")
    line = money(books, "L1", "100.00", text="RE-2025-00017")
    matched = propose(books.session, books.company_id, as_of=LATER, policy=Policy())
    assert apply(books.session, books.actor, matched=matched, on=LATER) == 1
    return line, item


def test_what_was_applied_untouched_teaches_no_payer(sqlite_books: Books) -> None:
    applied_untouched(sqlite_books)

    found = payer_aliases(sqlite_books.session, sqlite_books.company_id, "C1", LAST)

    assert {line.source for line in found} == {AliasSource.MASTER}


def test_an_automatic_application_taken_back_is_not_applied_untouched_to_the_line_again(books: Books) -> None:
    line, item = applied_untouched(books)

    unapply(books.session, books.actor, since=LATER, on=LAST, reason="not that one", refs=["L1"])

    again = proposed(books, line, LAST)
    assert again.decision is not Decision.AUTO
    assert frozenset({item}) in offered(books, line, LAST)
    assert any("taken back by anna on 2025-06-20" in reason for reason in again.reasons)
    matched = propose(books.session, books.company_id, as_of=LAST, policy=Policy())
    assert apply(books.session, books.actor, matched=matched, on=LAST) == 0
    assert broken_laws(books) == []


def test_a_run_recalled_as_a_whole_may_be_applied_again(sqlite_books: Books) -> None:
    line, _ = applied_untouched(sqlite_books)

    unapply(
        sqlite_books.session,
        sqlite_books.actor,
        since=LATER,
        on=LAST,
        reason="only trying",
        refs=[],
    )

    assert proposed(sqlite_books, line, LAST).decision is Decision.AUTO


def test_a_person_may_still_accept_what_was_taken_back(sqlite_books: Books) -> None:
    line, item = applied_untouched(sqlite_books)
    unapply(sqlite_books.session, sqlite_books.actor, since=LATER, on=LAST, reason="?", refs=["L1"])
    suggest(
        sqlite_books.session,
        sqlite_books.actor,
        matched=propose(sqlite_books.session, sqlite_books.company_id, as_of=LAST, policy=Policy()),
    )
    number = newest_of_lines(sqlite_books.session, sqlite_books.company_id, [line])[line].number

    accept(sqlite_books.session, sqlite_books.actor, suggestion_id=number, on=LAST)

    assert paid(get_suggestion(sqlite_books.session, sqlite_books.company_id, number)) == {item}
    assert broken_laws(sqlite_books) == []


def kept(books: Books, line: int) -> int:
    """The number of the suggestion made now for the line."""
    matched = propose(books.session, books.company_id, as_of=LATER, policy=Policy())
    suggest(books.session, books.actor, matched=matched)
    return newest_of_lines(books.session, books.company_id, [line])[line].number


def test_a_rejected_suggestion_with_the_wrong_payer_is_not_made_again(books: Books) -> None:
    mine, _ = two_equal_invoices(books)
    booked(books)
    line = money(books, "NEW", "100.00")
    number = kept(books, line)
    assert paid(get_suggestion(books.session, books.company_id, number)) == {mine}

    reject(books.session, books.other, suggestion_id=number, on=LATER, reason="a hub", payer_wrong=True)

    again = proposed(books, line)
    assert again.payer_by is None
    assert again.decision is not Decision.AUTO
    said = "against: the account was declined for Muster GmbH by otto on 2025-06-10"
    assert said in again.reasons
    elsewhere = money(books, "OTHER", "100.00")
    assert proposed(books, elsewhere).payer_by is None
    assert proposed(books, line, LATER - timedelta(days=1)).payer_by is AliasKind.ACCOUNT


def test_items_that_a_person_passed_over_are_not_applied_untouched_to_the_line(books: Books) -> None:
    first, _ = two_equal_invoices(books)
    second = books.invoice("INV-3", customer="C1")
    line = money(books, "NEW", "100.00", text="INV-1")
    number = kept(books, line)
    assert paid(get_suggestion(books.session, books.company_id, number)) == {first}

    book(books.session, books.actor, bookings=[Booking(line, LATER, (Part(10_000, open_item_id=second),))])
    undo(books.session, books.actor, line_ids=[line], on=LAST, reason="neither")

    again = proposed(books, line, LAST)
    assert again.decision is not Decision.AUTO
    assert [set(one.open_item_ids) for one in list_refusals(books.session, books.company_id, LAST)] == [{first}]


def test_what_is_booked_as_proposed_says_nothing_against_the_proposal(sqlite_books: Books) -> None:
    first, _ = two_equal_invoices(sqlite_books)
    line = money(sqlite_books, "NEW", "100.00", text="INV-1")
    kept(sqlite_books, line)
    part = Part(10_000, open_item_id=first)
    book(sqlite_books.session, sqlite_books.actor, bookings=[Booking(line, LATER, (part,))])

    assert list_refusals(sqlite_books.session, sqlite_books.company_id, LAST) == []


def test_a_declined_payer_counts_again_when_it_is_withdrawn(sqlite_books: Books) -> None:
    session, company = sqlite_books.session, sqlite_books.company_id
    two_equal_invoices(sqlite_books)
    booked(sqlite_books)
    line = money(sqlite_books, "NEW", "100.00")
    customer = sqlite_books.customer("C1", "Muster GmbH")
    said = NewAlias(customer, AliasKind.ACCOUNT, HUB, Word.DECLINED, NEXT, "a hub")
    number = tell(session, sqlite_books.actor, alias=said)
    assert proposed(sqlite_books, line).payer_by is None

    withdraw(session, sqlite_books.actor, alias_id=number, on=LATER, reason="it is theirs")

    assert proposed(sqlite_books, line).payer_by is AliasKind.ACCOUNT
    assert [one.counts for one in payer_aliases(session, company, "C1", LATER) if one.alias_id] == [False]


@pytest.mark.parametrize(("kind", "text"), [(AliasKind.ACCOUNT, HUB), (AliasKind.NAME, "ZAHLSTELLE-NORD")])
def test_what_somebody_said_is_known_as_if_it_had_been_booked(sqlite_books: Books, kind: AliasKind, text: str) -> None:
    mine, _ = two_equal_invoices(sqlite_books)
    line = money(sqlite_books, "NEW", "100.00")
    customer = sqlite_books.customer("C1", "Muster GmbH")
    tell(
        sqlite_books.session,
        sqlite_books.other,
        alias=NewAlias(customer, kind, text, Word.KNOWN, LATER, "their letter", line),
    )

    learnt = proposed(sqlite_books, line)

    assert (learnt.payer_by, paid(learnt)) == (kind, {mine})
    assert any(reason.endswith("was said to pay for Muster GmbH by otto on 2025-06-10") for reason in learnt.reasons)
    assert proposed(sqlite_books, line, LATER - timedelta(days=1)).payer_by is None


def test_two_companies_with_the_same_payer_never_learn_from_each_other(books: Books) -> None:
    beside = open_books(books.store, books.session, code="beside")
    mine, theirs = two_equal_invoices(books), two_equal_invoices(beside)
    lines = money(books, "NEW", "100.00"), money(beside, "NEW", "100.00")
    before = proposed(beside, lines[1])
    customer = books.customer("C1", "Muster GmbH")
    booked(books)
    for kind, text in ((AliasKind.ACCOUNT, HUB), (AliasKind.NAME, STRANGER)):
        tell(books.session, books.actor, alias=NewAlias(customer, kind, text, Word.KNOWN, NEXT, "said so"))

    assert paid(proposed(books, lines[0])) == {mine[0]}
    assert proposed(beside, lines[1]) == before
    assert [one.source for one in payer_aliases(beside.session, beside.company_id, "C1", LATER)] == [AliasSource.MASTER]

    booked(beside)
    assert paid(proposed(beside, lines[1])) == {theirs[0]}
    number = kept(books, lines[0])
    reject(books.session, books.actor, suggestion_id=number, on=LATER, reason="a hub", payer_wrong=True)
    assert paid(proposed(beside, lines[1])) == {theirs[0]}


def test_every_alias_of_a_customer_is_listed_with_where_it_comes_from(books: Books) -> None:
    customer = books.customer("C1", "Muster GmbH", iban="DE1")
    lines = [booked(books, "B1"), booked(books, "B2"), booked(books, "B3", account="", name="zahlstelle nord")]
    booked(books, "B4", customer="C2", account="FR1", name="Andere")
    undo(books.session, books.actor, line_ids=[lines[1]], on=LAST, reason="wrong")
    said = NewAlias(customer, AliasKind.NAME, STRANGER, Word.DECLINED, LATER, "their bank's", lines[0])
    number = tell(books.session, books.other, alias=said)

    found = payer_aliases(books.session, books.company_id, "C1", LATER)

    listed = [(one.kind, one.text, one.source, one.counts, one.line_refs, one.on, one.by) for one in found]
    assert listed == [
        ("account", "DE1", AliasSource.MASTER, True, (), None, ""),
        ("name", "Muster GmbH", AliasSource.MASTER, True, (), None, ""),
        ("account", HUB, AliasSource.BOOKED, True, ("B1", "B2"), NEXT, ""),
        ("name", "zahlstelle nord", AliasSource.BOOKED, False, ("B1", "B2", "B3"), NEXT, ""),
        ("name", STRANGER, AliasSource.DECLINED, True, ("B1",), LATER, "otto"),
    ]
    assert (found[-1].alias_id, found[-1].reason) == (number, "their bank's")
    last = payer_aliases(books.session, books.company_id, "C1", LAST)
    assert [one.line_refs for one in last if one.source is AliasSource.BOOKED] == [("B1",), ("B1", "B3")]
    with pytest.raises(UnknownCustomer):
        payer_aliases(books.session, books.company_id, "C9", LATER)


def test_the_listing_is_a_table_too(sqlite_books: Books) -> None:
    booked(sqlite_books, "B1")

    made = aliases_report(sqlite_books.session, sqlite_books.company_id, "C1", LATER)

    rows = [dict(zip(made.columns, row, strict=True)) for row in made.rows]
    assert [(row["source"], row["lines"], row["last_line"], row["counts"]) for row in rows] == [
        ("master data", 0, "", "yes"),
        ("bookings", 1, "B1", "yes"),
        ("bookings", 1, "B1", "yes"),
    ]
