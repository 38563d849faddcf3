"""Small exchange folders written by hand: a few lines of CSV that say what a test is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.errors import BadInput
from o2c_ai.formats.exchange import read_folder
from o2c_ai.jobs.import_folder import ImportReport, import_folder
from tests.laws import broken_laws, row_counts

if TYPE_CHECKING:
    from pathlib import Path

    from tests.books import Books

CUSTOMERS = "customer_id,name\nC1,Muster GmbH\nC2,Beispiel AG\n"
INVOICES = (
    "invoice_id,customer_id,kind,issue_date,due_date,currency,amount\n"
    "INV-1,C1,invoice,2025-06-01,2025-07-01,EUR,100.00\n"
    "INV-2,C1,,2025-06-02,2025-07-02,EUR,50.00\n"
    "INV-3,C2,debit_memo,2025-06-03,2025-07-03,EUR,30.00\n"
    "CM-1,C1,credit_memo,2025-06-04,2025-06-04,EUR,-20.00\n"
)
LINES = "line_id,booking_date,currency,amount,payer_name\nL1,2025-06-10,EUR,130.00,MUSTER\n"
PARTS = "line_id,invoice_id,customer_id,amount,reason\nL1,INV-1,,100.00,\nL1,INV-2,,50.00,\nL1,CM-1,,-20.00,netted\n"


@dataclass
class Desk:
    """A company's books and the folder on its desk."""

    books: Books
    folder: Path

    def write(self, **files: str | bytes) -> Desk:
        """Put files (name without .csv) into the folder."""
        self.folder.mkdir(exist_ok=True)
        for name, content in files.items():
            data = content if isinstance(content, bytes) else content.encode()
            (self.folder / f"{name}.csv").write_bytes(data)
        return self

    def take(self, *, mirror: bool = False) -> ImportReport:
        """Take the folder into the books; all laws hold afterwards."""
        session = self.books.session
        report = import_folder(session, self.books.actor, read_folder(self.folder), mirror=mirror)
        assert broken_laws(self.books) == []
        return report

    def standard(self, **more: str | bytes) -> Desk:
        """Customers, invoices, one line and what it paid, some of them replaced."""
        files = {"customers": CUSTOMERS, "invoices": INVOICES, "bank_lines": LINES, "applications": PARTS}
        return self.write(**(files | more))

    def faults(self) -> list[str]:
        """What the folder is refused for; nothing of it is in the books afterwards."""
        before = row_counts(self.books.session)
        with pytest.raises(BadInput) as caught, self.books.session.begin_nested():
            import_folder(self.books.session, self.books.actor, read_folder(self.folder))
        assert row_counts(self.books.session) == before
        return [str(problem) for problem in caught.value.problems]

    def ask(self, question: str) -> list[tuple[object, ...]]:
        """Rows of a plain SQL question."""
        return [tuple(row) for row in self.books.session.connection().exec_driver_sql(question)]
