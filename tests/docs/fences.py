"""Finds the fenced blocks of a Markdown page, so that what a page shows can be run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FENCE = "```"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its label, the line it starts on (from 1, the fence itself) and its text."""

    label: str
    line: int
    text: str


def blocks(page: Path, label: str) -> list[Block]:
    """The blocks of a page with a label, in order."""
    found, inside = list[Block](), list[str]()
    opened: tuple[str, int] | None = None
    for number, line in enumerate(page.read_text("utf-8").splitlines(), start=1):
        if not line.startswith(FENCE):
            inside.append(line)
        elif opened is None:
            opened, inside = (line.removeprefix(FENCE).strip(), number), []
        else:
            found.append(Block(*opened, "\n".join(inside) + "\n"))
            opened = None
    assert opened is None, f"{page.name}: the block of line {opened[1]} is not closed"
    return [block for block in found if block.label == label]


def pages() -> list[Path]:
    """Every page for people: the README and all of docs."""
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
