"""What MLflow is told: each version once, whole, with its signature and files as they serve, and who is champion."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from o2c_ai.models.tracking import FILES, FLAVOUR, STATE, VERSION, NotReached, Told, page_command, publish

if TYPE_CHECKING:
    from pathlib import Path

    from mlflow import MlflowClient

NOBODY = "http://127.0.0.1:9"


def told(name: str, alias: str | None = None, state: str = "new") -> Told:
    """A version with one judge of two columns."""
    return Told(
        name=name,
        digest="5ca1ab1e",
        code="0.1.0+abc",
        state=state,
        alias=alias,
        parameters={"as_of": "2025-05-31", "days.learning_rate": "0.06"},
        metrics={"brier": 0.12, "rules/brier": 0.14},
        reads=["terms", "amount"],
        answers=["p_late"],
        files={"days.txt": b"trees\n", "facts.json": b"{}\n"},
        papers={"card.md": b"# a card\n", "calibration.svg": b"<svg/>\n"},
        card=f"# a card, {state}",
        tags={"o2c.trained_by": "ana"},
    )


class Server:
    """A store on this machine, and what it was told of one model."""

    def __init__(self, folder: Path, model: str) -> None:
        self.address, self.artifacts, self.model = f"sqlite:///{folder / 'mlflow.sqlite'}", folder / "files", model

    def publish(self, *versions: Told) -> dict[str, int]:
        return publish(self.address, self.artifacts, self.model, versions)

    @property
    def client(self) -> MlflowClient:
        from mlflow import MlflowClient

        return MlflowClient(self.address, self.address)

    def aliases(self) -> dict[str, str]:
        """Alias → version's name."""
        found = self.client.get_registered_model(self.model).aliases
        return {
            alias: self.client.get_model_version(self.model, str(number)).tags[VERSION]
            for alias, number in found.items()
        }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the store is that takes seconds to make, shared by the tests."""
    return tmp_path_factory.mktemp("tracking")


@pytest.fixture
def server(folder: Path, request: pytest.FixtureRequest) -> Server:
    """The store, to be told of a model of the test's own."""
    return Server(folder, request.node.name)


def test_a_version_is_told_once_and_whole(server: Server) -> None:
    first = [server.publish(told("v1", "champion")) for _ in range(2)]

    assert first == [{"new": 1, "changed": 0, "known": 0}, {"new": 0, "changed": 0, "known": 1}]
    (version,) = server.client.search_model_versions(f"name = '{server.model}'")
    run = server.client.get_run(str(version.run_id))
    assert run.data.metrics == {"brier": 0.12, "rules/brier": 0.14}
    assert run.data.params == {"as_of": "2025-05-31", "days.learning_rate": "0.06"}
    assert version.description == "# a card, new"
    assert {file.path for file in server.client.list_artifacts(str(version.run_id))} == {"card.md", "calibration.svg"}


def test_its_files_are_those_that_serve_with_a_signature_and_no_flavour_that_unpickles(server: Server) -> None:
    from mlflow.models import Model

    server.publish(told("v1", "champion"))

    (page,) = (server.artifacts / server.model).rglob("MLmodel")
    model = Model.load(str(page))
    assert list(model.flavors) == [FLAVOUR]
    assert model.signature.inputs.input_names() == ["terms", "amount"]
    assert model.signature.outputs.input_names() == ["p_late"]
    assert {path.name for path in page.parent.iterdir()} == {"MLmodel", "days.txt", "facts.json"}
    assert (page.parent / "days.txt").read_bytes() == b"trees\n"


def test_what_changed_since_is_told_anew_and_aliases_move(server: Server) -> None:
    server.publish(told("v1", "champion"))
    assert server.publish(told("v1"), told("v2", "challenger"))["new"] == 1
    assert server.aliases() == {"challenger": "v2"}

    changed = server.publish(told("v1"), told("v2", "champion", state="let serve"))

    assert changed == {"new": 0, "changed": 1, "known": 1}
    assert server.aliases() == {"champion": "v2"}
    (version,) = server.client.search_model_versions(f"name = '{server.model}' and tags.`{VERSION}` = 'v2'")
    assert version.description == "# a card, let serve"


def test_a_version_of_the_same_name_with_other_files_is_another(server: Server) -> None:
    server.publish(told("v1", "champion"))
    other = replace(told("v1", "champion"), digest="0ddba115", metrics={"brier": 0.3})

    assert server.publish(other) == {"new": 1, "changed": 0, "known": 0}

    versions = server.client.search_model_versions(f"name = '{server.model}'")
    briers = {one.tags[FILES]: server.client.get_run(str(one.run_id)).data.metrics["brier"] for one in versions}
    assert briers == {"5ca1ab1e": 0.12, "0ddba115": 0.3}
    champion = server.client.get_model_version_by_alias(server.model, "champion")
    assert champion.tags[FILES] == "0ddba115"


def test_what_was_interrupted_is_told_again(server: Server) -> None:
    broken = replace(told("v3"), papers={"nowhere/card.md": b"#"})
    with pytest.raises(NotReached, match="No such file"):
        server.publish(told("v1"), broken)

    assert server.publish(told("v1"), told("v3"))["new"] == 1

    versions = server.client.search_model_versions(f"name = '{server.model}' and tags.`{VERSION}` = 'v3'")
    assert [server.client.get_run(str(one.run_id)).data.tags[STATE] for one in versions] == ["new"]


def test_a_server_that_is_down_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotReached, match=r"MlflowException: API request to .* failed"):
        publish(NOBODY, tmp_path, "model", [told("v1")])


def test_the_page_is_served_on_this_machine_only() -> None:
    words = page_command("sqlite:///x", 5001)

    assert words[words.index("--host") + 1] == "127.0.0.1"
    assert "sqlite:///x" in words
