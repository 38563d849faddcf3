"""An entry balances per currency and in the company's own, or it does not exist."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.core.ledger.rules import (
    CHART,
    AccountRole,
    EntryKind,
    NewEntry,
    NewPosting,
    PartlyValued,
    TooFewPostings,
    Unbalanced,
    check_entry,
)
from tests.books import DAY


def entry(*lines: tuple[str, int, int | None]) -> NewEntry:
    return NewEntry(EntryKind.INVOICE, DAY, "R1", tuple(NewPosting(1, *line) for line in lines))


amounts = st.integers(-(10**15), 10**15)
balanced = st.lists(st.tuples(st.sampled_from(["EUR", "USD", "JPY"]), amounts, amounts), min_size=1, max_size=6)


@given(balanced)
def test_an_entry_whose_lines_have_their_mirrors_balances(lines: list[tuple[str, int, int]]) -> None:
    mirrors = [(currency, -amount, -base) for currency, amount, base in lines]

    check_entry(entry(*lines, *mirrors))
    unvalued = [(currency, amount, None) for currency, amount, _ in [*lines, *mirrors]]
    check_entry(entry(*unvalued))

    assert sum(amount for _, amount, _ in [*lines, *mirrors]) == 0


@given(balanced, st.sampled_from(["EUR", "USD", "JPY"]), amounts.filter(bool))
def test_an_entry_off_by_anything_in_one_currency_is_refused(
    lines: list[tuple[str, int, int]], currency: str, off: int
) -> None:
    mirrors = [(code, -amount, -base) for code, amount, base in lines]

    with pytest.raises(Unbalanced) as refusal:
        check_entry(entry(*lines, *mirrors, (currency, off, 0)))

    assert (refusal.value.currency, refusal.value.difference_minor) == (currency, off)


def test_two_currencies_do_not_balance_each_other() -> None:
    with pytest.raises(Unbalanced, match=re.escape("entry 'R1' is off by 100 minor units of EUR")):
        check_entry(entry(("EUR", 100, 100), ("USD", -100, -100)))


def test_an_entry_balances_in_the_company_s_own_currency_as_well() -> None:
    with pytest.raises(Unbalanced, match="off by 1 minor units of base"):
        check_entry(entry(("USD", 100, 91), ("USD", -100, -90)))


def test_an_exchange_difference_closes_the_gap_in_base_alone() -> None:
    check_entry(entry(("USD", 100, 91), ("USD", -100, -90), ("USD", 0, -1)))

    with pytest.raises(Unbalanced):
        check_entry(entry(("USD", 100, 91), ("USD", -100, -90), ("USD", 0, 1)))


@pytest.mark.parametrize("bases", [(None, -90), (90, None)])
def test_an_entry_is_valued_whole_or_not_at_all(bases: tuple[int | None, int | None]) -> None:
    with pytest.raises(PartlyValued, match="'R1' is valued in part only"):
        check_entry(entry(("USD", 100, bases[0]), ("USD", -100, bases[1])))


@pytest.mark.parametrize("lines", [[], [("EUR", 0, 0)], [("EUR", 100, 100)]])
def test_an_entry_has_two_sides(lines: list[tuple[str, int, int | None]]) -> None:
    with pytest.raises(TooFewPostings, match="fewer than two postings"):
        check_entry(entry(*lines))


def test_the_chart_has_one_account_for_every_purpose_but_the_bank() -> None:
    assert set(CHART) == set(AccountRole) - {AccountRole.BANK}
    assert len({number for number, _ in CHART.values()}) == len(CHART)
