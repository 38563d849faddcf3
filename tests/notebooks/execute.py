"""Runs the notebooks on the practice company's books and pairs each script with what it showed.

`python -m tests.notebooks.execute` writes the pictures and tables of every notebook anew.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jupytext  # type: ignore[import-untyped]  # ships no annotations
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = ROOT / "notebooks"
TRAINED_AS_OF = "2026-07-31"
"""The evening whose knowledge the versions that the notebooks look at were trained on."""
SECONDS_MAX = 600


def scripts() -> list[Path]:
    """The notebooks as percent scripts, in their order."""
    return sorted(NOTEBOOKS.glob("[0-9]*.py"))


def practice_books(folder: Path) -> dict[str, str]:
    """The practice company's papers imported and both learners trained; gives the environment that opens the books."""
    environment = {**os.environ, "O2C_DATA_DIR": str(folder / "var"), "PYTHONPATH": str(ROOT)}
    for name in ("O2C_DATABASE_URL", "O2C_COMPANY", "O2C_USER"):
        environment.pop(name, None)
    o2c = (sys.executable, "-c", "from o2c_ai.cli import main; main()")
    for command in (
        (sys.executable, "-m", "training.practice", str(folder / "papers")),
        (*o2c, "import", str(folder / "papers")),
        (*o2c, "train", "all", "--as-of", TRAINED_AS_OF),
    ):
        subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)
    return environment


def executed(script: Path, environment: Mapping[str, str]) -> str:
    """The notebook of a script with what its cells showed, as the text of an .ipynb file; the same for the same books.

    What differs from run to run is left out: counts of execution, times, names of cells and versions of Python.
    """
    notebook: Any = jupytext.read(script)
    NotebookClient(notebook, timeout=SECONDS_MAX, kernel_name="python3").execute(cwd=str(NOTEBOOKS), env=environment)
    for place, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{place}"
        cell["metadata"] = {}
        if cell["cell_type"] == "code":
            cell["execution_count"] = None
            for output in cell["outputs"]:
                output.pop("execution_count", None)
                if output["output_type"] == "execute_result":
                    output["execution_count"] = None
    notebook["metadata"] = {
        "jupytext": {"formats": "ipynb,py:percent"},
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def rewrite() -> None:
    """Write what every notebook shows anew, from fresh books."""
    with tempfile.TemporaryDirectory() as scratch:
        environment = practice_books(Path(scratch))
        for script in scripts():
            script.with_suffix(".ipynb").write_text(executed(script, environment), encoding="utf-8")


if __name__ == "__main__":
    rewrite()
