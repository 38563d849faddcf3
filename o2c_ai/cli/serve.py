"""`o2c serve`: the service on this machine, for programs under /v1 and for people in a browser."""

from __future__ import annotations

import logging
from typing import Annotated

import typer

from o2c_ai.cli.door import error_console, open_door


def add_to(app: typer.Typer) -> None:
    """Give the app its command."""
    app.command("serve")(serve)


def serve(
    host: Annotated[str | None, typer.Option(help="Address to answer on (default: O2C_HOST, else 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port (default: O2C_PORT, else 8000).")] = None,
) -> None:
    """Serve the pages and the JSON interface until it is stopped."""
    import uvicorn

    from o2c_ai.api.app import create_app
    from o2c_ai.api.watch import LOG

    settings = open_door(None, None, as_json=False).settings
    address, number = host or settings.host, settings.port if port is None else port
    LOG.addHandler(logging.StreamHandler())  # a line a request on standard error, as JSON and nothing else
    LOG.setLevel(logging.INFO)
    error_console.print(f"o2c at http://{address}:{number}/ — stop with Ctrl+C")
    uvicorn.run(create_app(settings), host=address, port=number, log_level="warning", server_header=False)
