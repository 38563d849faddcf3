"""What people said of payers and of proposals is heard: nothing they refused is applied untouched again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from o2c_ai.models.remittance_matching.assignment import DayOfLines
from o2c_ai.models.remittance_matching.clerk import Clerk
from o2c_ai.models.remittance_matching.desk import Desk
from o2c_ai.models.remittance_matching.hypotheses import Hypothesis, Rule
from o2c_ai.models.remittance_matching.objections import Objections
from o2c_ai.models.remittance_matching.payer import SHARED_BY, How, PayerBook
from o2c_ai.models.remittance_matching.rates import RateCounter, RuleRates
from o2c_ai.models.remittance_matching.records import Alias, AliasKind, Decision, Proposal, Reason, Refusal
from o2c_ai.models.remittance_matching.scoring import Asked, RuleScorer, Scored, by_rules, proven
from tests.models.remittance_matching.papers import (
    ACME,
    ACME_ACCOUNT,
    CUSTOMERS,
    OTHER,
    PAY_DAY,
    booked,
    invoice,
    paid,
    papers,
    payment,
    proposal_for,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from o2c_ai.models.remittance_matching.records import BankLine

ACCOUNT, NAME = AliasKind.ACCOUNT, AliasKind.NAME


def known(kind: AliasKind, text: str, customer: int = ACME) -> Alias:
    return Alias(kind, text, customer, known=True, by="anna", on=PAY_DAY)


def declined(kind: AliasKind, text: str, customer: int = ACME) -> Alias:
    return Alias(kind, text, customer, known=False, by="anna", on=PAY_DAY)


def refused(line: BankLine, *items: int, taken_back: bool = False) -> Refusal:
    return Refusal(line.line_id, frozenset(items), taken_back, "otto", PAY_DAY)


def found(*said: Alias, name: str = "", account: str = "") -> tuple[How, set[int]]:
    book = PayerBook(CUSTOMERS)
    book.tell(said)
    payer = book.resolve(payment(100, payer_name=name, payer_account=account))
    return payer.how, set(payer.customers)


def test_a_known_account_and_a_known_name_count_as_learnt() -> None:
    assert found(known(ACCOUNT, "GB 1", OTHER), account="GB1") == (How.ACCOUNT, {OTHER})
    assert found(known(NAME, "Treasury-7", OTHER), name="TREASURY 7") == (How.NAME, {OTHER})


def test_a_declined_account_says_nothing_although_the_master_data_names_it() -> None:
    assert found(account=ACME_ACCOUNT) == (How.ACCOUNT, {ACME})
    assert found(declined(ACCOUNT, ACME_ACCOUNT), account=ACME_ACCOUNT) == (How.UNKNOWN, set())


def test_a_declined_account_is_not_brought_back_by_bookings() -> None:
    book = PayerBook(CUSTOMERS)
    book.tell([declined(ACCOUNT, "GB1", OTHER)])
    book.learn(payment(100, payer_account="GB1"), [OTHER, ACME])

    payer = book.resolve(payment(100, payer_account="GB1"))

    assert (payer.how, set(payer.customers)) == (How.ACCOUNT, {ACME})


def test_the_name_does_not_speak_for_a_customer_whose_account_it_is_not() -> None:
    said = declined(ACCOUNT, "GB1")

    assert found(said, name="Acme Brücken GmbH", account="GB1") == (How.UNKNOWN, set())
    assert found(said, name="Acme Brücken GmbH", account="GB2") == (How.NAME, {ACME})


def test_a_declined_name_does_not_speak_against_a_known_account() -> None:
    said = declined(NAME, "Acme Brücken GmbH")

    assert found(said, name="ACME BRUCKEN GMBH") == (How.UNKNOWN, set())
    assert found(said, name="Acme Brücken GmbH", account=ACME_ACCOUNT) == (How.ACCOUNT, {ACME})


def test_a_declined_name_is_not_found_again_as_a_cut_or_misspelt_one() -> None:
    assert found(declined(NAME, "Acme Bruc"), name="ACME BRUC") == (How.UNKNOWN, set())
    assert found(declined(NAME, "Acme Brcken"), name="Acme Brcken") == (How.UNKNOWN, set())


def test_a_hub_stays_a_hub_when_one_customer_is_declined() -> None:
    book = PayerBook(CUSTOMERS)
    book.learn(payment(100, payer_account="HUB"), range(10, 11 + SHARED_BY))
    book.tell([declined(ACCOUNT, "HUB", 10)])

    payer = book.resolve(payment(100, payer_account="HUB"))

    assert payer.how is How.SHARED
    assert len(payer.customers) == SHARED_BY


def decided(line: BankLine, amount: int = 10_000, **more: object) -> Proposal:
    """The proposal for a line that could pay one invoice of a number that it quotes."""
    return proposal_for(line, [ITEM, invoice("INV-2", amount)], **more)


ITEM = invoice("INV-1", 10_000)


def test_without_anything_said_nothing_is_said() -> None:
    proposal = decided(payment(10_000, "INV-1"))

    assert proposal.decision is Decision.AUTO
    assert not [reason for reason in proposal.reasons if "against" in reason or "declined" in reason]
    assert proposal.payer_by is ACCOUNT


def test_a_rejected_set_is_not_applied_untouched_again_but_stays_an_option() -> None:
    line = payment(10_000, "INV-1")

    proposal = decided(line, 77, refusals=[refused(line, ITEM.item_id)])

    assert proposal.decision is not Decision.AUTO
    offered = [paid(proposal), *({row.item_id: row.amount_minor for row in one.rows} for one in proposal.alternatives)]
    assert {ITEM.item_id: 10_000} in offered
    assert any("rejected for this line by otto on 2025-02-03" in reason for reason in proposal.reasons)


def test_the_next_best_is_proposed_before_what_was_rejected() -> None:
    line = payment(10_000)
    other = invoice("INV-2", 10_000)
    items = [ITEM, other]
    first = paid(proposal_for(line, items))

    proposal = proposal_for(line, items, refusals=[refused(line, *first)])

    assert paid(proposal).keys() == {item.item_id for item in items} - first.keys()
    assert proposal.decision is not Decision.AUTO
    rejected = next(item.number for item in items if item.item_id in first)
    assert f"not proposed: {rejected}, rejected for this line by otto on 2025-02-03" in proposal.reasons


def test_what_pays_no_item_does_not_step_before_what_was_rejected() -> None:
    """Otherwise every rejection would make a line look as if it were no customer's money."""
    line, item, other = payment(10_000), invoice("INV-1", 10_000), invoice("INV-2", 10_000)
    given = papers([item, other], [line])
    desk = Desk(given)
    desk.advance(PAY_DAY)
    case = desk.read(line)
    found = {
        way.ways[0].item.item_id: Scored(900_000, 900_000, way, (900_000, 900_000))
        for way in Clerk(desk).hypotheses(case)
    }
    first, second = found[item.item_id], found[other.item_id]
    nothing = Scored(
        100_000, 100_000, Hypothesis(Rule.WORDING, ("wording",), (), outcome=Reason.NOT_AR), (100_000, 100_000)
    )

    def ranked(*options: Scored) -> list[Scored]:
        heard = Objections(desk.payers, CUSTOMERS, [refused(line, item.item_id)])
        return heard.refused_last(case, list(options))

    assert ranked(first, nothing) == [first, nothing]
    assert ranked(first, second, nothing) == [second, first, nothing]
    assert ranked(nothing, first, second) == [nothing, second, first]
    assert Objections(desk.payers, CUSTOMERS, []).refused_last(case, [first, second]) == [first, second]


def test_what_was_taken_back_says_so() -> None:
    line = payment(10_000, "INV-1")

    proposal = proposal_for(line, [ITEM], refusals=[refused(line, ITEM.item_id, taken_back=True)])

    assert proposal.decision is Decision.REVIEW
    assert paid(proposal) == {ITEM.item_id: 10_000}
    said = "against: these items were applied to this line and taken back by otto on 2025-02-03"
    assert said in proposal.reasons


def test_another_line_may_be_applied_to_the_same_items() -> None:
    line, next_line = payment(1, "thanks"), payment(10_000, "INV-1")

    proposal = decided(next_line, lines=[line, next_line], refusals=[refused(line, ITEM.item_id)])

    assert proposal.decision is Decision.AUTO


def test_another_set_of_the_same_line_may_be_applied() -> None:
    line = payment(10_000, "INV-1")

    assert decided(line, refusals=[refused(line, ITEM.item_id, 7)]).decision is Decision.AUTO


def test_items_of_a_customer_whose_account_it_is_not_are_left_to_a_person() -> None:
    line = payment(10_000, "INV-1")

    proposal = decided(line, aliases=[declined(ACCOUNT, ACME_ACCOUNT)])

    assert (proposal.decision, paid(proposal)) == (Decision.REVIEW, {ITEM.item_id: 10_000})
    said = "against: the account was declined for Acme Brücken GmbH by anna on 2025-02-03"
    assert proposal.reasons.count(said) == 1


def test_a_payer_nobody_knows_any_more_says_who_declined_it() -> None:
    proposal = proposal_for(payment(4_242), [ITEM], aliases=[declined(ACCOUNT, ACME_ACCOUNT)])

    assert proposal.exception_reason == "payer unknown"
    assert "against: the account was declined for Acme Brücken GmbH by anna on 2025-02-03" in proposal.reasons
    assert proposal.payer_by is None


def test_a_payer_people_told_of_says_who_told() -> None:
    item = invoice("INV-1", 10_000, customer_id=OTHER)
    line = payment(10_000, payer_account="GB1")
    assert proposal_for(line, [item]).payer_by is None

    proposal = proposal_for(line, [item], aliases=[known(ACCOUNT, "GB1", OTHER)])

    assert proposal.payer_by is ACCOUNT
    assert "the account was said to pay for Zenith Paper Ltd by anna on 2025-02-03" in proposal.reasons


def test_what_people_booked_earlier_stays_learnt_beside_what_they_said() -> None:
    earlier = payment(500, payer_account="GB1", booking_date=PAY_DAY - timedelta(days=9))
    old, item = invoice("INV-0", 500), invoice("INV-1", 10_000, customer_id=OTHER)
    line = payment(10_000, payer_account="GB1")

    proposal = proposal_for(
        line,
        [old, item],
        lines=[earlier, line],
        bookings=[booked(earlier, old, 500)],
        aliases=[known(ACCOUNT, "GB1", OTHER)],
    )

    assert paid(proposal) == {item.item_id: 10_000}


def counted(line: BankLine, times: int, right: int) -> tuple[Asked, RuleRates]:
    """The line as its desk asks about it, and counts of so many proposals of the kind that the rules make for it."""
    desk = Desk(papers([invoice("INV-2025-0001", 10_000), invoice("INV-2025-0002", 7_000)], [line]))
    desk.advance(PAY_DAY)
    case, counter = desk.read(line), RateCounter()
    ways = Clerk(desk).hypotheses(case)
    for place in range(times):
        counter.count(ways[0].circumstances, right=place < right)
    return Asked(case, by_rules(counter.rates(), ways)), counter.rates()


def is_proven(line: BankLine, times: int, right: int) -> bool:
    asked, rates = counted(line, times, right)
    return proven(rates, asked)


def test_a_kind_of_proposal_is_proven_by_many_that_were_right_and_few_that_were_not() -> None:
    line = payment(10_000, "INV-2025-0001")

    assert [is_proven(line, *seen) for seen in ((100, 100), (1_000, 1_000), (1_000, 995))] == [
        False,
        True,
        False,
    ]
    assert not is_proven(line, 1_000, 0)


def test_where_people_refused_a_proven_proposal_other_ways_are_looked_for() -> None:
    line = payment(10_000, "INV-2025-0001")
    asked, rates = counted(line, 1_000, 1_000)

    assert proven(rates, asked)
    assert not proven(rates, replace(asked, refused=True))


def test_the_desk_says_for_which_lines_people_refused_something() -> None:
    lines = [payment(10_000, "INV-2025-0001"), payment(10_000, "INV-2025-0001")]
    heard: list[bool] = []

    class Listening(RuleScorer):
        def weigh(self, desk: Desk, asked: Sequence[Asked]) -> list[list[Scored]]:
            heard.extend(one.refused for one in asked)
            return super().weigh(desk, asked)

    given = papers([invoice("INV-2025-0001", 10_000)], lines)
    desk = Desk(given)
    desk.advance(PAY_DAY)
    objections = Objections(desk.payers, CUSTOMERS, [refused(lines[1], 5)])
    DayOfLines(desk, Listening(RuleRates()), lambda _: Decision.REVIEW, objections).decide(lines)

    assert heard == [False, True]
