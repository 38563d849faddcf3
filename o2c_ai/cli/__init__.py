"""The command line `o2c`: parse, call, print, commit; the work itself is done by jobs and the books."""

from __future__ import annotations

import gc
import sys

import typer
from sqlalchemy.exc import DBAPIError

from o2c_ai.cli import access, books, demo, learning, matching, papers, predictions, reports, serve, versions
from o2c_ai.cli.door import fail
from o2c_ai.core.errors import BadInput, BooksError, Problem

app = typer.Typer(
    name="o2c",
    help="Collections and cash application on exact books. Start with: o2c demo, or o2c import FOLDER.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in (access, demo, papers, matching, predictions, learning, versions, reports, books, serve):
    group.add_to(app)


def main(arguments: list[str] | None = None) -> None:
    """Run a command; bad input ends with a clear message and a non-zero status, never with a traceback."""
    # Bulk work keeps millions of plain rows alive; looking through them for cycles costs a fifth of an import.
    gc.set_threshold(200_000, 50, 1_000)
    given = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in given
    try:
        # typer itself says how a command is used; where JSON was asked for, that has to be JSON too.
        status = app(given, prog_name="o2c", standalone_mode=not as_json)
    except typer.TyperException as misuse:
        problem = Problem("command line", None, None, misuse.format_message(), "see o2c COMMAND --help")
        fail(BadInput([problem]), as_json=as_json, status=misuse.exit_code)
    except BooksError as error:
        fail(error, as_json=as_json)
    except DBAPIError as error:
        fail(BooksError(f"the database refused: {str(error.orig).strip().splitlines()[0]}"), as_json=as_json)
    except OSError as error:
        named = error.filename2 or error.filename or ""
        fail(BooksError(f"{error.strerror or error}: {named}".rstrip(": ")), as_json=as_json)
    sys.exit(status or 0)
