"""Papers kept as they came, byte for byte."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from o2c_ai.core.database import AwareUTC, Base, EnumText
from o2c_ai.core.documents.rules import DocumentKind


class Document(Base):
    """A file as it came, kept once however often it is sent."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("company_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    """Internal number."""
    company_id: Mapped[int] = mapped_column(ForeignKey("companies.id"))
    """Whose paper."""
    kind: Mapped[DocumentKind] = mapped_column(EnumText(DocumentKind))
    """What it is to us."""
    name: Mapped[str]
    """File name without folders."""
    sha256: Mapped[str]
    """Hash of the bytes, in hex: the paper's identity."""
    size: Mapped[int]
    """Bytes before compression."""
    content: Mapped[bytes] = mapped_column(LargeBinary)
    """The bytes, zlib-compressed."""
    recorded_at: Mapped[datetime] = mapped_column(AwareUTC)
    """When it first came."""
