"""Papers as they came, byte for byte."""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import Response
from pydantic import Field

from o2c_ai.api.dependencies import Read
from o2c_ai.api.schemas import Id, Page, Paged, Written, page
from o2c_ai.api.turns import TurnRoute
from o2c_ai.core.documents.queries import get_paper, page_documents
from o2c_ai.core.documents.rules import DocumentKind

router = APIRouter(tags=["documents"], route_class=TurnRoute)


class DocumentOut(Written):
    """A file as it came."""

    id: Id
    kind: DocumentKind
    name: str = Field(examples=["statement.xml"])
    sha256: str = Field(description="Hash of its bytes, in hex.")
    size: int = Field(description="Bytes.")
    recorded_at: datetime


@router.get("/documents")
def documents(read: Read, part: Paged, kind: DocumentKind | None = None) -> Page[DocumentOut]:
    """List the papers that came, the newest first."""
    found = page_documents(read.session, read.company_id, kind=kind, **part)
    return page(found, DocumentOut.model_validate)


@router.get(
    "/documents/{document_id}/content",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def content(read: Read, document_id: Id) -> Response:
    """Hand out a paper as it came."""
    _, kept = get_paper(read.session, read.company_id, document_id)
    # The name is a stranger's: the browser saves the paper under its number, and never shows it as a page of ours.
    saved = {"Content-Disposition": f'attachment; filename="document-{document_id}"'}
    return Response(kept, media_type="application/octet-stream", headers=saved)
