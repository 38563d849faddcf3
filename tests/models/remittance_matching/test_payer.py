"""The payer is found by account before name, and whoever pays for many is nobody in particular."""

from __future__ import annotations

import pytest

from o2c_ai.models.remittance_matching.payer import SHARED_BY, How, PayerBook
from o2c_ai.models.remittance_matching.records import Customer
from tests.models.remittance_matching.papers import ACME, ACME_ACCOUNT, CUSTOMERS, OTHER, payment


def found(name: str = "", account: str = "", book: PayerBook | None = None) -> tuple[How, set[int]]:
    payer = (book or PayerBook(CUSTOMERS)).resolve(payment(100, payer_name=name, payer_account=account))
    return payer.how, set(payer.customers)


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("Acme Brücken GmbH", How.NAME),
        ("ACME BRUCKEN GMBH", How.NAME),
        ("AcmeBruckenGmbH", How.NAME),
        ("ACME BRUCKEN", How.NAME),
        ("ACME BRUC", How.CUT_NAME),
        ("WISE PAYMENTS O/B ACME BRUCKEN GMBH", How.CUT_NAME),
        ("Acme Brcken", How.LIKE_NAME),
    ],
)
def test_a_name_is_recognised_as_banks_print_it(name: str, how: How) -> None:
    assert found(name) == (how, {ACME})


def test_an_account_of_the_master_data_speaks_before_the_name() -> None:
    assert found("Zenith Paper Ltd", ACME_ACCOUNT) == (How.ACCOUNT, {ACME})


def test_an_account_is_learnt_from_what_people_booked() -> None:
    book = PayerBook(CUSTOMERS)
    assert found(account="GB1", book=book) == (How.UNKNOWN, set())
    book.learn(payment(100, payer_account="GB1"), [OTHER])
    assert found(account="GB1", book=book) == (How.ACCOUNT, {OTHER})


def test_a_name_is_learnt_from_what_people_booked() -> None:
    book = PayerBook(CUSTOMERS)
    book.learn(payment(100, payer_account="", payer_name="Treasury 7"), [OTHER])
    assert found("TREASURY 7", book=book) == (How.NAME, {OTHER})


def test_an_account_that_pays_for_many_says_nothing_alone() -> None:
    book = PayerBook(CUSTOMERS)
    book.learn(payment(100, payer_account="HUB", payer_name="Factor"), range(10, 11 + SHARED_BY))
    assert found("Factor", "HUB", book)[0] is How.SHARED


def test_sisters_of_one_name_are_told_together() -> None:
    book = PayerBook([Customer(1, "Nord AG"), Customer(2, "Nord GmbH")])
    assert found("Nord", book=book) == (How.NAME, {1, 2})


def test_a_stranger_is_nobody() -> None:
    assert found("Quartz Shipping") == (How.UNKNOWN, set())
    assert found() == (How.UNKNOWN, set())
