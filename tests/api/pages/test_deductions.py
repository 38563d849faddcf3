"""What customers held back: short payments, objections, and deductions that are charged back."""

from __future__ import annotations

import re

from o2c_ai.core.cash_application.actions import book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.suggestions.rules import Part, Reason
from tests.api.pages.conftest import TODAY, Company, shown


def paid_short(company: Company, number: str, reason: Reason) -> tuple[int, int]:
    """An invoice of 100 euro paid with 90; gives (invoice, line)."""
    item, line = company.books.invoice(number, "100.00"), company.books.line(f"L-{number}", "90.00")
    parts = (Part(9_000, reason, item),)
    book(company.books.session, company.books.actor, bookings=[Booking(line, TODAY, parts)])
    company.books.session.commit()
    return item, line


def case_of(company: Company, number: str, show: str) -> int:
    page = company.page("clara", f"/match/deductions?show={show}")
    found = re.search(rf"row=(\d+)\"[^>]*>\s*<span class=\"spread\"><bdi>{number} ", page)
    assert found
    return int(found[1])


def test_a_short_payment_is_listed_and_linked_to_an_objection_that_is_settled(company: Company) -> None:
    item, _ = paid_short(company, "INV-SHORT", Reason.PARTIAL)
    assert "INV-SHORT · C1 10.00" in shown(company.page("clara", "/match/deductions"))

    where = f"/match/deductions/items/{item}/dispute"
    assert company.post("clara", where, amount="0", why="shortage").status_code == 422
    company.act("clara", where, amount="10.00", why="shortage")
    case = case_of(company, "INV-SHORT", "disputed")
    company.act("clara", f"/match/deductions/{case}/explain", why="damage", show="disputed")
    assert "damage" in shown(company.page("clara", f"/match/deductions?show=disputed&row={case}"))

    page = company.act("clara", f"/match/deductions/{case}/settle", right="true", show="disputed")
    assert "Settled." in shown(page)
    company.act("clara", f"/match/deductions/{case}/reopen")
    assert case_of(company, "INV-SHORT", "disputed") == case


def test_a_deduction_is_charged_back_and_allowed_after_all(company: Company) -> None:
    _, line = paid_short(company, "INV-DEDUCTED", Reason.DEDUCTION)
    case = case_of(company, "INV-DEDUCTED", "deducted")
    bill = f"INV-DEDUCTED/CB{case}"

    company.act("clara", f"/match/deductions/{case}/charge-back")
    assert bill in shown(company.page("clara", "/match/deductions?show=charged_back"))
    assert bill in shown(company.page("clara", f"/match/deductions?show=items&words={bill}"))
    assert "does not allow it" in shown(company.post("clara", f"/match/deductions/{case}/charge-back").text)

    company.act("clara", f"/match/deductions/{case}/allow", reason="proof came")
    assert case_of(company, "INV-DEDUCTED", "deducted") == case

    company.act("clara", f"/match/deductions/{case}/explain", why="freight", show="deducted")
    assert "freight 1" in shown(company.page("clara", "/match/deductions?show=deducted"))
    company.act("clara", "/match/undo", lines=line)


def test_what_was_charged_back_is_not_billed_once_the_payment_is_taken_back(company: Company) -> None:
    _, line = paid_short(company, "INV-TWICE", Reason.DEDUCTION)
    case = case_of(company, "INV-TWICE", "deducted")
    company.act("clara", f"/match/deductions/{case}/charge-back")

    company.act("clara", "/match/undo", lines=line)

    listed = shown(company.page("clara", "/match/deductions?show=items&words=INV-TWICE"))
    assert "INV-TWICE · C1 100.00" in listed
    assert "/CB" not in listed


def test_who_may_not_act_sees_no_forms(company: Company) -> None:
    item, _ = paid_short(company, "INV-LOOKED-AT", Reason.PARTIAL)

    assert "Ask for a write-off" not in company.page("olga", f"/match/deductions?row={item}")
    where = f"/match/deductions/items/{item}/write-off"
    assert company.post("olga", where, amount="1.00", reason="x", show="short").status_code == 403
