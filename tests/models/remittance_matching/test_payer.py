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


@pytest.mark.parametrize(
    "name",
    [
        "\u0410cme Br\u00fccken GmbH",  # a Cyrillic A
        "Acme Br\u00fcck\u0435n GmbH",  # a Cyrillic e
        "Acme Br\u00fccken Gmb\u041d",  # a Cyrillic H
        "\u0391cme Br\u00fccken",  # a Greek Alpha
        "\u202eHbmG nekc\u00fcrB emcA",  # written backwards, shown forwards
        "Acm\u200be\u0430 Br\u00fccken",  # nothing wide, and one letter more
        "\u5317\u65b9\u8d38\u6613",
        "\x00",
    ],
)
def test_a_name_that_only_looks_like_a_customers_is_nobodys(name: str) -> None:
    assert found(name) == (How.UNKNOWN, set())


@pytest.mark.parametrize(
    "name",
    [
        "Acme Bru\u0308cken GmbH",  # the dots as a character of their own
        "Acme\u200b Br\u00fccken\x00 GmbH",
        "\u200fAcme Br\u00fccken GmbH\u200e",
        "ACME BR\u00dcCKEN GMBH",
    ],
)
def test_one_name_in_another_encoding_is_the_same_name(name: str) -> None:
    assert found(name) == (How.NAME, {ACME})


def test_a_dotless_i_is_an_i_in_capitals() -> None:
    book = PayerBook([Customer(1, "Isik Makine Ltd")])
    assert found("I\u015eIK MAK\u0130NE", book=book) == (How.NAME, {1})
    assert found("\u0131\u015f\u0131k makine", book=book) == (How.NAME, {1})


def test_a_slip_is_forgiven_in_any_one_script() -> None:
    book = PayerBook([Customer(1, "\u0421\u0435\u0432\u0435\u0440\u0441\u0442\u0430\u043b\u044c")])
    slipped = "\u0421\u0435\u0432\u0435\u0440\u0441\u0442\u0430\u043b"
    assert found(slipped, book=book)[1] == {1}


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
