"""Settings of a training run are read whole, and what means nothing is refused with what would."""

from __future__ import annotations

from pathlib import Path

import pytest

from o2c_ai.core.errors import BadInput
from o2c_ai.models.payment_timing.judges import DAY_JUDGE, DAY_LEAVES, LATE_JUDGE, LATE_LEAVES, Config
from tests.docs.fences import ROOT
from training.configs import matching_seed, timing_config
from training.search import as_toml, read_space

TRAINING = ROOT / "training"


def refusal(path: Path, text: str) -> list[tuple[str | None, str]]:
    """Field and what is wrong with it, of a payment-timing config."""
    path.write_text(text, "utf-8")
    with pytest.raises(BadInput) as caught:
        timing_config(path)
    return [(problem.field, problem.what) for problem in caught.value.problems]


def test_the_settings_kept_here_are_the_usual_ones() -> None:
    config = timing_config(TRAINING / "payment_timing.toml")

    assert (config.seed, config.left_out) == (0, ())
    assert dict(config.days) == DAY_JUDGE
    assert dict(config.late) == LATE_JUDGE
    assert matching_seed(TRAINING / "remittance_matching.toml") == 0


def test_without_a_file_everything_is_as_usual() -> None:
    assert timing_config(None) == Config()
    assert matching_seed(None) == 0


@pytest.mark.parametrize(
    ("text", "field", "what"),
    [
        ("sead = 1", "sead", "means nothing"),
        ("[days]\nleaves = 3", "days.leaves", "means nothing"),
        ("[late]\nnum_threads = 8", "late.num_threads", "means nothing"),
        ("[days]\nnum_leaves = 'many'", "days.num_leaves", "is no number"),
        ("days = 3", "days", "is no table"),
        ("seed = -1", "seed", "-1 is no seed"),
        ("left_out = ['shoe size']", "left_out", "['shoe size'] are no columns"),
    ],
)
def test_what_means_nothing_is_refused(tmp_path: Path, text: str, field: str, what: str) -> None:
    assert refusal(tmp_path / "mine.toml", text) == [(field, what)]


def test_every_unknown_name_is_said_at_once(tmp_path: Path) -> None:
    assert [field for field, _ in refusal(tmp_path / "mine.toml", "one = 1\ntwo = 2")] == ["one", "two"]


@pytest.mark.parametrize("text", ["= 3", b"\xff".decode("latin-1")])
def test_a_file_that_is_not_toml_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(text, "latin-1")

    with pytest.raises(BadInput, match="is not TOML"):
        timing_config(path)


def test_the_space_kept_here_holds_the_usual_settings() -> None:
    space = read_space(TRAINING / "search.toml")

    usual = {"days": {**DAY_JUDGE, "num_leaves": DAY_LEAVES[1]}, "late": {**LATE_JUDGE, "num_leaves": LATE_LEAVES[1]}}
    for judge, parameters in space.items():
        for name, span in parameters.items():
            assert span["low"] <= float(str(usual[judge][name])) <= span["high"], name


@pytest.mark.parametrize("text", ["[days.num_leaves]\nlow = 9\nhigh = 3", "[days.num_leaves]\nlow = 9"])
def test_a_span_needs_two_ends_in_order(tmp_path: Path, text: str) -> None:
    path = tmp_path / "space.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(BadInput, match="give low and high"):
        read_space(path)


def test_what_a_search_found_is_read_as_settings(tmp_path: Path) -> None:
    path = tmp_path / "best.toml"
    path.write_text(as_toml({"days.num_leaves": 31, "late.learning_rate": 0.05}, 4), "utf-8")

    assert timing_config(path) == Config(4, {"num_leaves": 31}, {"learning_rate": 0.05})
