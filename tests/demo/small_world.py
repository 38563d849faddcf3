"""A small invented company in which everything happens that can happen to a bank line."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from o2c_ai.demo.world import World, simulate

START = date(2025, 1, 1)
DAYS = 150
WORK_DAYS = 30


def small_world(_seed: int = 0) -> World:
    """Twenty customers over a hundred and fifty days, the last thirty of them still to be worked; whatever the seed."""
    return _simulated()


@cache
def _simulated() -> World:
    until = START + timedelta(days=DAYS - 1 - WORK_DAYS)
    return simulate(21, customers=20, start=START, days=DAYS, history_until=until)
