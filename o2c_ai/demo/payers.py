"""Who really sends the money: customers themselves, parents for their groups, group accounts, and payment services."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random

from o2c_ai.demo.customers import Family
from o2c_ai.demo.dice import chance, deal
from o2c_ai.demo.facts import Customer, ReferenceStyle, Terms
from o2c_ai.demo.habits import HABITS, NAME_FORMS, STYLES, Advising, Habit, HabitKind, draw_habit
from o2c_ai.demo.names import NameRegister, invent_account

HUB_NAME = "Zahlwerk Abrechnungsdienste eG"
"""A payment service that many customers pay through: one account, customers that have nothing to do with each other."""

_HUB_EVERY = 40
_PERMILLE_ACCOUNT_SHOWN = 880
_DISCOUNT_TERMS = Terms(30, 2, 10)


@dataclass(frozen=True, slots=True)
class Payer:
    """One account money comes from, whose invoices it pays, and its habit."""

    payer_id: str
    name: str
    account: str
    customers: tuple[Customer, ...]
    habit: Habit

    @property
    def country(self) -> str:
        """Country of the first customer it pays for."""
        return self.customers[0].country


@dataclass(frozen=True, slots=True)
class _Seat:
    """A payer before its habit is known."""

    name: str
    account: str
    customers: tuple[Customer, ...]


def form_payers(rng: Random, families: Sequence[Family]) -> tuple[Payer, ...]:
    """The payers of all families: one a customer, or one a group where the parent or a group account pays.

    Habits and ways of writing are dealt like cards, so that every one of them occurs where there are enough payers.
    Discount takers are given terms with a discount; the customers in the result are the ones that count.
    """
    seats = _through_hub(rng, [seat for n, family in enumerate(families) for seat in _seats(rng, family, n)])
    kinds = deal(rng, HABITS, len(seats))
    styles, forms = _fitting(deal(rng, STYLES, len(seats)), kinds), deal(rng, NAME_FORMS, len(seats))
    payers = []
    for number, (seat, kind) in enumerate(zip(seats, kinds, strict=True)):
        habit = draw_habit(rng, kind, seat.customers[0].country)
        habit = replace(
            habit,
            style=styles[number],
            name_form=forms[number],
            gives_account=chance(rng, _PERMILLE_ACCOUNT_SHOWN),
            advising=Advising.APART if len(seat.customers) > 1 else habit.advising,
        )
        customers = seat.customers
        if kind is HabitKind.DISCOUNT_TAKER:
            customers = tuple(replace(customer, terms=_DISCOUNT_TERMS) for customer in customers)
        payers.append(Payer(f"P{number:04d}", seat.name, seat.account, customers, habit))
    return tuple(payers)


def _fitting(styles: list[ReferenceStyle], kinds: list[HabitKind]) -> list[ReferenceStyle]:
    """The same styles, ranges given to those who pay once a month: others never have a row of invoices to name."""
    monthly = [n for n, kind in enumerate(kinds) if kind is HabitKind.MONTHLY_RUN]
    ranges = [n for n, style in enumerate(styles) if style is ReferenceStyle.RANGE and n not in monthly]
    for here, there in zip(ranges, monthly, strict=False):
        styles[here], styles[there] = styles[there], styles[here]
    return styles


def _seats(rng: Random, family: Family, number: int) -> list[_Seat]:
    """Who pays for a family. Groups take turns: the parent pays for all, a group account does, each pays for itself."""
    parent = family.members[0]
    if family.is_group and number % 3 == 0:
        return [_Seat(parent.name, family.accounts[0], family.members)]
    if family.is_group and number % 3 == 1:
        name = f"{NameRegister.trading_name(parent.name)} Finance Services {NameRegister.legal_form(parent.name)}"
        return [_Seat(name.strip(), invent_account(rng, parent.country), family.members)]
    return [
        _Seat(member.name, account, (member,)) for member, account in zip(family.members, family.accounts, strict=True)
    ]


def _through_hub(rng: Random, seats: list[_Seat]) -> list[_Seat]:
    """The same payers, but a few single ones pay through one payment service's account, half of them in its name."""
    account = invent_account(rng, "DE")
    single = [n for n, seat in enumerate(seats) if len(seat.customers) == 1 and seat.customers[0].currency == "EUR"]
    for turn, n in enumerate(rng.sample(single, min(len(single), len(seats) // _HUB_EVERY))):
        seats[n] = replace(seats[n], account=account, name=HUB_NAME if turn % 2 else seats[n].name)
    return seats
