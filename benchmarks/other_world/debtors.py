"""Who owes and who pays: shops, franchises, buying groups, towns, private people, web shops and their habits."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from random import Random

from benchmarks.other_world.records import Customer


class Rhythm(enum.Enum):
    """When a payer pays what."""

    EACH = "each"
    """Every paper by itself around its due date, now and then two together."""
    RUN = "run"
    """On certain days of the month everything due soon."""
    CUTOFF = "cutoff"
    """Once a month everything due until the end of the month before."""
    ROUND = "round"
    """Once a month a round sum, meant for the oldest papers first."""
    DEBIT = "debit"
    """The company draws the money by direct debit on the due date."""
    DAILY = "daily"
    """A payment provider hands over every working day what its buyers paid, less its fee."""


class Way(enum.Enum):
    """How the text of a payment names what it pays."""

    WHOLE = "whole"
    BARE = "bare"
    """Without the marks between the parts."""
    RUNNING = "running"
    """The counter alone."""
    PRINTED = "printed"
    """The payment reference printed on the slip: Swiss and Swedish check digits, the Czech variable symbol."""
    ORDER = "order"
    CUSTOMER = "customer"
    """Only the customer's own number."""
    RANGE = "range"
    VOUCHER = "voucher"
    """A number of the payer's own books that means nothing here."""
    NOTHING = "nothing"


class Advising(enum.Enum):
    """Whether an advice comes along."""

    NEVER = "never"
    NAMED = "named"
    """It names the bank line."""
    APART = "apart"


class NameForm(enum.Enum):
    """How the bank shows the payer."""

    REGISTERED = "registered"
    FOLDED = "folded"
    CUT = "cut"
    """27 characters."""
    TURNED = "turned"
    """Last word first, as banks write people."""
    IN_TEXT = "in text"
    """Only inside the narrative."""
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Habit:
    """How a payer behaves; chances are in thousandths of its papers or payments."""

    rhythm: Rhythm
    way: Way
    advising: Advising = Advising.NEVER
    form: NameForm = NameForm.REGISTERED
    late: int = 0
    spread: int = 3
    days: tuple[int, ...] = ()
    """Days of the month on which it pays."""
    shop_by_shop: bool = False
    """A head office that sends each shop's money by itself."""
    takes_discount: int = 0
    claims: int = 8
    splits: int = 6
    charged: int = 0
    withheld: Decimal | None = None
    """Tax kept back, in percent."""
    fee: Decimal | None = None
    """What a buying group keeps of each paper, in percent."""
    handling: Decimal | None = None
    """What a payment provider keeps of each payment, in percent."""
    retained: Decimal | None = None
    """Kept back until a guarantee ends, in percent."""
    round_to: int = 0
    """Its instalments are whole multiples of this, in minor units."""
    nets: bool = True
    misses: int = 25
    doubles: int = 4
    bounces: int = 0
    mistyped: int = 8
    deposits: int = 2
    """Chance of a deposit in a month."""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who sends money, for which customers, and with which habit before and after a day."""

    payer_id: int
    name: str
    account: str
    country: str
    currency: str
    customers: tuple[Customer, ...]
    habit: Habit
    rate: float
    """Papers a customer of it gets in a month."""
    kind: str
    changes_on: date | None = None
    later: Habit | None = None
    later_account: str = ""

    def habit_on(self, day: date) -> Habit:
        """The habit that holds on a day."""
        has_changed = self.changes_on is not None and day >= self.changes_on
        return self.later if has_changed and self.later is not None else self.habit

    def account_on(self, day: date) -> str:
        """The account money comes from on a day; empty where the bank does not show one."""
        has_moved = self.changes_on is not None and day >= self.changes_on
        return self.later_account if has_moved else self.account


def with_change(rng: Random, payer: Payer, day: date, later: Habit, new_account: str) -> Payer:
    """The payer as somebody who changes at a day: other habit, and half of the time another bank."""
    account = new_account if rng.random() < 0.5 and payer.account else payer.account
    return replace(payer, changes_on=day, later=later, later_account=account)
