"""Everything that can be set, with its default and the reason for it; read only where a program starts.

Each setting is an environment variable with the prefix `O2C_`, such as `O2C_DATABASE_URL`.
"""

from __future__ import annotations

from datetime import date
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
    tracking_uri: str = Field(
        default="",
        description="Address of the MLflow server that is told of every version; empty for SQLite in the data folder, "
        "which needs no server; off to tell nobody.",
    )
    drift_features: float = Field(
        default=0.1,
        gt=0,
        description="Population stability index of the middle column from which on a version should be trained again: "
        "below 0.1 nothing has moved, by custom.",
    )
    drift_calibration: float = Field(
        default=0.05,
        gt=0,
        lt=1,
        description="Mean distance of probabilities from what came of them that raises the same flag: at 5 points a "
        "ranking by expected money begins to change.",
    )
    drift_error: float = Field(
        default=1.25,
        gt=1,
        description="Error of matured predictions beside the error in training that raises it: a quarter more is about "
        "what a model wins over the rules.",
    )

    host: str = Field(default="127.0.0.1", description="Address the service answers on: this machine alone.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port the service answers on; 0 for any free one.")
    today: date | None = Field(default=None, description="Day the pages stand on; empty for the calendar's own.")
    upload_max_mb: int = Field(
        default=64, ge=1, description="Largest file taken in, in megabytes: a year of statements."
    )
    ask_second_factor: bool = Field(
        default=True, description="Whether approvers and administrators need a second factor: theirs are the keys."
    )
    password_memory_kib: int = Field(default=65_536, ge=8, description="Memory to check a password: dear to guess.")
    password_rounds: int = Field(default=3, ge=1, description="Rounds to check a password: a third of a second.")

    def tracking(self) -> str:
        """The tracking server's address that holds; empty where nobody is told."""
        if self.tracking_uri == "off":
            return ""
        return self.tracking_uri or f"sqlite:///{self.data_dir / 'mlflow.sqlite'}"

    def url(self) -> str:
        """The database address that holds."""
        return self.database_url or f"sqlite:///{self.data_dir / 'o2c.sqlite'}"
