"""The whole ledger as text another program can re-read and prove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from o2c_ai.core.ledger.queries import account_roles, base_currency, columns_postings
from o2c_ai.formats.ledger_export import Chart, to_beancount, to_csv, to_hledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

WRITERS = {"beancount": to_beancount, "hledger": to_hledger, "csv": to_csv}
"""How each format is written."""


def ledger_text(session: Session, company_id: int, company: str, language: str) -> Iterator[str]:
    """The ledger in one of the formats, piece by piece; memory stays small however large the books are."""
    chart = Chart(company, base_currency(session, company_id), account_roles(session, company_id))
    return WRITERS[language](columns_postings(session, company_id), chart)
