"""What the open items will bring: each item's distribution of payment days, with what a payer owes settled in batches.

A payer pays several invoices on one pay day, and a payer who is slow this month is slow with most of them. Items of one
payer, currency and due date are therefore settled together, and in a simulated quarter the share `SHARED` of a payer's
batches falls on the same quantile of their distributions. Credit of a payer (credit memos, money not applied yet) is
taken off the payer's next payments. Items in dispute are not counted on: what they come to is told apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np
import pandas as pd

from o2c_ai.models.cash_forecast.weeks import Horizon, sums_by
from o2c_ai.models.payment_timing.baseline import EmpiricalTiming
from o2c_ai.models.payment_timing.days import NEVER, Days, Floats, date_of, optional_days, required_days
from o2c_ai.models.payment_timing.items import known_items

SHARED = 0.5
"""Share of batches that follow their payer's luck: between independence and a payer who is late with everything."""
RUNS_AT_ONCE = 50


class Timing(Protocol):
    """A learnt distribution of payment days."""

    def distribution(self, open_items: pd.DataFrame, as_of: date, horizon_days: int) -> Floats:
        """(items, horizon_days): chance of payment on each day after as_of."""
        ...


LearnTiming = Callable[[pd.DataFrame, date], Timing]
"""(items, as_of) → timing learnt from what was known that evening."""


def day_one_timing(items: pd.DataFrame, as_of: date) -> Timing:
    """The day-one model of payment timing."""
    return EmpiricalTiming().fit(items, as_of)


@dataclass(frozen=True, slots=True)
class OpenFlows:
    """Batches of open items: what each brings and when. Amounts in minor units."""

    currency: Days
    """(batches) place of the batch's currency."""
    payer: Days
    """(batches) number of the payer in that currency, from 0."""
    amount: Floats
    """(batches)"""
    chances: Floats
    """(batches, weeks + 1)"""
    payer_currency: Days
    """(payers)"""
    credit: Floats
    """(payers) what is taken off the payer's next payments."""
    disputed: Floats
    """(currencies) open, in dispute, and in none of the batches."""

    def expected(self, currencies: int) -> Floats:
        """(currencies, weeks + 1): expected money."""
        by_payer = np.zeros((len(self.credit), self.chances.shape[1]))
        np.add.at(by_payer, self.payer, self.amount[:, None] * self.chances)
        total = np.zeros((currencies, self.chances.shape[1]))
        np.add.at(total, self.payer_currency, less_credit(by_payer, self.credit[:, None]))
        return total

    def simulate(self, currencies: int, runs: int, generator: np.random.Generator) -> Floats:
        """(runs, currencies, weeks + 1): money in each run."""
        if not len(self.amount):
            return np.zeros((runs, currencies, self.chances.shape[1]))
        paid_by = np.cumsum(self.chances, axis=1)
        parts = [
            self._runs(paid_by, currencies, min(RUNS_AT_ONCE, runs - done), generator)
            for done in range(0, runs, RUNS_AT_ONCE)
        ]
        return np.concatenate(parts)

    def _runs(self, paid_by: Floats, currencies: int, runs: int, generator: np.random.Generator) -> Floats:
        payers, columns = len(self.credit), paid_by.shape[1]
        payer = generator.random((runs, payers))[:, self.payer]
        luck = np.where(generator.random(payer.shape) < SHARED, payer, generator.random(payer.shape))
        week = (luck[:, :, None] > paid_by).sum(axis=2)
        cell = (np.arange(runs)[:, None] * payers + self.payer) * (columns + 1) + week
        paid = sums_by(cell.ravel(), np.tile(self.amount, runs), runs * payers, columns + 1)[:, :columns]
        paid = less_credit(paid, np.tile(self.credit, runs)[:, None]).reshape(runs, payers, columns)
        total = np.zeros((currencies, runs, columns))
        np.add.at(total, self.payer_currency, np.swapaxes(paid, 0, 1))
        return np.swapaxes(total, 0, 1)


def less_credit(paid: Floats, credit: Floats) -> Floats:
    """Payments (payers, weeks + 1) after the credit (payers, 1) is used up, the earliest payments first."""
    left: Floats = np.diff(np.maximum(np.cumsum(paid, axis=1) - credit, 0.0), axis=1, prepend=0.0)
    return left


def open_flows(
    timing: Timing, items: pd.DataFrame, currencies: list[str], horizon: Horizon, credits_left: pd.DataFrame | None
) -> OpenFlows:
    """Batches of the items open on the evening of the horizon's as_of.

    `items` as in payment_timing/items.py, with payer_id where a payer pays for several customers. `credits_left`:
    customer_id (or payer_id), currency, open_minor (positive). An item that is open in the frame counts with its
    open_minor; one that is cleared later in the frame, which happens when the past is replayed, with its amount_minor.
    """
    known = known_items(items, horizon.as_of)
    chosen = items.iloc[known.rows[known.is_open & ~known.in_dispute]]
    disputed = items.iloc[known.rows[known.in_dispute]]
    amounts = _amounts(chosen)
    chances = horizon.weeks_of(timing.distribution(chosen, date_of(horizon.as_of), horizon.days))
    currency = pd.Index(currencies).get_indexer(pd.Index(chosen["currency"])).astype(np.int64)
    owing = pd.MultiIndex.from_arrays([_payers(chosen), currency])
    holding = _credits(credits_left, currencies)
    payer, payers = pd.factorize(owing.append(holding.index))
    payer = payer.astype(np.int64)
    batch, _ = pd.factorize(pd.MultiIndex.from_arrays([payer[: len(chosen)], required_days(chosen, "due_date")]))
    n = int(batch.max()) + 1 if len(batch) else 0
    amount = np.bincount(batch, amounts, n).astype(np.float64)
    money = np.zeros((n, chances.shape[1]))
    np.add.at(money, batch, amounts[:, None] * chances)
    first = np.zeros(n, dtype=np.int64)
    first[batch[::-1]] = np.arange(len(batch))[::-1]
    return OpenFlows(
        currency=currency[first],
        payer=payer[: len(chosen)][first],
        amount=amount,
        chances=money / np.maximum(amount, 1.0)[:, None],
        payer_currency=np.asarray([place for _, place in payers], dtype=np.int64),
        credit=np.bincount(payer[len(chosen) :], holding.to_numpy(), len(payers)).astype(np.float64),
        disputed=sums_by(
            pd.Index(currencies).get_indexer(pd.Index(disputed["currency"])).astype(np.int64),
            _amounts(disputed),
            1,
            len(currencies),
        )[0],
    )


def _amounts(items: pd.DataFrame) -> Floats:
    """What of each open item is to come in."""
    still_open = optional_days(items["cleared_on"]) == NEVER
    amounts: Floats = np.where(still_open, items["open_minor"], items["amount_minor"]).astype(np.float64)
    return amounts


def _payers(frame: pd.DataFrame) -> pd.Series[Any]:
    return frame["payer_id"] if "payer_id" in frame.columns else frame["customer_id"]


def _credits(credits_left: pd.DataFrame | None, currencies: list[str]) -> pd.Series[Any]:
    """Credit by payer and place of the currency."""
    if credits_left is None or credits_left.empty:
        return pd.Series([], index=pd.MultiIndex.from_arrays([[], []]), dtype=np.float64)
    place = pd.Index(currencies).get_indexer(pd.Index(credits_left["currency"]))
    keys = pd.MultiIndex.from_arrays([_payers(credits_left), place])
    held = pd.Series(credits_left["open_minor"].to_numpy(dtype=np.float64), index=keys)
    return held[place >= 0]
