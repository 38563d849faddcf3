"""Verbs about papers: keep the bytes that came."""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

from o2c_ai.core import audit
from o2c_ai.core.documents import queries
from o2c_ai.core.documents.tables import Document
from o2c_ai.core.people.rules import Duty, require

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from o2c_ai.core.documents.rules import DocumentKind
    from o2c_ai.core.people.rules import Actor


def keep(session: Session, actor: Actor, *, kind: DocumentKind, name: str, content: bytes) -> int:
    """Store a paper unless the same bytes are here already; gives its number either way. Raises NotYourDuty."""
    require(actor, Duty.IMPORT)
    sha256 = hashlib.sha256(content).hexdigest()
    known = queries.find_document_id(session, actor.company_id, sha256)
    if known is not None:
        return known
    row = Document(
        company_id=actor.company_id,
        kind=kind,
        name=name,
        sha256=sha256,
        size=len(content),
        content=zlib.compress(content, 1),
        recorded_at=actor.recorded_at,
    )
    session.add(row)
    session.flush()
    audit.record(session, actor, "keep", "documents", row.id, detail={"name": name, "sha256": sha256})
    return row.id
