"""Cheques and cash at the clerks' desk: booked, applied, paid back, passed on, bounced; and what was typed wrong."""

from __future__ import annotations

import re

import pytest

from tests.api.pages.conftest import Company, shown

CHEQUE = {"customer": "C1", "method": "cheque", "currency": "EUR"}


@pytest.fixture(autouse=True)
def known(company: Company) -> None:
    company.books.customer("C1", "Muster GmbH")
    company.books.customer("C2", "Beispiel AG")
    company.books.session.commit()


def taken(company: Company, amount: str, reference: str) -> int:
    """Book a cheque at the desk; gives its number."""
    company.act("clara", "/match/receipts", amount=amount, reference=reference, **CHEQUE)
    page = company.page("clara", "/match/receipts")
    found = re.search(rf'/match/receipts/(\d+)" data-row><bdi>{reference}<', page)
    assert found
    return int(found[1])


def test_a_cheque_is_booked_and_pays_an_invoice_and_what_is_wrong_is_taken_back(company: Company) -> None:
    item = company.books.invoice("INV-CHEQUE", "70.00")
    company.books.session.commit()
    credit = taken(company, "100,00", "4711")
    at = f"/match/receipts/{credit}"

    page = shown(company.page("clara", f"{at}/pick?pick={item}&find=INV-CHEQUE"))
    assert "Left of the money 30.00 EUR" in page
    page = company.act("clara", f"{at}/pick", item=item, amount="70.00", reason="")
    assert "Neither applied nor kept 30.00" in shown(page)

    entry = re.search(r'name="entry" value="(\d+)"', page)
    assert entry
    page = shown(company.act("clara", f"{at}/undo", entry=entry[1]))
    assert "Neither applied nor kept 100.00" in page


@pytest.mark.parametrize(
    ("wrong", "place", "says"),
    [
        ({"amount": "1.234,56"}, "amount", "is not an amount"),
        ({"amount": "-5"}, "amount", "not a positive amount"),
        ({"customer": "C-NOBODY"}, "customer", "C-NOBODY"),
        ({"currency": "XXZ"}, "currency", "unknown currency"),
        ({"reference": " "}, "reference", "say what is written on it"),
    ],
)
def test_what_is_typed_wrong_comes_back_beside_its_field(
    company: Company, wrong: dict[str, str], place: str, says: str
) -> None:
    typed = CHEQUE | {"amount": "12.00", "reference": "kept as typed"} | wrong

    answer = company.post("clara", "/match/receipts", **typed)

    assert answer.status_code == 422
    beside = answer.text.split(f'aria-describedby="wrong-receive-{place}"')[1].split("</label>")[0]
    assert says in shown(beside)
    for name in ("customer", "amount"):
        assert f'name="{name}" value="{typed[name]}"' in answer.text


def test_a_refund_is_asked_for_and_more_than_is_left_is_not(company: Company) -> None:
    credit = taken(company, "50.00", "refunded")
    at = f"/match/receipts/{credit}/refund"

    assert company.post("clara", at, amount="50.01", reason="paid twice").status_code == 422
    assert company.post("clara", at, amount="50.00", reason="").status_code == 422
    assert "somebody else decides it" in shown(company.act("clara", at, amount="50.00", reason="paid twice"))
    assert "paid twice" in shown(company.page("pia", "/match/approvals"))


def test_money_is_passed_on_and_applied_for_its_new_owner(company: Company) -> None:
    credit = taken(company, "40.00", "of their sister")
    item = company.books.invoice("INV-SISTER", "40.00", customer="C2")
    company.books.session.commit()

    page = shown(company.act("clara", f"/match/receipts/{credit}/transfer", customer="C2", amount="40.00"))
    assert "Kept for C2 40.00" in page

    facts = {"item": item, "amount": "40.00", "reason": "", "back": "of=C2"}
    page = shown(company.act("clara", f"/match/receipts/{credit}/pick", **facts))
    assert "Kept for C2" not in page


def test_a_cheque_that_bounced_opens_what_it_paid(company: Company) -> None:
    item = company.books.invoice("INV-BOUNCED", "30.00")
    company.books.session.commit()
    credit = taken(company, "30.00", "bounced")
    company.act("clara", f"/match/receipts/{credit}/pick", item=item, amount="30.00", reason="")

    page = shown(company.act("clara", f"/match/receipts/{credit}/return", reason="no funds"))

    assert "all it paid is open again" in page
    assert "INV-BOUNCED" in company.page("clara", "/match/deductions?show=items&words=INV-BOUNCED")


def test_a_payer_is_named_and_withdrawn(company: Company) -> None:
    credit = taken(company, "20.00", "whose")

    assert "from C2" in shown(company.act("clara", f"/match/receipts/{credit}/payer", customer="C2"))
    assert "payer unknown" in shown(company.act("clara", f"/match/receipts/{credit}/payer", customer=""))


def test_a_bounced_payment_takes_back_the_receipt_chosen(company: Company) -> None:
    paid, number = company.paid("PAID-THEN-BOUNCED", "77.70")
    company.act("clara", f"/match/{paid}/accept", suggestion=number)
    out = company.books.line("BOUNCE", "-77.70")
    company.books.session.commit()

    page = company.page("clara", f"/match/{out}/return")
    assert "INV-PAID-THEN-BOUNCED of C1 is open again: 77.70" in shown(page)
    credit = re.search(r'name="credit" value="(\d+)"', page)
    assert credit
    assert "is open again" in shown(company.act("clara", f"/match/{out}/return", credit=credit[1]))
    company.act("clara", "/match/undo", lines=out)


def test_money_kept_for_nobody_we_know_is_refused_beside_the_field(company: Company) -> None:
    line, _ = company.paid("STRANGER", suggested=False)

    page = company.act("clara", f"/match/{line}/park", customer="C-NOBODY", kind="prepayment")

    assert 'value="C-NOBODY"' in page
    assert "C-NOBODY" in shown(page.split('id="wrong-park-customer"')[1].split("</span>")[0])


def test_an_amount_typed_wrong_while_picking_is_kept_beside_its_item(company: Company) -> None:
    item = company.books.invoice("INV-TYPED", "70.00")
    line, _ = company.paid("SLIP", "80.00", suggested=False)

    for typed, says in (("7o,00", "is not an amount"), ("70.01", "has 70.00 EUR open")):
        facts = {"item": item, "amount": typed, "reason": "partial", "rest": "overpayment", "customer": "C1"}
        answer = company.post("clara", f"/match/{line}/pick", **facts)
        assert answer.status_code == 422
        assert f'value="{typed}"' in answer.text
        assert says in shown(answer.text.split(f'id="wrong-{item}"')[1].split("</span>")[0])


def test_two_lines_for_one_invoice_and_the_second_is_told_who_was_first(company: Company) -> None:
    first, number = company.paid("FIRST-OF-TWO", "61.00")
    item = company.books.invoice("INV-ALSO", "1.00")
    second = company.books.line("SECOND-OF-TWO", "61.00")
    company.books.session.commit()
    company.act("clara", f"/match/{first}/accept", suggestion=number)

    answer = company.post("cora", f"/match/{second}/pick", item=item - 1, amount="61.00", reason="")

    assert answer.status_code == 409
    assert "last used by clara" in shown(answer.text)
