"""Finds the invoice and order numbers a payer quotes, as people and banks really write them.

Numbers are compared whole: separators, prefixes and leading zeros may be missing, a number may be wrapped over a space
or carry one slip, but a number inside a longer one is never a reference. A reference only nominates an item; whether it
is paid is for the amounts to say.
"""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from o2c_ai.models.remittance_matching.filing import Filing
from o2c_ai.models.remittance_matching.records import Item
from o2c_ai.models.remittance_matching.text import TEXT_MAX, digits_of, fold, shape_of, squeeze, tokens

WINDOW = 5
"""A wrapped number is put together from at most so many words."""
LENGTH_MAX = 64
"""No document number is longer."""
WORDS_MAX = 2000
"""Words of a narrative that are read; the rest counts as unread."""
DIGITS_MIN = 4
"""Fewer digits than this say nothing about which item is meant, unless they are the whole number."""
TAIL_MIN = 5
"""Fewer last digits say nothing about whose item is meant."""
SLIP_MIN = 6
"""Shortest number in which one slip is forgiven: in a shorter one, one slip reaches too many others."""
COMMON = 10
"""A group of digits in more numbers than this, such as a year, does not say which of them is meant."""
POOL_WORK_MAX = 100_000
"""Words times items that are compared one by one."""

_LOOKALIKES = str.maketrans("OQDILSBZ", "00011582")
"""Letters that scanners and eyes take for digits."""


Words = tuple[str, ...]


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


Found = tuple[Mention, int]
"""A mention and how many words it takes."""


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
    rest: tuple[Words, ...]
    """Stretches of neighbouring words that belong to no mention."""
    cut_off: bool
    """The text was longer than what is read."""


@lru_cache(maxsize=65536)
def keys_of(number: str) -> NumberKeys:
    """The comparable forms of a document number."""
    whole = squeeze(number)
    digits = digits_of(fold(number))
    groups = tuple(group for token in tokens(number) if len(group := digits_of(token)) >= DIGITS_MIN)
    # Equal texts are one object: a million of them are remembered.
    return NumberKeys(whole, whole if digits == whole else digits, tuple(digits if g == digits else g for g in groups))


class NumberIndex:
    """All numbers known so far, looked up in constant time however many there are."""

    def __init__(self, items: Mapping[int, Item]) -> None:
        """Start without numbers; `items` are those that will be added, by their id."""
        self._items = items
        self._whole: Filing[str] = Filing()
        self._order: Filing[str] = Filing()
        self._digits: Filing[str] = Filing()
        self._groups: Counter[str] = Counter()
        self._tails: Filing[str] = Filing()
        self._shapes: set[str] = set()

    def add(self, item: Item) -> None:
        """Make an item's number and order number findable."""
        keys = keys_of(item.number)
        self._groups.update(set(keys.groups))
        self._whole.add(keys.whole, item.item_id)
        if len(keys.digits) >= DIGITS_MIN:
            self._digits.add(keys.digits, item.item_id)
            for end in {part[-TAIL_MIN:] for part in (keys.digits, *keys.groups) if len(part) >= TAIL_MIN}:
                self._tails.add(end, item.item_id)
            self._shapes.add(shape_of(keys.whole))
        order = squeeze(item.po_number)
        if len(digits_of(order)) >= DIGITS_MIN:
            self._order.add(order, item.item_id)
            self._shapes.add(shape_of(order))

    def read(self, text: str) -> Reading:
        """Find every number known in the whole company; the longest stretch of words that is a number wins."""
        words = tokens(text)
        mentions, rest = _scan(words[:WORDS_MAX], self._longest)
        return Reading(tuple(mentions), tuple(rest), len(text) > TEXT_MAX or len(words) > WORDS_MAX)

    def read_among(self, reading: Reading, pool: Sequence[Item]) -> Reading:
        """Read the words left over once more, now as shortened or slipped numbers of the items in `pool`."""
        if not any(map(_has_digits, reading.rest)):
            return reading
        among = _Pool(pool, self._groups)
        mentions = list(reading.mentions)
        rest: list[tuple[str, ...]] = []
        for stretch in reading.rest:
            if not _has_digits(stretch) or len(stretch) * len(pool) > POOL_WORK_MAX:
                rest.append(stretch)
                continue
            found, left = _scan(stretch, among.find)
            mentions += found
            rest += left
        return Reading(tuple(mentions), tuple(rest), reading.cut_off)

    def ending_in(self, reading: Reading) -> list[int]:
        """Items that words left over may be the end of, to be looked at where nothing else says whose money it is."""
        words = [word for stretch in reading.rest for word in stretch if word.isdecimal() and len(word) >= TAIL_MIN]
        found = {word: self._tails.get(word[-TAIL_MIN:]) for word in words[:WORDS_MAX]}
        return [
            item_id
            for word, ids in found.items()
            if len(ids) <= COMMON
            for item_id in ids
            if any(part.endswith(word) for part in self._parts_of(item_id))
        ]

    def _parts_of(self, item_id: int) -> tuple[str, ...]:
        keys = keys_of(self._items[item_id].number)
        return (keys.digits, *keys.groups)

    def unread(self, reading: Reading) -> int:
        """How many stretches of the words left over look like a number of ours but are none."""
        return int(reading.cut_off) + sum(self._looks_like_number(stretch) for stretch in reading.rest)

    def _looks_like_number(self, stretch: tuple[str, ...]) -> int:
        shapes = [shape_of(word) for word in stretch]
        return sum(
            "".join(shapes[start : start + size]) in self._shapes
            for start in range(len(shapes))
            for size in range(1, min(WINDOW, len(shapes) - start) + 1)
        )

    def _longest(self, words: Sequence[str], start: int) -> Found | None:
        found: Found | None = None
        text = ""
        for size in range(1, min(WINDOW, len(words) - start) + 1):
            text += words[start + size - 1]
            if len(text) > LENGTH_MAX:
                break
            mention = self._look_up(text, words[start : start + size])
            if mention is not None:
                found = mention, size
        return found

    def _look_up(self, text: str, parts: Sequence[str]) -> Mention | None:
        ids, quality = self._whole.get(text), Quality.NUMBER
        if not ids:
            ids, quality = self._order.get(text), Quality.ORDER
        if not ids and _one_number(parts) and len(digits := digits_of(text)) >= DIGITS_MIN:
            ids, quality = self._digits.get(digits), Quality.DIGITS
        return Mention(text, quality, tuple(ids)) if ids else None


class _Pool:
    """The numbers of a few items, among which shortened and slipped numbers are sought."""

    def __init__(self, items: Sequence[Item], groups: Mapping[str, int]) -> None:
        self._items, self._groups = [item.item_id for item in items], groups
        self._keys = [keys_of(item.number) for item in items]
        self._wholes = [key.whole for key in self._keys]
        self._digits = [key.digits for key in self._keys]

    def find(self, words: Sequence[str], start: int) -> Found | None:
        """A number that begins with the word at `start`: the end of one first, else one with a slip."""
        sizes = range(1, min(WINDOW, len(words) - start) + 1)
        for quality, seek in ((Quality.TAIL, self._shortened), (Quality.SLIP, self._slipped)):
            for size in sizes:
                parts = words[start : start + size]
                ids = seek(parts)
                if ids:
                    return Mention("".join(parts), quality, ids), size
        return None

    def _shortened(self, parts: Sequence[str]) -> tuple[int, ...]:
        """Items whose number ends in these digits or has them as a group; none where too many numbers do."""
        digits = digits_of("".join(parts)) if _one_number(parts) else ""
        if len(digits) < DIGITS_MIN or self._groups.get(digits, 0) > COMMON:
            return ()
        return tuple(
            item_id
            for item_id, key in zip(self._items, self._keys, strict=True)
            if key.digits.endswith(digits) or digits in key.groups
        )

    def _slipped(self, parts: Sequence[str]) -> tuple[int, ...]:
        """Items whose number the words give with one slip, or with letters for the digits they look like."""
        text = "".join(parts)
        if not SLIP_MIN <= len(text) <= LENGTH_MAX or len(digits_of(text)) < DIGITS_MIN:
            return ()
        places = _one_apart(text, self._wholes)
        if _one_number(parts) and len(digits := digits_of(text.translate(_LOOKALIKES))) >= SLIP_MIN:
            places |= _one_apart(digits, self._digits)
        return tuple(self._items[place] for place in sorted(places))


def _scan(
    words: Sequence[str], find: Callable[[Sequence[str], int], Found | None]
) -> tuple[list[Mention], list[Words]]:
    """Walk through the words; what `find` finds becomes mentions, what lies between is left over."""
    mentions: list[Mention] = []
    rest: list[Words] = []
    start = pending = 0
    while start < len(words):
        found = find(words, start)
        if found is None:
            start += 1
            continue
        mention, size = found
        if pending < start:
            rest.append(tuple(words[pending:start]))
        mentions.append(mention)
        start = pending = start + size
    if pending < len(words):
        rest.append(tuple(words[pending:]))
    return mentions, rest


def _has_digits(stretch: Words) -> bool:
    """Whether the words have digits enough for a number, even if some of them look like letters."""
    return sum(map(str.isdigit, "".join(stretch).translate(_LOOKALIKES))) >= DIGITS_MIN


def _one_apart(text: str, numbers: Sequence[str]) -> set[int]:
    """Places of the numbers that are the text but for one character wrong, missing, doubled or swapped."""
    hits = process.extract(text, numbers, scorer=OSA.distance, score_cutoff=1, limit=None)
    return {place for _, _, place in hits}


def _one_number(parts: Sequence[str]) -> bool:
    """Whether digits meet where the outer words touch their neighbours: "PAYMENT 4711" is not quoted as one number."""
    return len(parts) == 1 or (parts[0][-1].isdigit() and parts[-1][0].isdigit())
