"""The whole tree keeps the rules that no linter knows, and each rule is shown to catch what it is there for."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.contracts import house_rules
from tests.contracts.house_rules import Rule, Source

ROOT = Path(__file__).parents[2]
SLASH = "/"
OPENING = '"""Says what this file is for."""\n'


def listed_files() -> Iterator[Path]:
    """Every file that is in the repository or about to be: what git ignores is nobody's text."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listing = subprocess.run(command, capture_output=True, check=True, text=True).stdout
        paths = (ROOT / name for name in listing.split("\0") if name)
    else:  # an unpacked archive: then every file that is not hidden
        paths = (path for path in ROOT.rglob("*") if not any(part[0] == "." for part in path.relative_to(ROOT).parts))
    return (path for path in sorted(paths) if path.is_file())


@cache
def sources() -> tuple[Source, ...]:
    """The text files of the tree; pictures and other bytes are left out."""
    found = []
    for path in listed_files():
        content = path.read_bytes()
        if b"\0" not in content:
            found.append(Source(path.relative_to(ROOT).as_posix(), content.decode("utf-8", errors="replace")))
    return tuple(found)


@pytest.mark.parametrize("rule", house_rules.RULES_FOR_PYTHON, ids=lambda rule: rule.__name__)
def test_all_python_source_keeps_the_rule(rule: Rule) -> None:
    python = [source for source in sources() if source.is_python]
    breaches = [breach for source in python for breach in rule(source)]

    assert len(python) > 1
    assert not breaches, "\n".join(breaches)


@pytest.mark.parametrize("rule", house_rules.RULES_FOR_TEXT, ids=lambda rule: rule.__name__)
def test_all_text_keeps_the_rule(rule: Rule) -> None:
    breaches = [breach for source in sources() for breach in rule(source)]

    assert not breaches, "\n".join(breaches)


BREACHES: tuple[tuple[Rule, str, str], ...] = (
    (house_rules.only_the_four_pieces, "o2c_ai/core/ledger/posting.py", ""),
    (house_rules.only_the_four_pieces, "o2c_ai/core/ledger/rules/balance.py", ""),
    (house_rules.no_drawers, "o2c_ai/formats/utils.py", ""),
    (house_rules.no_drawers, "o2c_ai/helpers/dates.py", ""),
    (house_rules.no_drawers, "o2c_ai/core/ledger/models.py", ""),
    (house_rules.selects_only_in_queries, "o2c_ai/core/ledger/actions.py", "from sqlalchemy import select"),
    (house_rules.selects_only_in_queries, "o2c_ai/jobs/train.py", "from sqlalchemy.sql import select"),
    (house_rules.selects_only_in_queries, "o2c_ai/models/splits.py", "sa.select(Entry)"),
    (house_rules.selects_only_in_queries, "o2c_ai/cli.py", "session.query(Entry)"),
    (house_rules.selects_only_in_queries, "o2c_ai/demo/company.py", "text('SELECT * FROM entry')"),
    (house_rules.no_clock, "o2c_ai/core/people/rules.py", "datetime.now(tz=UTC)"),
    (house_rules.no_clock, "o2c_ai/core/people/tables.py", "mapped_column(default=date.today)"),
    (house_rules.no_clock, "o2c_ai/jobs/deliver.py", "time.time()"),
    (house_rules.no_clock, "o2c_ai/formats/camt.py", "from time import time"),
    (house_rules.no_float_in_core, "o2c_ai/core/money.py", "rate = 0.19"),
    (house_rules.no_float_in_core, "o2c_ai/core/money.py", "float(amount)"),
    (house_rules.no_float_in_core, "o2c_ai/core/money.py", "def tax(rate: float) -> int: ..."),
    (house_rules.no_float_in_core, "o2c_ai/core/ledger/tables.py", "from sqlalchemy import Float"),
    (house_rules.only_entry_points_commit, "o2c_ai/core/ledger/actions.py", "session.commit()"),
    (house_rules.only_entry_points_commit, "o2c_ai/jobs/train.py", "session.commit()"),
    (house_rules.first_sentence, "o2c_ai/core/money.py", "MINOR = 2"),
    (house_rules.first_sentence, "o2c_ai/core/money.py", '"""Money."""'),
    (house_rules.short_files_and_functions, "o2c_ai/core/money.py", "x = 1\n" * 401),
    (house_rules.short_files_and_functions, "o2c_ai/core/money.py", "def f():\n" + "    x = 1\n" * 70),
    (house_rules.described_columns_and_members, "o2c_ai/core/ledger/tables.py", "class T:\n    a: Mapped[int]\n"),
    (
        house_rules.described_columns_and_members,
        "o2c_ai/core/ledger/tables.py",
        "class T:\n    a = Column()\n    x = 1\n",
    ),
    (house_rules.described_columns_and_members, "o2c_ai/core/ledger/rules.py", "class S(StrEnum):\n    A = 'a'\n"),
    (house_rules.no_machine_paths, "README.md", f"cd {SLASH}home/clerk"),
    (house_rules.no_machine_paths, "Makefile", f"TREE := {SLASH}work/main"),
    (house_rules.no_machine_paths, "requirements.lock", "# from pypi" + ".org"),
)


@pytest.mark.parametrize(("rule", "path", "text"), BREACHES)
def test_a_breach_is_named_with_its_file_and_line(rule: Rule, path: str, text: str) -> None:
    breaches = list(rule(Source(path, text)))

    assert breaches
    assert all(breach.startswith(f"{path}:") for breach in breaches)


ALLOWED: tuple[tuple[Rule, str, str], ...] = (
    (house_rules.only_the_four_pieces, "o2c_ai/core/ledger/actions.py", ""),
    (house_rules.only_the_four_pieces, "o2c_ai/core/migrations/versions/2026_first.py", ""),
    (house_rules.no_drawers, "o2c_ai/models/splits.py", ""),
    (house_rules.selects_only_in_queries, "o2c_ai/core/ledger/queries.py", "from sqlalchemy import select"),
    (house_rules.selects_only_in_queries, "o2c_ai/core/ledger/actions.py", "text('UPDATE entry SET sealed = 1')"),
    (house_rules.no_clock, "o2c_ai/cli.py", "date.today()"),
    (house_rules.no_clock, "o2c_ai/jobs/train.py", "time.perf_counter()"),
    (house_rules.no_float_in_core, "o2c_ai/models/splits.py", "share = 0.8"),
    (house_rules.only_entry_points_commit, "o2c_ai/cli.py", "session.commit()"),
    (house_rules.first_sentence, "o2c_ai/core/money.py", OPENING),
    (house_rules.short_files_and_functions, "o2c_ai/core/money.py", "def f():\n" + "    x = 1\n" * 69),
    (
        house_rules.described_columns_and_members,
        "o2c_ai/core/a/tables.py",
        "class T:\n    a: Mapped[int]\n    'an a'\n",
    ),
    (house_rules.described_columns_and_members, "o2c_ai/core/a/tables.py", "class T:\n    __tablename__ = 't'\n"),
    (house_rules.no_machine_paths, "README.md", f"see docs{SLASH}home{SLASH}start.md"),
)


@pytest.mark.parametrize(("rule", "path", "text"), ALLOWED)
def test_what_is_allowed_is_let_through(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text))) == []


def test_every_rule_is_shown_to_catch_something() -> None:
    assert {rule for rule, _, _ in BREACHES} == {*house_rules.RULES_FOR_PYTHON, *house_rules.RULES_FOR_TEXT}
