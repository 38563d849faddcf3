"""Founds the other world's payers: how many of each kind, their names and accounts, and the habits they begin with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from benchmarks.other_world.accounts import invent_iban, shown_account
from benchmarks.other_world.debtors import Advising, Habit, Payer, Rhythm, Way, with_change
from benchmarks.other_world.habits import draw_habit
from benchmarks.other_world.records import Customer
from benchmarks.other_world.words import CHAINS, CURRENCY, FIRST, FORMS, GROUPS, LANGUAGE, OWNERS, SHOPS, TOWNS, words
from o2c_ai.demo.dice import deal, draw

KINDS: Mapping[str, int] = {
    "shop": 45, "runner": 15, "franchise": 10, "group": 6, "town": 5, "private": 12, "instalments": 3, "debit": 4
}  # fmt: skip
"""Customers of a hundred by the kind of their payer."""
COUNTRIES: Mapping[str, int] = {"FR": 19, "PL": 17, "IT": 15, "ES": 13, "CZ": 11, "NL": 10, "CH": 8, "SE": 7}
RATES: Mapping[str, tuple[float, float]] = {
    "shop": (0.8, 2.6), "runner": (3, 8), "franchise": (2, 4), "group": (2, 4), "town": (1.5, 4),
    "private": (0.15, 0.6), "instalments": (1, 2), "debit": (0.8, 1.6),
}  # fmt: skip
"""Papers a customer gets in a month, from and to."""
FAMILY: Mapping[str, int] = {"franchise": 10, "group": 16}
"""Customers that one payer pays for."""
WEB_RATE = 210.0
SAME_NAME = 0.05
CHANGING = 90
"""Thousandths of the payers that change their habits."""
TERMS: Mapping[str, tuple[tuple[int, str, int], ...]] = {
    "FR": ((30, "", 0), (45, "", 0), (60, "0.75", 12)), "PL": ((14, "", 0), (21, "", 0), (7, "", 0)),
    "IT": ((30, "4", 5), (60, "", 0), (90, "", 0)), "ES": ((60, "2.5", 10), (30, "", 0)),
    "CZ": ((14, "", 0), (30, "", 0)), "NL": ((30, "1.5", 8), (14, "", 0)), "CH": ((30, "", 0), (10, "", 0)),
    "SE": ((30, "", 0), (20, "", 0)),
}  # fmt: skip
"""What was agreed by country: net days, discount in percent, days to earn it."""


class Founder:
    """Makes customers with numbers and names of their own, and payers for them."""

    def __init__(self, rng: Random) -> None:
        self._rng, self._made, self._payers = rng, 0, 0
        self._names: set[str] = set()

    def customer(self, kind: str, country: str, parent: str = "", branch: str = "") -> Customer:
        """The next customer: a shop of a chain is told by its town, a private person has no legal form."""
        self._made += 1
        net, percent, days = self._rng.choice(TERMS[country])
        if kind == "private":
            net, percent, days = self._rng.choice((7, 10, 14)), "", 0
        return Customer(
            customer_id=str(610_000 + 7 * self._made),
            name=branch or self._name(kind, LANGUAGE[country]),
            country=country,
            currency=CURRENCY.get(country, "EUR"),
            iban=invent_iban(self._rng, country) if self._rng.random() < 0.7 else "",
            parent_id=parent,
            net_days=net,
            discount_percent=Decimal(percent) if percent else None,
            discount_days=days,
        )

    def _name(self, kind: str, language: str) -> str:
        """A name that is rarely somebody else's too: now and then two customers are called the same."""
        name = self._draw_name(kind, language)
        for _ in range(20):
            if name not in self._names or self._rng.random() < SAME_NAME:
                break
            name = self._draw_name(kind, language)
        self._names.add(name)
        return name

    def _draw_name(self, kind: str, language: str) -> str:
        owner = self._rng.choice(words(OWNERS, language))
        if kind == "private":
            return f"{self._rng.choice(words(FIRST, language))} {owner}"
        if kind == "town":
            council = self._rng.choice(words(TOWNS, language))
            return f"{council}{owner}" if council.endswith("-") else f"{council} {owner}"
        form = self._rng.choice(words(FORMS, language))
        partner = f" & {self._rng.choice(words(OWNERS, language))}" if self._rng.random() < 0.4 else ""
        return f"{self._rng.choice(words(SHOPS, language))} {owner}{partner} {form}"

    def payer(self, kind: str, name: str, customers: tuple[Customer, ...], habit: Habit) -> Payer:
        """A payer with the account its first customer has, or one nobody noted."""
        self._payers += 1
        first = customers[0]
        own = first.iban if first.iban and len(customers) == 1 else invent_iban(self._rng, first.country)
        low, high = RATES.get(kind, (WEB_RATE, WEB_RATE))
        return Payer(
            payer_id=self._payers,
            name=name,
            account=shown_account(own) if self._rng.random() < 0.86 else "",
            country=first.country,
            currency=first.currency,
            customers=customers,
            habit=habit,
            rate=self._rng.uniform(low, high),
            kind=kind,
        )


def found_payers(rng: Random, count: int, start: date, end: date) -> tuple[Payer, ...]:
    """Payers for about so many customers, two web shops among them; some change their habits within the span."""
    founder = Founder(rng)
    payers = list(_all_payers(rng, founder, count))
    length = (end - start).days
    changed = []
    for payer in payers:
        if payer.kind in {"shop", "runner", "town", "franchise"} and rng.randrange(1000) < CHANGING:
            day = start + timedelta(days=rng.randint(length * 3 // 10, length * 97 // 100))
            later = draw_habit(rng, payer.kind, payer.country)
            account = shown_account(invent_iban(rng, payer.country))
            payer = with_change(rng, payer, day, later, account)  # noqa: PLW2901 - the same payer, with a future
        changed.append(payer)
    return tuple(changed)


def _all_payers(rng: Random, founder: Founder, count: int) -> Iterator[Payer]:
    waiting: dict[str, int] = {}
    for kind in deal(rng, KINDS, count):
        if kind in FAMILY:
            waiting[kind] = waiting.get(kind, 0) + 1
        else:
            country = draw(rng, COUNTRIES)
            customer = founder.customer(kind, country)
            name = _relative(rng, customer) if kind == "private" else customer.name
            yield founder.payer(kind, name, (customer,), draw_habit(rng, kind, country))
    for kind, members in sorted(waiting.items()):
        yield from _families(rng, founder, kind, members)
    yield from (_web_shop(founder, country) for country in ("NL", "SE"))


def _relative(rng: Random, customer: Customer) -> str:
    """Who pays for a private person: mostly the person, now and then a relative of the same name or of another."""
    first, last = customer.name.split(" ", 1)
    other = rng.choice([one for one in words(FIRST, LANGUAGE[customer.country]) if one != first])
    if rng.random() < 0.16:
        return f"{other} {last}"
    return f"{other} {rng.choice(words(OWNERS, LANGUAGE[customer.country]))}" if rng.random() < 0.05 else customer.name


def _families(rng: Random, founder: Founder, kind: str, members: int) -> Iterator[Payer]:
    """Head offices that pay for the shops of a chain, and groups that pay for members of any name."""
    for number, first in enumerate(range(0, members, FAMILY[kind])):
        size = min(FAMILY[kind], members - first)
        country = draw(rng, COUNTRIES)
        if kind == "group":
            customers = tuple(founder.customer("shop", country) for _ in range(size))
            yield founder.payer(kind, GROUPS[number % len(GROUPS)], customers, draw_habit(rng, kind, country))
            continue
        chain = f"{CHAINS[number % len(CHAINS)]}{' ' + str(number) if number >= len(CHAINS) else ''}"
        towns = words(OWNERS, LANGUAGE[country])
        head = founder.customer(kind, country, branch=f"{chain} Holding")
        shops = [
            founder.customer(kind, country, parent=head.customer_id, branch=f"{chain} {towns[n % len(towns)]}")
            for n in range(size - 1)
        ]
        yield founder.payer(kind, head.name, (head, *shops), draw_habit(rng, kind, country))


def _web_shop(founder: Founder, country: str) -> Payer:
    """One collective debtor for everybody who buys in a web shop; a payment provider hands the money over."""
    customer = founder.customer("web", country, branch=f"Webshop {country} consumers")
    habit = Habit(
        Rhythm.DAILY,
        Way.VOUCHER,
        Advising.NAMED,
        handling=Decimal("1.9" if country == "NL" else "2.35"),
        claims=0,
        splits=0,
        doubles=0,
        mistyped=0,
        deposits=0,
    )
    return founder.payer("web", "Klarvia Payments AB", (customer,), habit)
