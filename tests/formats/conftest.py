"""Where the real bank files lie: in a folder beside the checkout, on machines that have it."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def bank_files() -> Path:
    folder = Path(__file__).resolve().parents[3] / "shared" / "data" / "bank"
    if not folder.is_dir():
        pytest.skip("the real bank files are not beside this checkout")
    return folder
