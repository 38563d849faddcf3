"""Write-offs and refunds at the desk: asked by one, decided by another, taken back; never decided by who asked."""

from __future__ import annotations

import re

from tests.api.pages.conftest import Company, shown


def asked(company: Company, number: str, amount: str = "100.00") -> int:
    """Ask to write an invoice of 100 euro off; gives the request's number, the newest that waits."""
    item = company.books.invoice(number, "100.00")
    company.books.session.commit()
    where = f"/match/deductions/items/{item}/write-off"
    company.act("clara", where, amount=amount, reason="gone", show="items")
    return max(map(int, re.findall(r"/approvals/(\d+)/decision", company.page("pia", "/match/approvals"))))


def test_a_write_off_is_granted_by_a_second_person_and_taken_back(company: Company) -> None:
    number = asked(company, "INV-GONE")
    assert "waits for somebody else" in shown(company.page("clara", "/match/approvals"))

    page = company.act("pia", f"/match/approvals/{number}/decision", approve="true", reason="agreed")
    assert "Granted and booked." in shown(page)
    done = shown(company.page("clara", "/match/approvals?show=approved"))
    assert "INV-GONE" in done
    assert "by pia: agreed" in done
    assert "No open item is like that" in company.page("clara", "/match/deductions?show=items&words=INV-GONE")

    company.act("clara", f"/match/approvals/{number}/undo")
    assert "INV-GONE ·" in shown(company.page("clara", "/match/deductions?show=items&words=INV-GONE"))
    assert company.post("clara", f"/match/approvals/{number}/undo").status_code == 404


def test_whoever_declines_says_why(company: Company) -> None:
    number = asked(company, "INV-STAYS")

    silent = company.post("pia", f"/match/approvals/{number}/decision", approve="false")
    assert silent.status_code == 422
    assert "say why" in shown(silent.text)

    company.act("pia", f"/match/approvals/{number}/decision", approve="false", reason="call them first")
    assert "call them first" in shown(company.page("clara", "/match/approvals?show=declined"))


def test_who_asks_cannot_grant_and_who_is_late_sees_who_decided(company: Company) -> None:
    number = asked(company, "INV-MINE")

    assert company.post("clara", f"/match/approvals/{number}/decision", approve="true").status_code == 403
    company.act("pia", f"/match/approvals/{number}/decision", approve="true")
    again = company.post("pia", f"/match/approvals/{number}/decision", approve="true")
    assert again.status_code == 409
    assert "already approved by pia" in shown(again.text)


def test_more_than_is_open_is_refused_beside_the_amount(company: Company) -> None:
    item = company.books.invoice("INV-SMALL", "5.00")
    company.books.session.commit()

    where = f"/match/deductions/items/{item}/write-off"
    answer = company.post("clara", where, amount="5.01", reason="typed", show="items")

    assert answer.status_code == 422
    assert "has 5.00 EUR open" in shown(answer.text.split('id="wrong-asked-amount"')[1].split("</span>")[0])
    assert 'value="5.01"' in answer.text
    assert 'value="typed"' in answer.text
