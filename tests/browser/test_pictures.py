"""Pictures of the desks for the documentation, made where they are missing or REWRITE_PICTURES is set."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.browser.conftest import Site

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
DESKS = {
    "desk-match": ("clara", "/match?show=review&sort=amount_minor"),
    "desk-pick": ("clara", "/match/5284/pick"),
    "desk-collect": ("carl", "/collect"),
    "desk-customer": ("carl", "/collect/K10073"),
    "desk-manage": ("dana", "/manage"),
}


@pytest.mark.parametrize("picture", DESKS)
def test_a_desk_is_pictured(untouched: Site, picture: str, tmp_path: Path) -> None:
    name, address = DESKS[picture]
    place = PICTURES / f"{picture}.png"
    if place.exists() and not os.environ.get("REWRITE_PICTURES"):
        place = tmp_path / place.name

    with untouched.seen_by(name) as page:
        page.goto(address)
        page.screenshot(path=place)

    assert place.read_bytes().startswith(b"\x89PNG")
