"""Everything that can be set, with its default and the reason for it; read only where a program starts.

Each setting is an environment variable with the prefix `O2C_`, such as `O2C_DATABASE_URL`.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Settings of a program start."""

    model_config = SettingsConfigDict(env_prefix="O2C_", extra="ignore")

    data_dir: Path = Field(default=Path("var"), description="Folder of the database, models and files: beside you.")
    database_url: str = Field(default="", description="Address of the database; empty for SQLite in the data folder.")
    company: str = Field(default="main", description="Company whose books are meant when none is named.")
    user: str = Field(default="cli", description="Who acts when nobody is named: whoever may use this machine.")
    demo_dir: Path = Field(default=Path("var/demo"), description="Folder of the made-up company, apart from yours.")
    minimum_cash: str = Field(
        default="",
        description="Least closing cash wanted, as EUR=50000,USD=10000: a forecast warns of less. None by default.",
    )
    auto_precision: float = Field(
        default=0.997,
        gt=0.5,
        lt=1,
        description="Precision asked of money applied untouched: three wrong lines in a thousand are found by audit.",
    )

    def url(self) -> str:
        """The database address that holds."""
        return self.database_url or f"sqlite:///{self.data_dir / 'o2c.sqlite'}"
