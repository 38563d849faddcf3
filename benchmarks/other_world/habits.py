"""Draws the habit of a payer by its kind and country: when it pays, how it writes, what it keeps back."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from random import Random

from benchmarks.other_world.debtors import Advising, Habit, NameForm, Rhythm, Way
from o2c_ai.demo.dice import draw

_WAYS: Mapping[str, Mapping[Way, int]] = {
    "shop": {
        Way.WHOLE: 38, Way.BARE: 8, Way.RUNNING: 14, Way.PRINTED: 6, Way.ORDER: 7, Way.CUSTOMER: 8, Way.VOUCHER: 4,
        Way.RANGE: 1, Way.NOTHING: 14,
    },
    "runner": {Way.WHOLE: 34, Way.RUNNING: 16, Way.VOUCHER: 26, Way.RANGE: 8, Way.ORDER: 6, Way.NOTHING: 10},
    "franchise": {Way.VOUCHER: 60, Way.NOTHING: 20, Way.RUNNING: 20},
    "group": {Way.VOUCHER: 80, Way.NOTHING: 20},
    "town": {Way.VOUCHER: 40, Way.WHOLE: 35, Way.RANGE: 10, Way.CUSTOMER: 15},
    "private": {Way.WHOLE: 42, Way.RUNNING: 16, Way.PRINTED: 8, Way.CUSTOMER: 14, Way.NOTHING: 20},
    "instalments": {Way.CUSTOMER: 45, Way.NOTHING: 40, Way.VOUCHER: 15},
    "debit": {Way.WHOLE: 75, Way.CUSTOMER: 25},
}  # fmt: skip
_ADVISING: Mapping[str, Mapping[Advising, int]] = {
    "shop": {Advising.NEVER: 88, Advising.NAMED: 2, Advising.APART: 10},
    "runner": {Advising.NEVER: 35, Advising.NAMED: 20, Advising.APART: 45},
    "franchise": {Advising.NEVER: 15, Advising.NAMED: 30, Advising.APART: 55},
    "group": {Advising.NAMED: 30, Advising.APART: 70},
    "town": {Advising.NEVER: 55, Advising.APART: 45},
}
_FORMS: Mapping[NameForm, int] = {
    NameForm.REGISTERED: 30, NameForm.FOLDED: 30, NameForm.CUT: 16, NameForm.IN_TEXT: 12, NameForm.NONE: 12
}  # fmt: skip
_PERSON_FORMS: Mapping[NameForm, int] = {
    NameForm.REGISTERED: 25, NameForm.FOLDED: 30, NameForm.TURNED: 35, NameForm.NONE: 10
}  # fmt: skip
_RUN_DAYS: Mapping[tuple[int, ...], int] = {
    (5, 20): 22,
    (8, 18, 28): 14,
    (10,): 22,
    (25,): 16,
    (3, 10, 17, 24): 16,
    (12, 27): 10,
}
_WITHHELD: Mapping[str, str] = {"IT": "11.5", "ES": "7", "PL": "20", "CZ": "12", "FR": "2.2"}
_ROUND_TO: Mapping[str, int] = {"PL": 100_000, "CZ": 500_000, "SE": 200_000, "CH": 25_000}
_ABROAD = frozenset({"PL", "CZ", "CH"})
"""Countries whose banks take a charge out of some payments."""


def draw_habit(rng: Random, kind: str, country: str) -> Habit:
    """A habit for a payer of a kind; towns pay by cut-off, groups keep a fee, builders keep a guarantee."""
    rhythm = _rhythm(kind)
    is_shop, is_free = kind in {"shop", "runner"}, kind in {"shop", "runner", "franchise", "private"}
    return Habit(
        rhythm=rhythm,
        way=draw(rng, _WAYS[kind]),
        advising=draw(rng, _ADVISING.get(kind, {Advising.NEVER: 1})),
        form=draw(rng, _PERSON_FORMS if kind == "private" else _FORMS),
        late=rng.choice((-3, 0, 0, 2, 5, 9, 16, 27)) if rhythm is Rhythm.EACH else rng.choice((-4, 0, 6)),
        spread=rng.choice((1, 3, 6)),
        days=_days(rng, rhythm),
        shop_by_shop=kind == "franchise" and rng.random() < 0.5,
        takes_discount=rng.choice((0, 0, 600, 950)) if is_shop else 0,
        claims=rng.choice((4, 4, 4, 90)) if kind in {"runner", "franchise"} else 6,
        splits=rng.choice((0, 0, 0, 0, 0, 40)) if is_shop else 2,
        charged=rng.choice((0, 0, 0, 500)) if is_free and country in _ABROAD else 0,
        withheld=Decimal(_WITHHELD[country]) if country in _WITHHELD and is_shop and rng.random() < 0.05 else None,
        fee=Decimal("1.25") if kind == "group" else None,
        retained=Decimal(5) if kind == "runner" and rng.random() < 0.04 else None,
        round_to=_ROUND_TO.get(country, 25_000) if rhythm is Rhythm.ROUND else 0,
        nets=rng.random() < 0.8,
        bounces=45 if rhythm is Rhythm.DEBIT else 0,
        deposits=12 if kind == "shop" else 0,
    )


def _rhythm(kind: str) -> Rhythm:
    by_kind = {"shop": Rhythm.EACH, "private": Rhythm.EACH, "town": Rhythm.CUTOFF, "instalments": Rhythm.ROUND}
    return Rhythm.DEBIT if kind == "debit" else by_kind.get(kind, Rhythm.RUN)


def _days(rng: Random, rhythm: Rhythm) -> tuple[int, ...]:
    if rhythm is Rhythm.RUN:
        return draw(rng, _RUN_DAYS)
    return (rng.choice((4, 7, 9, 15, 22)),)
