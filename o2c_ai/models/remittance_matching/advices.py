"""Brings money and remittance advice together: by the line the advice names, else by amount, days and payer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from o2c_ai.models.remittance_matching.payer import How, Payer, PayerBook
from o2c_ai.models.remittance_matching.records import Advice, BankLine

DAYS_APART = 10
"""An advice that names no line belongs to money booked within so many days of it."""


class AdviceBook:
    """All advices known, found by line or by amount."""

    def __init__(self, advices: Iterable[Advice], payers: PayerBook) -> None:
        """File the advices; `payers` is asked whose an advice is when it is needed, with what is known then."""
        self._named: defaultdict[int, list[Advice]] = defaultdict(list)
        self._by_total: defaultdict[tuple[str, int], list[Advice]] = defaultdict(list)
        self._payers = payers
        for advice in advices:
            if advice.line_id is not None:
                self._named[advice.line_id].append(advice)
                continue
            total = sum(row.amount_minor for row in advice.rows) if advice.total_minor is None else advice.total_minor
            self._by_total[advice.currency, total].append(advice)

    def couple(self, line: BankLine, payer: Payer) -> Advice | None:
        """The one advice that belongs to the line; None where there is none or where two could be meant."""
        named = self._named.get(line.line_id, [])
        if named:
            return named[0] if len(named) == 1 else None
        near = [
            advice
            for advice in self._by_total.get((line.currency, line.amount_minor), ())
            if advice.advice_date is not None and abs((line.booking_date - advice.advice_date).days) <= DAYS_APART
        ]
        agreeing = [advice for advice in near if self._same_payer(advice, line, payer)]
        return agreeing[0] if len(agreeing) == 1 else None

    def _same_payer(self, advice: Advice, line: BankLine, payer: Payer) -> bool:
        asked = BankLine(line.line_id, line.booking_date, line.currency, line.amount_minor, advice.payer_name)
        named = self._payers.resolve(asked)
        if How.UNKNOWN in (named.how, payer.how) or How.SHARED in (named.how, payer.how):
            return True
        return bool(named.customers & payer.customers)
