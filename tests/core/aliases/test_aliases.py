"""What people say of payers is kept with who, when, from where and why; taken back by a new fact; and asked by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.core.aliases.actions import tell, withdraw
from o2c_ai.core.aliases.queries import aliases_in_force, list_aliases
from o2c_ai.core.aliases.rules import (
    Alias,
    AliasKind,
    AlreadyWithdrawn,
    EmptyAlias,
    NewAlias,
    NoPayerNamed,
    ToldTooEarly,
    UnknownAlias,
    Word,
    squeeze,
)
from o2c_ai.core.cash_application.actions import accept, book, undo
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.payments.rules import UnknownLine
from o2c_ai.core.people.rules import NotYourDuty
from o2c_ai.core.suggestions.actions import reject, suggest
from o2c_ai.core.suggestions.queries import list_refusals
from o2c_ai.core.suggestions.rules import (
    Decision,
    MatchSuggestion,
    NobodySuggested,
    NoSuggestionFollowed,
    Outcome,
    Part,
    Reason,
    Undoing,
)
from tests.books import DAY, open_books
from tests.core.plain_sql import ask, verbs
from tests.core.work import LATER, collector
from tests.laws import broken_laws, refused

if TYPE_CHECKING:
    from datetime import date

    from tests.books import Books

NEXT = DAY + timedelta(days=1)
ACCOUNT, NAME = AliasKind.ACCOUNT, AliasKind.NAME


def new(books: Books, text: str = "DE 12-34", kind: AliasKind = ACCOUNT, word: Word = Word.KNOWN) -> NewAlias:
    return NewAlias(books.customer("C1"), kind, text, word, NEXT, "they rang us")


def told(books: Books, on: date = LATER) -> list[Alias]:
    return list_aliases(books.session, books.company_id, on)


def in_force(books: Books, on: date = LATER) -> list[tuple[str, Word]]:
    return [(said.text, said.word) for said in aliases_in_force(books.session, books.company_id, on)]


def test_an_alias_is_kept_with_where_it_comes_from(books: Books) -> None:
    line = books.line("L1", "10.00", payer_account="DE1234")

    number = tell(books.session, books.other, alias=replace(new(books), line_id=line))

    customer = books.customer("C1")
    head = (number, customer, ACCOUNT, "DE 12-34", "DE1234", Word.KNOWN, NEXT, "otto", "L1", None, "they rang us")
    assert told(books) == [Alias(*head, None, "", "")]
    assert verbs(books.session, "payer_aliases") == ["learn"]
    assert ask(books.session, "SELECT reason FROM audit_events WHERE verb = 'learn'") == [("they rang us",)]
    assert broken_laws(books) == []


def test_an_alias_counts_from_its_day(sqlite_books: Books) -> None:
    tell(sqlite_books.session, sqlite_books.actor, alias=new(sqlite_books))

    assert told(sqlite_books, DAY) == []
    assert in_force(sqlite_books, NEXT) == [("DE 12-34", Word.KNOWN)]


def test_a_withdrawal_is_a_new_fact_of_its_day(books: Books) -> None:
    number = tell(books.session, books.actor, alias=new(books))

    withdraw(books.session, books.other, alias_id=number, on=LATER, reason="it was a slip")

    assert in_force(books, LATER) == []
    assert in_force(books, LATER - timedelta(days=1)) == [("DE 12-34", Word.KNOWN)]
    (after,), (before,) = told(books), told(books, LATER - timedelta(days=1))
    assert (after.withdrawn_on, after.withdrawn_by, after.withdrawal_reason) == (LATER, "otto", "it was a slip")
    assert (before.withdrawn_on, before.withdrawn_by, before.withdrawal_reason) == (None, "", "")
    assert verbs(books.session, "payer_aliases") == ["learn", "withdraw"]


def test_nothing_is_withdrawn_twice_or_before_it_was_said(books: Books) -> None:
    number = tell(books.session, books.actor, alias=new(books))
    with refused(books, ToldTooEarly, match=f"alias {number} is of 2025-06-02"):
        withdraw(books.session, books.actor, alias_id=number, on=DAY, reason="?")
    withdraw(books.session, books.actor, alias_id=number, on=NEXT, reason="slip")

    with refused(books, AlreadyWithdrawn, match="withdrawn on 2025-06-02"):
        withdraw(books.session, books.actor, alias_id=number, on=LATER, reason="again")


def test_the_last_word_that_stands_counts(sqlite_books: Books) -> None:
    session, actor = sqlite_books.session, sqlite_books.actor
    tell(session, actor, alias=new(sqlite_books))
    second = tell(session, actor, alias=new(sqlite_books, "de1234", word=Word.DECLINED))

    assert in_force(sqlite_books) == [("de1234", Word.DECLINED)]

    withdraw(session, actor, alias_id=second, on=LATER, reason="they do, after all")
    assert in_force(sqlite_books) == [("DE 12-34", Word.KNOWN)]


def test_words_on_other_customers_and_kinds_stand_beside_each_other(sqlite_books: Books) -> None:
    session, actor = sqlite_books.session, sqlite_books.actor
    other = replace(new(sqlite_books, word=Word.DECLINED), customer_id=sqlite_books.customer("C2", "Andere AG"))
    for said in (new(sqlite_books), other, new(sqlite_books, kind=NAME)):
        tell(session, actor, alias=said)

    assert [said.word for said in aliases_in_force(session, sqlite_books.company_id, LATER)] == [
        Word.KNOWN,
        Word.DECLINED,
        Word.KNOWN,
    ]
    assert len(list_aliases(session, sqlite_books.company_id, LATER, other.customer_id)) == 1


def test_what_cannot_be_true_is_refused(sqlite_books: Books) -> None:
    session, actor = sqlite_books.session, sqlite_books.actor
    sound = new(sqlite_books)
    late = sqlite_books.line("L1", "10.00", on=LATER)
    for wrong, law in (
        (replace(sound, text=" -/. "), EmptyAlias),
        (replace(sound, customer_id=999), UnknownCustomer),
        (replace(sound, line_id=999), UnknownLine),
        (replace(sound, line_id=late), ToldTooEarly),
    ):
        with refused(sqlite_books, law):
            tell(session, actor, alias=wrong)
    with refused(sqlite_books, UnknownAlias, match="no alias 7"):
        withdraw(session, actor, alias_id=7, on=LATER, reason="?")


def test_a_collector_teaches_nothing(sqlite_books: Books) -> None:
    carl = collector(sqlite_books)
    number = tell(sqlite_books.session, sqlite_books.actor, alias=new(sqlite_books))

    with refused(sqlite_books, NotYourDuty):
        tell(sqlite_books.session, carl, alias=new(sqlite_books))
    with refused(sqlite_books, NotYourDuty):
        withdraw(sqlite_books.session, carl, alias_id=number, on=LATER, reason="?")


def test_another_companys_customers_lines_and_aliases_are_out_of_reach(sqlite_books: Books) -> None:
    beside = open_books(sqlite_books.store, sqlite_books.session, code="beside")
    number = tell(sqlite_books.session, sqlite_books.actor, alias=new(sqlite_books))
    line = sqlite_books.line("L1", "10.00")

    assert told(beside) == []
    with refused(beside, UnknownCustomer):
        tell(beside.session, beside.actor, alias=new(sqlite_books))
    with refused(beside, UnknownLine):
        tell(beside.session, beside.actor, alias=replace(new(beside), line_id=line))
    with refused(beside, UnknownAlias):
        withdraw(beside.session, beside.actor, alias_id=number, on=LATER, reason="?")


# ------------------------------------------------------------------------------------------- rejecting and taking back


def suggested(
    books: Books, payer_by: AliasKind | None = ACCOUNT, /, *, account: str = "", name: str = ""
) -> tuple[int, int, int]:
    """(suggestion, line, item): a line of 100.00 and what is suggested for it."""
    item, line = books.invoice("INV"), books.line("L1", "100.00", payer_account=account, payer_name=name)
    parts, payer = (Part(10_000, open_item_id=item),), books.customer("C1")
    made = MatchSuggestion(line, parts, Decision.AUTO, 999_000, payer, (), "rules", DAY, payer_by=payer_by)
    return suggest(books.session, books.actor, suggestions=[made])[0], line, item


BOTH = {"account": "GB 1", "name": "Hub"}


@pytest.mark.parametrize(
    ("payer_by", "payer", "declined"),
    [
        (ACCOUNT, BOTH, (ACCOUNT, "GB 1")),
        (NAME, BOTH, (NAME, "Hub")),
        (None, BOTH, (ACCOUNT, "GB 1")),
        (None, {"name": "Hub"}, (NAME, "Hub")),
        (ACCOUNT, {"account": "--", "name": "Hub"}, (NAME, "Hub")),
    ],
)
def test_a_wrong_payer_declines_what_was_relied_on(
    sqlite_books: Books, payer_by: AliasKind | None, payer: dict[str, str], declined: tuple[AliasKind, str]
) -> None:
    number, _, _ = suggested(sqlite_books, payer_by, **payer)

    reject(
        sqlite_books.session,
        sqlite_books.other,
        suggestion_id=number,
        on=NEXT,
        reason="their sister's",
        payer_wrong=True,
    )

    (said,) = told(sqlite_books)
    assert (said.kind, said.text) == declined
    assert (said.word, said.told_on, said.told_by, said.reason) == (Word.DECLINED, NEXT, "otto", "their sister's")
    assert (said.suggestion_id, said.line_ref) == (number, "L1")
    assert verbs(sqlite_books.session, "payer_aliases") == ["decline"]


def test_rejecting_the_items_alone_declines_nobody(sqlite_books: Books) -> None:
    number, line, item = suggested(sqlite_books, **BOTH)

    reject(sqlite_books.session, sqlite_books.other, suggestion_id=number, on=NEXT, reason="other invoice")

    assert told(sqlite_books) == []
    (refusal,) = list_refusals(sqlite_books.session, sqlite_books.company_id, NEXT)
    assert (refusal.line_id, set(refusal.open_item_ids), set(refusal.credit_item_ids)) == (line, {item}, set())
    assert (refusal.outcome, refusal.on, refusal.by) == (Outcome.REJECTED, NEXT, "otto")
    assert list_refusals(sqlite_books.session, sqlite_books.company_id, DAY) == []


def test_nobody_can_be_declined_where_nobody_is_named(sqlite_books: Books) -> None:
    number, line, _ = suggested(sqlite_books, None)
    with refused(sqlite_books, NoPayerNamed, match="L1 names neither"):
        reject(sqlite_books.session, sqlite_books.actor, suggestion_id=number, on=NEXT, reason="?", payer_wrong=True)
    unknown = MatchSuggestion(line, (), Decision.EXCEPTION, 0, None, (), "rules", DAY)
    (nobody,) = suggest(sqlite_books.session, sqlite_books.actor, suggestions=[unknown])
    with refused(sqlite_books, NobodySuggested):
        reject(sqlite_books.session, sqlite_books.actor, suggestion_id=nobody, on=NEXT, reason="?", payer_wrong=True)


@pytest.mark.parametrize(
    ("verdict", "refusals", "aliases"), [(Undoing.WRONG, 1, 0), (Undoing.PAYER_WRONG, 1, 1), (Undoing.RECALLED, 0, 0)]
)
def test_taking_back_teaches_what_the_person_says(books: Books, verdict: Undoing, refusals: int, aliases: int) -> None:
    number, line, item = suggested(books, **BOTH)
    accept(books.session, books.actor, suggestion_id=number, on=DAY)
    assert list_refusals(books.session, books.company_id, DAY) == []

    undo(books.session, books.other, line_ids=[line], on=NEXT, reason="wrong", verdict=verdict)

    found = list_refusals(books.session, books.company_id, NEXT)
    assert [(one.line_id, set(one.open_item_ids), one.outcome) for one in found] == [
        (line, {item}, Outcome.UNDONE)
    ] * refusals
    assert [(said.kind, said.word) for said in told(books)] == [(ACCOUNT, Word.DECLINED)] * aliases
    assert broken_laws(books) == []


def test_a_line_a_person_booked_has_no_suggestion_that_was_wrong(sqlite_books: Books) -> None:
    line = sqlite_books.line("L1", "100.00", payer_name="Hub")
    part = Part(10_000, open_item_id=sqlite_books.invoice("INV-1"))
    book(sqlite_books.session, sqlite_books.actor, bookings=[Booking(line, DAY, (part,))])

    with refused(sqlite_books, NoSuggestionFollowed):
        undo(
            sqlite_books.session,
            sqlite_books.actor,
            line_ids=[line],
            on=NEXT,
            reason="?",
            verdict=Undoing.PAYER_WRONG,
        )


def test_the_last_word_on_a_set_counts(sqlite_books: Books) -> None:
    session, actor = sqlite_books.session, sqlite_books.actor
    number, line, _ = suggested(sqlite_books)
    reject(session, actor, suggestion_id=number, on=DAY, reason="wrong")
    assert len(list_refusals(session, sqlite_books.company_id, LATER)) == 1

    accept(session, actor, suggestion_id=number, on=NEXT)
    assert list_refusals(session, sqlite_books.company_id, LATER) == []
    undo(session, actor, line_ids=[line], on=LATER, reason="only trying", verdict=Undoing.RECALLED)
    assert list_refusals(session, sqlite_books.company_id, LATER) == []


def test_netted_memos_belong_to_the_set_and_money_for_nothing_is_no_set(sqlite_books: Books) -> None:
    item, memo = sqlite_books.invoice("INV-1"), sqlite_books.invoice("MEMO", "-10.00")
    line = sqlite_books.line("L1", "90.00")
    netted = (Part(10_000, open_item_id=item), Part(-1_000, Reason.NETTED, credit_item_id=memo))
    parked = (Part(9_000, Reason.PREPAYMENT, customer_id=sqlite_books.customer("C1")),)
    for parts in (netted, parked):
        made = MatchSuggestion(line, parts, Decision.REVIEW, 900_000, None, (), "rules", DAY)
        (number,) = suggest(sqlite_books.session, sqlite_books.actor, suggestions=[made])
        reject(sqlite_books.session, sqlite_books.actor, suggestion_id=number, on=DAY, reason="?")

    (refusal,) = list_refusals(sqlite_books.session, sqlite_books.company_id, DAY)

    assert (set(refusal.open_item_ids), set(refusal.credit_item_ids)) == ({item}, {memo})


def test_refusals_of_another_company_are_not_ours(sqlite_books: Books) -> None:
    beside = open_books(sqlite_books.store, sqlite_books.session, code="beside")
    number, _, _ = suggested(sqlite_books)
    reject(sqlite_books.session, sqlite_books.actor, suggestion_id=number, on=DAY, reason="?")

    assert list_refusals(beside.session, beside.company_id, LATER) == []


@given(st.text(), st.text())
def test_separators_carry_no_meaning(one: str, other: str) -> None:
    assert squeeze(f"{one} -/ {other}") == squeeze(one) + squeeze(other)


@pytest.mark.parametrize(
    ("text", "key"), [("Łódź Ørsted & Söhne", "LODZORSTEDSOHNE"), ("DE89 3704-0044", "DE8937040044"), ("—", "")]
)
def test_names_compare_as_banks_print_them(text: str, key: str) -> None:
    assert squeeze(text) == key
