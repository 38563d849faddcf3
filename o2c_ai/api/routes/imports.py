"""Papers come in: bank statements, remittance advices and whole exchange folders, streamed and bounded."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field

from o2c_ai.api.dependencies import Act, Shared, let_go
from o2c_ai.api.schemas import Counted, Word, Written
from o2c_ai.api.turns import UploadRoute
from o2c_ai.core.errors import BadInput
from o2c_ai.formats.archive import unpack
from o2c_ai.formats.exchange import FILES, read_folder
from o2c_ai.jobs.import_folder import import_folder
from o2c_ai.jobs.import_remittance import import_remittance
from o2c_ai.jobs.import_statement import import_statement

router = APIRouter(tags=["imports"], route_class=UploadRoute)
FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The file's bytes as they are.",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}
FileName = Annotated[Word, Query(description="What the file is called, without folders.", examples=["january.xml"])]


class StatementTaken(Written):
    """What became of a statement's lines."""

    statements: int
    new_lines: int
    known_lines: int = Field(description="Lines imported before, which are left as they are.")
    left_out: int


class FolderTaken(Written):
    """What an exchange folder added and changed."""

    added: dict[str, int] = Field(examples=[{"customers": 3, "invoices": 20, "lines": 12, "applications": 9}])
    amended: dict[str, int]
    advices: int
    lines_to_work: int = Field(description="Lines that wait to be matched.")
    notes: list[str]


@router.post("/imports/bank-statements", openapi_extra=FILE)
def statement(request: Request, act: Act, name: FileName) -> StatementTaken:
    """Take a bank statement in, all of it or nothing; its format is found out."""
    taken = import_statement(act.session, act.actor, name=_base(name), content=_content(request))
    return StatementTaken(**vars(taken))


@router.post("/imports/remittances", openapi_extra=FILE)
def remittance(request: Request, act: Act, name: FileName) -> Counted:
    """Take remittance advices in, a table as remittances.csv of the exchange folder."""
    return Counted(count=import_remittance(act.session, act.actor, name=_base(name), content=_content(request)))


@router.post("/imports/exchange-folders", openapi_extra=FILE)
def folder(
    request: Request,
    act: Act,
    shared: Shared,
    name: FileName,
    mirror: Annotated[bool, Query(description="A full snapshot: open items it does not hold are settled.")] = False,
) -> FolderTaken:
    """Take the zip archive of an exchange folder in: all of it, or nothing and a list of what is wrong."""
    with let_go(request, act), TemporaryDirectory() as place:
        bytes_max = shared.settings.upload_max_mb * 2**20
        unpack(request.state.upload, Path(place), source=_base(name), names=FILES, bytes_max=bytes_max)
        found = read_folder(Path(place))
    if found.problems:
        raise BadInput(found.problems)
    report = import_folder(act.session, act.actor, found, mirror=mirror)
    taken = {kind: getattr(report, kind) for kind in ("customers", "invoices", "lines", "applications")}
    return FolderTaken(
        added={kind: one.added for kind, one in taken.items()},
        amended={kind: one.amended for kind, one in taken.items()},
        advices=report.advices,
        lines_to_work=report.lines_to_work,
        notes=report.notes,
    )


def _base(name: str) -> str:
    return name.replace("\\", "/").rsplit("/", 1)[-1] or "file"


def _content(request: Request) -> bytes:
    request.state.upload.seek(0)
    content: bytes = request.state.upload.read()
    return content
