"""Matching proposes for undecided lines, and books exactly what the policy calls certain."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.job_runs.rules import Job, Order
from o2c_ai.core.payments.queries import open_line_ids
from o2c_ai.core.suggestions import actions as suggestions
from o2c_ai.core.suggestions.queries import get_suggestion, newest_of_lines
from o2c_ai.core.suggestions.rules import Decision, MatchSuggestion, Part, Policy, Reason
from o2c_ai.jobs import runs
from o2c_ai.jobs.match import Matched, apply, matcher_policy, propose, suggest
from o2c_ai.models.remittance_matching import records
from tests.books import DAY
from tests.jobs.working import work_on
from tests.laws import broken_laws

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from tests.books import Books

NEXT, LATER = DAY + timedelta(days=1), DAY + timedelta(days=9)
ACCOUNT = "DE89370400440532013000"


def proposed(books: Books, on: date = LATER, first: date | None = None) -> dict[int, Matched]:
    """Line → what is proposed for it."""
    found = propose(books.session, books.company_id, as_of=on, first=first, policy=Policy())
    return {one.suggestion.line_id: one for one in found}


def bill(books: Books, number: str, amount: str = "100.00") -> int:
    books.customer("C1", "Muster GmbH", iban=ACCOUNT)
    return books.invoice(number, amount)


def money(books: Books, ref: str, amount: str, narrative: str = "", on: date = NEXT) -> int:
    return books.line(ref, amount, on=on, payer_account=ACCOUNT, payer_name="Muster GmbH", narrative=narrative)


def test_a_payment_that_quotes_an_invoice_and_agrees_is_certain(books: Books) -> None:
    item = bill(books, "RE-2025-00017")
    line = money(books, "L1", "100.00", "RE-2025-00017")

    one = proposed(books)[line]

    assert (one.suggestion.decision, one.suggestion.parts) == (Decision.AUTO, (Part(10_000, open_item_id=item),))
    assert (one.suggestion.suggested_by, one.suggestion.as_of) == ("rules", LATER)
    assert one.suggestion.reasons[0].startswith("the text quotes RE")
    assert one.options[0] == (one.suggestion.probability_ppm, one.suggestion.parts)


def test_a_credit_memo_used_up_is_named_as_credit(books: Books) -> None:
    item, memo = bill(books, "RE-2025-00017"), bill(books, "GS-2025-00003", "-20.00")
    line = money(books, "L1", "80.00", "RE-2025-00017 GS-2025-00003")

    parts = proposed(books)[line].suggestion.parts

    assert set(parts) == {Part(10_000, open_item_id=item), Part(-2_000, Reason.NETTED, credit_item_id=memo)}


def test_money_nobody_can_place_is_an_exception_without_parts(books: Books) -> None:
    line = books.line("L1", "77.77", on=NEXT, payer_name="Somebody")

    one = proposed(books)[line]

    assert (one.suggestion.decision, one.suggestion.parts, one.options) == (Decision.EXCEPTION, (), ())
    assert one.suggestion.exception == "payer unknown"


def test_only_lines_of_the_days_asked_for_are_proposed(books: Books) -> None:
    bill(books, "RE-2025-00017")
    early, late = money(books, "L1", "1.00", on=NEXT), money(books, "L2", "2.00", on=LATER)

    assert set(proposed(books)) == {early, late}
    assert set(proposed(books, first=LATER)) == {late}
    assert set(proposed(books, on=NEXT)) == {early}
    assert proposed(books, on=DAY) == {}


def test_the_certain_ones_are_booked_with_the_suggestion_they_follow(books: Books) -> None:
    bill(books, "RE-2025-00017")
    paid, unclear = money(books, "L1", "100.00", "RE-2025-00017"), money(books, "L2", "3.21", "thank you")
    matched = list(proposed(books).values())

    assert apply(books.session, books.actor, matched=matched, on=LATER) == 1

    assert open_line_ids(books.session, books.company_id, LATER) == [unclear]
    numbers = newest_of_lines(books.session, books.company_id, [paid, unclear])
    assert list(numbers) == [paid]
    assert get_suggestion(books.session, books.company_id, numbers[paid].number) == matched[0].suggestion
    assert broken_laws(books) == []


def test_a_proposal_for_an_item_that_is_not_open_is_held_back(books: Books) -> None:
    bill(books, "RE-2025-00017")
    first = money(books, "L1", "100.00", "RE-2025-00017")
    certain = proposed(books)[first]
    second = money(books, "L2", "100.00")
    again = replace(certain, suggestion=replace(certain.suggestion, line_id=second))

    assert apply(books.session, books.actor, matched=[certain, again], on=LATER) == 1

    assert open_line_ids(books.session, books.company_id, LATER) == [second]


def test_every_proposal_can_be_kept_for_review(books: Books) -> None:
    bill(books, "RE-2025-00017")
    lines = [money(books, "L1", "100.00", "RE-2025-00017"), money(books, "L2", "3.21")]
    matched = list(proposed(books).values())

    assert suggest(books.session, books.actor, matched=matched) == 2

    assert list(newest_of_lines(books.session, books.company_id, lines)) == lines
    assert open_line_ids(books.session, books.company_id, LATER) == lines


FACTS = records.Facts("references", 997_000, 200_000, 1, residual_explained=True, currency="EUR", amount_minor=10_000)


@pytest.mark.parametrize(
    ("facts", "decision"),
    [
        (FACTS, records.Decision.AUTO),
        (replace(FACTS, probability_ppm=996_999), records.Decision.REVIEW),
        (replace(FACTS, margin_ppm=199_999), records.Decision.REVIEW),
        (replace(FACTS, sets_that_fit=2), records.Decision.REVIEW),
        (replace(FACTS, residual_explained=False), records.Decision.REVIEW),
        (replace(FACTS, amount_minor=10_001), records.Decision.REVIEW),
        (replace(FACTS, probability_ppm=299_999), records.Decision.EXCEPTION),
    ],
)
def test_the_matcher_is_held_to_the_companys_policy(facts: records.Facts, decision: records.Decision) -> None:
    assert matcher_policy(Policy(auto_limit_minor=10_000))(facts) is decision


def test_a_line_is_suggested_again_once_where_another_took_its_item(books: Books, tmp_path: Path) -> None:
    item, order = bill(books, "RE-2025-00017"), Order(Job.SUGGEST_MATCHES, LATER)
    first, second = (money(books, ref, "100.00", "RE-2025-00017") for ref in ("FIRST", "SECOND"))
    whole = (Part(10_000, open_item_id=item),)
    made = MatchSuggestion(second, whole, Decision.REVIEW, 900_000, None, (), "rules", LATER)
    suggestions.suggest(books.session, books.actor, suggestions=[made])
    book(books.session, books.actor, bookings=[Booking(first, LATER, whole)])

    told = [runs.run(work_on(books, tmp_path), order) for _ in range(2)]

    assert told == [{"suggested": 1, "known": 0}, {"suggested": 0, "known": 1}]
    assert (item, None) not in newest_of_lines(books.session, books.company_id, [second])[second].pays
