"""What payers write: numbers without prefixes, zeros or marks, order numbers, ranges, slips, cut and wrapped texts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from random import Random

from o2c_ai.demo.dice import chance, draw
from o2c_ai.demo.facts import Invoice, ReferenceStyle
from o2c_ai.demo.habits import NameForm
from o2c_ai.demo.names import NameRegister, transliterate
from o2c_ai.demo.payers import HUB_NAME
from o2c_ai.demo.words import EMPTY_TEXTS, LANGUAGE, LEADS, UNTIL

TEXT_LENGTH = 140
"""Characters a credit transfer carries. Source: the SEPA credit transfer rulebook, unstructured remittance text."""
CUT_LENGTH = 35
"""Characters that survive where a bank passes on one line of the old formats."""
_WRAP_LENGTH = 27
_NAME_LENGTH = 27
_RANGE_LEAST = 3
_PERMILLE_SLIP, _PERMILLE_OTHER_STYLE, _PERMILLE_NOISE, _PERMILLE_CREDITS_NAMED = 25, 90, 150, 600
_OTHER_STYLES: Mapping[ReferenceStyle, int] = {
    ReferenceStyle.EXACT: 45,
    ReferenceStyle.PREFIX_DROPPED: 15,
    ReferenceStyle.SEPARATORS_CHANGED: 15,
    ReferenceStyle.NUMBER_ONLY: 10,
    ReferenceStyle.CUT: 5,
    ReferenceStyle.NONE: 10,
}
_NUMBER = re.compile(r"([A-Z]+)([-/])(\d+)([-/])(\d+)")
_JOINERS = (", ", " ", "; ", " + ", "/", " & ")


def style_of_line(rng: Random, usual: ReferenceStyle, invoices: Sequence[Invoice]) -> ReferenceStyle:
    """How one payment is written: mostly as usual, sometimes otherwise or with a slip, and only if it can be."""
    style = usual
    if chance(rng, _PERMILLE_SLIP):
        style = ReferenceStyle.SLIP
    elif chance(rng, _PERMILLE_OTHER_STYLE):
        style = draw(rng, _OTHER_STYLES)
    lacks_orders = not all(invoice.po_number for invoice in invoices)
    if style is ReferenceStyle.PURCHASE_ORDER and lacks_orders:
        return ReferenceStyle.EXACT
    if style is ReferenceStyle.RANGE and len(_payable(invoices)) < _RANGE_LEAST:
        return ReferenceStyle.EXACT
    return style


def write_reference(rng: Random, invoice_id: str, style: ReferenceStyle) -> str:
    """One invoice number as a payer of this style writes it; styles of whole texts leave the number as it is."""
    found = _NUMBER.fullmatch(invoice_id)
    if found is None:
        return invoice_id
    prefix, mark, year, second_mark, number = found.groups()
    match style:
        case ReferenceStyle.PREFIX_DROPPED:
            prefix = mark = ""
        case ReferenceStyle.ZEROS_DROPPED:
            number = number.lstrip("0")
        case ReferenceStyle.SEPARATORS_CHANGED:
            mark = second_mark = rng.choice(("", " ", ".", "/" if mark == "-" else "-"))
        case ReferenceStyle.NUMBER_ONLY:
            prefix = mark = year = second_mark = ""
            number = number.lstrip("0")
        case ReferenceStyle.SLIP:
            number = _slip(rng, number)
        case _:
            pass
    return f"{prefix}{mark}{year}{second_mark}{number}"


def write_text(rng: Random, invoices: Sequence[Invoice], style: ReferenceStyle, country: str) -> str:
    """The text of a payment of these invoices, in the language of a country, as it arrives at the company's bank."""
    language = LANGUAGE[country]
    text = _empty_text(rng, language) if style is ReferenceStyle.NONE else _naming_text(rng, invoices, style, language)
    if chance(rng, _PERMILLE_NOISE):
        text = f"{text} {rng.randrange(10**5, 10**9)}".strip()
    if style is ReferenceStyle.WRAPPED:
        text = " ".join(text[start : start + _WRAP_LENGTH] for start in range(0, len(text), _WRAP_LENGTH))
    return text[: CUT_LENGTH if style is ReferenceStyle.CUT else TEXT_LENGTH].strip()


def write_name(name: str, form: NameForm) -> str:
    """The payer's name as the bank shows it; payment services are always named in full."""
    if name == HUB_NAME:
        return name
    match form:
        case NameForm.AS_IS:
            return name
        case NameForm.UPPER:
            return transliterate(name).upper()
        case NameForm.CUT:
            return transliterate(name).upper()[:_NAME_LENGTH].strip()
        case NameForm.SHORT:
            return NameRegister.trading_name(name)
        case NameForm.MISSING:
            return ""


def _payable(invoices: Sequence[Invoice]) -> list[Invoice]:
    return [invoice for invoice in invoices if invoice.kind != "credit_memo"]


def _empty_text(rng: Random, language: str) -> str:
    return rng.choice(EMPTY_TEXTS.get(language, EMPTY_TEXTS["en"]))


def _naming_text(rng: Random, invoices: Sequence[Invoice], style: ReferenceStyle, language: str) -> str:
    """A lead word and the numbers; credit memos set off are often left out, and orders named once."""
    shown = _payable(invoices)
    if chance(rng, _PERMILLE_CREDITS_NAMED):
        shown = list(invoices)
    lead = rng.choice(LEADS[language])
    if style is ReferenceStyle.RANGE:
        until = UNTIL.get(language, "-")
        return f"{lead} {shown[0].invoice_id} {until} {_payable(shown)[-1].invoice_id}".strip()
    if style is ReferenceStyle.PURCHASE_ORDER:
        orders = dict.fromkeys(invoice.po_number for invoice in shown)
        return "PO " + rng.choice(_JOINERS).join(orders)
    slipped = rng.randrange(len(shown)) if style is ReferenceStyle.SLIP else None
    numbers = [
        write_reference(rng, invoice.invoice_id, ReferenceStyle.EXACT if slipped not in {None, place} else style)
        for place, invoice in enumerate(shown)
    ]
    return f"{lead} {rng.choice(_JOINERS).join(numbers)}".strip()


def _slip(rng: Random, number: str) -> str:
    """The number with one digit wrong, two digits swapped or one left out, in its last four places."""
    place = rng.randrange(max(0, len(number) - 4), len(number) - 1)
    here, after = number[place], number[place + 1]
    match rng.randrange(3):
        case 0 if here != after:
            return f"{number[:place]}{after}{here}{number[place + 2 :]}"
        case 1:
            return number[:place] + number[place + 1 :]
        case _:
            return f"{number[:place]}{(int(here) + rng.randint(1, 9)) % 10}{number[place + 1 :]}"
