"""Every proposal says in plain words what speaks for it and what against."""

from __future__ import annotations

from datetime import timedelta

from o2c_ai.models.remittance_matching.records import Reason
from tests.models.remittance_matching.papers import NEW_YEAR, PAY_DAY, booked, invoice, payment, proposal_for


def against(reasons: tuple[str, ...]) -> list[str]:
    return [reason for reason in reasons if reason.startswith("against")]


def test_a_plain_case_has_only_reasons_for_it() -> None:
    reasons = proposal_for(payment(10_000, "INV-1"), [invoice("INV-1", 10_000)]).reasons
    assert reasons == (
        "the text quotes INV1",
        "the amounts agree to the cent",
        "the account belongs to or paid for this customer before",
    )


def test_a_doubtful_case_names_its_doubts() -> None:
    items = [invoice("INV-1001", 10_000), invoice("INV-1002", 500)]
    reasons = against(proposal_for(payment(10_000, "INV-1002 INV-7777"), items).reasons)
    assert "against: the text quotes none of these items" in reasons
    assert "against: the text quotes other open items too" in reasons
    assert "against: the text has numbers that look like ours and are none" in reasons


def test_two_sets_that_fit_are_said_to_be_two() -> None:
    items = [invoice("INV-1", 10_000), invoice("INV-2", 10_000)]
    assert "against: 2 sets of items fit equally well" in proposal_for(payment(10_000), items).reasons


def test_an_item_paid_already_is_named_as_a_doubt() -> None:
    items = [invoice("INV-1", 10_000), invoice("INV-2", 10_000)]
    earlier = payment(10_000, "INV-1", booking_date=PAY_DAY - timedelta(days=9))
    line = payment(10_000, "INV-1")
    proposal = proposal_for(line, items, lines=[earlier, line], bookings=[booked(earlier, items[0], 10_000)])
    assert "against: the text quotes items that are paid already" in proposal.reasons


def test_a_short_payment_is_an_exceptions_word_and_a_reason() -> None:
    proposal = proposal_for(payment(4_321, "INV-1"), [invoice("INV-1", 10_000)])
    assert not proposal.facts.residual_explained
    assert any("less was paid" in reason for reason in against(proposal.reasons))


def test_a_second_payment_says_when_the_first_one_came() -> None:
    item, earlier = invoice("INV-1", 10_000), payment(10_000, "INV-1", booking_date=NEW_YEAR)
    line = payment(10_000, "INV-1")
    proposal = proposal_for(line, [item], lines=[earlier, line], bookings=[booked(earlier, item, 10_000)])
    assert proposal.rows[0].reason is Reason.DUPLICATE
    assert any("100.00 EUR came before" in reason for reason in proposal.reasons)


def test_other_options_are_told_with_their_probability() -> None:
    proposal = proposal_for(payment(10_000), [invoice("INV-1", 10_000), invoice("INV-2", 10_000)])
    (other,) = proposal.alternatives
    assert 0 < other.probability_ppm <= proposal.facts.probability_ppm
    assert other.rows != proposal.rows


def test_what_a_person_decides_names_the_runner_up_and_what_it_lacks() -> None:
    reasons = proposal_for(payment(10_000), [invoice("INV-1", 10_000), invoice("INV-2", 10_000)]).reasons
    assert any(reason.startswith("next best, ") and reason.endswith("INV-2") for reason in reasons)
    (lacking,) = (reason for reason in reasons if reason.startswith("to be applied untouched"))
    assert lacking.endswith("have to stand further ahead of the next best option and be the only set that fits")


def test_what_is_applied_untouched_lacks_nothing() -> None:
    reasons = proposal_for(payment(10_000, "INV-1"), [invoice("INV-1", 10_000), invoice("INV-2", 10_000)]).reasons
    assert not any(reason.startswith(("next best", "to be applied")) for reason in reasons)
