"""Books in which every kind of row exists, made by the verbs alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from o2c_ai.core.aliases.actions import tell, withdraw
from o2c_ai.core.aliases.rules import AliasKind, NewAlias, Word
from o2c_ai.core.balances.actions import state_balance
from o2c_ai.core.cash_application.actions import accept, book
from o2c_ai.core.cash_application.rules import Booking
from o2c_ai.core.forecasts.actions import store_run
from o2c_ai.core.forecasts.rules import ForecastWeek
from o2c_ai.core.money import Money
from o2c_ai.core.payments.actions import bank_account
from o2c_ai.core.spot_checks.actions import draw, judge
from o2c_ai.core.spot_checks.rules import Verdict
from o2c_ai.core.suggestions.actions import suggest
from o2c_ai.core.suggestions.rules import ONE_PPM, Decision, MatchSuggestion, Part, Reason
from o2c_ai.core.timings.actions import store_timings
from o2c_ai.core.timings.rules import Timing
from tests.books import DAY

if TYPE_CHECKING:
    from tests.books import Books


def fill(books: Books) -> None:
    """An invoice paid untouched and looked at, a credit memo, a prepayment, an alias, a prediction and a forecast."""
    paid, owed = books.invoice("PAID"), books.invoice("OWED")
    books.invoice("MEMO", "-10.00")
    line = books.line("PAYS", "100.00")
    parts = (Part(10_000, open_item_id=paid),)
    made = MatchSuggestion(line, parts, Decision.AUTO, 990_000, None, ("number and amount agree",), "rules", DAY)
    (suggestion,) = suggest(books.session, books.actor, suggestions=[made])
    accept(books.session, books.actor, suggestion_id=suggestion, on=DAY)
    (check,) = draw(books.session, books.actor, first=DAY, last=DAY, on=DAY, seed="any", share_ppm=ONE_PPM)
    judge(books.session, books.actor, check_id=check, verdict=Verdict.RIGHT, on=DAY)
    said = NewAlias(books.customer("C1"), AliasKind.NAME, "Muster Treasury", Word.KNOWN, DAY, "said on the phone", line)
    withdraw(books.session, books.actor, alias_id=tell(books.session, books.actor, alias=said), on=DAY, reason="slip")
    parked = Part(5_000, Reason.PREPAYMENT, customer_id=books.customer("C1"))
    book(books.session, books.actor, bookings=[Booking(books.line("EARLY", "50.00"), DAY, (parked,))])
    timing = Timing(owed, (500_000, 200_000, 50_000), (DAY, DAY, DAY), 0, ())
    store_timings(books.session, books.actor, as_of=DAY, model_version="rules", timings=[timing])
    week = ForecastWeek(DAY + timedelta(days=1), "EUR", 1, 0, 2, 1, 0, None, None, None, None)
    store_run(books.session, books.actor, as_of=DAY, model_version="rules", weeks=[week])
    account, _ = bank_account(books.session, books.actor, account="BANK")
    state_balance(books.session, books.actor, bank_account_id=account, balance=Money(100, "EUR"), on=DAY)
