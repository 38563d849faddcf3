"""Predictions of payment days as stored."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import Base, JsonText


class PaymentTiming(Base):
    """When an item was expected to be paid, as predicted on a day: never changed, so priorities can be explained."""

    __tablename__ = "payment_timings"
    __table_args__ = (UniqueConstraint("open_item_id", "as_of", "model_version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose books."""
    open_item_id: Mapped[int] = mapped_column(ForeignKey("open_items.id"))
    """The item."""
    as_of: Mapped[date]
    """The day whose knowledge was used."""
    model_version: Mapped[str]
    """Which model said so, "rules" for the baseline; a challenger's silent word ends in " (shadow)"."""
    p_late_ppm: Mapped[int]
    """Probability of payment strictly after the due date, in millionths."""
    p_late_7_ppm: Mapped[int]
    """The same for more than 7 days after."""
    p_late_30_ppm: Mapped[int]
    """The same for more than 30 days after."""
    p10: Mapped[date]
    """Payment is this early or earlier with 10 %."""
    p50: Mapped[date]
    """The median payment day."""
    p90: Mapped[date]
    """Payment is this early or earlier with 90 %."""
    expected_days_late_milli: Mapped[int]
    """Expected days after the due date, in thousandths of a day; negative is early."""
    reasons: Mapped[Any] = mapped_column(JsonText)
    """Why, in plain words."""
