"""Settings come from the environment; each has a default with its reason, and one that cannot be is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from o2c_ai.settings import Settings


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is set by whoever runs the tests."""
    for name in Settings.model_fields:
        monkeypatch.delenv(f"O2C_{name.upper()}", raising=False)


def test_without_settings_the_database_is_a_file_in_the_data_folder() -> None:
    settings = Settings()

    assert settings.url() == f"sqlite:///{Path('var') / 'o2c.sqlite'}"
    assert (settings.company, settings.user, settings.demo_dir) == ("main", "cli", Path("var/demo"))
    assert settings.auto_precision == 0.997


def test_the_data_folder_moves_the_database_and_an_address_replaces_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("O2C_DATA_DIR", "elsewhere")
    assert Settings().url() == f"sqlite:///{Path('elsewhere') / 'o2c.sqlite'}"

    monkeypatch.setenv("O2C_DATABASE_URL", "postgresql://anna@host/books")
    assert Settings().url() == "postgresql://anna@host/books"


@pytest.mark.parametrize("precision", ["0.5", "1", "nan", "high"])
def test_a_precision_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, precision: str) -> None:
    monkeypatch.setenv("O2C_AUTO_PRECISION", precision)

    with pytest.raises(ValidationError, match="auto_precision"):
        Settings()


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_what_is_no_setting_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("O2C_COLOUR", "blue")

    assert not hasattr(Settings(), "colour")
