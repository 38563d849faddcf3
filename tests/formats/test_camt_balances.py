"""Opening balance plus lines must be the closing balance, or the file is refused whole with the place."""

from __future__ import annotations

import pytest

from o2c_ai.core.errors import BadInput
from o2c_ai.core.money import Money
from o2c_ai.core.payments.rules import Statement
from o2c_ai.formats.camt import read_camt
from tests.formats.camt_samples import balance, document, entry, statement


def only_statement(*parts: str) -> Statement:
    (found,) = read_camt(document(statement(*parts)), "bank.xml").statements
    return found


def ends(*balances: str) -> tuple[int | None, int | None]:
    found = only_statement(*balances)
    opening, closing = found.opening, found.closing
    return opening.minor if opening else None, closing.minor if closing else None


def test_totals_that_tie_are_accepted() -> None:
    found = only_statement(
        balance("OPBD", "10.00"), balance("CLBD", "7.50"), entry("2.50", direction="DBIT"), entry("0.00")
    )

    assert (found.opening, found.closing) == (Money(1000, "EUR"), Money(750, "EUR"))


def test_totals_that_differ_refuse_the_whole_file_and_name_statement_and_line() -> None:
    good = statement(entry("1.00"), opening="0.00", closing="1.00", number="GOOD")
    bad = statement(entry("1.00"), opening="0.00", closing="1.01", number="BAD")
    content = document(good, bad)

    with pytest.raises(BadInput) as refused:
        read_camt(content, "bank.xml")

    (problem,) = refused.value.problems
    assert "statement BAD: opening balance + lines - closing balance = -0.01 EUR" in problem.what
    assert problem.line == content[: content.rindex(b"<Bal>")].count(b"\n") + 1


def test_a_pending_entry_does_not_count_for_the_totals() -> None:
    found = only_statement(
        balance("OPBD", "1.00"), balance("CLBD", "2.00"), entry("1.00"), entry("5.00", status="PDNG")
    )

    assert len(found.lines) == 1


def test_an_overdrawn_account_has_a_negative_balance() -> None:
    assert ends(balance("OPBD", "5.00", direction="DBIT"), balance("CLBD", "5.00", direction="DBIT")) == (-500, -500)


def test_a_balance_without_direction_counts_as_a_credit() -> None:
    bare = balance("OPBD", "5.00").replace("<CdtDbtInd>CRDT</CdtDbtInd>", "")

    assert ends(bare, balance("CLBD", "5.00")) == (500, 500)


def test_the_previous_closing_balance_opens_a_statement_that_has_no_opening_one() -> None:
    previous = balance("PRCD", "5.00", day="2025-03-30")

    assert ends(previous, balance("CLBD", "5.00")) == (500, 500)
    assert ends(balance("PRCD", "4.00", day="2025-03-01"), balance("OPBD", "5.00"), balance("CLBD", "5.00")) == (
        500,
        500,
    )


def test_available_balances_count_only_where_no_booked_one_is_given() -> None:
    available = balance("OPAV", "5.00"), balance("CLAV", "5.00")

    assert ends(*available) == (500, 500)
    assert ends(*available, balance("OPBD", "7.00")) == (700, None)


def test_other_balances_are_no_control_totals() -> None:
    assert ends(balance("ITBD", "1.00"), balance("INFO", "2.00"), balance("FWAV", "3.00")) == (None, None)


def test_a_statement_over_several_days_runs_from_the_first_to_the_last_balance() -> None:
    days = [
        balance("OPBD", "2.00", day="2025-03-30"),
        balance("CLBD", "3.00", day="2025-03-30"),
        balance("CLBD", "9.00", day="2025-03-31"),
        balance("OPBD", "3.00", day="2025-03-31"),
    ]

    found = only_statement(*days, entry("1.00"), entry("6.00"))

    assert (found.opening, found.closing) == (Money(200, "EUR"), Money(900, "EUR"))


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (balance("CLBD", "1.00", currency="SEK"), "a balance in SEK on an account in EUR"),
        (balance("CLBD", "1.00", day="never"), "is not a date"),
        (balance("CLBD", "1.00", direction="UP"), "neither CRDT nor DBIT"),
        (balance("CLBD", "-1.00"), "has a sign"),
        ("<Bal><Tp/></Bal>", "the balance has no amount"),
    ],
)
def test_a_broken_balance_is_refused(broken: str, what: str) -> None:
    with pytest.raises(BadInput) as refused:
        only_statement(balance("OPBD", "1.00"), broken)

    assert len(refused.value.problems) == 1
    assert what in str(refused.value)
