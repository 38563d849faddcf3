"""The served interface is tried request by request, one leading to the next, by somebody who may do everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.attack import attacked

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_half_a_minute_of_requests_breaks_neither_the_service_nor_the_books(tmp_path: Path) -> None:
    found = attacked(tmp_path, seconds=30, seed=1)

    assert found.failures == []
    assert found.statuses["200"] + found.statuses["201"] > 50


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_ten_minutes_of_requests_break_neither_the_service_nor_the_books(tmp_path: Path) -> None:
    found = attacked(tmp_path, seconds=600, seed=2)

    assert found.failures == []
    assert len(found.operations) > 70
