"""A company's books for data scientists: what was known on a day, what was foreseen on it, and how it turned out.

Everything is a pandas frame. Days are datetime64, amounts are in units of the currency beside them (12.5 is 12.50 EUR),
chances lie between 0 and 1. Nothing here writes to the books; versions are trained and registered by `o2c train` and
by the programs in training/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from o2c_ai.core.database import Store
from o2c_ai.core.errors import Conflict, NotFound
from o2c_ai.core.ledger.queries import get_company
from o2c_ai.core.payments.queries import columns_lines
from o2c_ai.core.suggestions.rules import ONE_PPM, Policy
from o2c_ai.jobs.backtest_matching import backtest_matching
from o2c_ai.jobs.forecast_cash import Supposition, forecast
from o2c_ai.jobs.match import propose
from o2c_ai.jobs.names import read_names
from o2c_ai.jobs.report import REPORTS
from o2c_ai.jobs.score_open_items import timing_model
from o2c_ai.jobs.versions import MATCHING, RULES, TIMING, LearnedTimingVersion, Matcher, matcher_for, timing_for
from o2c_ai.jobs.workbench_frames import calendar_days, figure_rows, matching_rates, named_items, units_of
from o2c_ai.models.payment_timing import training
from o2c_ai.models.payment_timing.baseline import open_on
from o2c_ai.models.payment_timing.days import NEVER, WEEK, day_number, weekday_of
from o2c_ai.models.payment_timing.evaluation import (
    Bins,
    Predict,
    calibration_bins,
    frozen,
    predict_at_issue,
    score_timing,
)
from o2c_ai.models.payment_timing.features import items_frame, receipts_frame
from o2c_ai.models.payment_timing.measurements import measurements, weights
from o2c_ai.models.registry import Registry

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

SECONDS: Final = "datetime64[s]"
"""Days as pandas keeps them at their coarsest."""
RULES_OF_THUMB: Mapping[str, Predict] = training.RULES
"""Rules that back-tests may be asked of, by what they are called."""
EVENINGS_KEPT = 8
"""Frames of items kept at hand; another evening is read anew."""


def calibration(chances: pd.Series[float], came: pd.Series[bool]) -> Bins:
    """Bins of equal width for `calibration_chart`: what was said on average, the share that came true, and how many."""
    return calibration_bins(np.asarray(chances, dtype=np.float64), np.asarray(came, dtype=np.bool_))


class NothingLearnt(Conflict):
    """The rules serve on that day: there is no learned version to look into."""

    def __init__(self, as_of: date) -> None:
        """Name the day."""
        self.as_of = as_of
        super().__init__(f"no learned version serves on {as_of}: train one first")


class NoBooks(NotFound):
    """There is no database at an address."""

    def __init__(self, file: str) -> None:
        """Name the file."""
        self.file = file
        super().__init__(
            f"no books at {file}: o2c import or o2c demo makes them, and the address is where they are kept"
        )


class Books:
    """One company's books, for questions only.

    Where a method takes `model`, None asks for the version that serves on the day, `rules` for the day-one rules, and
    any other text for the version of that name; UnknownVersion and TrainedLater are raised where there is none.
    """

    def __init__(self, address: str, company: str = "main", versions: Path = Path("var")) -> None:
        """Open books at a database address such as `sqlite:///var/o2c.sqlite`; `versions` is the data folder.

        Raises NoBooks, UnknownCompany.
        """
        self._store = Store(address)
        file = self._store.url.database
        if self._store.url.get_backend_name() == "sqlite" and not Path(file or "").is_file():
            raise NoBooks(file or "")
        with self._store.reading() as session:
            known = get_company(session, company)
        self._company = known.company_id
        self._timings, self._matchers = (Registry(versions, known.books, learner) for learner in (TIMING, MATCHING))
        self._items: Callable[[date], pd.DataFrame] = lru_cache(EVENINGS_KEPT)(self._read_items)

    def report(self, name: str, as_of: date) -> pd.DataFrame:
        """A report of `o2c report` (aging, dso, cei, trial-balance, match-rates), cells as it prints them."""
        with self._asking() as session:
            told = REPORTS[name](session, self._company, as_of)
        return pd.DataFrame(told.rows, columns=list(told.columns))

    def items(self, as_of: date) -> pd.DataFrame:
        """Every item known on the evening of the day, indexed by document number.

        customer, currency, amount, open, issue_date, due_date; withdrawn_on, empty unless closed without money by the
        day; paid_on and days_late, empty unless paid by the day.
        """
        known = self._items(as_of)
        paid = known["cleared_on"].to_numpy()
        late = np.where(paid == NEVER, np.nan, paid - known["due_date"].to_numpy())
        withdrawn = calendar_days(known["withdrawn_on"].to_numpy())
        return named_items(known).assign(withdrawn_on=withdrawn, paid_on=calendar_days(paid), days_late=late)

    def open_items(self, as_of: date) -> pd.DataFrame:
        """What was open on the evening of the day, indexed by document number.

        customer, currency, amount, open, issue_date, due_date, days_overdue (negative before the due date), disputed_on
        and promised_date, empty where there is none.
        """
        known = open_on(self._items(as_of), as_of)
        return named_items(known).assign(
            days_overdue=day_number(as_of) - known["due_date"].to_numpy(),
            disputed_on=calendar_days(known["disputed_on"].to_numpy()),
            promised_date=calendar_days(known["promised_date"].to_numpy()),
        )

    def features(self, as_of: date) -> pd.DataFrame:
        """What the learned timing model measures of every open item that evening, indexed by document number."""
        return measurements(self._items(as_of), as_of)

    def effects(self, as_of: date, model: str | None = None) -> pd.DataFrame:
        """What each of the features, and the payer, adds to the log odds of an open item's being late.

        `usual` is the answer without them. Indexed by document number. Raises NothingLearnt where the rules serve.
        """
        timing = self._timing(as_of, model)
        if timing is None:
            raise NothingLearnt(as_of)
        return weights(timing.learnt, self._items(as_of), as_of)

    def predict(self, as_of: date, model: str | None = None) -> pd.DataFrame:
        """When each open item will be paid, as foreseen that evening, indexed by document number.

        p_late, p_late_7, p_late_30, p10, p50, p90 (payment dates), expected_days_late and reasons.
        """
        items = self._items(as_of)
        still_open = open_on(items, as_of)
        told = timing_model(self._timing(as_of, model)).fit(items, as_of).predict(still_open, as_of)
        return told.drop(columns=["item_id", "customer_id"]).set_index(pd.Index(still_open["number"]))

    def backtest(self, cutoff: date, days: int, known_until: date, model: str | None = None) -> pd.DataFrame:
        """Every item issued in the days after the cutoff, foreseen on its issue day as known that evening.

        as_of and the columns of `predict`, then currency, amount, due_date, withdrawn_on, paid_on, days_late as known
        on the evening of `known_until`. A version is the one of the cutoff; the rules, and the rules of thumb that
        `model` may also name (RULES_OF_THUMB), learn anew every evening.
        """
        later = self._items(known_until)
        rule = RULES_OF_THUMB.get(training.DAY_ONE if model == RULES else model or "")
        if rule is None:
            rule = frozen(timing_model(self._timing(cutoff, model)).fit(later, cutoff))
        told = predict_at_issue(later, cutoff, days, rule)
        came = self.items(known_until).assign(item_id=later["item_id"].to_numpy()).reset_index()
        return told.drop(columns="customer_id").merge(came.drop(columns=["open", "issue_date"]), on="item_id")

    def figures(self, told: Mapping[str, pd.DataFrame], known_until: date) -> pd.DataFrame:
        """How back-tests turned out by what was known on a day: a column each, a row a figure (evaluation.py)."""
        later = self._items(known_until)
        scores = {name: score_timing(frame, later, known_until) for name, frame in told.items()}
        return pd.DataFrame({name: figure_rows(score) for name, score in scores.items()})

    def bank_lines(self, as_of: date) -> pd.DataFrame:
        """Every bank line booked by the day, indexed by the bank's reference.

        booking_date, currency, amount (signed), payer_name, narrative.
        """
        with self._asking() as session:
            rows = [
                (row.line_ref, row.booking_date, row.currency, row.amount_minor, row.payer_name, row.narrative)
                for row in columns_lines(session, self._company, as_of)
            ]
        columns = ["line", "booking_date", "currency", "amount", "payer_name", "narrative"]
        frame = pd.DataFrame(rows, columns=columns).set_index("line")
        booked = pd.to_datetime(frame["booking_date"]).astype(SECONDS)
        return frame.assign(booking_date=booked, amount=units_of(frame["amount"], frame["currency"]))

    def matching(self, as_of: date, model: str | None = None) -> pd.DataFrame:
        """What is proposed for every bank line that nobody had decided by that evening, indexed as `bank_lines`.

        The columns of `bank_lines`, then decision, probability, invoices (document numbers) and reasons.
        """
        with self._asking() as session:
            found = propose(session, self._company, as_of=as_of, policy=Policy(), matcher=self._matcher(as_of, model))
            names = read_names(session, self._company, as_of)
        rows = [
            (
                names.lines[one.line_id][0],
                one.decision.value,
                one.probability_ppm / ONE_PPM,
                tuple(number for number, _ in map(names.of, one.parts) if number),
                one.reasons,
            )
            for one in (matched.suggestion for matched in found)
        ]
        return self._beside_lines(as_of, rows, ["decision", "probability", "invoices", "reasons"])

    def backtest_matching(self, cutoff: date, until: date, model: str | None = None) -> pd.DataFrame:
        """What would have been proposed for the lines booked after the cutoff, knowing nothing people decided later.

        The columns of `matching`; then pays (people booked the line on open items) and right (the same items and cash;
        for other money: it was left to a person). Lines not decided by `until` are left out.
        """
        with self._asking() as session:
            names = read_names(session, self._company, until)
            matcher = self._matcher(cutoff, model)
            judged = backtest_matching(
                session, self._company, cutoff=cutoff, until=until, policy=Policy(), matcher=matcher
            )
        rows = [
            (
                names.lines[one.line.line_id][0],
                one.proposal.decision.value,
                one.proposal.facts.probability_ppm / ONE_PPM,
                tuple((names.items[item] if item > 0 else names.memos[-item])[0] for item in one.items),
                one.proposal.reasons,
                one.pays,
                one.right,
            )
            for one in judged
        ]
        return self._beside_lines(until, rows, ["decision", "probability", "invoices", "reasons", "pays", "right"])

    def matching_figures(self, judged: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
        """How back-tests of matching turned out: a column each, every share with what it is a share of."""
        return pd.DataFrame({name: matching_rates(frame) for name, frame in judged.items()})

    def forecast(
        self, as_of: date, weeks: int = 13, model: str | None = None, late_days: int = 0, without: str = ""
    ) -> pd.DataFrame:
        """Customers' money week by week as forecast that evening, a row a currency and week.

        week_start (a Monday), currency, expected, p10, p90, from_open_items, from_new_business, other_in, outflow,
        closing_cash, closing_p10; the last four empty where unknown. `late_days` supposes that everything open is paid
        so much later, `without` that a customer pays nothing. Raises UnknownCustomer.
        """
        timing, supposed = self._timing(as_of, model), Supposition(late_days, without)
        with self._asking() as session:
            made = forecast(session, self._company, as_of=as_of, weeks=weeks, timing=timing, supposed=supposed)
        frame = pd.DataFrame([asdict(week) for week in made.weeks])
        amounts = {
            name: units_of(frame[name], frame["currency"]) for name in map(str, frame) if name.endswith("_minor")
        }
        told = frame[["week_start", "currency"]].assign(**{n.removesuffix("_minor"): a for n, a in amounts.items()})
        return told.assign(week_start=pd.to_datetime(told["week_start"]).astype(SECONDS))

    def backtest_forecast(
        self, origins: Iterable[date], known_until: date, weeks: int = 13, model: str | None = None
    ) -> pd.DataFrame:
        """Forecasts of past evenings beside what came in, for the weeks that had ended by `known_until`.

        as_of and week (1 is the first) before the columns of `forecast`, actual after them.
        """
        told = []
        for origin in origins:
            made = self.forecast(origin, weeks, model)
            week = made.groupby("currency").cumcount() + 1
            told.append(made.assign(as_of=pd.Timestamp(origin), week=week))
        frame = pd.concat(told).merge(self.receipts(known_until), on=["week_start", "currency"], how="left")
        ended = frame["week_start"] + pd.Timedelta(days=WEEK) <= pd.Timestamp(known_until) + pd.Timedelta(days=1)
        return frame[ended].fillna({"actual": 0.0}).reset_index(drop=True)

    def receipts(self, as_of: date) -> pd.DataFrame:
        """Customers' money that came in by the day, by week_start and currency: actual (bounced money taken off)."""
        with self._asking() as session:
            money = receipts_frame(session, self._company, as_of)
        day = money["received_on"].to_numpy(dtype=np.int64)
        monday = pd.Series(calendar_days(day - weekday_of(day)), money.index)
        weeks = money.assign(week_start=monday).groupby(["week_start", "currency"], as_index=False)
        came = weeks.agg(amount_minor=("amount_minor", "sum"))
        return came.assign(actual=units_of(came["amount_minor"], came["currency"])).drop(columns="amount_minor")

    @contextmanager
    def _asking(self) -> Iterator[Session]:
        """A session whose connection is let go of afterwards."""
        try:
            with self._store.reading() as session:
                yield session
        finally:
            self._store.dispose()

    def _read_items(self, as_of: date) -> pd.DataFrame:
        with self._asking() as session:
            return items_frame(session, self._company, as_of)

    def _timing(self, as_of: date, model: str | None) -> LearnedTimingVersion | None:
        return timing_for(self._timings, as_of=as_of, asked=model)

    def _matcher(self, as_of: date, model: str | None) -> Matcher | None:
        return matcher_for(self._matchers, as_of=as_of, asked=model)

    def _beside_lines(self, as_of: date, rows: Sequence[tuple[object, ...]], columns: list[str]) -> pd.DataFrame:
        made, lines = pd.DataFrame(rows, columns=["line", *columns]).set_index("line"), self.bank_lines(as_of)
        return lines[lines.index.isin(made.index)].join(made)
