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

from rapidfuzz.distance import OSA

from benchmarks.papers import Advice, Invoice, Line, Papers

COUPLED_DAYS = 14
"""An advice without a line's name belongs to a line of its currency and total that was booked this near."""
LEAST_DIGITS, LEAST_SLIPPED = 3, 4
_YEAR = re.compile(r"20\d\d")
_BETWEEN = r"[^A-Z0-9]*"


@cache
def folded(text: str) -> str:
    """Capitals without accents."""
    plain = unicodedata.normalize("NFKD", text.translate(str.maketrans("łŁøØ", "lLoO")))
    return "".join(one for one in plain if not unicodedata.combining(one)).upper()


def is_quoted(text: str, invoice: Invoice) -> bool:
    """True where the text names the invoice without a slip."""
    plain = folded(text)
    if not _may_quote(plain, invoice):
        return False
    return any(pattern.search(plain) for pattern in _patterns(invoice.number, invoice.order))


def _may_quote(plain: str, invoice: Invoice) -> bool:
    """False where not even the end of the number's longest group stands in the text: spares most of the patterns."""
    by_order = bool(invoice.order) and folded(invoice.order) in plain
    return by_order or any(group.lstrip("0") in _digits(plain) for group in _digit_groups(invoice.number))


@cache
def _digits(plain: str) -> str:
    return re.sub(r"\D", "", plain)


def is_slipped(text: str, invoice: Invoice) -> bool:
    """True where a group of digits in the text is one slip away from the invoice's, and the invoice is not quoted."""
    groups = re.findall(r"\d+", folded(text))
    numbers = [number for number in _digit_groups(invoice.number) if len(number) >= LEAST_SLIPPED]
    near = any(group != number and OSA.distance(group, number) == 1 for group in groups for number in numbers)
    return near and not is_quoted(text, invoice)


@cache
def _patterns(number: str, order: str) -> tuple[re.Pattern[str], ...]:
    plain = re.sub(r"[^A-Z0-9]", "", folded(number))
    digits = re.sub(r"\D", "", plain)
    shapes = [_spread(plain), _spread(re.sub(r"^[A-Z]+", "", plain))]
    counters = (group.lstrip("0") for group in _digit_groups(number))
    shapes += [rf"(?<!\d)0*{counter}(?!\d)" for counter in counters if len(counter) >= LEAST_DIGITS]
    if len(digits) > LEAST_SLIPPED:
        shapes += [rf"(?<!\d)0*{digits.lstrip('0')}\d?(?!\d)", rf"0000{digits}\d(?!\d)"]
    if order:
        shapes.append(rf"(?<![A-Z0-9]){re.escape(folded(order))}(?![A-Z0-9])")
    return tuple(re.compile(shape) for shape in shapes if shape)


def _spread(characters: str) -> str:
    """A pattern of these characters with anything but letters and digits between them; none for a few."""
    if len(characters) <= LEAST_SLIPPED:
        return ""
    guard_before = r"(?<!\d)" if characters[0].isdigit() else ""
    guard_after = r"(?!\d)" if characters[-1].isdigit() else ""
    return guard_before + _BETWEEN.join(characters) + guard_after


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
