"""The way from papers to a champion is walked as the page tells it, and every program refuses bad input clearly."""

from __future__ import annotations

import importlib
import io
import shlex
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from urllib.parse import unquote

import pytest

from o2c_ai.cli.learning import Learner
from o2c_ai.models.registry import Registry
from tests.docs.fences import ROOT
from tests.docs.tour import run as run_o2c
from tests.docs.tour import shown
from training import program as programs

README = ROOT / "training" / "README.md"
SETTINGS = ("O2C_DATA_DIR", "O2C_DATABASE_URL", "O2C_COMPANY", "O2C_USER", "O2C_AUTO_PRECISION")
SMALLER = " --customers 100"
TRAINED = {
    Learner.PAYMENT_TIMING: ["2026-06-30.1", "2026-07-31.1"],
    Learner.REMITTANCE_MATCHING: ["2026-06-30.1"],
}
PROGRAMS = {path.stem for path in README.parent.glob("*.py") if "__main__" in path.read_text("utf-8")}


def run(command: str) -> tuple[int, str]:
    """Run a command of the page here and now; gives its status and what it said."""
    if command.startswith("o2c "):
        status, lines = run_o2c(command)
        return status, "\n".join(lines)
    _, _, program, *options = shlex.split(command)
    told, status = io.StringIO(), 0
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(told), redirect_stderr(told):
        patch.setattr(sys, "argv", [program, *options])
        try:
            programs.run(importlib.import_module(program).main)
        except SystemExit as ended:
            status = int(ended.code or 0)
    return status, told.getvalue()


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder like a checkout without books, as the place where commands are run, with no setting of this machine."""
    (tmp_path / "training").symlink_to(ROOT / "training")
    monkeypatch.chdir(tmp_path)
    for name in SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.mark.slow
@pytest.mark.timeout(600)  # two minutes of one core, and more on a busy machine
def test_the_way_from_papers_to_a_champion_can_be_walked(desk: Path) -> None:
    said = {}
    for one in shown(README):
        # The same way with a smaller company, as the page offers it, is walked sooner.
        status, said[one.command] = run(one.command + SMALLER * ("training.practice" in one.command))
        # Whether the challenger was better is for the figures to say; a refusal is as good an end of the story.
        refused = "models promote" in one.command and "did no better" in said[one.command]
        assert status == 0 or refused, f"{README.name}:{one.line}: {one.command}\n{said[one.command]}"

    again = next(command for command in said if "train_remittance_matching" in command)
    assert programs.NOTHING_NEW in run(again)[1]
    (books,) = (desk / "var" / "models").iterdir()
    for learner, names in TRAINED.items():
        trained = Registry(desk / "var", unquote(books.name), learner).versions()
        assert {version.trained_by for version in trained} == {"ana"}
        assert [version.name for version in trained] == names
    looked_back = said[next(command for command in said if "backtest payment-timing" in command)]
    assert all(name in looked_back for name in ("serving", "rules", "brier", "mae_days"))
    taken_away = said[next(command for command in said if "ablation" in command)]
    assert all(name in taken_away for name in ("nothing", "payer", "loss beside rules"))


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
@pytest.mark.usefixtures("desk")
def test_bad_input_is_refused_clearly(
    program: str, options: str, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [program, *options.split()])

    with pytest.raises(SystemExit) as ended:
        programs.run(importlib.import_module(f"training.{program}").main)

    assert ended.value.code
    assert said in capsys.readouterr().err
