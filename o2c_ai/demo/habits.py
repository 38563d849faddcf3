"""The habits payers have: when they pay, what they hold back, whether they advise, and how the bank shows them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from o2c_ai.demo.customers import OUTSIDE_SEPA
from o2c_ai.demo.dice import chance, draw
from o2c_ai.demo.facts import ReferenceStyle


class HabitKind(enum.Enum):
    """The habit a payer is known for; most have lesser ones beside it."""

    ON_TIME = "on_time"
    """Pays on the due date or a few days before."""
    LATE = "late"
    """Pays each invoice a settled number of days late."""
    WEEKLY_RUN = "weekly_run"
    """Pays on one weekday everything due up to a day."""
    MONTHLY_RUN = "monthly_run"
    """Pays on one day of the month everything due up to a day."""
    DISCOUNT_TAKER = "discount_taker"
    """Pays within the discount period and keeps the discount."""
    SHORT_PAYER = "short_payer"
    """Holds back claims and says so in the advice."""
    WITHHOLDER = "withholder"
    """Keeps back a percentage as tax for its own authority."""
    INSTALMENTS = "instalments"
    """Pays a part, and the remainder weeks later."""
    DRIFTER = "drifter"
    """Pays later and later as the year goes on."""
    STOPPED = "stopped"
    """Paid late until it paid nothing any more."""


class Advising(enum.Enum):
    """Whether a remittance advice comes with the money."""

    NEVER = "never"
    NAMES_THE_LINE = "names_the_line"
    """The advice carries the reference of the bank line."""
    APART = "apart"
    """The advice comes by mail and names only amount, day and payer."""


class NameForm(enum.Enum):
    """How the bank shows the payer's name."""

    AS_IS = "as_is"
    UPPER = "upper"
    CUT = "cut"
    """After 27 characters, in capitals without umlauts."""
    SHORT = "short"
    """Without its legal form."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Habit:
    """How one payer behaves; frequencies in thousandths of its invoices or payments."""

    kind: HabitKind
    days_late: int
    """Days after the due date that it pays; for runs: how far before (negative) or behind due dates a run looks."""
    wobble_days: int = 0
    run_day: int = 0
    """Weekday (Monday is 0) or day of the month of its runs."""
    drift_days: int = 0
    """Days it is later at the end of the world than at its start."""
    stops_permille: int | None = None
    """Share of the world's days after which it pays nothing; None for all others."""
    discount_permille: int = 0
    deduction_permille: int = 0
    partial_permille: int = 0
    withholding_bp: int = 0
    """Hundredths of a percent of each invoice kept back as tax."""
    duplicate_permille: int = 6
    overpaid_permille: int = 6
    bounce_permille: int = 12
    prepaid_permille: int = 3
    """Chance of a deposit in a week."""
    forgets_permille: int = 25
    nets_credits: bool = True
    charge_permille: int = 0
    """Chance that banks on the way take a charge out of the payment."""
    advising: Advising = Advising.NEVER
    style: ReferenceStyle = ReferenceStyle.EXACT
    name_form: NameForm = NameForm.AS_IS
    gives_account: bool = True

    @property
    def runs(self) -> bool:
        """True where several invoices leave in one payment by rule."""
        return self.kind in {HabitKind.WEEKLY_RUN, HabitKind.MONTHLY_RUN}


HABITS: Mapping[HabitKind, int] = {
    HabitKind.ON_TIME: 20,
    HabitKind.LATE: 20,
    HabitKind.WEEKLY_RUN: 16,
    HabitKind.MONTHLY_RUN: 11,
    HabitKind.DISCOUNT_TAKER: 10,
    HabitKind.SHORT_PAYER: 6,
    HabitKind.WITHHOLDER: 4,
    HabitKind.INSTALMENTS: 4,
    HabitKind.DRIFTER: 7,
    HabitKind.STOPPED: 2,
}
"""Payers of a hundred by habit."""
STYLES: Mapping[ReferenceStyle, int] = {
    ReferenceStyle.EXACT: 34,
    ReferenceStyle.PREFIX_DROPPED: 10,
    ReferenceStyle.ZEROS_DROPPED: 7,
    ReferenceStyle.SEPARATORS_CHANGED: 12,
    ReferenceStyle.NUMBER_ONLY: 8,
    ReferenceStyle.PURCHASE_ORDER: 8,
    ReferenceStyle.CUT: 5,
    ReferenceStyle.RANGE: 3,
    ReferenceStyle.WRAPPED: 6,
    ReferenceStyle.NONE: 7,
}
"""Payers of a hundred by the way they write; a slip is an accident that happens to any of them."""
WITHHOLDING_BP: Mapping[str, int] = {"JP": 1021, "IT": 400, "ES": 1900, "PL": 500}
"""Tax kept back at source by country, in hundredths of a percent; `DEFAULT_WITHHOLDING_BP` elsewhere."""
DEFAULT_WITHHOLDING_BP = 1500
NAME_FORMS: Mapping[NameForm, int] = {
    NameForm.AS_IS: 45,
    NameForm.UPPER: 20,
    NameForm.CUT: 15,
    NameForm.SHORT: 10,
    NameForm.MISSING: 10,
}
_ADVISING: Mapping[Advising, int] = {Advising.NEVER: 70, Advising.NAMES_THE_LINE: 10, Advising.APART: 20}
_ADVISING_CLAIMS: Mapping[Advising, int] = {Advising.NAMES_THE_LINE: 40, Advising.APART: 60}
_DAYS_LATE: Mapping[HabitKind, tuple[int, ...]] = {
    HabitKind.ON_TIME: (-1,),
    HabitKind.LATE: (4, 7, 10, 14, 21, 30),
    HabitKind.WEEKLY_RUN: (-6, -3, 0, 3),
    HabitKind.MONTHLY_RUN: (-10, -5, 0),
    HabitKind.DISCOUNT_TAKER: (0,),
    HabitKind.SHORT_PAYER: (0, 3, 6),
    HabitKind.WITHHOLDER: (0, 5),
    HabitKind.INSTALMENTS: (0, 2, 8),
    HabitKind.DRIFTER: (-1, 2),
    HabitKind.STOPPED: (12,),
}
_WOBBLE_DAYS: Mapping[HabitKind, int] = {
    HabitKind.ON_TIME: 2,
    HabitKind.LATE: 4,
    HabitKind.WEEKLY_RUN: 0,
    HabitKind.MONTHLY_RUN: 0,
}
_RUN_DAYS: Mapping[HabitKind, tuple[int, ...]] = {
    HabitKind.WEEKLY_RUN: (0, 1, 2, 3, 4),
    HabitKind.MONTHLY_RUN: (5, 10, 15, 20, 25, 28),
}


def draw_habit(rng: Random, kind: HabitKind, country: str) -> Habit:
    """A habit of one kind, its figures drawn; the lesser habits are those of everybody."""
    taxed = WITHHOLDING_BP.get(country, DEFAULT_WITHHOLDING_BP)
    return Habit(
        kind=kind,
        days_late=rng.choice(_DAYS_LATE[kind]),
        wobble_days=_WOBBLE_DAYS.get(kind, 3),
        run_day=rng.choice(_RUN_DAYS.get(kind, (0,))),
        drift_days=rng.randint(16, 36) if kind is HabitKind.DRIFTER else 0,
        stops_permille=rng.randint(400, 750) if kind is HabitKind.STOPPED else None,
        discount_permille=900 if kind is HabitKind.DISCOUNT_TAKER else 0,
        deduction_permille=320 if kind is HabitKind.SHORT_PAYER else 6,
        partial_permille=380 if kind is HabitKind.INSTALMENTS else 8,
        withholding_bp=taxed if kind is HabitKind.WITHHOLDER else 0,
        charge_permille=600 if country in OUTSIDE_SEPA else 0,
        nets_credits=chance(rng, 750),
        advising=draw(rng, _ADVISING_CLAIMS if kind is HabitKind.SHORT_PAYER else _ADVISING),
    )
