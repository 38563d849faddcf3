"""Commands of versions: `o2c models list`, `compare`, `promote`, `rollback`, `drift`, `publish`."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from o2c_ai.cli.door import AsJson, AsOf, Company, Door, User, a_day, open_door, output, print_json
from o2c_ai.core.suggestions.rules import ONE_PPM, Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from o2c_ai.jobs.check_drift import Limits


LEARNERS = ("payment-timing", "remittance-matching")
"""What can be trained, in the order it is told."""

models = typer.Typer(help="Versions of the learners.", no_args_is_help=True)


class Of(enum.StrEnum):
    """Whose versions."""

    PAYMENT_TIMING = "payment-timing"
    """When an open item will be paid."""
    REMITTANCE_MATCHING = "remittance-matching"
    """What a bank line pays."""


OneLearner = Annotated[Of, typer.Argument(metavar="LEARNER", help="Whose version.")]
Learners = Annotated[Of | None, typer.Argument(metavar="[LEARNER]", help="Whose versions; all where none is named.")]


def add_to(app: typer.Typer) -> None:
    """Give the app its commands."""
    models.command("list")(list_)
    models.command("compare")(compare)
    models.command("promote")(promote)
    models.command("rollback")(rollback)
    models.command("drift")(drift)
    models.command("publish")(publish)
    app.add_typer(models, name="models")


def policy_of(door: Door) -> Policy:
    """When money may be applied untouched, by the settings."""
    return Policy(auto_ppm=round(door.settings.auto_precision * ONE_PPM))


def limits_of(door: Door) -> Limits:
    """From where on a version should be trained again, by the settings."""
    from o2c_ai.jobs.check_drift import Limits

    return Limits(door.settings.drift_features, door.settings.drift_calibration, door.settings.drift_error)


def list_(company: Company = None, user: User = None, as_json: AsJson = False) -> None:
    """List the versions of each learner: what serves, the challenger, figures beside the rules, flags."""
    from o2c_ai.jobs.listing import listed

    door = open_door(company, user, as_json=as_json)
    facts = {learner: listed(door.versions(learner)) for learner in LEARNERS}
    if as_json:
        print_json(facts)
        return
    for learner, told in facts.items():
        rows: Any = told["versions"]
        _show(f"{learner}: {told['serving']} serves", [_texts(row) for row in rows])
        for reason in told["retrain"]:  # type: ignore[attr-defined]  # a list of reasons
            output().print(f"  train again: {reason}", style="yellow")


def compare(
    as_of: AsOf, learner: Learners = None, company: Company = None, user: User = None, as_json: AsJson = False
) -> None:
    """Compare champion, challenger and rules on the same later items."""
    from o2c_ai.jobs.compare import side_by_side

    door = open_door(company, user, as_json=as_json)
    facts: dict[str, dict[str, Any]] = {}
    for name in _named(learner):
        with door.progress(f"Measuring {name}"), door.reading() as (session, company_id):
            facts[name] = side_by_side(
                session, company_id, registry=door.versions(name), policy=policy_of(door), as_of=as_of.date()
            )
    if as_json:
        print_json(facts)
        return
    for name, told in facts.items():
        compared = told.get("compared", "nothing was trained")
        if isinstance(compared, str):
            output().print(f"{name}: {compared}", style="bold")
        else:
            _show_comparison(name, compared)


def promote(
    learner: OneLearner,
    version: Annotated[str, typer.Argument(help="The version.")],
    as_of: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], callback=a_day, help="Compare on what was known then (default: the newest)."
        ),
    ] = None,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Let a version serve that did better than the rules and no worse than what serves; its trainer may not."""
    from o2c_ai.jobs.compare import judge, refusal_audited
    from o2c_ai.jobs.compare import promote as job

    door = open_door(company, user, as_json=as_json)
    registry, until = door.versions(learner), None if as_of is None else as_of.date()
    with refusal_audited(door.acting, registry, version):
        # Comparing takes half a minute, in which others go on writing.
        with door.progress("Comparing"), door.reading() as (session, company_id):
            found = judge(
                session, company_id, registry=registry, name=version, by=door.user, policy=policy_of(door), until=until
            )
        with door.acting() as (session, actor):
            job(session, actor, registry=registry, name=version, found=found)
    if not as_json:
        _show_comparison(learner, found.facts())
    compared = {"compared": found.facts()} if as_json else {}
    door.say("Serving.", {learner.value: version, **compared}, tell(door, [learner]))


def rollback(learner: OneLearner, company: Company = None, user: User = None, as_json: AsJson = False) -> None:
    """Let the version before serve again."""
    from o2c_ai.jobs.compare import roll_back as job

    door = open_door(company, user, as_json=as_json)
    registry = door.versions(learner)
    with door.acting() as (session, actor):
        facts = job(session, actor, registry=registry)
    door.say("Rolled back.", facts, tell(door, [learner]))


def drift(
    as_of: AsOf, learner: Learners = None, company: Company = None, user: User = None, as_json: AsJson = False
) -> None:
    """Look how far what is read and what came of it has moved since training, and whether to train again."""
    door = open_door(company, user, as_json=as_json)
    with door.progress("Looking back") as progress:
        facts = {name: look_at_drift(door, name, as_of.date(), progress) for name in _named(learner)}
    if as_json:
        print_json(facts)
        return
    for name, told in facts.items():
        _show_drift(name, told)


def look_at_drift(door: Door, learner: str, day: date, progress: Callable[[str], object]) -> dict[str, Any]:
    """How far a learner's champion has drifted; the flag is kept with it."""
    from o2c_ai.jobs.check_drift import drift as job
    from o2c_ai.jobs.check_drift import flag

    progress(learner)
    registry = door.versions(learner)
    with door.reading() as (session, company_id):
        facts = job(session, company_id, registry=registry, as_of=day, limits=limits_of(door))
    with door.acting() as (session, actor):
        flag(session, actor, registry=registry, as_of=day, facts=facts)
    return facts


def publish(
    page: Annotated[bool, typer.Option("--page", help="Then open MLflow's page, until interrupted.")] = False,
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port of the page on 127.0.0.1.")] = 5000,
    company: Company = None,
    user: User = None,
    as_json: AsJson = False,
) -> None:
    """Tell the tracking server of every version it does not know yet, and open its page."""
    from o2c_ai.jobs.publish import open_page

    door = open_door(company, user, as_json=as_json)
    facts, notes = _tell(door, LEARNERS)
    address = door.settings.tracking()
    door.say("Told.", {**facts, "tracking": address or "off"}, notes)
    if notes:
        raise typer.Exit(1)
    if page and address:
        open_page(address, port, lambda where: output().print(f"MLflow's page: {where} (Ctrl-C ends it)"))


def tell(door: Door, learners: Iterable[str]) -> list[str]:
    """Bring the tracking server in line after versions changed; what to say where it could not be reached."""
    return _tell(door, learners)[1]


def _tell(door: Door, learners: Iterable[str]) -> tuple[dict[str, object], list[str]]:
    address, facts = door.settings.tracking(), dict[str, object]()
    registries = [door.versions(learner) for learner in learners]
    changed = [registry for registry in registries if registry.versions()]
    if not address or not changed:
        return facts, []
    from o2c_ai.jobs.publish import publish_versions
    from o2c_ai.models.tracking import NotReached

    artifacts = door.settings.data_dir / "mlflow"
    with door.progress("Telling the tracking server") as progress:
        try:
            for registry in changed:
                facts[registry.learner] = publish_versions(
                    registry, address=address, artifacts=artifacts, progress=progress
                )
        except NotReached as error:
            what = f"the tracking server was not told ({error}): o2c models publish brings it in line"
            return facts, [what]
    return facts, []


def _named(learner: Of | None) -> Sequence[str]:
    return LEARNERS if learner is None else (learner.value,)


def _show(title: str, rows: Sequence[dict[str, str]]) -> None:
    console = output()
    console.print(title, style="bold")
    if rows:
        table = Table(*rows[0], box=None, pad_edge=True, header_style="dim")
        for row in rows:
            table.add_row(*row.values())
        console.print(table)


def _show_comparison(name: str, compared: dict[str, Any]) -> None:
    since = f" after {compared['since']}" if compared["since"] else ""
    title = f"{name}: {compared['items']:,} items{since} up to {compared['until']}, {compared['how']}"
    _show(title, [{"": way} | _texts(figures) for way, figures in compared["figures"].items()])
    for other, gaps in compared["less"].items():
        rows = [
            {"": measure, "less": f"{gap['point']:+}", "95 % interval": f"{gap['low']:+} to {gap['high']:+}"}
            | {"clearly": "worse" if gap["is_worse"] else ""}
            for measure, gap in gaps.items()
        ]
        _show(f"  {list(compared['figures'])[-1]} less {other}, customers drawn anew", rows)


def _show_drift(name: str, told: dict[str, Any]) -> None:
    console = output()
    console.print(f"{name}: {told['version']}", style="bold")
    moved = told.get("features")
    if isinstance(moved, dict):
        shown = ", ".join(f"{column} {index}" for column, index in list(moved.items())[:5])
        console.print(f"  stability index, most moved of {len(moved)} columns: {shown}")
    elif moved:
        console.print(f"  stability index: {moved}")
    for title, key in (("matured", "matured"), ("matured, challenger", "matured_challenger")):
        if key in told:
            console.print(f"  {title}: " + ", ".join(f"{name} {value}" for name, value in told[key].items()))
    for reason in told["retrain"]:
        console.print(f"  train again: {reason}", style="yellow")
    if not told["retrain"]:
        console.print("  nothing says to train again")


def _texts(row: dict[str, Any]) -> dict[str, str]:
    return {name.replace("_", " "): _text(value) for name, value in row.items()}


def _text(value: object) -> str:
    if isinstance(value, list):
        return " / ".join(map(_text, value))
    if value is None:
        return ""
    return f"{value:,}" if type(value) is int else str(value)
