"""The demo company of the size the demo shows, drawn once for all tests that only look at it."""

from __future__ import annotations

import pytest

from o2c_ai.demo.world import World, default_world


@pytest.fixture(scope="session")
def world() -> World:
    return default_world(7)
