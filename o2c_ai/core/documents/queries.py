"""Questions about stored papers."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from o2c_ai.core.database import Place, page_of
from o2c_ai.core.documents.rules import DocumentKind, UnknownDocument
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


def page_documents(
    session: Session,
    company_id: int,
    *,
    kind: DocumentKind | None = None,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of the papers that came, the newest first: id, kind, name, sha256, size, recorded_at. Raises BadPlace."""
    about = (Document.id, Document.kind, Document.name, Document.sha256, Document.size, Document.recorded_at)
    asked = select(*about)
    asked = asked.where(Document.company_id == company_id)
    if kind is not None:
        asked = asked.where(Document.kind == kind)
    return page_of(session, asked, by="id", after=after, limit=limit, descending=True)


def get_paper(session: Session, company_id: int, document_id: int) -> tuple[str, bytes]:
    """The name of a paper and its bytes as they came. Raises UnknownDocument."""
    asked = select(Document.name).where(Document.company_id == company_id, Document.id == document_id)
    name, content = session.scalar(asked), find_content(session, company_id, document_id)
    if name is None or content is None:
        raise UnknownDocument(document_id)
    return name, content
