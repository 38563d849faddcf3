"""Questions about stored papers."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from sqlalchemy import select

from o2c_ai.core.documents.tables import Document

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def find_document_id(session: Session, company_id: int, sha256: str) -> int | None:
    """The number of the paper with these bytes, None where it never came."""
    return session.scalar(select(Document.id).where(Document.company_id == company_id, Document.sha256 == sha256))


def find_content(session: Session, company_id: int, document_id: int) -> bytes | None:
    """The bytes as they came."""
    asked = select(Document.content).where(Document.company_id == company_id, Document.id == document_id)
    packed = session.scalar(asked)
    return None if packed is None else zlib.decompress(packed)
