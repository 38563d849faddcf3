"""What the first who looks would have to wait for: asked of the books once, as soon as the service runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from o2c_ai.api.following import DAYS_KEPT
from o2c_ai.core.ledger.queries import company_ids

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.api.dependencies import Service


class _Today(NamedTuple):
    """A company's books as of today, asked by nobody in particular."""

    session: Session
    company_id: int
    as_of: date


def warm(service: Service) -> None:
    """Rank the worklists of today and sum up what stands, company by company."""
    with service.store.reading() as session:
        companies = company_ids(session)[:DAYS_KEPT]
    for company_id in companies:
        with service.store.reading() as session:
            books = _Today(session, company_id, service.today())
            service.worklists.now(books)
            service.standing.owed(books)
            service.standing.promises(books)
            service.standing.receivables(books, ())
