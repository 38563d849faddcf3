"""Invented names are never twice the same, and invented accounts have right check digits and belong to nobody."""

from __future__ import annotations

import pytest
import schwifty

from o2c_ai.demo.customers import COUNTRIES
from o2c_ai.demo.dice import stream
from o2c_ai.demo.names import NameRegister, check_digits, invent_account, invent_email, transliterate
from o2c_ai.demo.words import LANGUAGE, LEGAL_FORMS, STEMS, TRADES


@pytest.mark.parametrize("country", sorted(COUNTRIES.keys() - {"US", "JP"}))
def test_an_invented_iban_is_valid_to_an_independent_reader(country: str) -> None:
    rng = stream(1, country)
    for _ in range(20):
        assert schwifty.IBAN(invent_account(rng, country)).country_code == country


def test_the_check_digits_of_the_standards_example_are_right() -> None:
    assert check_digits("GB", "WEST12345698765432") == "82"


def test_countries_without_iban_have_ten_digits() -> None:
    account = invent_account(stream(1, "us"), "US")
    assert len(account) == 10
    assert account.isdigit()


def test_umlauts_are_spelt_out_and_accents_dropped() -> None:
    assert (
        transliterate("Möwenstein Großhandel Łąkowa Škoda Bøgelund") == "Moewenstein Grosshandel Lakowa Skoda Bogelund"
    )


def test_a_mail_address_leads_to_a_domain_kept_for_examples() -> None:
    assert invent_email("Köhlerbach & Co. KG") == "accounts@koehlerbach-co-kg.example"


def test_no_name_is_handed_out_twice() -> None:
    register = NameRegister(stream(1, "names"))
    names = [register.invent("SE") for _ in range(200)]
    names += [register.invent_like(names[0], "SE") for _ in range(20)]
    assert len(set(names)) == 220


def test_names_taken_before_are_not_handed_out() -> None:
    first = NameRegister(stream(1, "names")).invent("DE")
    assert NameRegister(stream(1, "names"), [first]).invent("DE") != first


def test_a_like_name_keeps_stem_trade_and_legal_form() -> None:
    register = NameRegister(stream(1, "names"))
    name = register.invent("DE")
    like = register.invent_like(name, "DE")
    assert like.startswith(register.trading_name(name))
    assert register.legal_form(like) == register.legal_form(name) != ""


def test_every_country_has_a_language_words_and_legal_forms() -> None:
    for country in COUNTRIES:
        assert LEGAL_FORMS[country]
        assert STEMS[LANGUAGE[country]]
        assert TRADES[LANGUAGE[country]]
