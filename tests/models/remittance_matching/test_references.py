"""Quoted numbers are recognised as people and banks write them, and never inside other numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from o2c_ai.models.remittance_matching.references import NumberIndex, Quality, Reading
from tests.models.remittance_matching.papers import invoice

if TYPE_CHECKING:
    from o2c_ai.models.remittance_matching.records import Item


def read(text: str, *numbers: str, pool: bool = True, order: str = "") -> dict[str, Quality]:
    """What a text quotes: number of the item and how well it was quoted."""
    items = [invoice(number, 100, po_number=order) for number in numbers]
    reading = reading_of(text, *items, pool=pool)
    names = {item.item_id: item.number for item in items}
    return {names[item_id]: mention.quality for mention in reading.mentions for item_id in mention.item_ids}


def index_of(*items: Item) -> NumberIndex:
    index = NumberIndex({item.item_id: item for item in items})
    for item in items:
        index.add(item)
    return index


def reading_of(text: str, *items: Item, pool: bool = True) -> Reading:
    index = index_of(*items)
    reading = index.read(text)
    return index.read_among(reading, items) if pool else reading


@pytest.mark.parametrize(
    ("text", "quality"),
    [
        ("INV-2025-008197", Quality.NUMBER),
        ("payment of inv 2025 008197 thank you", Quality.NUMBER),
        ("INV2025008197", Quality.NUMBER),
        ("INV-20 25-008197", Quality.NUMBER),
        ("I NV-2025-008 197", Quality.NUMBER),
        ("2025008197", Quality.DIGITS),
        ("RE2025008197", Quality.DIGITS),
        ("2025/008197", Quality.DIGITS),
        ("008197", Quality.TAIL),
        ("8197", Quality.TAIL),
        ("INV-2025-0O8197", Quality.SLIP),
        ("INV-2025-008179", Quality.SLIP),
        ("INV-2025-08197", Quality.SLIP),
    ],
)
def test_a_number_is_recognised_as_it_is_really_written(text: str, quality: Quality) -> None:
    assert read(text, "INV-2025-008197") == {"INV-2025-008197": quality}


@pytest.mark.parametrize("text", ["INV-10", "INV-100", "XINV-1", "10", "1", ""])
def test_a_number_inside_a_longer_one_is_not_a_reference(text: str) -> None:
    assert read(text, "INV-1") == {}


def test_a_number_that_is_known_is_never_read_as_a_slip_of_another() -> None:
    assert read("INV-2025-000124", "INV-2025-000123", "INV-2025-000124") == {"INV-2025-000124": Quality.NUMBER}


def test_without_a_known_payer_only_whole_numbers_are_believed() -> None:
    assert read("008197", "INV-2025-008197", pool=False) == {}
    assert read("2025008197", "INV-2025-008197", pool=False) == {"INV-2025-008197": Quality.DIGITS}


def test_a_year_that_stands_in_every_number_is_no_reference() -> None:
    numbers = [f"{place:06}-2025" for place in range(4000, 4012)]
    assert read("APRIL 2025", *numbers) == {}


def test_an_order_number_means_the_items_that_carry_it() -> None:
    found = read("PO 4513431034", "A-1001", "A-1002", order="4513431034")
    assert found == {"A-1001": Quality.ORDER, "A-1002": Quality.ORDER}


def test_several_numbers_are_read_whatever_stands_between_them() -> None:
    found = read("900010269/900010 317+900011358 & more", "900010269", "900010317", "900011358")
    assert set(found) == {"900010269", "900010317", "900011358"}


def test_what_looks_like_our_numbers_but_is_none_is_counted_as_unread() -> None:
    index = index_of(invoice("RE25005836", 100))
    assert index.unread(index.read("RE25005836 and RE99999999 on 3 May")) == 1


def test_letters_of_other_alphabets_are_not_taken_for_digits_or_letters_of_a_number() -> None:
    cyrillic = "INV-2025-008197".replace("I", "\N{CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I}")
    found = read(cyrillic, "INV-2025-008197", pool=False)
    assert Quality.NUMBER not in found.values()


def test_a_text_without_end_is_read_in_part_and_counted_as_unread() -> None:
    index = index_of(invoice("RE25005836", 100))
    reading = index.read("7 " * 500_000)
    assert reading.cut_off
    assert index.unread(reading) >= 1
