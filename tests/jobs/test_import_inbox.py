"""What lies in a company's inbox is taken in: all of it or nothing, and nothing twice."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.errors import BadInput
from o2c_ai.core.job_runs.rules import Job, Order
from o2c_ai.jobs import runs
from o2c_ai.jobs.import_inbox import inbox_of
from o2c_ai.jobs.runs import StepsFailed
from tests.books import DAY
from tests.cli.statements import entry, write_statement
from tests.jobs.working import work_on

if TYPE_CHECKING:
    from pathlib import Path

    from tests.books import Books

TAKE = Order(Job.IMPORT_INBOX, DAY)


def test_papers_and_statements_of_an_inbox_are_taken_in_once(sqlite_books: Books, tmp_path: Path) -> None:
    work = work_on(sqlite_books, tmp_path)
    work.inbox.mkdir()
    (work.inbox / "customers.csv").write_text("customer_id,name\nC9,Neun GmbH\n", "utf-8")
    write_statement(work.inbox / "july.xml", entry(10_000, 1))

    first, again = (runs.run(work, TAKE) for _ in range(2))

    assert (first["files"], again["new_statement_lines"]) == (2, 0)
    assert first["new_statement_lines"] == 1
    shutil.rmtree(work.inbox)
    assert runs.run(work, TAKE) == {"files": 0, "new_statement_lines": 0}


def test_a_file_that_cannot_be_read_is_named_and_the_night_goes_on(sqlite_books: Books, tmp_path: Path) -> None:
    work = work_on(sqlite_books, tmp_path)
    work.inbox.mkdir()
    (work.inbox / "letter.txt").write_text("Dear all", "utf-8")
    (work.inbox / "invoices.csv").write_text("nothing\n", "utf-8")
    with pytest.raises(BadInput, match=r"invoices\.csv"):
        runs.prepare(work, TAKE)
    (work.inbox / "invoices.csv").unlink()

    with pytest.raises(StepsFailed, match=r"import_inbox: letter\.txt") as refusal:
        runs.run(work, Order(Job.NIGHTLY, DAY))

    assert set(refusal.value.why) == {"import_inbox"}


def test_no_companys_code_leads_out_of_the_inboxes(tmp_path: Path) -> None:
    for code in ("..", ".", "../main", "/", "a/b"):
        assert inbox_of(tmp_path, code).resolve().parent == tmp_path / "inbox"
    assert inbox_of(tmp_path, "main") == tmp_path / "inbox" / "main"
