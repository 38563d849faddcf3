"""What the branches sold: invoices at list prices with the country's tax, monthly services, and credit memos."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from benchmarks.other_world.debtors import Payer
from benchmarks.other_world.numbering import Numbering
from benchmarks.other_world.records import Customer, Paper, days_from, percent_of, work_day_from

PRICES = (690, 1180, 1840, 2790, 4350, 6400, 8825, 14_900, 23_660, 38_900, 61_450, 124_900, 289_000)
"""List prices in euro cents, before tax."""
SERVICES = (3900, 7450, 14_900, 26_900)
"""Monthly fees of service contracts, in euro cents."""
TAX: Mapping[str, str] = {
    "FR": "20", "PL": "23", "CZ": "21", "CH": "8.1", "SE": "25", "IT": "22", "ES": "21", "NL": "21"
}  # fmt: skip
FACTOR: Mapping[str, Decimal] = {
    "PLN": Decimal("4.3"),
    "CZK": Decimal(25),
    "CHF": Decimal("0.95"),
    "SEK": Decimal("11.2"),
}
"""What the euro list prices are multiplied with."""
COIN: Mapping[str, int] = {"CZK": 100, "SEK": 100, "CHF": 5}
"""Totals are rounded to this many minor units."""
SERVED = 0.2
RETURNED = 0.03
DELIVERED_TWICE = 0.05
"""Share of the sales whose goods come on two days alike, each with an invoice."""
Draft = tuple[date, Customer, int, str]
"""Day, customer, amount and order of a paper that has no number yet."""


def sell(rng: Random, payers: Sequence[Payer], start: date, end: date) -> tuple[Paper, ...]:
    """Every paper of every customer in the order of their numbers: a branch numbers what it writes day by day."""
    drafts = [draft for payer in payers for one in payer.customers for draft in _drafts(rng, payer, one, start, end)]
    drafts.sort(key=lambda draft: (draft[0], draft[1].customer_id, draft[3], draft[2]))
    numbering = Numbering()
    return tuple(_paper(numbering, *draft) for draft in drafts)


def _drafts(rng: Random, payer: Payer, customer: Customer, start: date, end: date) -> list[Draft]:
    drafts: list[Draft] = []
    orders = rng.random() < 0.5
    if payer.kind not in {"private", "web"} and rng.random() < SERVED:
        fee, day_of_month = with_tax(rng.choice(SERVICES), customer), rng.randint(1, 5)
        days = [day for day in days_from(start, end) if day.day == day_of_month]
        drafts += [(day, customer, fee, "") for day in days]
    for day in days_from(start, end):
        if day.weekday() >= 5 and payer.kind != "web":
            continue
        for _ in range(_count(rng, payer.rate / (30 if payer.kind == "web" else 21))):
            drafts += _sale(rng, payer, customer, day, orders=orders)
    return [draft for draft in drafts if draft[0] <= end]


def _count(rng: Random, mean: float) -> int:
    """How many events of a small or large mean happen in a day."""
    return max(0, round(rng.gauss(mean, mean**0.5))) if mean > 2 else int(rng.random() < mean)


def _sale(rng: Random, payer: Payer, customer: Customer, day: date, *, orders: bool) -> list[Draft]:
    """An invoice, and now and then a credit memo for a part of it some days later."""
    is_small = payer.kind in {"private", "web"}
    articles = 1 if is_small else rng.choice((1, 1, 2, 3, 5))
    price_list = PRICES[:9] if is_small else PRICES
    net = sum(rng.choice(price_list) * rng.choice((1, 1, 1, 2, 3, 6)) for _ in range(articles))
    # Heavy goods go by weight: their freight makes totals that no list knows.
    net += rng.randint(310, 9999) if rng.random() < 0.35 and payer.kind != "web" else 0
    order = f"{rng.randint(11, 98)}-{rng.randrange(10**5):05d}" if orders else ""
    amount = with_tax(net, customer)
    drafts: list[Draft] = [(day, customer, amount, order)]
    if not is_small and rng.random() < DELIVERED_TWICE:
        drafts.append((work_day_from(day + timedelta(days=rng.randint(0, 2))), customer, amount, order))
    if rng.random() < RETURNED:
        back = percent_of(amount, Decimal(rng.choice((10, 15, 25, 40, 50))))
        later = work_day_from(day + timedelta(days=rng.randint(4, 26)))
        drafts.append((later, customer, -max(1, back), order))
    return drafts


def with_tax(net: int, customer: Customer) -> int:
    """A net amount in euro cents as a total in the customer's currency, in whole coins."""
    total = Decimal(net) * FACTOR.get(customer.currency, Decimal(1)) * (100 + Decimal(TAX[customer.country])) / 100
    coin = COIN.get(customer.currency, 1)
    return max(1, round(total / coin)) * coin


def _paper(numbering: Numbering, issued: date, customer: Customer, amount: int, order: str) -> Paper:
    is_credit = amount < 0
    has_discount = customer.discount_percent is not None and not is_credit
    return Paper(
        number=numbering.next(customer.country, issued, is_credit=is_credit),
        customer_id=customer.customer_id,
        issued=issued,
        due=issued + timedelta(days=customer.net_days),
        currency=customer.currency,
        amount=amount,
        order=order,
        discount_percent=customer.discount_percent if has_discount else None,
        discount_until=issued + timedelta(days=customer.discount_days) if has_discount else None,
    )
