"""Shows the versions of a learner on an MLflow server: what serves are the files of the registry, MLflow only tells."""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities import Run

FLAVOUR = "o2c_ai"
"""Our own files (LightGBM text and JSON): MLflow's loaders, which may unpickle, do not know it."""
VERSION, FILES, STATE = "o2c.version", "o2c.files", "o2c.state"
CHAMPION, CHALLENGER = "champion", "challenger"
_ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",  # it would report its use to its makers
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",  # a server that is down is said, not waited for
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}


class NotReached(Exception):
    """The tracking server did not take what it was told; nothing is lost, the next time brings it in line."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one version."""

    name: str
    digest: str
    """Of the files it serves from: another installation gives the same names to other versions."""
    code: str
    state: str
    """Changes whenever what is told of a version that is there already has to be told anew."""
    alias: str | None
    parameters: Mapping[str, object]
    metrics: Mapping[str, float]
    reads: Sequence[str]
    """Columns of its judges, all of them numbers."""
    answers: Sequence[str]
    files: Mapping[str, bytes]
    papers: Mapping[str, bytes]
    card: str
    tags: Mapping[str, str]

    @property
    def marks(self) -> dict[str, str]:
        """The tags by which it is known again."""
        return {VERSION: self.name, FILES: self.digest}


def publish(
    address: str, artifacts: Path, model: str, versions: Sequence[Told], progress: Callable[[str], object] = str
) -> dict[str, int]:
    """Bring a tracking server in line with the versions of one model: `new`, `changed`, `known`. Raises NotReached.

    A version is there once it is whole: what an interrupted call left behind is removed and told again. `artifacts` is
    where files go with a store that is a database on this machine.
    """
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    progress("starting MLflow")
    from mlflow import MlflowClient

    try:
        with _quiet():
            return _publish(MlflowClient(address, address), artifacts, model, versions, progress)
    except Exception as error:  # whatever a server does, versions are registered and serve
        raise NotReached(f"{type(error).__name__}: {str(error).splitlines()[0]}") from error


def page_command(address: str, port: int) -> list[str]:
    """The command that serves MLflow's page for this store, on 127.0.0.1 only."""
    where = ["--backend-store-uri", address, "--host", "127.0.0.1", "--port", str(port)]
    return [sys.executable, "-m", "mlflow", "server", *where, "--workers", "1"]


def _publish(
    client: MlflowClient, artifacts: Path, model: str, versions: Sequence[Told], progress: Callable[[str], object]
) -> dict[str, int]:
    experiment = _experiment(client, artifacts, model)
    _registered_model(client, model)
    there, counted = _whole_runs(client, experiment, model), {"new": 0, "changed": 0, "known": 0}
    for told in versions:
        run = there.get(_known_by(told.marks))
        if run is None:
            progress(f"telling of {model} {told.name}")
            _tell(client, experiment, model, told)
            counted["new"] += 1
        elif run.data.tags[STATE] != told.state:
            _tell_state(client, model, _model_version(client, model, run.info.run_id), run.info.run_id, told)
            counted["changed"] += 1
        else:
            counted["known"] += 1
    _aliases(client, model, versions)
    return counted


def _experiment(client: MlflowClient, artifacts: Path, model: str) -> str:
    found = client.get_experiment_by_name(model)
    if found is not None:
        return str(found.experiment_id)
    local = client.tracking_uri.startswith("sqlite:")
    place = (artifacts / model).resolve().as_uri() if local else None
    return str(client.create_experiment(model, artifact_location=place))


def _registered_model(client: MlflowClient, model: str) -> None:
    if not client.search_registered_models(f"name = '{model}'"):
        client.create_registered_model(
            model, description="What serves are the files beside the books, by their hashes."
        )


def _known_by(tags: Mapping[str, str]) -> tuple[str | None, str | None]:
    return tags.get(VERSION), tags.get(FILES)


def _whole_runs(client: MlflowClient, experiment: str, model: str) -> dict[tuple[str | None, str | None], Run]:
    """Version and digest of its files → its run; runs that were not told to the end are removed."""
    found = {}
    for run in client.search_runs([experiment], max_results=10_000):
        if STATE in run.data.tags:
            found[_known_by(run.data.tags)] = run
        elif VERSION in run.data.tags:
            for part in client.search_model_versions(f"name = '{model}' and run_id = '{run.info.run_id}'"):
                client.delete_model_version(model, part.version)
            client.delete_run(run.info.run_id)
    return found


def _tell(client: MlflowClient, experiment: str, model: str, told: Told) -> None:
    from mlflow.entities import Metric, Param

    run = client.create_run(experiment, run_name=told.name, tags=told.marks | {"o2c.code": told.code})
    number, began = run.info.run_id, run.info.start_time
    client.log_batch(
        number,
        metrics=[Metric(name, value, began, 0) for name, value in told.metrics.items()],
        params=[Param(name, str(value)) for name, value in told.parameters.items()],
    )
    logged = client.create_logged_model(
        experiment, name=model, source_run_id=number, model_type=FLAVOUR, params={}, tags=told.marks
    )
    with tempfile.TemporaryDirectory() as scratch:
        _write_model(Path(scratch), told, logged.model_id, number)
        client.log_model_artifacts(logged.model_id, scratch)
    client.finalize_logged_model(logged.model_id, "READY")
    version = client.create_model_version(
        model, source=logged.artifact_location, run_id=number, tags=told.marks, model_id=logged.model_id
    )
    client.set_terminated(number)
    _tell_state(client, model, str(version.version), number, told)


def _write_model(folder: Path, told: Told, model_id: str, run: str) -> None:
    """The files as they serve, beside MLflow's own page about them."""
    from mlflow.models import Model
    from mlflow.models.signature import ModelSignature
    from mlflow.types import ColSpec, DataType, Schema

    reads, answers = (
        Schema([ColSpec(DataType.double, name) for name in names]) for names in (told.reads, told.answers)
    )
    for name, content in told.files.items():
        (folder / name).write_bytes(content)
    page: Any = Model(model_id=model_id, run_id=run, signature=ModelSignature(reads, answers))
    page.add_flavor(FLAVOUR, code=told.code, files=sorted(told.files))
    page.save(str(folder / "MLmodel"))


def _tell_state(client: MlflowClient, model: str, version: str, run: str, told: Told) -> None:
    """What changes after training: card, chart, who let it serve. Told last, so that it says the rest is there."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, content in told.papers.items():
            (Path(scratch) / name).write_bytes(content)
        client.log_artifacts(run, scratch)
    client.update_model_version(model, version, description=told.card)
    for name, value in told.tags.items():
        client.set_tag(run, name, value)
        client.set_model_version_tag(model, version, name, value)
    client.set_tag(run, "mlflow.note.content", told.card)
    client.set_tag(run, STATE, told.state)


def _model_version(client: MlflowClient, model: str, run: str) -> str:
    (found,) = client.search_model_versions(f"name = '{model}' and run_id = '{run}'")
    return str(found.version)


def _aliases(client: MlflowClient, model: str, versions: Sequence[Told]) -> None:
    numbers = {_known_by(one.tags): str(one.version) for one in client.search_model_versions(f"name = '{model}'")}
    wanted = {told.alias: numbers[_known_by(told.marks)] for told in versions if told.alias}
    now = dict(client.get_registered_model(model).aliases)
    for alias in (CHAMPION, CHALLENGER):
        if alias in wanted and str(now.get(alias)) != wanted[alias]:
            client.set_registered_model_alias(model, alias, wanted[alias])
        elif alias in now and alias not in wanted:
            client.delete_registered_model_alias(model, alias)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep MLflow's notes on its own tables and servers off the terminal: what matters is said by us."""
    loggers = [logging.getLogger(name) for name in ("mlflow", "alembic", "urllib3.connectionpool")]
    before = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        for logger, level in zip(loggers, before, strict=True):
            logger.setLevel(level)
