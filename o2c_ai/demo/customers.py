"""The invented customers: single firms, groups of parent and subsidiaries, and strangers of like names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random

from o2c_ai.core.money import Rounding, divide
from o2c_ai.demo.dice import chance, deal, draw
from o2c_ai.demo.facts import Customer, Segment, Terms
from o2c_ai.demo.names import NameRegister, invent_account, invent_email

COUNTRIES: Mapping[str, int] = {
    "DE": 40, "AT": 8, "CH": 4, "FR": 8, "IT": 6, "ES": 5, "NL": 5, "PL": 4, "CZ": 2, "BE": 2, "SE": 3, "DK": 2,
    "GB": 3, "US": 5, "JP": 3,
}  # fmt: skip
"""Customers of a hundred by country."""
CURRENCY: Mapping[str, str] = {"US": "USD", "JP": "JPY"}
"""Currency a country is invoiced in; the others in euro."""
OUTSIDE_SEPA = frozenset({"US", "JP", "GB"})
"""Countries whose banks often take a charge out of a payment on its way."""

_TERMS: Mapping[Terms, int] = {
    Terms(30): 34,
    Terms(14): 20,
    Terms(30, 2, 10): 22,
    Terms(30, 3, 14): 6,
    Terms(45): 8,
    Terms(60): 10,
}
_SEGMENTS: Mapping[Segment, int] = {"key": 15, "standard": 55, "small": 30}
_LIMITS_EUR: Mapping[Segment, tuple[int, ...]] = {
    "key": (60_000, 120_000, 250_000),
    "standard": (10_000, 20_000, 40_000),
    "small": (2_000, 5_000),
}
_MINOR_PER_EURO_CENT: Mapping[str, tuple[int, int]] = {"EUR": (1, 1), "USD": (108, 100), "JPY": (160, 100)}
_FIRST_NUMBER = 10_021
_GROUP_EVERY, _SISTERS_EVERY = 25, 30
_PERMILLE_IBAN_KNOWN = 650


@dataclass(frozen=True, slots=True)
class Family:
    """Customers that belong or only sound together: the first is the parent of a group, or the first of like names."""

    members: tuple[Customer, ...]
    accounts: tuple[str, ...]
    """The account each member really pays from, known to the company or not."""
    is_group: bool


def in_currency(euro_cents: int, currency: str) -> int:
    """Minor units of a currency for a price in euro cents, at the company's list rates."""
    numerator, denominator = _MINOR_PER_EURO_CENT[currency]
    return divide(euro_cents * numerator, denominator, Rounding.HALF_UP)


def found_families(rng: Random, count: int) -> tuple[Family, ...]:
    """`count` customers in families of one to four; larger worlds hold several groups and pairs of like names."""
    register = NameRegister(rng)
    sizes = _family_sizes(rng, count)
    countries = deal(rng, COUNTRIES, len(sizes))
    numbers = iter(range(_FIRST_NUMBER, _FIRST_NUMBER + count))
    return tuple(_found_family(rng, register, countries.pop(), size, numbers) for size in sizes)


def _family_sizes(rng: Random, count: int) -> list[tuple[int, bool]]:
    """(members, is a group?) of each family; the members add up to `count`."""
    sizes: list[tuple[int, bool]] = [(rng.randint(3, 4), True) for _ in range(count // _GROUP_EVERY)]
    sizes += [(2, False)] * (count // _SISTERS_EVERY)
    sizes += [(1, False)] * (count - sum(size for size, _ in sizes))
    rng.shuffle(sizes)
    return sizes


def _found_family(
    rng: Random, register: NameRegister, country: str, size: tuple[int, bool], numbers: Iterator[int]
) -> Family:
    """A family in one country: names after the first differ from it by a word, and only a group has a parent."""
    count, is_group = size
    names = [register.invent(country)]
    names += [register.invent_like(names[0], country) for _ in range(count - 1)]
    accounts = tuple(invent_account(rng, country) for _ in names)
    members: list[Customer] = []
    for name, account in zip(names, accounts, strict=True):
        parent = members[0].customer_id if members and is_group else ""
        members.append(_found_customer(rng, f"K{next(numbers)}", name, country, account=account, parent=parent))
    return Family(tuple(members), accounts, is_group)


def _found_customer(rng: Random, customer_id: str, name: str, country: str, *, account: str, parent: str) -> Customer:
    segment, currency = draw(rng, _SEGMENTS), CURRENCY.get(country, "EUR")
    return Customer(
        customer_id=customer_id,
        name=name,
        country=country,
        iban=account if chance(rng, _PERMILLE_IBAN_KNOWN) else "",
        parent_customer_id=parent,
        email=invent_email(name),
        terms=draw(rng, _TERMS),
        credit_limit_minor=in_currency(rng.choice(_LIMITS_EUR[segment]) * 100, currency),
        currency=currency,
        segment=segment,
    )
