"""Searches for better settings of payment timing on windows of the past, and writes the best as a config.

    python -m training.search --as-of 2026-07-31 --space training/search.toml --out best.toml

What came after the day is not looked at: keep it for `training.backtest`, once, when the search is over. A setting
that wins by a little has won by luck; the usual ones are always tried first and stay where nothing clearly beats them.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import optuna
import typer

from o2c_ai.cli.door import AsOf, Company, open_door
from o2c_ai.core.errors import BadInput, Problem
from o2c_ai.models.payment_timing.features import items_frame
from o2c_ai.models.payment_timing.judges import Config
from training.configs import JUDGES, TUNABLE, read_toml, refuse_unknown
from training.program import run
from training.windows import PastWindows, loss

Space = dict[str, dict[str, dict[str, Any]]]
"""Judge → parameter → low, high and whether it is drawn by its logarithm."""


def main(
    *,
    as_of: AsOf,
    out: Annotated[Path, typer.Option("--out", help="Where the best settings are written.")],
    space: Annotated[Path, typer.Option(help="What may be tried, as TOML.")] = Path("training/search.toml"),
    trials: Annotated[int, typer.Option(min=1, help="Settings to try, the usual ones first.")] = 30,
    windows: Annotated[int, typer.Option(min=1, help="Windows of 61 days before the day.")] = 2,
    seed: Annotated[int, typer.Option(min=0, help="The same seed tries the same settings.")] = 0,
    company: Company = None,
) -> None:
    """Search settings of payment timing on the past before a day."""
    asked, door = read_space(space), open_door(company, None, as_json=False)
    with door.reading() as (session, company_id):
        past = PastWindows(items_frame(session, company_id, as_of.date()), as_of.date(), windows)
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with door.progress("Searching") as progress:
        study = searched(past, asked, trials, seed, progress)
    usual, best = study.trials[0], study.best_trial
    out.write_text(as_toml(best.params, seed), encoding="utf-8")
    facts = {"settings_tried": len(study.trials), "usual_loss": _shown(usual), "best_loss": _shown(best), "file": out}
    facts["settings_found"] = ", ".join(best.params) or "none: the usual ones stay"
    door.say(f"Searched on the past before {as_of.date()}; loss 1 is no better than the rules.", facts)


def searched(
    past: PastWindows, space: Space, trials: int, seed: int, progress: Callable[[str], object]
) -> optuna.Study:
    """A study whose first trial is the usual settings (no parameters drawn)."""
    rules = past.rules()
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=seed))
    study.add_trial(optuna.trial.create_trial(value=loss(past.learned(Config()), rules)))

    def objective(trial: optuna.Trial) -> float:
        progress(f"{trial.number} of {trials}, best {study.best_value:.4f}")
        return loss(past.learned(drawn(trial, space)), rules)

    study.optimize(objective, n_trials=trials - 1)
    return study


def drawn(trial: optuna.Trial, space: Space) -> Config:
    """A config within the space."""
    judges: dict[str, dict[str, float]] = {judge: {} for judge in JUDGES}
    for judge, parameters in space.items():
        for name, span in parameters.items():
            draw: Callable[..., float] = trial.suggest_int if _is_whole(span) else trial.suggest_float
            low, high = span["low"], span["high"]
            judges[judge][name] = draw(f"{judge}.{name}", low, high, log=span.get("log", False))
    return Config(days=judges["days"], late=judges["late"])


def read_space(path: Path) -> Space:
    """The space of a file: [judge.parameter] with low, high and log. Raises BadInput, OSError."""
    found: Space = read_toml(path, set(JUDGES))
    for judge, parameters in found.items():
        refuse_unknown(path, parameters, TUNABLE, f"{judge}.")
        for name, span in parameters.items():
            refuse_unknown(path, span, {"low", "high", "log"}, f"{judge}.{name}.")
            if not ("low" in span and "high" in span and span["low"] <= span["high"]):
                what, remedy = "is no span", "give low and high, the lower first"
                raise BadInput([Problem(path.name, None, f"{judge}.{name}", what, remedy)])
    return found


def as_toml(parameters: dict[str, Any], seed: int) -> str:
    """Settings as a file that `training.train_payment_timing` reads."""
    lines = [f"seed = {seed}"]
    for judge in JUDGES:
        mine = {name: value for name, value in parameters.items() if name.startswith(f"{judge}.")}
        lines += ["", f"[{judge}]", *(f"{name.removeprefix(f'{judge}.')} = {value}" for name, value in mine.items())]
    return "\n".join(lines) + "\n"


def _is_whole(span: dict[str, Any]) -> bool:
    return isinstance(span["low"], int) and isinstance(span["high"], int)


def _shown(trial: optuna.trial.FrozenTrial) -> str:
    return f"{trial.value:.4f}"


if __name__ == "__main__":
    run(main)
