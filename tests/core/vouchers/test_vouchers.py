"""From an account to its entries, from an entry to its papers, and from a paper to what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.ledger.queries import get_entry, trial_balance
from o2c_ai.core.vouchers.queries import (
    find_account,
    find_mirror,
    get_paper,
    page_account,
    uses_of,
    vouchers_of,
    who_posted,
)
from o2c_ai.core.vouchers.rules import UnknownPaper, VoucherKind
from tests.core.busy_books import LAST, LATER, MAY

if TYPE_CHECKING:
    from o2c_ai.core.vouchers.rules import Voucher
    from tests.books import Books


def behind(books: Books, entry_id: int) -> list[Voucher]:
    return vouchers_of(books.session, books.company_id, get_entry(books.session, books.company_id, entry_id))


def test_an_account_s_entries_add_up_to_its_balance_page_by_page(busy: Books) -> None:
    for number, name, currency, debit, credit, _ in trial_balance(busy.session, busy.company_id, LAST):
        total, after, more = 0, None, True
        while more:
            rows, after, lines = page_account(busy.session, busy.company_id, LAST, number, after=after, limit=3)
            assert all(any(line.number == number for line in lines[row.id]) for row in rows)
            total += sum(
                line.amount_minor
                for row in rows
                for line in lines[row.id]
                if (line.number, line.currency) == (number, currency)
            )
            more = after is not None
        assert total == debit - credit
        assert find_account(busy.session, busy.company_id, number) == name


def test_an_account_is_asked_from_a_day_on(busy: Books) -> None:
    every, since = (
        page_account(busy.session, busy.company_id, LAST, "1200", since=day, limit=100)[0] for day in (None, LATER)
    )

    assert since
    assert all(row.posting_date >= LATER for row in since)
    assert len(every) > len(since)
    assert find_account(busy.session, busy.company_id, "9999") is None


def test_an_invoice_leads_to_its_entry_and_back(busy: Books) -> None:
    paper = get_paper(busy.session, busy.company_id, "INV-PAID")

    (document,) = behind(busy, paper.entry_id)
    (use,) = uses_of(busy.session, busy.company_id, paper, LAST)
    used, cleared = behind(busy, use.entry_id)

    assert (document.kind, document.number, document.amount_minor) == (VoucherKind.DOCUMENT, "INV-PAID", 11_900)
    assert (use.kind, use.by, use.amount_minor) == ("receipt", "PAID", paper.amount_minor)
    assert (used.kind, used.number, cleared.kind, cleared.number) == (
        VoucherKind.USED,
        "PAID",
        VoucherKind.CLEARED,
        "INV-PAID",
    )
    assert used.line_id is not None
    assert uses_of(busy.session, busy.company_id, paper, MAY) == []
    assert who_posted(busy.session, get_entry(busy.session, busy.company_id, paper.entry_id)) == "anna"


def test_a_credit_memo_tells_what_it_was_used_for(busy: Books) -> None:
    paper = get_paper(busy.session, busy.company_id, "MEMO")

    uses = uses_of(busy.session, busy.company_id, paper, LAST)

    assert (paper.kind, paper.amount_minor, paper.due_date) == ("credit_memo", 7_000, None)
    assert [(use.by, use.amount_minor) for use in uses] == [("INV-NET", 5_000)]


def test_the_rest_of_an_invoice_is_a_paper_too(busy: Books) -> None:
    whole = get_paper(busy.session, busy.company_id, "INV-REST")
    uses = uses_of(busy.session, busy.company_id, whole, LAST)

    assert sum(use.amount_minor for use in uses) == whole.amount_minor
    rest = get_paper(busy.session, busy.company_id, "INV-REST/R1")
    assert (rest.kind, rest.amount_minor, rest.entry_id) == ("residual", 500, uses[-1].entry_id)


def test_what_was_taken_back_names_its_mirror(busy: Books) -> None:
    rows, _, _ = page_account(busy.session, busy.company_id, LAST, "1200", limit=100)
    undone = [row.reverses_id for row in rows if row.reverses_id]

    assert undone
    assert all(find_mirror(busy.session, busy.company_id, entry_id) for entry_id in undone)
    assert find_mirror(busy.session, busy.company_id, 10**6) is None


def test_every_entry_but_a_reversal_has_a_paper(busy: Books) -> None:
    rows, _, _ = page_account(busy.session, busy.company_id, LAST, "1200", limit=200)

    assert all(behind(busy, row.id) for row in rows if row.reverses_id is None)


def test_a_paper_nobody_knows_is_refused(busy: Books) -> None:
    with pytest.raises(UnknownPaper):
        get_paper(busy.session, busy.company_id, "INV-OTHER")
