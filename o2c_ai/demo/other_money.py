"""Money on the bank account that pays no invoice: wages, suppliers, rent, taxes, fees, interest, refunds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from o2c_ai.demo.calendar_days import Span, banking_day_from, banking_day_until, first_of_next_month, is_banking_day
from o2c_ai.demo.dice import chance
from o2c_ai.demo.facts import Customer
from o2c_ai.demo.names import NameRegister, invent_account
from o2c_ai.demo.settling import Payment

_WAGES_EURO_CENTS, _RENT_EURO_CENTS, _TAX_EURO_CENTS, _SUPPLIERS_EURO_CENTS = 120_000, 9_500, 60_000, 150_000
"""Outflows of a month (suppliers: of a week) for each customer of the company, before chance."""
_PERMILLE_DAILY_STRAY = 130
_PERMILLE_REFUNDED = 600
_SUPPLIERS = 12
_MONTHS_OF_A_QUARTER = (1, 4, 7, 10)


@dataclass(frozen=True, slots=True)
class OtherMoney:
    """A movement on the company's account that is not about receivables; negative went out."""

    day: date
    currency: str
    amount_minor: int
    name: str
    account: str
    text: str


def other_money(
    rng: Random, span: Span, customers: Sequence[Customer], payments: Sequence[Payment]
) -> list[OtherMoney]:
    """All such movements of the world, in no particular order; duplicates that came in are often sent back."""
    suppliers = _suppliers(rng, customers)
    movements = [*_monthly(rng, span, len(customers)), *_weekly(rng, span, len(customers), suppliers)]
    movements += [*_stray(rng, span, suppliers), *_refunds(rng, payments)]
    return [movement for movement in movements if movement.day in span and movement.amount_minor]


def _suppliers(rng: Random, customers: Sequence[Customer]) -> list[tuple[str, str]]:
    """Name and account of firms the company buys from, none of them a customer."""
    register = NameRegister(rng, (customer.name for customer in customers))
    return [(register.invent("DE"), invent_account(rng, "DE")) for _ in range(_SUPPLIERS)]


def _about(rng: Random, euro_cents: int, percent: int) -> int:
    """An amount within some percent of a usual one."""
    return euro_cents * (100 * 100 + rng.randint(-100 * percent, 100 * percent)) // (100 * 100)


def _monthly(rng: Random, span: Span, customers: int) -> Iterator[OtherMoney]:
    """Rent on the first, tax on the tenth, wages and bank fees at the end, interest each quarter."""
    landlord, month = invent_account(rng, "DE"), span.start.replace(day=1)
    while month <= span.end:
        after = first_of_next_month(month)
        last = banking_day_until(after - timedelta(days=1))
        label = f"{month:%m/%Y}"
        yield OtherMoney(
            banking_day_from(month),
            "EUR",
            -_RENT_EURO_CENTS * customers,
            "Hafenhof Immobilien KG",
            landlord,
            f"MIETE {label}",
        )
        tax = _about(rng, _TAX_EURO_CENTS * customers, 15)
        yield OtherMoney(
            banking_day_from(month.replace(day=10)), "EUR", -tax, "FINANZAMT", "", f"USt-Vorauszahlung {label}"
        )
        wages = _about(rng, _WAGES_EURO_CENTS * customers, 3)
        yield OtherMoney(last, "EUR", -wages, "", "", f"LOHN/GEHALT SAMMLER {label}")
        yield OtherMoney(last, "EUR", -_about(rng, 8_500, 20), "", "", f"KONTOFUEHRUNG ENTGELT {label}")
        if month.month in _MONTHS_OF_A_QUARTER:
            yield OtherMoney(banking_day_from(month), "EUR", _about(rng, 41_000, 60), "", "", f"ZINSEN PER {label}")
            yield OtherMoney(banking_day_from(month), "USD", _about(rng, 9_000, 60), "", "", f"INTEREST CREDIT {label}")
        month = after


def _weekly(rng: Random, span: Span, customers: int, suppliers: list[tuple[str, str]]) -> Iterator[OtherMoney]:
    """Thursday's run of payments to suppliers, split over a few of them."""
    for day in span:
        if day.weekday() != 3 or not is_banking_day(day):  # noqa: PLR2004 - Thursday
            continue
        for name, account in rng.sample(suppliers, 3):
            amount = _about(rng, _SUPPLIERS_EURO_CENTS * customers // 3, 40)
            yield OtherMoney(day, "EUR", -amount, name, account, f"RECHNUNG {rng.randrange(10**4, 10**7)}")


def _stray(rng: Random, span: Span, suppliers: list[tuple[str, str]]) -> Iterator[OtherMoney]:
    """Money that comes in now and then and looks, to a hasty eye, as if a customer had paid."""
    for day in span:
        if not is_banking_day(day) or not chance(rng, _PERMILLE_DAILY_STRAY):
            continue
        name, account = rng.choice(suppliers)
        number = rng.randrange(10**4, 10**6)
        name, account, text = rng.choice(
            (
                ("FINANZAMT", "", f"ERSTATTUNG USt {day:%m/%y} StNr {number}"),
                (name, account, f"GUTSCHRIFT ZU RECHNUNG {number}"),
                ("", "", f"KARTENUMSATZ BATCH {number}"),
                (name, account, f"RUECKZAHLUNG UEBERZAHLT RG {number}"),
                ("Nordkante Versicherung AG", invent_account(rng, "DE"), f"SCHADEN {number} REGULIERUNG"),
                ("", "", f"UEBERTRAG VON KONTO {number}"),
            )
        )
        yield OtherMoney(day, "EUR", rng.randint(40, 9_000) * 100 + rng.randrange(100), name, account, text)


def _refunds(rng: Random, payments: Sequence[Payment]) -> Iterator[OtherMoney]:
    """Second payments by mistake, sent back to whoever made them."""
    for payment in payments:
        if payment.kind == "duplicate" and chance(rng, _PERMILLE_REFUNDED):
            day = banking_day_from(payment.day + timedelta(days=rng.randint(8, 25)))
            text = f"ERSTATTUNG DOPPELZAHLUNG {payment.parts[0].invoice.invoice_id}"
            payer = payment.payer
            yield OtherMoney(day, payment.currency, -payment.booked_minor, payer.name, payer.account, text)
