"""Commands that look ahead: `o2c predict`, `forecast`, `worklist`, `backtest`, `features`."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from o2c_ai.cli.door import AsJson, AsOf, Company, Out, User, a_day, check_year, open_door, output
from o2c_ai.core.collections.rules import Strategy
from o2c_ai.formats.outputs import FORECAST, PREDICTIONS, WORKLIST, whole_file, write_table

if TYPE_CHECKING:
    from o2c_ai.jobs.backtest import TimingBacktest

Model = Annotated[str | None, typer.Option("--model", help="A version, or rules.")]
DAYS_MAX = 3_660
"""Days that may lie between two things asked about: ten years."""
Weeks = Annotated[int, typer.Option(min=1, max=53, help="Whole weeks to look ahead.")]

backtests = typer.Typer(help="What the predictions would have been.", no_args_is_help=True)
features = typer.Typer(help="What the models read.", no_args_is_help=True)


def add_to(app: typer.Typer) -> None:
    """Give the app its commands."""
    app.command("predict")(predict)
    app.command("forecast")(forecast)
    app.command("worklist")(worklist)
    backtests.command("payment-timing")(backtest_timing)
    backtests.command("forecast")(backtest_forecast)
    app.add_typer(backtests, name="backtest")
    features.command("payment-timing")(timing_features)
    app.add_typer(features, name="features")


def predict(
    *,
    as_of: AsOf,
    out: Out,
    model: Model = None,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Say of every open invoice when it will be paid."""
    from o2c_ai.jobs import score_open_items as job
    from o2c_ai.jobs.versions import TIMING, timing_for

    door = open_door(company, user, as_json=as_json)
    day = as_of.date()
    timing, notes = door.serving(timing_for, TIMING, as_of=day, asked=model)
    with door.progress("Predicting"), door.acting() as (session, actor):
        scored = job.score(session, actor.company_id, as_of=day, timing=timing)
        job.store(session, actor, as_of=day, scored=scored)
        rows = write_table(out, PREDICTIONS, job.prediction_rows(scored))
    facts = {"invoices": rows, "model_version": scored.model_version, "file": out}
    door.say(f"Predictions as of {day}.", facts, notes)


def forecast(
    *,
    as_of: AsOf,
    out: Out,
    weeks: Weeks = 13,
    model: Model = None,
    late_shock: Annotated[
        int | None, typer.Option(min=1, max=365, help="Suppose that everything open is paid so many days later.")
    ] = None,
    without: Annotated[str | None, typer.Option(help="Suppose that this customer pays nothing.")] = None,
    minimum_cash: Annotated[
        str | None, typer.Option(help="Warn of less closing cash, as EUR=50000,USD=10000 (default: O2C_MINIMUM_CASH).")
    ] = None,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Forecast customers' money week by week, or what it would be under a supposition."""
    from o2c_ai.jobs import forecast_cash as job
    from o2c_ai.jobs.versions import TIMING, timing_for

    door = open_door(company, user, as_json=as_json)
    day, supposed = as_of.date(), job.Supposition(late_shock or 0, without or "")
    minimum = job.read_minimum(door.settings.minimum_cash if minimum_cash is None else minimum_cash)
    timing, notes = door.serving(timing_for, TIMING, as_of=day, asked=model)
    with door.progress("Forecasting"), door.acting() as (session, actor):
        made = job.forecast(session, actor.company_id, as_of=day, weeks=weeks, timing=timing, supposed=supposed)
        job.store(session, actor, as_of=day, made=made)
        rows = write_table(out, FORECAST, job.forecast_rows(made.weeks))
    title = f"Forecast as of {day}, supposing {supposed}." if str(supposed) else f"Forecast as of {day}."
    facts: dict[str, object] = {"weeks_and_currencies": rows, **job.beside(made)}
    notes += job.warnings(made.weeks, minimum)
    door.say(title, {**facts, "model_version": made.model_version, "file": out}, notes)


def worklist(
    *, as_of: AsOf, out: Out, model: Model = None, company: Company = None, user: User = None, as_json: AsJson = False
) -> None:
    """Say whom to call today, best first."""
    from o2c_ai.jobs import score_open_items
    from o2c_ai.jobs import worklist as job
    from o2c_ai.jobs.versions import TIMING, timing_for

    door = open_door(company, user, as_json=as_json)
    day = as_of.date()
    timing, notes = door.serving(timing_for, TIMING, as_of=day, asked=model)
    with door.progress("Ranking"), door.acting() as (session, actor):
        scored = score_open_items.score(session, actor.company_id, as_of=day, timing=timing)
        score_open_items.store(session, actor, as_of=day, scored=scored)
        ranked = job.worklist(session, actor.company_id, as_of=day, strategy=Strategy())
        rows = write_table(out, WORKLIST, job.worklist_rows(ranked))
    facts = {"customers": rows, "model_version": scored.model_version, "file": out}
    door.say(f"Worklist as of {day}.", facts, notes)


def backtest_timing(
    *,
    cutoff: Annotated[
        datetime, typer.Option(formats=["%Y-%m-%d"], callback=a_day, help="The model knows nothing later.")
    ],
    out: Out,
    days: Annotated[
        int, typer.Option(min=1, max=DAYS_MAX, help="Items issued this many days after the cutoff are scored.")
    ] = 61,
    model: Model = None,
    train: Annotated[bool, typer.Option("--train", help="Train at the cutoff, for this back-test only.")] = False,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Score each item issued after a cutoff on its issue day, by a model frozen at the cutoff, beside simpler ways."""
    from o2c_ai.jobs import backtest as job
    from o2c_ai.jobs.versions import TIMING, timing_for

    if train and model:
        raise typer.BadParameter("give this or --model: a version is trained already", param_hint="--train")
    door = open_door(company, user, as_json=as_json)
    day, refusal = cutoff.date(), ""
    timing, notes = (None, []) if train else door.serving(timing_for, TIMING, as_of=day, asked=model)
    with door.progress("Asking the past") as progress, door.reading() as (session, company_id):
        if train:
            timing, refusal = job.train_frozen(session, company_id, cutoff=day, progress=progress)
        found = job.backtest_timing(session, company_id, cutoff=day, days=days, timing=timing, progress=progress)
    facts: dict[str, object] = {"invoices": write_table(out, ("as_of", *PREDICTIONS), found.rows)}
    facts |= {"model_version": found.model_version, "file": out, "outcomes_known_until": found.known_until or "-"}
    if refusal:
        notes = [f"not trained, so by the rules: {refusal}"]
    door.say(f"Back-test from {day}.", facts | (found.figures() if as_json else {}), notes)
    if found.scores and not as_json:
        output().print(_scores(found))


def _scores(found: TimingBacktest) -> Table:
    """How the model and simpler ways did on the same invoices, and on what share of books drawn it did better."""
    heads = [
        "",
        "AUC > 0",
        "> 7",
        "> 30 days",
        "Brier",
        "ECE",
        "MAE days",
        "in 3 days",
        "in p10-p90",
        "model better: AUC",
    ]
    table = Table(*heads, "Brier", box=None, pad_edge=True, header_style="dim")
    for name, score in found.scores.items():
        figures = (*score.auc, score.brier, score.ece, score.mae_days, score.within_3_days, score.coverage)
        less = found.less.get(name, {})
        better = (f"{less[key].better:.0%}" if key in less else "" for key in ("auc", "brier"))
        table.add_row(name, *("-" if figure is None else f"{figure:.3f}" for figure in figures), *better)
    return table


def backtest_forecast(
    *,
    origins: Annotated[str, typer.Option(help="First and last day, as 2019-04-26:2019-10-04.")],
    out: Out,
    every: Annotated[int, typer.Option(min=1, max=DAYS_MAX, help="Days between two forecasts.")] = 7,
    weeks: Weeks = 13,
    model: Model = None,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Make the forecasts of the past again, each knowing only its own past."""
    first, last = _span(origins)
    from o2c_ai.jobs.backtest import backtest_forecast as job
    from o2c_ai.jobs.versions import TIMING, timing_for

    door = open_door(company, user, as_json=as_json)
    versions = door.versions(TIMING)
    with door.progress("Asking the past") as progress, door.reading() as (session, company_id):
        found = job(
            session,
            company_id,
            first=first,
            last=last,
            every=every,
            weeks=weeks,
            timing_on=lambda day: timing_for(versions, as_of=day, asked=model),
            progress=progress,
        )
    rows = write_table(out, ("as_of", *FORECAST), found)
    door.say(f"Back-test of forecasts {origins}.", {"rows": rows, "file": out})


def _span(text: str) -> tuple[date, date]:
    try:
        first, last = (date.fromisoformat(part) for part in text.split(":"))
    except ValueError as error:
        raise typer.BadParameter("write two days as 2019-04-26:2019-10-04", param_hint="--origins") from error
    check_year(first.year)
    check_year(last.year)
    if first > last:
        raise typer.BadParameter(f"{first} is after {last}", param_hint="--origins")
    return first, last


def timing_features(as_of: AsOf, out: Out, company: Company = None, user: User = None, as_json: AsJson = False) -> None:
    """Write what the learned timing model measures of every item open on the day, as a Parquet table."""
    from o2c_ai.models.payment_timing.as_of_features import open_item_features
    from o2c_ai.models.payment_timing.features import items_frame

    door = open_door(company, user, as_json=as_json)
    day = as_of.date()
    with door.progress("Measuring"), door.reading() as (session, company_id):
        frame = open_item_features(items_frame(session, company_id, day), day)
    with whole_file(out) as draft:
        frame.to_parquet(draft, index=False)
    door.say(f"Features as of {day}.", {"items": len(frame), "columns": len(frame.columns), "file": out})
