"""What payers write and banks make of it: numbers whole and in part, ranges, slips, folded letters, wrapped lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from random import Random

from benchmarks.other_world.debtors import NameForm, Way
from benchmarks.other_world.numbering import luhn, modulo_ten, running_part
from benchmarks.other_world.records import Paper
from benchmarks.other_world.settling import Payment
from benchmarks.other_world.words import (
    AND,
    AROUND,
    BOUNCED,
    CUSTOMER_IS,
    DEPOSIT,
    EMPTY,
    LANGUAGE,
    LEADS,
    ORDER_IS,
    UNTIL,
    VOUCHER_IS,
    words,
)

_LENGTH = 140
_ROW = 35
_SLIPS, _OTHERWISE = 35, 70
"""Thousandths of the texts with a digit wrong, and of those written another way than usual."""
_WRAPPING = frozenset({"PL", "CZ"})
"""Countries whose banks keep rows of 35 characters and put a blank between them."""
_FOLDING = frozenset({"PL", "FR", "IT", "ES"})


def fold(text: str) -> str:
    """Letters without their marks, in capitals, as old bank systems keep them."""
    plain = unicodedata.normalize("NFKD", text.translate(str.maketrans("łŁøØ", "lLoO")))
    return "".join(one for one in plain if not unicodedata.combining(one)).upper()


def shown_name(payment: Payment) -> str:
    """The payer's name as the bank shows it."""
    name = payment.payer.name
    match payment.habit.form:
        case NameForm.FOLDED:
            return fold(name)
        case NameForm.CUT:
            return fold(name)[:27].strip()
        case NameForm.TURNED:
            return fold(" ".join([*name.split()[1:], name.split()[0]]))
        case NameForm.IN_TEXT | NameForm.NONE:
            return ""
        case _:
            return name


def narrative(rng: Random, payment: Payment) -> str:
    """The whole text of a line: the payer's words, and the bank's around them."""
    country, language = payment.payer.country, LANGUAGE[payment.payer.country]
    if payment.kind == "returned":
        named = rng.random() < 0.55
        return fold(f"{rng.choice(words(BOUNCED, language))} {payment.parts[0].paper.number if named else 'MD06'}")
    if payment.kind == "prepayment":
        text = f"{DEPOSIT[language]} {ORDER_IS[language]} {rng.randint(11, 98)}-{rng.randrange(10**5):05d}"
    elif payment.kind == "debited":
        text = f"CORE {payment.customer_id} {_named(rng, payment.parts[0].paper, payment.habit.way, language)}"
    else:
        text = written(rng, payment, language)
    if payment.habit.form is NameForm.IN_TEXT:
        text = AROUND.get(country, "{name} {text}").format(name=fold(payment.payer.name)[:40], text=text)
    text = fold(text) if country in _FOLDING or rng.random() < 0.3 else text
    if country in _WRAPPING:
        text = " ".join(text[at : at + _ROW] for at in range(0, len(text), _ROW))
    return " ".join(text[:_LENGTH].split())


def written(rng: Random, payment: Payment, language: str) -> str:
    """The payer's own words in its usual way, where it can write so; otherwise the whole numbers."""
    papers = [part.paper for part in payment.parts]
    debts = [paper for paper in papers if not paper.is_credit]
    way = payment.habit.way
    if rng.randrange(1000) < _OTHERWISE and payment.payer.kind != "web":
        way = rng.choice((Way.WHOLE, Way.RUNNING, Way.NOTHING))
    if way is Way.NOTHING:
        return rng.choice(words(EMPTY, language)) if rng.random() < 0.9 else ""
    if way is Way.VOUCHER:
        return f"{VOUCHER_IS[language]} {payment.day:%y%m}{rng.randrange(10**4):04d}"
    if way is Way.CUSTOMER:
        return f"{CUSTOMER_IS[language]} {payment.customer_id}"
    if way is Way.ORDER and all(paper.order for paper in debts):
        return f"{ORDER_IS[language]} {_joined(rng, dict.fromkeys(paper.order for paper in debts), language)}"
    lead = rng.choice(words(LEADS, language))
    if way is Way.RANGE and len(debts) > 2:
        return f"{lead} {debts[0].number} {UNTIL[language]} {debts[-1].number}"
    shown = papers if rng.random() < 0.5 else debts
    way = Way.WHOLE if way in {Way.RANGE, Way.ORDER} or (way is Way.PRINTED and len(shown) > 1) else way
    slipped = rng.randrange(len(shown)) if rng.randrange(1000) < _SLIPS else None
    numbers = [_named(rng, paper, way, language, slip=at == slipped) for at, paper in enumerate(shown)]
    return f"{lead} {_joined(rng, numbers, language)}".strip()


def reference(paper: Paper, way: Way) -> str:
    """A paper's number as somebody of this way writes it."""
    match way:
        case Way.BARE:
            return re.sub(r"\W", "", paper.number)
        case Way.RUNNING:
            return running_part(paper.number).lstrip("0") or paper.number
        case _:
            return paper.number


def _named(rng: Random, paper: Paper, way: Way, language: str, *, slip: bool = False) -> str:
    if way is Way.PRINTED:
        return _printed(paper, language)
    text = reference(paper, way)
    return _slip(rng, text) if slip else text


def _printed(paper: Paper, language: str) -> str:
    """The reference of a payment slip, with check digits where the country has them."""
    digits = re.sub(r"\D", "", paper.number)
    if paper.currency == "CHF":
        body = f"{paper.customer_id}{digits:0>20}"
        return body + modulo_ten(body)
    if language == "sv":
        return digits + luhn(digits)
    return f"/VS/{digits}/KS/0308" if language == "cs" else paper.number


def _joined(rng: Random, numbers: Sequence[str] | dict[str, None], language: str) -> str:
    return rng.choice((", ", " ", ";", " + ", AND[language])).join(numbers)


def _slip(rng: Random, text: str) -> str:
    """The text with one digit doubled, left out, mistyped, or changed with its neighbour."""
    places = [at for at, one in enumerate(text) if one.isdigit()]
    at = rng.choice(places[len(places) // 3 :])
    match rng.randrange(4):
        case 0:
            return f"{text[:at]}{text[at]}{text[at:]}"
        case 1 if len(places) > 3:
            return text[:at] + text[at + 1 :]
        case 2 if at + 1 in places and text[at] != text[at + 1]:
            return f"{text[:at]}{text[at + 1]}{text[at]}{text[at + 2 :]}"
        case _:
            return f"{text[:at]}{(int(text[at]) + rng.randint(1, 9)) % 10}{text[at + 1 :]}"
