"""Runs a training program as `o2c` runs a command: options read, refusals said clearly, no traceback for bad input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from o2c_ai.cli.door import fail
from o2c_ai.core.errors import BooksError

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings as TOML; without one, as o2c train.")]


def run(program: Callable[..., None]) -> None:
    """Run a program with the options given on the command line."""
    try:
        typer.run(program)
    except BooksError as error:
        fail(error, as_json=False)
    except OSError as error:
        fail(BooksError(f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")), as_json=False)
