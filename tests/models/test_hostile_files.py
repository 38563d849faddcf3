"""Model files from elsewhere are read as text and numbers; whatever is in them, no code of theirs runs."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from o2c_ai.models.payment_timing import predictor as timing
from o2c_ai.models.remittance_matching import predictor as matching

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

READERS = [
    pytest.param(timing.from_files, (timing.FACTS, timing.DAYS, *timing.LATE), id="payment-timing"),
    pytest.param(matching.from_files, (matching.COUNTS, matching.JUDGE, matching.ITEMS), id="remittance-matching"),
]


class Bomb:
    """Makes a file when somebody unpickles it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[[Path], object], tuple[Path]]:
        return Path.touch, (self.path,)


@pytest.mark.parametrize(("read", "names"), READERS)
def test_a_pickle_in_the_place_of_a_model_is_not_unpickled(
    read: Callable[[Mapping[str, bytes]], object], names: tuple[str, ...], tmp_path: Path
) -> None:
    went_off = tmp_path / "went_off"
    bomb = pickle.dumps(Bomb(went_off))

    with pytest.raises(ValueError, match=r"utf-8|Expecting value"):
        read(dict.fromkeys(names, bomb))

    assert not went_off.exists()
    pickle.loads(bomb)  # noqa: S301 - our own bytes: the bomb is real
    assert went_off.exists()


def test_nothing_that_reads_models_knows_how_to_unpickle() -> None:
    package = Path(timing.__file__).parents[2]
    unpicklers = ("pickle", "joblib", "cloudpickle", "dill", "skops", "marshal", "torch.load")

    found = [
        f"{path.name}: {line.strip()}"
        for path in package.rglob("*.py")
        for line in path.read_text("utf-8").splitlines()
        if line.lstrip().startswith(("import ", "from ")) and any(word in line.split() for word in unpicklers)
    ]

    assert found == []
