"""Runs in an environment of its own: links bank lines with open items by Splink and writes the pairs it finds.

`python splink_program.py FOLDER`: reads lines.jsonl and items.jsonl, learns model.json where it is not there yet, and
writes pairs.csv (line, item, match weight: the binary logarithm of the odds).
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import duckdb
import splink.comparison_level_library as level
import splink.comparison_library as compare
from splink import Linker, SettingsCreator, block_on
from splink.backends.duckdb import DuckDBAPI

WEIGHT_MIN = -4.0
"""Pairs less likely than one to sixteen are not written."""
COLUMNS = (
    "{unique_id: 'BIGINT', amount: 'BIGINT', currency: 'VARCHAR', refs: 'VARCHAR[]', accounts: 'VARCHAR[]', "
    "name: 'VARCHAR'}"
)
RULES = (
    block_on("currency", "amount"),
    block_on("refs", arrays_to_explode=["refs"]),
    block_on("accounts", arrays_to_explode=["accounts"]),
)


def settings() -> SettingsCreator:
    """Amount, numbers quoted, account and name, each compared by itself."""
    amounts = compare.CustomComparison(
        output_column_name="amount",
        comparison_levels=[
            level.NullLevel("amount"),
            level.ExactMatchLevel("amount"),
            level.PercentageDifferenceLevel("amount", 0.05),
            level.ElseLevel(),
        ],
    )
    comparisons = [
        amounts,
        compare.ArrayIntersectAtSizes("refs", [1]),
        compare.ArrayIntersectAtSizes("accounts", [1]),
        compare.JaroWinklerAtThresholds("name", [0.95, 0.88]),
    ]
    return SettingsCreator(
        link_type="link_only", comparisons=comparisons, blocking_rules_to_generate_predictions=list(RULES)
    )


def link(folder: Path) -> None:
    """Train once, then predict."""
    database = duckdb.connect()
    api = DuckDBAPI(database)
    for name in ("lines", "items"):
        database.execute(f"CREATE TABLE {name} AS FROM read_json('{folder / name}.jsonl', columns={COLUMNS})")
    tables = [api.register(name, dataset_display_name=name) for name in ("lines", "items")]
    model = folder / "model.json"
    linker = Linker(tables, model if model.exists() else settings(), log_level=logging.ERROR)
    if not model.exists():
        train(linker)
        linker.misc.save_model_to_json(str(model), overwrite=True)
    pairs = linker.inference.predict(threshold_match_weight=WEIGHT_MIN).physical_name
    sides = [f"CASE source_dataset_l WHEN 'lines' THEN unique_id_{a} ELSE unique_id_{b} END" for a, b in ("lr", "rl")]
    found = f"SELECT {sides[0]} AS line, {sides[1]} AS item, match_weight FROM {pairs}"  # noqa: S608 - own names
    database.execute(f"COPY ({found}) TO '{folder / 'pairs.csv'}' (HEADER)")


def train(linker: Linker) -> None:
    """As Splink's guides do: a prior by sure rules, u by random pairs, m by expectation maximisation, twice."""
    sure = [block_on("currency", "amount", "refs", arrays_to_explode=["refs"])]
    linker.training.estimate_probability_two_random_records_match(sure, recall=0.6)
    linker.training.estimate_u_using_random_sampling(max_pairs=2_000_000, seed=1)
    for rule in (RULES[0], block_on("currency", "name")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)


if __name__ == "__main__":
    link(Path(sys.argv[1]))
