"""The notebooks show what their scripts show when they are run, and are small enough to be read."""

from __future__ import annotations

import ast
import json
from pathlib import Path
from typing import Any

import jupytext  # type: ignore[import-untyped]  # ships no annotations
import pytest

from tests.notebooks.execute import NOTEBOOKS, ROOT, executed, practice_books, scripts

BYTES_MAX = 400_000
SURFACE = {"o2c_ai.formats.charts", "o2c_ai.jobs.workbench", "o2c_ai.settings"}
LIBRARIES = {"__future__", "datetime", "pandas", "IPython.display"}
each_script = pytest.mark.parametrize("script", scripts(), ids=lambda script: script.stem)


def kept(script: Path) -> dict[str, Any]:
    """The notebook beside a script, as it is kept."""
    found: dict[str, Any] = json.loads(script.with_suffix(".ipynb").read_text("utf-8"))
    return found


def test_there_are_four_in_the_order_of_the_story() -> None:
    assert [script.stem for script in scripts()] == [
        "01_the_books",
        "02_late_payers",
        "03_matching",
        "04_cash_forecast",
    ]
    assert sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb")) == [script.stem for script in scripts()]


@each_script
def test_a_notebook_holds_the_cells_of_its_script(script: Path) -> None:
    written = [(cell["cell_type"], cell["source"]) for cell in jupytext.read(script).cells]

    assert [(cell["cell_type"], "".join(cell["source"])) for cell in kept(script)["cells"]] == written


@each_script
def test_a_notebook_shows_every_result_and_stays_small(script: Path) -> None:
    outputs = [output for cell in kept(script)["cells"] for output in cell.get("outputs", [])]

    assert script.with_suffix(".ipynb").stat().st_size <= BYTES_MAX
    assert sum("image/svg+xml" in output.get("data", {}) for output in outputs) >= 2
    assert not [output for output in outputs if output["output_type"] == "error" or output.get("name") == "stderr"]


@each_script
def test_a_notebook_stands_on_the_documented_surface_only(script: Path) -> None:
    nodes = list(ast.walk(ast.parse(script.read_text("utf-8"))))
    modules = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    modules |= {name.name for node in nodes if isinstance(node, ast.Import) for name in node.names}

    assert modules <= SURFACE | LIBRARIES


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What opens the practice company's books, made once."""
    return practice_books(tmp_path_factory.mktemp("practice"))


@pytest.mark.slow
@pytest.mark.xdist_group("practice")
@each_script
def test_a_notebook_shows_what_its_script_shows_when_it_is_run(script: Path, environment: dict[str, str]) -> None:
    assert script.with_suffix(".ipynb").read_text("utf-8") == executed(script, environment), "run `make notebooks`"


def test_make_notebooks_writes_them_anew() -> None:
    assert "notebooks: setup ##" in (ROOT / "Makefile").read_text("utf-8")
