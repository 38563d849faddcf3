"""Where the real bank files lie: in a folder beside the checkout, on machines that have it."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def bank_files(shared_data: Path) -> Path:
    folder = shared_data / "bank"
    if not folder.is_dir():
        pytest.skip("no real bank files beside this checkout")
    return folder
