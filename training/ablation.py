"""Takes one group of measurements after the other away from the judges, and prints what that costs.

    python -m training.ablation --as-of 2026-07-31

Only windows of the past are looked at. A group whose loss does not rise when it is left out is not worth keeping.
"""

from __future__ import annotations

from statistics import fmean
from typing import Annotated

import pandas as pd
import typer

from o2c_ai.cli.door import AsOf, Company, open_door
from o2c_ai.models.payment_timing.as_of_features import GROUPS
from o2c_ai.models.payment_timing.evaluation import TimingScore
from o2c_ai.models.payment_timing.features import items_frame
from o2c_ai.models.payment_timing.judges import Config
from training.program import run
from training.windows import PastWindows, loss


def main(
    as_of: AsOf,
    windows: Annotated[int, typer.Option(min=1, help="Windows of 61 days before the day.")] = 2,
    group: Annotated[list[str] | None, typer.Option(help="Only these groups; may be given several times.")] = None,
    company: Company = None,
) -> None:
    """Measure payment timing without each group of measurements."""
    unknown = set(group or []) - GROUPS.keys()
    if unknown:
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: the groups are {', '.join(GROUPS)}")
    door = open_door(company, None, as_json=False)
    with door.reading() as (session, company_id):
        past = PastWindows(items_frame(session, company_id, as_of.date()), as_of.date(), windows)
    rows = {}
    with door.progress("Taking away") as progress:
        rules = past.rules()
        for name in ("nothing", *(group or GROUPS)):
            progress(name)
            scores = past.learned(Config(left_out=GROUPS.get(name, ())))
            rows[name] = _figures(scores) | {"loss beside rules": loss(scores, rules)}
    rows["rules"] = _figures(rules) | {"loss beside rules": 1.0}
    with pd.option_context("display.float_format", "{:.4f}".format, "display.width", 200):
        print(pd.DataFrame(rows).T.rename_axis("left out"))


def _figures(scores: list[TimingScore]) -> dict[str, float | None]:
    """Means over the windows."""
    return {
        "auc": _mean([score.auc[0] for score in scores]),
        "brier": _mean([score.brier for score in scores]),
        "mae_days": _mean([score.mae_days for score in scores]),
        "pinball_days": _mean([score.pinball_days for score in scores]),
    }


def _mean(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


if __name__ == "__main__":
    run(main)
