"""Finds the invoice and order numbers a payer quotes, as people and banks really write them.

Numbers are compared whole: separators, prefixes and leading zeros may be missing, a number may be wrapped over a
space, cut at the end of the field or carry one slip, but a number inside a longer one is never a reference. A reference only
nominates an item; whether it is paid is for the amounts to say.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from o2c_ai.models.remittance_matching.records import Item
from o2c_ai.models.remittance_matching.text import digits_of, fold, shape_of, squeeze, tokens

WINDOW = 5
"""A wrapped number is put together from at most so many words."""
DIGITS_MIN = 4
"""Fewer digits than this say nothing about which item is meant, unless they are the whole number."""
SLIP_MIN = 6
"""Shortest number in which one slip is forgiven: in a shorter one, one slip reaches too many others."""
WORDS_MAX = 4000
"""Words of a narrative that are read; the rest counts as unread."""
POOL_WORK_MAX = 200_000
"""Words times items that are compared one by one."""

_LOOKALIKES = str.maketrans("OQDILSBZ", "00011582")
"""Letters that scanners and eyes take for digits."""


class Quality(enum.IntEnum):
    """How well a number was quoted, best first."""

    NUMBER = 0
    """The whole number; separators aside."""
    ORDER = 1
    """The customer's order number, printed on the item."""
    DIGITS = 2
    """All its digits, with another prefix or none."""
    TAIL = 3
    """Its last digits, or one whole group of them."""
    SLIP = 4
    """One character wrong, missing, doubled or swapped."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A number in the text and the items it may mean."""

    text: str
    quality: Quality
    item_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class NumberKeys:
    """An item's number in the forms it is quoted in."""

    whole: str
    digits: str
    groups: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a text, and which of its words were not understood."""

    mentions: tuple[Mention, ...]
    rest: tuple[tuple[str, ...], ...]
    """Stretches of neighbouring words that belong to no mention."""
    cut_off: bool
    """The text was longer than what is read."""


def keys_of(number: str) -> NumberKeys:
    """The comparable forms of a document number."""
    whole = squeeze(number)
    groups = tuple(group for token in tokens(number) if len(group := digits_of(token)) >= DIGITS_MIN)
    return NumberKeys(whole, digits_of(fold(number)), groups)


class NumberIndex:
    """All numbers known so far, looked up in constant time however many there are."""

    def __init__(self) -> None:
        """Start without numbers."""
        self._whole: defaultdict[str, list[int]] = defaultdict(list)
        self._order: defaultdict[str, list[int]] = defaultdict(list)
        self._digits: defaultdict[str, list[int]] = defaultdict(list)
        self._keys: dict[int, NumberKeys] = {}
        self._shapes: set[str] = set()

    def add(self, item: Item) -> None:
        """Make an item's number and order number findable."""
        keys = keys_of(item.number)
        self._keys[item.item_id] = keys
        self._whole[keys.whole].append(item.item_id)
        if len(keys.digits) >= DIGITS_MIN:
            self._digits[keys.digits].append(item.item_id)
            self._shapes.add(shape_of(keys.whole))
        order = squeeze(item.po_number)
        if len(digits_of(order)) >= DIGITS_MIN:
            self._order[order].append(item.item_id)
            self._shapes.add(shape_of(order))

    def read(self, text: str) -> Reading:
        """Find every number known in the whole company; the longest stretch of words that is a number wins."""
        all_words = tokens(text)
        seen = all_words[:WORDS_MAX]
        mentions: list[Mention] = []
        rest: list[tuple[str, ...]] = []
        start = pending = 0
        while start < len(seen):
            found = self._longest(seen, start)
            if found is None:
                start += 1
                continue
            mention, size = found
            if pending < start:
                rest.append(tuple(seen[pending:start]))
            mentions.append(mention)
            start = pending = start + size
        if pending < len(seen):
            rest.append(tuple(seen[pending:]))
        return Reading(tuple(mentions), tuple(rest), len(all_words) > WORDS_MAX)

    def read_among(self, reading: Reading, pool: Sequence[int]) -> Reading:
        """Read the words left over once more, now as shortened or slipped numbers of the items in `pool`."""
        keys = [(item_id, self._keys[item_id]) for item_id in pool]
        mentions = list(reading.mentions)
        rest: list[tuple[str, ...]] = []
        for stretch in reading.rest:
            if len(stretch) * len(keys) > POOL_WORK_MAX:
                rest.append(stretch)
                continue
            found, left = _read_stretch(stretch, keys)
            mentions += found
            rest += left
        return Reading(tuple(mentions), tuple(rest), reading.cut_off)

    def unread(self, reading: Reading) -> int:
        """How many stretches of the words left over look like a number of ours but are none."""
        return int(reading.cut_off) + sum(self._looks_like_number(stretch) for stretch in reading.rest)

    def _looks_like_number(self, stretch: tuple[str, ...]) -> int:
        return sum(
            shape_of("".join(stretch[start : start + size])) in self._shapes
            for start in range(len(stretch))
            for size in range(1, min(WINDOW, len(stretch) - start) + 1)
        )

    def _longest(self, seen: Sequence[str], start: int) -> tuple[Mention, int] | None:
        for size in range(min(WINDOW, len(seen) - start), 0, -1):
            text = "".join(seen[start : start + size])
            ids, quality = self._whole.get(text), Quality.NUMBER
            if not ids:
                ids, quality = self._order.get(text), Quality.ORDER
            if not ids and len(digits := digits_of(text)) >= DIGITS_MIN and _one_number(seen[start : start + size]):
                ids, quality = self._digits.get(digits), Quality.DIGITS
            if ids:
                return Mention(text, quality, tuple(ids)), size
        return None


def _one_number(parts: Sequence[str]) -> bool:
    """Whether the outer words carry digits or belong to the number: "PAYMENT 4711" is not quoted as one number."""
    return len(parts) == 1 or (parts[0][-1:].isdigit() and parts[-1][:1].isdigit())


def _read_stretch(
    stretch: tuple[str, ...], keys: Sequence[tuple[int, NumberKeys]]
) -> tuple[list[Mention], list[tuple[str, ...]]]:
    mentions: list[Mention] = []
    rest: list[tuple[str, ...]] = []
    start = pending = 0
    while start < len(stretch):
        found = _in_pool(stretch, start, keys)
        if found is None:
            start += 1
            continue
        mention, size = found
        if pending < start:
            rest.append(stretch[pending:start])
        mentions.append(mention)
        start = pending = start + size
    if pending < len(stretch):
        rest.append(stretch[pending:])
    return mentions, rest


def _in_pool(
    stretch: tuple[str, ...], start: int, keys: Sequence[tuple[int, NumberKeys]]
) -> tuple[Mention, int] | None:
    sizes = range(1, min(WINDOW, len(stretch) - start) + 1)
    texts = {size: "".join(stretch[start : start + size]) for size in sizes}
    for size in sizes:
        digits = digits_of(texts[size])
        if len(digits) >= DIGITS_MIN and _one_number(stretch[start : start + size]):
            ids = tuple(item_id for item_id, key in keys if key.digits.endswith(digits) or digits in key.groups)
            if ids:
                return Mention(texts[size], Quality.TAIL, ids), size
    for size in reversed(sizes):
        ids = tuple(_slipped(texts[size], keys))
        if ids:
            return Mention(texts[size], Quality.SLIP, ids), size
    return None


def _slipped(text: str, keys: Iterable[tuple[int, NumberKeys]]) -> Iterable[int]:
    digits = digits_of(text.translate(_LOOKALIKES)) if any(letter.isdigit() for letter in text) else ""
    if len(text) < SLIP_MIN or len(digits) < DIGITS_MIN:
        return
    for item_id, key in keys:
        if (abs(len(text) - len(key.whole)) <= 1 and OSA.distance(text, key.whole, score_cutoff=1) <= 1) or (len(digits) >= SLIP_MIN and abs(len(digits) - len(key.digits)) <= 1 and (
            digits == key.digits or OSA.distance(digits, key.digits, score_cutoff=1) <= 1
        )):
            yield item_id
