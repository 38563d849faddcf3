"""How payers write invoice numbers: every mess, one by one."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from o2c_ai.demo.dice import stream
from o2c_ai.demo.facts import Invoice, ReferenceStyle
from o2c_ai.demo.habits import NameForm
from o2c_ai.demo.narratives import CUT_LENGTH, TEXT_LENGTH, style_of_line, write_name, write_reference, write_text
from o2c_ai.demo.payers import HUB_NAME

DAY = date(2026, 3, 2)


def invoice(number: int, po_number: str = "") -> Invoice:
    return Invoice(f"RE-2026-{number:06d}", "K1", "invoice", DAY, DAY, "EUR", 10_000, po_number)


@pytest.fixture
def rng() -> Random:
    return stream(1, "narratives")


@pytest.mark.parametrize(
    ("style", "written"),
    [
        (ReferenceStyle.EXACT, "RE-2026-004711"),
        (ReferenceStyle.PREFIX_DROPPED, "2026-004711"),
        (ReferenceStyle.ZEROS_DROPPED, "RE-2026-4711"),
        (ReferenceStyle.NUMBER_ONLY, "4711"),
    ],
)
def test_a_number_is_written_in_the_payers_style(rng: Random, style: ReferenceStyle, written: str) -> None:
    assert write_reference(rng, "RE-2026-004711", style) == written


def test_changed_separators_keep_letters_and_digits(rng: Random) -> None:
    for _ in range(20):
        written = write_reference(rng, "EX/26/00812", ReferenceStyle.SEPARATORS_CHANGED)
        assert written != "EX/26/00812"
        assert "".join(filter(str.isalnum, written)) == "EX2600812"


def test_a_slip_touches_the_running_number_alone_and_always_changes_it(rng: Random) -> None:
    for _ in range(200):
        written = write_reference(rng, "RE-2026-004711", ReferenceStyle.SLIP)
        assert written.startswith("RE-2026-00")
        assert written != "RE-2026-004711"
        assert len(written) in {13, 14}


def test_a_number_of_no_known_series_is_left_alone(rng: Random) -> None:
    assert write_reference(rng, "whatever", ReferenceStyle.NUMBER_ONLY) == "whatever"


def test_an_exact_text_names_every_invoice(rng: Random) -> None:
    text = write_text(rng, [invoice(1), invoice(2)], ReferenceStyle.EXACT, "FR")
    assert "RE-2026-000001" in text
    assert "RE-2026-000002" in text


def test_a_range_names_first_and_last(rng: Random) -> None:
    text = write_text(rng, [invoice(1), invoice(2), invoice(3)], ReferenceStyle.RANGE, "DE")
    assert "RE-2026-000001 bis RE-2026-000003" in text
    assert "000002" not in text


def test_orders_are_named_once(rng: Random) -> None:
    text = write_text(rng, [invoice(1, "4500001"), invoice(2, "4500001")], ReferenceStyle.PURCHASE_ORDER, "DE")
    assert text.startswith("PO 4500001")
    assert text.count("4500001") == 1


def test_a_cut_text_ends_after_one_line_and_any_text_after_four(rng: Random) -> None:
    many = [invoice(number) for number in range(30)]
    assert len(write_text(rng, many, ReferenceStyle.CUT, "DE")) <= CUT_LENGTH
    assert 0 < len(write_text(rng, many, ReferenceStyle.EXACT, "DE")) <= TEXT_LENGTH


def test_a_wrapped_text_has_a_blank_where_the_line_ended(rng: Random) -> None:
    text = write_text(rng, [invoice(1), invoice(2), invoice(3)], ReferenceStyle.WRAPPED, "DE")
    assert text[27] == " "
    assert "RE-2026-000001" in text.replace(" ", "")


def test_a_text_of_none_names_nothing(rng: Random) -> None:
    for country in ("DE", "PL", "US"):
        assert "0001" not in write_text(rng, [invoice(1)], ReferenceStyle.NONE, country)


def test_credit_memos_set_off_are_sometimes_named_and_sometimes_not(rng: Random) -> None:
    memo = Invoice("GS-2026-00001", "K1", "credit_memo", DAY, DAY, "EUR", -500)
    texts = [write_text(rng, [invoice(1), memo], ReferenceStyle.EXACT, "DE") for _ in range(40)]
    assert 0 < sum("GS-2026-00001" in text for text in texts) < 40


def test_an_order_style_needs_orders_and_a_range_three_invoices(rng: Random) -> None:
    for usual in (ReferenceStyle.PURCHASE_ORDER, ReferenceStyle.RANGE):
        assert all(style_of_line(rng, usual, [invoice(1)]) is not usual for _ in range(50))


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        (NameForm.AS_IS, "Möwenstein Kältetechnik Süd GmbH"),
        (NameForm.UPPER, "MOEWENSTEIN KAELTETECHNIK SUED GMBH"),
        (NameForm.CUT, "MOEWENSTEIN KAELTETECHNIK S"),
        (NameForm.SHORT, "Möwenstein Kältetechnik Süd"),
        (NameForm.MISSING, ""),
    ],
)
def test_the_bank_shows_a_name_in_its_own_form(form: NameForm, shown: str) -> None:
    assert write_name("Möwenstein Kältetechnik Süd GmbH", form) == shown


def test_a_payment_service_is_named_in_full() -> None:
    assert write_name(HUB_NAME, NameForm.MISSING) == HUB_NAME
