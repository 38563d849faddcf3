"""A small made-up company's papers, written once, for the commands that the pages show."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from o2c_ai.demo.folder import write_folder
from o2c_ai.demo.world import simulate
from tests.docs.tour import PAPERS

START = date(2026, 6, 1)
DAYS = 137
"""Up to 2026-10-15, the last day of the demo's own company: the pages ask as of that day."""
WORKED_UNTIL = date(2026, 9, 20)


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The exchange folder of a company like the demo's, with fewer customers and months."""
    world = simulate(7, customers=25, start=START, days=DAYS, history_until=WORKED_UNTIL)
    folder = tmp_path_factory.mktemp("papers")
    write_folder(world, folder, applications_until=world.history_until)
    return folder


@pytest.fixture
def desk(papers: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder as it is after `make demo`: the demo's papers in their place, no books of one's own yet."""
    shutil.copytree(papers, tmp_path / PAPERS)
    for name in ("O2C_DATA_DIR", "O2C_DATABASE_URL", "O2C_COMPANY", "O2C_USER", "O2C_DEMO_DIR", "O2C_AUTO_PRECISION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.chdir(tmp_path)
    return tmp_path
