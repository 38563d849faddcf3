"""Takes in what a bank or an ERP laid into the company's inbox: all of it or nothing, and nothing twice."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from o2c_ai.core.errors import BadInput
from o2c_ai.formats.exchange import FILES, read_folder
from o2c_ai.jobs.import_folder import import_folder
from o2c_ai.jobs.import_statement import import_statement

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.jobs.work import Write


def inbox_of(data_dir: Path, company: str) -> Path:
    """The folder of a company's papers that wait; its code cannot lead elsewhere."""
    return data_dir / "inbox" / quote(company, safe="").replace(".", "%2E")


def take_inbox(inbox: Path, progress: Callable[[str], object]) -> Write:
    """Read what lies there; gives what takes it in. Raises BadInput with every fault of the exchange folder's files.

    Files named as in an exchange folder are one; every other file is a bank statement, in any format that is known.
    """
    files = sorted(path for path in inbox.iterdir() if path.is_file()) if inbox.is_dir() else []
    statements = [path for path in files if path.name not in FILES]
    folder = None
    if len(statements) < len(files):
        progress("reading the exchange folder")
        folder = read_folder(inbox)
        if folder.problems:
            raise BadInput(folder.problems)

    def write(session: Session, actor: Actor) -> dict[str, object]:
        facts: dict[str, object] = {"files": len(files)}
        if folder is not None:
            report = import_folder(session, actor, folder, progress=progress)
            facts |= {"new_invoices": report.invoices.added, "new_lines": report.lines.added}
        taken = [import_statement(session, actor, name=path.name, content=path.read_bytes()) for path in statements]
        return facts | {"new_statement_lines": sum(one.new_lines for one in taken)}

    return write
