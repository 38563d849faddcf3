"""Every law, broken once by somebody with a database client: the check names the law, the table and the row."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from o2c_ai.core.verification.queries import verify
from o2c_ai.core.verification.rules import Finding, Law
from tests.core.plain_sql import ask, force

if TYPE_CHECKING:
    from tests.books import Books


class Break(NamedTuple):
    """A law, a row chosen by a question, and what is done to it."""

    law: Law
    table: str
    row: str
    """The row that is to be named."""
    plant: str
    """What breaks the law; `:row` is that row."""


INVOICE = "SELECT min(id) FROM journal_entries WHERE kind = 'invoice'"
DOLLARS = "SELECT min(entry_id) FROM postings WHERE currency = 'USD'"
MIRROR = "SELECT min(id) FROM journal_entries WHERE reverses_id IS NOT NULL"
MIRRORED_USE = "SELECT min(id) FROM applications WHERE reverses_id IS NOT NULL"
MIRRORED_MOVE = "SELECT min(id) FROM credit_movements WHERE reverses_id IS NOT NULL"
PAID = "SELECT id FROM open_items WHERE number = 'INV-PAID'"
PAYS = "SELECT a.id FROM applications a JOIN open_items i ON i.id = a.open_item_id WHERE i.number = 'INV-PAID'"
PAYS_ENTRY = PAYS.replace("a.id", "a.entry_id", 1)
MEMO = "SELECT id FROM credit_items WHERE number = 'MEMO'"
RECEIPT = "SELECT id FROM credit_items WHERE number = 'PAID'"
LINE = "SELECT id FROM statement_lines WHERE line_ref = 'PAID'"
PARKED = "SELECT min(id) FROM credit_movements WHERE kind = 'on_account'"
ROLE = "SELECT min(id) FROM accounts WHERE role = '{}'"
FIRST_APPLICATION = "SELECT min(id) FROM cash_applications"
ELSEWHERE = "(SELECT id FROM companies WHERE code = 'other')"
THEIRS = "(SELECT max(id) FROM journal_entries)"

BREAKS = {
    "a posting is lost": Break(
        Law.TWO_SIDES, "journal_entries", INVOICE, "DELETE FROM postings WHERE entry_id = :row AND amount_minor < 0"
    ),
    "all postings are lost": Break(
        Law.TWO_SIDES, "journal_entries", INVOICE, "DELETE FROM postings WHERE entry_id = :row"
    ),
    "a posting is a cent off": Break(
        Law.BALANCED,
        "journal_entries",
        INVOICE,
        "UPDATE postings SET amount_minor = amount_minor + 1 WHERE entry_id = :row AND amount_minor > 0",
    ),
    "a posting is in another currency": Break(
        Law.BALANCED,
        "journal_entries",
        INVOICE,
        "UPDATE postings SET currency = 'CHF' WHERE entry_id = :row AND amount_minor > 0",
    ),
    "a base amount is a cent off": Break(
        Law.BALANCED_IN_BASE,
        "journal_entries",
        DOLLARS,
        "UPDATE postings SET base_minor = base_minor + 1 WHERE entry_id = :row AND amount_minor > 0",
    ),
    "a base amount is lost": Break(
        Law.BALANCED_IN_BASE,
        "journal_entries",
        DOLLARS,
        "UPDATE postings SET base_minor = NULL WHERE entry_id = :row AND amount_minor > 0",
    ),
    "a posting without entry": Break(
        Law.REFERENCES, "postings", "SELECT min(id) FROM postings", "UPDATE postings SET entry_id = 0 WHERE id = :row"
    ),
    "a posting of another company's entry": Break(
        Law.REFERENCES,
        "postings",
        "SELECT min(id) FROM postings",
        f"UPDATE postings SET entry_id = {THEIRS} WHERE id = :row",
    ),
    "a posting on no account": Break(
        Law.REFERENCES, "postings", "SELECT min(id) FROM postings", "UPDATE postings SET account_id = 0 WHERE id = :row"
    ),
    "an application of another company's item": Break(
        Law.REFERENCES,
        "applications",
        PAYS,
        f"UPDATE applications SET open_item_id = (SELECT id FROM open_items WHERE company_id = {ELSEWHERE}) "
        "WHERE id = :row",
    ),
    "an application in another currency": Break(
        Law.REFERENCES, "applications", PAYS, "UPDATE applications SET currency = 'CHF' WHERE id = :row"
    ),
    "a movement of a credit that is not there": Break(
        Law.REFERENCES,
        "credit_movements",
        PARKED,
        "UPDATE credit_movements SET credit_item_id = 0 WHERE id = :row",
    ),
    "a row of a cash application that names nothing": Break(
        Law.REFERENCES,
        "cash_application_parts",
        "SELECT min(id) FROM cash_application_parts",
        "UPDATE cash_application_parts SET open_item_id = 0 WHERE id = :row",
    ),
    "a mirror on another account": Break(
        Law.EXACT_MIRROR,
        "journal_entries",
        MIRROR,
        f"UPDATE postings SET account_id = ({ROLE.format('tolerance')}) WHERE entry_id = :row AND amount_minor > 0",
    ),
    "a mirror called otherwise": Break(
        Law.EXACT_MIRROR, "journal_entries", MIRROR, "UPDATE journal_entries SET kind = 'invoice' WHERE id = :row"
    ),
    "a mirrored application of another amount": Break(
        Law.EXACT_MIRROR,
        "applications",
        MIRRORED_USE,
        "UPDATE applications SET amount_minor = amount_minor + 1 WHERE id = :row",
    ),
    "a mirrored application at another base": Break(
        Law.EXACT_MIRROR, "applications", MIRRORED_USE, "UPDATE applications SET base_minor = NULL WHERE id = :row"
    ),
    "a mirrored movement for somebody else": Break(
        Law.EXACT_MIRROR,
        "credit_movements",
        MIRRORED_MOVE,
        "UPDATE credit_movements SET customer_id = (SELECT id FROM customers WHERE code = 'C2') WHERE id = :row",
    ),
    "a mirror that leaves an application standing": Break(
        Law.EXACT_MIRROR,
        "journal_entries",
        "SELECT entry_id FROM applications WHERE id = (" + MIRRORED_USE + ")",
        "DELETE FROM applications WHERE entry_id = :row",
    ),
    "a reversal before its original": Break(
        Law.MIRROR_AFTER,
        "journal_entries",
        MIRROR,
        "UPDATE journal_entries SET posting_date = '2025-05-01' WHERE id = :row",
    ),
    "more applied to an item than it is": Break(
        Law.ITEM_USE,
        "open_items",
        PAID,
        "UPDATE applications SET amount_minor = amount_minor + 1 WHERE open_item_id = :row",
    ),
    "less than nothing applied to an item": Break(
        Law.ITEM_USE, "open_items", PAID, "UPDATE applications SET amount_minor = -1 WHERE open_item_id = :row"
    ),
    "more used of a receipt than it is": Break(
        Law.CREDIT_USE,
        "credit_items",
        RECEIPT,
        "UPDATE applications SET amount_minor = amount_minor + 1 WHERE credit_item_id = :row",
    ),
    "less than nothing parked": Break(
        Law.CREDIT_USE,
        "credit_movements",
        "SELECT max(id) FROM credit_movements WHERE kind = 'refunded'",
        "UPDATE credit_movements SET amount_minor = -amount_minor WHERE id = :row",
    ),
    "less than nothing of a receipt applied to an item": Break(
        Law.CREDIT_USE, "applications", PAYS, "UPDATE applications SET amount_minor = -1 WHERE id = :row"
    ),
    "a paid item whose base is not used up": Break(
        Law.BASE_USE,
        "open_items",
        "SELECT id FROM open_items WHERE number = 'INV-USD'",
        "UPDATE applications SET base_minor = base_minor - 1 WHERE open_item_id = :row",
    ),
    "a spent receipt whose base is not used up": Break(
        Law.BASE_USE,
        "credit_items",
        "SELECT id FROM credit_items WHERE number = 'USD-1'",
        "UPDATE applications SET credit_base_minor = credit_base_minor - 1 WHERE credit_item_id = :row",
    ),
    "an item known before it was posted": Break(
        Law.SAME_DAY, "open_items", PAID, "UPDATE open_items SET known_on = '2025-05-01' WHERE id = :row"
    ),
    "a receipt known before it was posted": Break(
        Law.SAME_DAY, "credit_items", RECEIPT, "UPDATE credit_items SET known_on = '2025-05-01' WHERE id = :row"
    ),
    "an application known before it was posted": Break(
        Law.SAME_DAY, "applications", PAYS, "UPDATE applications SET known_on = '2025-05-01' WHERE id = :row"
    ),
    "a movement known before it was posted": Break(
        Law.SAME_DAY, "credit_movements", PARKED, "UPDATE credit_movements SET known_on = '2025-05-01' WHERE id = :row"
    ),
    "a bank line booked on another day": Break(
        Law.SAME_DAY, "statement_lines", LINE, "UPDATE statement_lines SET booking_date = '2025-05-01' WHERE id = :row"
    ),
    "an invoice of another amount than its item": Break(
        Law.DOCUMENTS,
        "invoices",
        "SELECT id FROM invoices WHERE number = 'INV-PAID'",
        "UPDATE invoices SET amount_minor = 1 WHERE id = :row",
    ),
    "a credit memo of another amount than its credit": Break(
        Law.DOCUMENTS,
        "invoices",
        "SELECT id FROM invoices WHERE number = 'MEMO'",
        "UPDATE invoices SET amount_minor = -amount_minor WHERE id = :row",
    ),
    "an invoice of another customer than its item": Break(
        Law.DOCUMENTS,
        "invoices",
        "SELECT id FROM invoices WHERE number = 'INV-PAID'",
        "UPDATE invoices SET customer_id = (SELECT id FROM customers WHERE code = 'C2') WHERE id = :row",
    ),
    "a receipt of another amount than its line": Break(
        Law.DOCUMENTS,
        "receipts",
        f"SELECT id FROM receipts WHERE credit_item_id = ({RECEIPT})",
        f"UPDATE statement_lines SET amount_minor = amount_minor + 1 WHERE id = ({LINE}) AND :row > 0",
    ),
    "a credit memo without paper": Break(
        Law.DOCUMENTS, "credit_items", MEMO, "DELETE FROM invoices WHERE credit_item_id = :row"
    ),
    "a receipt without paper": Break(
        Law.DOCUMENTS, "credit_items", RECEIPT, "DELETE FROM receipts WHERE credit_item_id = :row"
    ),
    "an open item without paper": Break(
        Law.DOCUMENTS, "open_items", PAID, "DELETE FROM invoices WHERE open_item_id = :row"
    ),
    "money posted past the control account": Break(
        Law.ENTRY_EXPLAINED,
        "journal_entries",
        INVOICE,
        f"UPDATE postings SET account_id = ({ROLE.format('suspense')}) WHERE entry_id = :row AND amount_minor > 0",
    ),
    "an application that was taken away": Break(
        Law.ENTRY_EXPLAINED, "journal_entries", PAYS_ENTRY, "DELETE FROM applications WHERE entry_id = :row"
    ),
    "a movement that was taken away": Break(
        Law.ENTRY_EXPLAINED,
        "journal_entries",
        PARKED.replace("min(id)", "min(entry_id)"),
        "DELETE FROM credit_movements WHERE entry_id = :row",
    ),
    "a base amount other than the subledger's": Break(
        Law.ENTRY_EXPLAINED,
        "journal_entries",
        DOLLARS,
        "UPDATE postings SET base_minor = base_minor * 2 WHERE entry_id = :row",
    ),
    "a bank line of another amount than its posting": Break(
        Law.ENTRY_EXPLAINED,
        "journal_entries",
        "SELECT entry_id FROM statement_lines WHERE line_ref = 'RENT'",
        "UPDATE statement_lines SET amount_minor = amount_minor - 1 WHERE entry_id = :row",
    ),
    "receivables that are not in the subledger": Break(
        Law.CONTROL_ACCOUNTS,
        "accounts",
        ROLE.format("receivables"),
        "UPDATE open_items SET amount_minor = amount_minor + 1 WHERE number = 'INV-PART' AND :row > 0",
    ),
    "parked money that is not in the subledger": Break(
        Law.CONTROL_ACCOUNTS,
        "accounts",
        ROLE.format("on_account"),
        "DELETE FROM credit_movements WHERE kind = 'on_account' AND reverses_id IS NULL AND :row > 0",
    ),
    "a refund that is not in the subledger": Break(
        Law.CONTROL_ACCOUNTS,
        "accounts",
        ROLE.format("refunds_payable"),
        "UPDATE credit_movements SET kind = 'not_ar' WHERE kind = 'refunded' AND :row > 0",
    ),
    "a payer whose money stands with the unknown": Break(
        Law.PAYER_ACCOUNTS,
        "accounts",
        ROLE.format("unapplied_cash"),
        "UPDATE credit_items SET customer_id = NULL WHERE number = 'KNOWN' AND :row > 0",
    ),
    "rows that do not add up to their line": Break(
        Law.PARTS,
        "cash_applications",
        FIRST_APPLICATION,
        "UPDATE cash_application_parts SET amount_minor = amount_minor + 1 WHERE cash_application_id = :row",
    ),
    "a cash application without rows": Break(
        Law.PARTS,
        "cash_applications",
        FIRST_APPLICATION,
        "DELETE FROM cash_application_parts WHERE cash_application_id = :row",
    ),
    "a decided line that says it is open": Break(
        Law.ONE_DECISION, "statement_lines", LINE, "UPDATE statement_lines SET state = 'open' WHERE id = :row"
    ),
    "an undecided line that says it is booked": Break(
        Law.ONE_DECISION,
        "statement_lines",
        "SELECT id FROM statement_lines WHERE line_ref = 'UNKNOWN'",
        "UPDATE statement_lines SET state = 'booked' WHERE id = :row",
    ),
    "a line decided twice": Break(
        Law.ONE_DECISION,
        "statement_lines",
        LINE,
        "UPDATE cash_applications SET line_id = :row "
        "WHERE line_id = (SELECT id FROM statement_lines WHERE line_ref = 'PART')",
    ),
}
TWICE = {
    "journal_entries": MIRROR,
    "applications": MIRRORED_USE,
    "credit_movements": MIRRORED_MOVE,
}


def found_in(books: Books, plants: Break) -> list[Finding]:
    """What the check says after the break, which is taken back again."""
    ((row,),) = ask(books.session, plants.row)
    with books.session.begin_nested() as savepoint:
        force(books.session, plants.plant, row=row)
        findings = verify(books.session, books.company_id)
        savepoint.rollback()
    assert row is not None
    return [found for found in findings if (found.law, found.table, found.row_id) == (plants.law, plants.table, row)]


@pytest.mark.parametrize("case", BREAKS)
def test_a_broken_law_is_found_and_its_row_is_named(unguarded: Books, case: str) -> None:
    assert found_in(unguarded, BREAKS[case])


@pytest.mark.parametrize("table", TWICE)
def test_what_is_reversed_twice_is_found(unguarded: Books, table: str) -> None:
    if unguarded.session.get_bind().dialect.name == "sqlite":
        pytest.skip("SQLite cannot be talked out of a unique column")
    columns = ", ".join(
        name
        for (name,) in ask(
            unguarded.session, "SELECT column_name FROM information_schema.columns WHERE table_name = :t", t=table
        )
        if name != "id"
    )
    ((row,),) = ask(unguarded.session, TWICE[table])
    copy = f"INSERT INTO {table} (id, {columns}) SELECT 900000, {columns} FROM {table} WHERE id = {row} AND :row > 0"

    found = found_in(unguarded, Break(Law.MIRRORED_ONCE, table, "SELECT 900000", copy))

    assert [finding.row_id for finding in found] == [900_000]


def test_books_whose_breaks_are_taken_back_are_sound_again(unguarded: Books) -> None:
    for case in ("a posting is a cent off", "a line decided twice"):
        assert found_in(unguarded, BREAKS[case])

    assert verify(unguarded.session, unguarded.company_id) == []


def test_every_law_is_broken_by_some_test() -> None:
    assert {planted.law for planted in BREAKS.values()} == set(Law) - {Law.MIRRORED_ONCE}


def test_another_companys_break_is_not_ours(unguarded: Books) -> None:
    ((other,),) = ask(unguarded.session, "SELECT id FROM companies WHERE code = 'other'")
    with unguarded.session.begin_nested() as savepoint:
        force(unguarded.session, "UPDATE postings SET amount_minor = amount_minor * 3 WHERE company_id = :c", c=other)
        ours = verify(unguarded.session, unguarded.company_id)
        theirs = verify(unguarded.session, other)
        savepoint.rollback()

    assert ours == []
    assert {finding.law for finding in theirs} == {Law.ENTRY_EXPLAINED, Law.CONTROL_ACCOUNTS}


def test_a_difference_of_the_control_account_is_shown_at_the_month_end_and_on_the_last_day(unguarded: Books) -> None:
    found = found_in(unguarded, BREAKS["receivables that are not in the subledger"])

    assert [finding.what.split(" ")[1] for finding in found] == ["2025-05-31", "2025-06-30", "2025-07-02"]


def test_a_finding_says_what_is_wrong_with_which_row(unguarded: Books) -> None:
    (found,) = found_in(unguarded, BREAKS["a posting is a cent off"])

    assert str(found) == f"journal_entries {found.row_id}: is off by 1 minor units of EUR (balanced)"
