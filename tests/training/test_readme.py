"""The way from papers to a champion is walked as the page tells it, and every program refuses bad input clearly."""

from __future__ import annotations

import importlib
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from o2c_ai.cli.learning import Learner
from o2c_ai.models.registry import Registry
from tests.docs.fences import ROOT
from tests.docs.tour import shown
from training import program as programs

README = ROOT / "training" / "README.md"
SETTINGS = ("O2C_DATA_DIR", "O2C_DATABASE_URL", "O2C_COMPANY", "O2C_USER", "O2C_AUTO_PRECISION")
PROGRAMS = {path.stem for path in README.parent.glob("*.py") if "__main__" in path.read_text("utf-8")}


def run(command: str, folder: Path) -> tuple[int, str]:
    """Run a command of the page in a folder that sees the checkout's training; gives its status and what it said."""
    program, *options = shlex.split(command)
    started = {"python": [sys.executable], "o2c": [sys.executable, "-c", "from o2c_ai.cli import main; main()"]}
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    environment |= {"PYTHONPATH": str(ROOT), "COLUMNS": "200"}
    done = subprocess.run(
        [*started[program], *options], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder like a checkout without books."""
    (tmp_path / "training").symlink_to(ROOT / "training")
    return tmp_path


@pytest.fixture
def empty_desk(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """That folder as the place where the programs are run, with no setting of this machine."""
    monkeypatch.chdir(desk)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.mark.slow
@pytest.mark.timeout(1_800)  # six minutes of one core, and more on a busy machine
def test_the_way_from_papers_to_a_champion_can_be_walked(desk: Path) -> None:
    said = {}
    for one in shown(README):
        status, said[one.command] = run(one.command, desk)
        # Whether the challenger was better is for the figures to say; a refusal is as good an end of the story.
        refused = "models promote" in one.command and "did no better" in said[one.command]
        assert status == 0 or refused, f"{README.name}:{one.line}: {one.command}\n{said[one.command]}"

    (books,) = (desk / "var" / "models").iterdir()
    for learner in (Learner.PAYMENT_TIMING, Learner.REMITTANCE_MATCHING):
        trained = Registry(desk / "var", _company(books), learner).versions()
        assert {version.trained_by for version in trained} == {"ana"}
    looked_back = said[next(command for command in said if "backtest payment-timing" in command)]
    assert all(name in looked_back for name in ("serving", "rules", "brier", "mae_days"))
    taken_away = said[next(command for command in said if "ablation" in command)]
    assert all(name in taken_away for name in ("nothing", "payer", "loss beside rules"))


def _company(books: Path) -> str:
    from urllib.parse import unquote

    return unquote(books.name)


def test_the_page_shows_every_program() -> None:
    programs = {one.command.split()[2] for one in shown(README) if "-m training." in one.command}

    assert programs == {f"training.{name}" for name in PROGRAMS}


@pytest.mark.parametrize(
    ("program", "options", "said"),
    [
        ("train_payment_timing", "--as-of 2026-07-31", "no company 'main'"),
        ("train_remittance_matching", "--as-of 2026-07-31 --config none.toml", "No such file or directory: none.toml"),
        ("search", "--as-of 2026-07-31 --out best.toml --space none.toml", "No such file or directory: none.toml"),
        ("backtest", "payment-timing --cutoff 2026-07-31 --known-until 2026-10-15", "no company 'main'"),
        ("ablation", "--as-of 2026-07-31 --group shoes", "shoes: the groups are payer, calendar"),
    ],
)
@pytest.mark.usefixtures("empty_desk")
def test_bad_input_is_refused_clearly(
    program: str, options: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [program, *options.split()])

    with pytest.raises(SystemExit) as ended:
        programs.run(importlib.import_module(f"training.{program}").main)

    assert ended.value.code
    assert said in capsys.readouterr().err
