"""Forecast runs, their weeks, and planned flows as stored."""

from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import Base


class PlannedFlowRow(Base):
    """Money somebody plans to move."""

    __tablename__ = "planned_flows"
    __table_args__ = (UniqueConstraint("company_id", "planned_on", "currency", "label", "amount_minor"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose money."""
    planned_on: Mapped[date]
    """The day it is to move."""
    currency: Mapped[str]
    """ISO 4217 code."""
    amount_minor: Mapped[int]
    """Signed: negative goes out."""
    label: Mapped[str]
    """What it is for."""
    known_on: Mapped[date | None]
    """The day it was planned; None where nobody said, and it counts as always known."""


class ForecastRun(Base):
    """One forecast as it was made."""

    __tablename__ = "forecast_runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose cash."""
    as_of: Mapped[date]
    """The day whose knowledge was used."""
    model_version: Mapped[str]
    """Which model said so, "rules" for the baseline."""
    scenario: Mapped[str]
    """What was supposed; empty for the forecast itself, which alone is held against what comes."""


class ForecastWeekRow(Base):
    """One week of one currency of a run; amounts in minor units."""

    __tablename__ = "forecast_weeks"
    __table_args__ = (Index("ix_forecast_weeks_run_id", "run_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose cash."""
    run_id: Mapped[int] = mapped_column(ForeignKey("forecast_runs.id"))
    """The run."""
    week_start: Mapped[date]
    """A Monday."""
    currency: Mapped[str]
    """ISO 4217 code."""
    expected_minor: Mapped[int]
    """Customers' cash expected in the week."""
    p10_minor: Mapped[int]
    """It will be this little or less with 10 %."""
    p90_minor: Mapped[int]
    """It will be this much or less with 90 %."""
    from_open_items_minor: Mapped[int]
    """Expected from items open on the day."""
    from_new_business_minor: Mapped[int]
    """Expected from invoices not written yet."""
    other_in_minor: Mapped[int | None]
    """Other money in; None where unknown."""
    outflow_minor: Mapped[int | None]
    """Money out; None where unknown."""
    closing_cash_minor: Mapped[int | None]
    """Bank balance at the end of the week; None where unknown."""
    closing_p10_minor: Mapped[int | None]
    """The same if receipts come in at their p10; None where unknown."""
    bottom_up_minor: Mapped[int | None]
    """What open items and invoices to come told before they were weighed; in a scenario, as supposed."""
