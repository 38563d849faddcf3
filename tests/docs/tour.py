"""The commands a page shows with what they print, run in the folder they are shown for.

`python -m tests.docs.tour` runs them on the demo's own company and writes the figures of the pages anew.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from o2c_ai.cli import main
from o2c_ai.demo.company import SEED
from o2c_ai.demo.folder import write_folder
from o2c_ai.demo.world import default_world
from tests.docs.fences import DOCS, ROOT, blocks

PAGES = (ROOT / "README.md", DOCS / "start.md")
PAPERS = Path("var/demo/exchange")
"""Where the demo leaves its papers, seen from the folder it was run in."""
PROMPT = "$ "
GAP = re.compile(r"\s{2,}")
NUMBER = re.compile(r"\d[\d.,]*")


@dataclass
class Shown:
    """A command of a page and the lines the page says it prints."""

    line: int
    command: str
    output: list[str] = field(default_factory=list)


def shown(page: Path) -> Iterator[Shown]:
    """The commands of a page's console blocks, in order."""
    for block in blocks(page, "console"):
        found: list[Shown] = []
        for number, line in enumerate(block.text.splitlines(), start=block.line + 1):
            if line.startswith(PROMPT):
                found.append(Shown(number, line.removeprefix(PROMPT)))
            else:
                found[-1].output.append(line)
        yield from found


def label(line: str) -> str:
    """What a line of output is about: its words up to the figures, numbers masked, as they differ by company."""
    return NUMBER.sub("#", GAP.split(line.strip())[0])


def run(command: str) -> tuple[int, list[str]]:
    """Run an o2c command here and now; gives its status and the lines it printed, without the space at their ends."""
    told, status = io.StringIO(), 0
    with contextlib.redirect_stdout(told), contextlib.redirect_stderr(told):
        try:
            main(shlex.split(command)[1:])
        except SystemExit as ended:
            status = int(ended.code or 0)
    return status, [line.rstrip() for line in told.getvalue().splitlines()]


def write_papers(folder: Path) -> None:
    """The exchange folder that the demo leaves behind."""
    world = default_world(SEED)
    write_folder(world, folder / PAPERS, applications_until=world.history_until)


def retold(page: Path) -> str:
    """The page with what its commands print here, in the place of what it says of the same."""
    lines = page.read_text("utf-8").splitlines()
    for one in shown(page):
        if one.command.startswith("o2c "):
            _, printed = run(one.command)
            now = {label(line): line for line in reversed(printed)}
            lines[one.line : one.line + len(one.output)] = [now.get(label(line), line) for line in one.output]
    return "\n".join(lines) + "\n"


def rewrite() -> None:
    """Write the figures of every page anew, each from fresh books."""
    for page in PAGES:
        with tempfile.TemporaryDirectory() as scratch, contextlib.chdir(scratch):
            write_papers(Path(scratch))
            page.write_text(retold(page), encoding="utf-8")


if __name__ == "__main__":
    os.environ["COLUMNS"] = "200"
    rewrite()
