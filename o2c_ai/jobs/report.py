"""The reports people ask for, as titled tables of exact figures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from sqlalchemy.orm import Session

from o2c_ai.core.forecasts.queries import told_weeks
from o2c_ai.core.forecasts.rules import accuracy
from o2c_ai.core.key_figures.queries import money_by_day
from o2c_ai.core.ledger.queries import trial_balance
from o2c_ai.core.money import Rounding, divide, format_minor
from o2c_ai.core.reporting.queries import aging, match_rates, measures, payer_aliases
from o2c_ai.core.reporting.rules import AgingRow, Rate


@dataclass(frozen=True)
class Report:
    """A titled table; cells are texts and whole numbers, amounts are decimal texts."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]


def aging_report(session: Session, company_id: int, as_of: date) -> Report:
    """Open items by days after due, a row for each customer and currency, totals last, unused credit beside them."""
    found = aging(session, company_id, as_of)
    columns = ("customer_id", "currency", *found.names, "open", "credit_memos", "unapplied", "on_account")
    rows = [_aged(row, row.customer_code or "(payer unknown)") for row in found.rows]
    rows += [_aged(row, "TOTAL") for row in found.totals]
    return Report("Aging by due date", columns, rows)


def _aged(row: AgingRow, customer: str) -> tuple[object, ...]:
    credit = (row.credit_memos_minor, row.unapplied_minor, row.on_account_minor)
    amounts = (*row.buckets_minor, row.open_minor, *credit)
    return (customer, row.currency, *(format_minor(minor, row.currency) for minor in amounts))


def dso_report(session: Session, company_id: int, as_of: date) -> Report:
    """DSO and its relatives over the 90 days up to the day, by currency."""
    columns = (
        "currency",
        "days",
        "closing_ar",
        "sales",
        "dso",
        "best_possible_dso",
        "add",
        "countback_dso",
        "turnover",
    )
    rows: list[tuple[object, ...]] = []
    for row in measures(session, company_id, as_of):
        money = (format_minor(row.closing_minor, row.currency), format_minor(row.sales_minor, row.currency))
        figures = (row.dso, row.best_possible_dso, row.add, row.countback, row.turnover)
        rows.append((row.currency, row.days, *money, *map(_decimal, figures)))
    return Report("Days sales outstanding", columns, rows)


def cei_report(session: Session, company_id: int, as_of: date) -> Report:
    """Collection effectiveness in percent over the 90 days up to the day, by currency."""
    columns = ("currency", "days", "opening_ar", "sales", "closing_ar", "current_ar", "cei_percent")
    rows: list[tuple[object, ...]] = []
    for row in measures(session, company_id, as_of):
        amounts = (row.opening_minor, row.sales_minor, row.closing_minor, row.current_minor)
        shown = (format_minor(minor, row.currency) for minor in amounts)
        rows.append((row.currency, row.days, *shown, _decimal(row.cei)))
    return Report("Collection effectiveness index", columns, rows)


def trial_balance_report(session: Session, company_id: int, as_of: date) -> Report:
    """Debits and credits of each account and currency, of entries posted up to the day."""
    columns = ("account", "name", "currency", "debit", "credit", "balance", "unvalued_postings")
    rows: list[tuple[object, ...]] = []
    for number, name, currency, debit, credit, unvalued in trial_balance(session, company_id, as_of):
        amounts = (format_minor(minor, currency) for minor in (debit, credit, debit - credit))
        rows.append((number, name, currency, *amounts, unvalued))
    return Report("Trial balance", columns, rows)


def match_rates_report(session: Session, company_id: int, as_of: date) -> Report:
    """How well cash was applied, every rate with part and whole, precision with its 95 % interval, cash that waits."""
    found = match_rates(session, company_id, as_of)
    rows = [
        _rated("right customer suggested", found.account),
        _rated("invoice rows closed untouched", found.line_item),
        _rated("receipts wholly matched untouched", found.envelope),
        _rated("straight through", found.straight_through),
        _rated("untouched and never taken back", found.auto_precision, proven=True),
        _rated("untouched and right by spot check", found.audited_precision, proven=True),
        ("drawn for a spot check and not looked at", "", found.unaudited.hits, found.unaudited.of, "", ""),
        ("lines booked from history", "", found.history_lines, "", "", ""),
    ]
    for name, amounts in (("unapplied", found.unapplied_minor), ("unidentified", found.unidentified_minor)):
        rows += [
            (f"{name} cash {currency}", format_minor(minor, currency), "", "", "", "")
            for currency, minor in amounts.items()
        ]
    return Report("Match rates", ("measure", "value", "hits", "of", "at_least", "at_most"), rows)


def _rated(name: str, rate: Rate, *, proven: bool = False) -> tuple[object, ...]:
    interval = rate.interval_ppm if proven else None
    # Rounded outwards, so that what is printed never promises more than was proven.
    bounds = ("", "") if interval is None else (_percent(interval[0]), _percent(-(-interval[1] // 100) * 100))
    return (name, _percent(rate.ppm), rate.hits, rate.of, *bounds)


def forecast_accuracy_report(session: Session, company_id: int, as_of: date) -> Report:
    """Stored forecasts beside what came in, by currency and week ahead; weeks that have not ended are left out."""
    columns = ("currency", "weeks_ahead", "weeks", "expected", "actual", "wape", "bias", "within_p10_p90")
    rows: list[tuple[object, ...]] = []
    for row in accuracy(told_weeks(session, company_id, as_of), received_by_week(session, company_id, as_of), as_of):
        amounts = (format_minor(minor, row.currency) for minor in (row.expected_minor, row.actual_minor))
        bias = row.expected_minor - row.actual_minor
        shares = (_share(row.error_minor, row.actual_minor), _share(bias, row.actual_minor))
        rows.append((row.currency, row.weeks_ahead, row.weeks, *amounts, *shares, _share(row.within, row.weeks)))
    return Report("Forecasts as they turned out", columns, rows)


def _share(part: int, whole: int) -> str:
    """Percent with two decimals; empty where there is nothing to divide by."""
    return "" if whole <= 0 else f"{_decimal(Fraction(part * 100, whole))} %"


def received_by_week(session: Session, company_id: int, as_of: date) -> dict[tuple[str, date], int]:
    """(currency, Monday) → customers' money booked in that week up to the day, bounced money taken off."""
    received: dict[tuple[str, date], int] = defaultdict(int)
    for (currency, on), minor in money_by_day(session, company_id, date.min, as_of).items():
        received[currency, on - timedelta(days=on.weekday())] += minor
    return received


def aliases_report(session: Session, company_id: int, customer_code: str, as_of: date) -> Report:
    """How a customer's money is recognised, or declined, with where each comes from. Raises UnknownCustomer."""
    columns = ("kind", "text", "source", "counts", "lines", "last_line", "on", "by", "reason", "alias", "withdrawn_on")
    rows: list[tuple[object, ...]] = []
    for one in payer_aliases(session, company_id, customer_code, as_of):
        seen = (len(one.line_refs), one.line_refs[-1] if one.line_refs else "", one.on or "")
        said = (one.by, one.reason, one.alias_id or "", one.withdrawn_on or "")
        rows.append((one.kind, one.text, one.source.value, "yes" if one.counts else "no", *seen, *said))
    return Report(f"How money of {customer_code} is recognised", columns, rows)


def _percent(ppm: int | None) -> str:
    return "" if ppm is None else f"{ppm // 10_000}.{ppm % 10_000 // 100:02d} %"


def _decimal(value: Fraction | None) -> str:
    """Two decimals, half up; empty where there is nothing to divide by."""
    if value is None:
        return ""
    hundredths = divide(value.numerator * 100, value.denominator, Rounding.HALF_UP)
    return f"{'-' if hundredths < 0 else ''}{abs(hundredths) // 100}.{abs(hundredths) % 100:02d}"


REPORTS: dict[str, Callable[[Session, int, date], Report]] = {
    "aging": aging_report,
    "dso": dso_report,
    "cei": cei_report,
    "trial-balance": trial_balance_report,
    "match-rates": match_rates_report,
    "forecast-accuracy": forecast_accuracy_report,
}
"""Reports by the name the command line uses."""
