"""Runs a training program as `o2c` runs a command: options read, refusals said clearly, no traceback for bad input."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from o2c_ai.cli.door import fail
from o2c_ai.core.errors import BooksError
from o2c_ai.models.registry import Version

NOTHING_NEW = "nothing new: the same settings on the same evening gave the same bytes"

ConfigFile = Annotated[Path | None, typer.Option("--config", help="Settings as TOML; without one, as o2c train.")]


def said_if_known(facts: dict[str, object], known: list[Version]) -> dict[str, object]:
    """What a training tells, and that it gave nothing new where its version is one of those that were there before."""
    there = facts["trained"] in {version.name for version in known}
    return facts | ({"registered": NOTHING_NEW} if there else {})


def run(program: Callable[..., None]) -> None:
    """Run a program with the options given on the command line."""
    try:
        typer.run(program)
    except BooksError as error:
        fail(error, as_json=False)
    except OSError as error:
        fail(BooksError(f"{error.strerror or error}: {error.filename or ''}".rstrip(": ")), as_json=False)
