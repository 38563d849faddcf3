"""Money that pays no invoice: taxes, wages, suppliers, interest, own transfers, card sales, fees and refunds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from random import Random
from typing import NamedTuple

from benchmarks.other_world.accounts import invent_iban, shown_account
from benchmarks.other_world.records import days_from
from benchmarks.other_world.words import CURRENCY, LANGUAGE, OWNERS, words

OWN_NAME = "Tresviso Equipements Distribution"


class Stranger(NamedTuple):
    """A movement on a bank account that has nothing to do with customers' invoices."""

    day: date
    currency: str
    amount: int
    name: str
    account: str
    text: str


class _Sort(NamedTuple):
    """A sort of movement: thousandths a working day and country, from and to in minor units of euro, texts."""

    often: int
    low: int
    high: int
    name: str
    texts: tuple[str, ...]


_SORTS: tuple[_Sort, ...] = (
    _Sort(110, -900_000, -2_000, "", ("FOURNISSEUR {n}", "DOSTAWCA FA {n}", "FORNITORE SALDO {n}", "LEVERANCIER {n}")),
    _Sort(50, 20_000, 380_000, "ELAVON MERCHANT SERVICES", ("TPV REMISE {n}", "POS SETTLEMENT {n}", "KORTINLÖSEN {n}")),
    _Sort(12, 50_000, 2_500_000, OWN_NAME, ("VIR INTERNE {n}", "PRZELEW WŁASNY", "GIROCONTO {n}", "TRASPASO")),
    _Sort(12, -2_500_000, -50_000, OWN_NAME, ("VIR INTERNE {n}", "PRZEKSIĘGOWANIE {n}", "GIROCONTO {n}")),
    _Sort(9, 4_000, 900_000, "TRESOR PUBLIC", ("REMB TVA {n}", "ZWROT VAT {n}", "RIMBORSO IVA {n}", "DEVOLUCION IVA")),
    _Sort(10, -1_400_000, -30_000, "URZAD / URSSAF", ("COTISATIONS {n}", "ZUS {n}", "F24 {n}", "SKATTEVERKET {n}")),
    _Sort(9, 30, 9_000, "", ("INTERETS CREDITEURS", "ODSETKI", "INTERESSI ATTIVI", "ÚROK Z ÚČTU")),
    _Sort(25, -4_500, -150, "", ("FRAIS TENUE COMPTE", "PROWIZJA {n}", "COMMISSIONI", "POPLATKY {n}", "COM. REJET")),
    _Sort(9, 1_500, 120_000, "", ("AVOIR FOURNISSEUR {n}", "ZWROT KAUCJI", "RIMBORSO ASSICURAZIONE", "TERUGGAAF {n}")),
)  # fmt: skip
_FACTOR: Mapping[str, int] = {"PLN": 4, "CZK": 25, "SEK": 11}


def strangers(rng: Random, start: date, end: date) -> Iterator[Stranger]:
    """Every movement of all accounts that no customer caused, day by day; wages leave on the 27th."""
    countries = sorted(LANGUAGE)
    own = {country: shown_account(invent_iban(rng, country)) for country in countries}
    for day in days_from(start, end):
        if day.weekday() >= 5:
            continue
        for country in countries:
            currency = CURRENCY.get(country, "EUR")
            for sort in _SORTS:
                if rng.randrange(1000) < sort.often:
                    yield _movement(rng, day, currency, sort, own[country])
            if day.day in {27, 28}:
                owner = rng.choice(words(OWNERS, LANGUAGE[country]))
                wage = -rng.randint(160_000, 420_000) * _FACTOR.get(currency, 1)
                yield Stranger(day, currency, wage, owner, "", f"SAL {day:%m/%Y}")


def _movement(rng: Random, day: date, currency: str, sort: _Sort, own: str) -> Stranger:
    amount = rng.randint(sort.low, sort.high) * _FACTOR.get(currency, 1)
    text = rng.choice(sort.texts).format(n=rng.randrange(1000, 10**7))
    return Stranger(day, currency, amount, sort.name, own if sort.name == OWN_NAME else "", text)
