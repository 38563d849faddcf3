"""Which invoices a text names, and which it names with a slip: the plain reading of a careful clerk, for reports only.

It knows no set's formats. A number counts as quoted where its characters stand in the text in order with nothing but
marks or blanks between them; or without the letters in front; or as its longest group of digits alone (years aside,
three digits at least, zeros in front or not), of long ones the last six; or as all its digits, with a check digit
behind or zeros before them; or by its order number.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from datetime import timedelta
from functools import cache
from string import ascii_uppercase

from rapidfuzz.distance import OSA

from benchmarks.papers import Advice, Invoice, Line, Papers

COUPLED_DAYS = 14
"""An advice without a line's name belongs to a line of its currency and total that was booked this near."""
LEAST_DIGITS, LEAST_SLIPPED = 3, 4
_YEAR = re.compile(r"20\d\d")
_NO_MARKS = re.compile(r"[^A-Z0-9]")


@cache
def folded(text: str) -> str:
    """Capitals without accents."""
    plain = unicodedata.normalize("NFKD", text.translate(str.maketrans("łŁøØ", "lLoO")))
    return "".join(one for one in plain if not unicodedata.combining(one)).upper()


def is_quoted(text: str, invoice: Invoice) -> bool:
    """True where the text names the invoice without a slip."""
    plain, (number, digits, counters) = folded(text), _forms(invoice.number)
    if invoice.order and _stands_in(plain, _NO_MARKS.sub("", folded(invoice.order))):
        return True
    groups = _groups_in(plain)
    if not groups.isdisjoint(counters):
        return True
    if len(digits) >= LEAST_SLIPPED and any(_is_printed(digits, group) for group in groups):
        return True
    return _stands_in(plain, number) or _stands_in(plain, number.lstrip(ascii_uppercase))


def is_slipped(text: str, invoice: Invoice) -> bool:
    """True where a group of digits in the text is one slip away from the invoice's, and the invoice is not quoted."""
    groups = re.findall(r"\d+", folded(text))
    numbers = [number for number in _digit_groups(invoice.number) if len(number) >= LEAST_SLIPPED]
    near = any(group != number and OSA.distance(group, number) == 1 for group in groups for number in numbers)
    return near and not is_quoted(text, invoice)


@cache
def _forms(number: str) -> tuple[str, str, frozenset[str]]:
    """A number without its marks, its digits alone, and its counters: no zeros in front, of three digits at least."""
    plain = _NO_MARKS.sub("", folded(number))
    counters = (group.lstrip("0") for group in _digit_groups(number))
    return plain, re.sub(r"\D", "", plain).lstrip("0"), frozenset(one for one in counters if len(one) >= LEAST_DIGITS)


def _is_printed(digits: str, group: str) -> bool:
    """True where a group of digits is all of a number's, with a check digit behind, or zeros before as well."""
    return digits in {group, group[:-1]} or group[:-1].endswith(f"0000{digits}")


@cache
def _groups_in(plain: str) -> frozenset[str]:
    """The groups of digits of a text, without zeros in front."""
    return frozenset(group.lstrip("0") for group in re.findall(r"\d+", plain))


@cache
def _squeezed(plain: str) -> tuple[str, tuple[int, ...]]:
    """Letters and digits of a text alone, and the place of each in the text."""
    places = tuple(place for place, one in enumerate(plain) if one.isalnum())
    return "".join(plain[place] for place in places), places


def _stands_in(plain: str, characters: str) -> bool:
    """True where these characters stand in the text with marks at most between them, and no digit goes on at an end."""
    if len(characters) <= LEAST_SLIPPED:
        return False
    squeezed, places = _squeezed(plain)
    at = squeezed.find(characters)
    while at >= 0:
        first, last = places[at], places[at + len(characters) - 1]
        goes_before = characters[0].isdigit() and plain[first - 1 : first].isdigit()
        goes_on = characters[-1].isdigit() and plain[last + 1 : last + 2].isdigit()
        if not goes_before and not goes_on:
            return True
        at = squeezed.find(characters, at + 1)
    return False


@cache
def _digit_groups(number: str) -> tuple[str, ...]:
    """The longest group of digits of a number, years aside; of eight digits and more also its last six alone."""
    groups = [group for group in re.findall(r"\d+", number) if not _YEAR.fullmatch(group)]
    if not groups:
        return ()
    longest = max(groups, key=len)
    return (longest, longest[-6:]) if len(longest) >= 8 else (longest,)


class Told:
    """What text and advices say about the lines of a set."""

    def __init__(self, papers: Papers) -> None:
        self._lines = papers.lines
        self._named: dict[str, list[Advice]] = defaultdict(list)
        self._apart: dict[tuple[str, int], list[Advice]] = defaultdict(list)
        for advice in papers.advices:
            if advice.line_id:
                self._named[advice.line_id].append(advice)
            else:
                self._apart[advice.currency, advice.total].append(advice)

    def is_told(self, line_id: str, invoice: Invoice, sent: int) -> bool:
        """True where the line's text or its advice names the invoice; `sent` is the line's amount before charges."""
        line = self._lines[line_id]
        return is_quoted(line.text, invoice) or self.is_advised(line_id, invoice, sent)

    def is_advised(self, line_id: str, invoice: Invoice, sent: int) -> bool:
        """True where an advice of the line names the invoice."""
        return any(is_quoted(reference, invoice) for one in self.advices(line_id, sent) for reference in one.references)

    def advices(self, line_id: str, sent: int) -> list[Advice]:
        """Advices that name the line, or travel alone with its currency, total and about its day."""
        line = self._lines[line_id]
        apart = {id(one): one for total in (line.amount, sent) for one in self._apart.get((line.currency, total), ())}
        return [*self._named.get(line_id, ()), *(one for one in apart.values() if _is_near(one, line))]


def _is_near(advice: Advice, line: Line) -> bool:
    return advice.dated is not None and abs(advice.dated - line.booked) <= timedelta(days=COUPLED_DAYS)
