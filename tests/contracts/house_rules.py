"""The rules of this code base that no linter knows, each a function from one source file to its breaches.

A rule takes a `Source` and yields one line of text a breach, `path:line: what is wrong`; an empty result is a pass.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import PurePosixPath

LINES_PER_FILE = 400
LINES_PER_FUNCTION = 70

CORE = "o2c_ai/core/"
MIGRATIONS = "o2c_ai/core/migrations/"
PIECES = {"__init__", "rules", "tables", "queries", "actions"}
DRAWERS = {"utils", "util", "helpers", "common", "misc", "base", "manager"}
ENTRY_POINTS = ("o2c_ai/cli", "o2c_ai/api", "o2c_ai/demo")
CLOCKLESS = (CORE, "o2c_ai/models/", "o2c_ai/formats/", "o2c_ai/jobs/", "o2c_ai/demo/")
CLOCKS = {"now", "today", "utcnow", "current_date", "current_timestamp", "localtime", "gmtime", "time_ns"}
MACHINE_PATH = re.compile(r"(?<![\w.])/(work|root|home|tmp|Users|opt)/[A-Za-z.]|\b[A-Z]:\\Users\\")
REGISTRY_HOST = re.compile(r"pypi\.org|pythonhosted\.org|registry\.npmjs|deb\.debian\.org|conda\.anaconda\.org")


@dataclass(frozen=True)
class Source:
    """One text file of the repository: its path from the root, and what it says."""

    path: str
    text: str

    @property
    def is_python(self) -> bool:
        """True for Python source; the other rules look at text alone."""
        return self.path.endswith(".py")

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed source."""
        return ast.parse(self.text, filename=self.path)

    def breach(self, line: int, what: str) -> str:
        """Say where a rule is broken, as an editor can jump to."""
        return f"{self.path}:{line}: {what}"


Rule = Callable[[Source], Iterator[str]]


def only_the_four_pieces(source: Source) -> Iterator[str]:
    """A module of the core holds rules, tables, queries and actions, and nothing else."""
    parts = source.path.removeprefix(CORE).split("/")
    if not source.path.startswith(CORE) or source.path.startswith(MIGRATIONS) or len(parts) == 1:
        return
    if len(parts) > 2 or PurePosixPath(source.path).stem not in PIECES:
        yield source.breach(1, f"a module of the core holds only {sorted(PIECES)}")


def no_drawers(source: Source) -> Iterator[str]:
    """A file is named for what is in it; a drawer is named for the wish to put something away."""
    path = PurePosixPath(source.path)
    for name in sorted({*path.parts[:-1], path.stem} & DRAWERS):
        yield source.breach(1, f"{name!r} says nothing: name the file by its subject")
    if path.name == "models.py":
        yield source.breach(1, "tables.py holds tables, and models/ the learners: a models.py would be either")


def selects_only_in_queries(source: Source) -> Iterator[str]:
    """Questions to the books live in queries.py.

    Three files below them may ask for themselves: database.py and the migrations, which know no module, and audit.py,
    which is a single file with its own few questions.
    """
    exempt = {f"{CORE}database.py", f"{CORE}audit.py"}
    in_queries = source.path.startswith(CORE) and source.path.endswith("/queries.py")
    if not source.path.startswith("o2c_ai/") or source.path.startswith(MIGRATIONS):
        return
    if in_queries or source.path in exempt:
        return
    what = "select belongs in the queries.py of a core module"
    for node in ast.walk(source.tree):
        match node:
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] == "sqlalchemy":
                if any(name.name in {"select", "Select"} for name in names):
                    yield source.breach(node.lineno, what)
            case ast.Attribute(value=ast.Name(id="sqlalchemy" | "sa"), attr="select"):
                yield source.breach(node.lineno, what)
            case ast.Call(func=ast.Attribute(value=ast.Name(id="session"), attr="query")):
                yield source.breach(node.lineno, what)
            case ast.Call(func=ast.Name(id="text"), args=[ast.Constant(value=str(sql)), *_]):
                if sql.lstrip().lower().startswith(("select", "with")):
                    yield source.breach(node.lineno, what)


def no_clock(source: Source) -> Iterator[str]:
    """Dates and times are handed in by the caller, so that every result can be had again."""
    if not source.path.startswith(CLOCKLESS):
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.Attribute(attr=attr) if attr in CLOCKS:
                yield source.breach(node.lineno, f"{attr} reads a clock: take the date as an argument")
            case ast.Attribute(value=ast.Name(id="time"), attr="time"):
                yield source.breach(node.lineno, "time.time reads a clock: take the time as an argument")
            case ast.ImportFrom(module="time", names=names) if any(name.name in {"time", *CLOCKS} for name in names):
                yield source.breach(node.lineno, "time reads a clock: take the time as an argument")


def no_float_in_core(source: Source) -> Iterator[str]:
    """Money is whole minor units; what is not money is a whole number or a fraction as well."""
    if not source.path.startswith(CORE):
        return
    for node in ast.walk(source.tree):
        match node:
            case ast.Constant(value=float(value)):
                yield source.breach(node.lineno, f"the float {value} in the core")
            case ast.Name(id="float"):
                yield source.breach(node.lineno, "float in the core")
            case ast.ImportFrom(module=str(module), names=names) if module.split(".")[0] == "sqlalchemy":
                for name in names:
                    if name.name.lower() in {"float", "real", "double", "double_precision"}:
                        yield source.breach(node.lineno, f"a column of {name.name} in the core")


def only_entry_points_commit(source: Source) -> Iterator[str]:
    """What an entry point asked for is committed there, whole, and nowhere below.

    database.py makes the session and may end it.
    """
    allowed = source.path.startswith(ENTRY_POINTS) or source.path == f"{CORE}database.py"
    if allowed or not source.path.startswith("o2c_ai/"):
        return
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit":
            yield source.breach(node.lineno, "only an entry point commits")


def first_sentence(source: Source) -> Iterator[str]:
    """A file opens with one sentence that an accounts receivable clerk understands; a notebook with a text cell."""
    if source.path.startswith("notebooks/"):
        return
    first_line = (ast.get_docstring(source.tree) or "").split("\n", 1)[0].strip()
    if not re.search(r"\w+\W+\w+\W+\w+.*[.:?!]$", first_line):
        yield source.breach(1, "the file does not open with a sentence that says what it is for")


def short_files_and_functions(source: Source) -> Iterator[str]:
    """A file or function that outgrows its bound has two subjects; migrations may be as long as their change."""
    if source.path.startswith(MIGRATIONS):
        return
    lines = len(source.text.splitlines())
    if lines > LINES_PER_FILE:
        yield source.breach(1, f"{lines} lines: a file has at most {LINES_PER_FILE}")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LINES_PER_FUNCTION:
                yield source.breach(node.lineno, f"{node.name} has {length} lines of at most {LINES_PER_FUNCTION}")


def described_columns_and_members(source: Source) -> Iterator[str]:
    """Every column and every member of an enumeration in the core has a line beneath it that says what it means."""
    if not source.path.startswith(CORE) or not source.path.endswith(("/tables.py", "/rules.py")):
        return
    for owner in ast.walk(source.tree):
        if not isinstance(owner, ast.ClassDef):
            continue
        for statement, following in zip(owner.body, [*owner.body[1:], None], strict=True):
            name = _column_or_member(owner, statement)
            if name and not _is_string(following):
                yield source.breach(statement.lineno, f"{owner.name}.{name} has no line beneath it saying what it is")


def no_machine_paths(source: Source) -> Iterator[str]:
    """Nothing here knows where it lies on somebody's disk or where packages come from."""
    for number, line in enumerate(source.text.splitlines(), start=1):
        if found := MACHINE_PATH.search(line) or REGISTRY_HOST.search(line):
            yield source.breach(number, f"{found[0]!r} belongs to one machine or one registry")


def _column_or_member(owner: ast.ClassDef, statement: ast.stmt) -> str | None:
    """The name that a statement of a class body gives to a column, a relation or an enum member; None for others."""
    match statement:
        case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation):
            return name if ast.unparse(annotation).startswith("Mapped[") else None
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if not name.startswith("_"):
            called = ast.unparse(value.func).rpartition(".")[2] if isinstance(value, ast.Call) else ""
            is_enum = any(ast.unparse(parent).endswith(("Enum", "Flag")) for parent in owner.bases)
            return name if is_enum or called in {"mapped_column", "Column", "relationship"} else None
        case _:
            return None


def _is_string(statement: ast.stmt | None) -> bool:
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return bool(text.strip())
        case _:
            return False


RULES_FOR_PYTHON: tuple[Rule, ...] = (
    only_the_four_pieces,
    no_drawers,
    selects_only_in_queries,
    no_clock,
    no_float_in_core,
    only_entry_points_commit,
    first_sentence,
    short_files_and_functions,
    described_columns_and_members,
)
RULES_FOR_TEXT: tuple[Rule, ...] = (no_machine_paths,)
