"""The page of promises names tests that are there, and the guide to deploying names settings and paths that are."""

from __future__ import annotations

import ast
import re

import pytest

from o2c_ai.settings import Settings
from tests.docs.fences import DOCS, ROOT
from tests.docs.test_guides import first_cells, sections

SAFETY = DOCS / "reference" / "safety.md"
DEPLOYING = DOCS / "guides" / "deploying.md"
NAMED = sorted(set(re.findall(r"`(tests/[^`]+)`", SAFETY.read_text("utf-8"))))


def defined_in(path: str) -> set[str]:
    """The tests a file defines."""
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


@pytest.mark.parametrize("name", NAMED)
def test_a_test_that_proves_a_promise_is_there(name: str) -> None:
    path, _, test = name.partition("::")

    assert test in defined_in(path) if test else defined_in(path)


def test_every_promise_names_a_test() -> None:
    rows = [row for row in SAFETY.read_text("utf-8").splitlines() if row.startswith("| ")][2:]

    assert len(rows) > 15
    assert [row for row in rows if "`tests/" not in row] == []


def test_the_guide_to_deploying_names_settings_that_are_there() -> None:
    named = {cell.strip("`") for cell in first_cells(sections(DEPLOYING, "##")["Settings"]) if "O2C_" in cell}

    assert len(named) > 5
    assert named <= {f"O2C_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"O2C_[A-Z_]+", DEPLOYING.read_text("utf-8"))) <= {
        f"O2C_{name.upper()}" for name in Settings.model_fields
    }
