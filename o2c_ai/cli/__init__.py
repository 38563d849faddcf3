"""The command line `o2c`: parse, call, print, commit; the work itself is done by jobs and the books."""

from __future__ import annotations

import sys

import typer
from click.exceptions import Abort, ClickException
from sqlalchemy.exc import DBAPIError

from o2c_ai.cli import books, demo, learning, matching, papers, predictions, reports
from o2c_ai.cli.door import fail
from o2c_ai.core.errors import BooksError

app = typer.Typer(
    name="o2c",
    help="Collections and cash application on exact books. Start with: o2c demo, or o2c import FOLDER.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for group in (demo, papers, matching, predictions, learning, reports, books):
    group.add_to(app)


def main(arguments: list[str] | None = None) -> None:
    """Run a command; bad input ends with a clear message and a non-zero status, never with a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    as_json = "--json" in given
    try:
        status = app(given, standalone_mode=False)
    except ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except Abort:
        sys.exit(130)
    except BooksError as error:
        fail(error, as_json=as_json)
    except DBAPIError as error:
        fail(BooksError(f"the database refused: {str(error.orig).strip().splitlines()[0]}"), as_json=as_json)
    except OSError as error:
        fail(BooksError(f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")), as_json=as_json)
    sys.exit(status or 0)
