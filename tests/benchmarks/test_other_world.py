"""The other world: a seed gives it again, its money adds up, and the import takes it as it is."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.by_kind import Sorted
from benchmarks.kinds import KINDS
from benchmarks.other_world.folder import write_other_world
from benchmarks.other_world.numbering import Numbering, luhn, modulo_ten, running_part
from benchmarks.other_world.records import OtherWorld
from benchmarks.other_world.world import invent
from benchmarks.papers import CLEARING, read_papers
from o2c_ai.formats.exchange import read_folder
from o2c_ai.jobs.import_folder import import_folder
from tests.books import open_books
from tests.laws import broken_laws

if TYPE_CHECKING:
    from o2c_ai.core.database import Store


def small_world(seed: int) -> OtherWorld:
    return invent(seed, customers=60, start=date(2025, 1, 6), days=150, work_days=30)


@pytest.fixture(scope="module")
def world() -> OtherWorld:
    return small_world(3)


def test_a_seed_gives_the_same_bytes_and_another_seed_others(world: OtherWorld, tmp_path: Path) -> None:
    for name, one in (("first", world), ("again", small_world(3)), ("other", small_world(4))):
        write_other_world(one, tmp_path / name)
    contents = {
        name: [path.read_bytes() for path in sorted((tmp_path / name).iterdir())]
        for name in ("first", "again", "other")
    }

    assert contents["first"] == contents["again"]
    assert contents["first"] != contents["other"]


@pytest.mark.parametrize("seed", [3, 11, 12])
def test_the_rows_of_every_line_add_up_to_it(seed: int) -> None:
    one = small_world(seed)
    sums: Counter[str] = Counter()
    for row in one.rows:
        sums[row.line_id] += row.amount

    assert sums == {line.line_id: line.amount for line in one.lines}
    assert all(line.amount for line in one.lines)
    assert [line.booked for line in one.lines] == sorted(line.booked for line in one.lines)


@pytest.mark.parametrize("seed", [3, 11, 12])
def test_no_paper_is_paid_beyond_its_amount_before_its_issue_or_by_another_currency(seed: int) -> None:
    one = small_world(seed)
    papers, lines = {paper.number: paper for paper in one.papers}, {line.line_id: line for line in one.lines}
    left = {number: paper.amount for number, paper in papers.items()}
    for row in one.rows:
        if not row.number:
            continue
        paper, line = papers[row.number], lines[row.line_id]
        assert (paper.customer_id, paper.currency) == (row.customer_id, line.currency)
        assert paper.issued <= line.booked
        assert left[row.number] or row.reason == "returned"
        left[row.number] -= row.amount
        assert min(0, paper.amount) <= left[row.number] <= max(0, paper.amount)
        if row.reason in {"", "netted"}:
            assert left[row.number] == 0
        elif row.reason in CLEARING | {"partial"}:
            assert left[row.number] > 0
            left[row.number] = 0 if row.reason in CLEARING else left[row.number]

    assert len(papers) == len(one.papers)


def test_history_and_truth_are_parted_by_the_day_and_read_back_whole(world: OtherWorld, tmp_path: Path) -> None:
    write_other_world(world, tmp_path)
    read = read_papers(tmp_path)

    assert {read.lines[one].booked > world.history_until for one in read.truth} == {True}
    assert {read.lines[one].booked > world.history_until for one in read.history} == {False}
    assert {*read.truth, *read.history} == {line.line_id for line in world.lines}
    assert [one.amount for one in read.lines.values()] == [line.amount for line in world.lines]
    assert read.changed == dict(world.changed)


def test_the_import_takes_the_folder_and_every_law_holds(sqlite_store: Store, tmp_path: Path) -> None:
    few = invent(5, customers=25, start=date(2025, 1, 6), days=75, work_days=20)
    write_other_world(few, tmp_path)
    work = sum(line.booked > few.history_until for line in few.lines)
    with sqlite_store.session() as session:
        books = open_books(sqlite_store, session)
        report = import_folder(session, books.actor, read_folder(tmp_path))

        assert (report.invoices.added, report.lines.added) == (len(few.papers), len(few.lines))
        assert report.lines_to_work == work > 50
        assert broken_laws(books) == []


def test_all_kinds_of_payers_and_reasons_occur(world: OtherWorld) -> None:
    reasons = Counter(row.reason for one in (world, small_world(11), small_world(12)) for row in one.rows)
    by_line: dict[str, set[str]] = defaultdict(set)
    for row in world.rows:
        if row.number:
            by_line[row.line_id].add(row.customer_id)

    assert reasons.keys() >= CLEARING | {"", "partial", "netted", "bank_charge", "overpayment", "not_ar", "returned"}
    assert max(map(len, by_line.values())) > 1
    assert {line.currency for line in world.lines} == {"EUR", "PLN", "CZK", "CHF", "SEK"}
    assert max(Counter(row.line_id for row in world.rows).values()) > 10


@pytest.mark.parametrize(
    ("country", "number", "memo", "counter"),
    [
        ("PL", "FV 131/11/2025", "KOR 1/11/2025", "131"),
        ("CZ", "25/00371-B", "D25/00371-B", "00371"),
        ("FR", "F2025.0001-2", "AV2025.0001-2", "0001"),
        ("CH", "GE-0004401", "GS-0004401", "0004401"),
        ("SE", "8640003", "K8640003", "8640003"),
        ("IT", "1/M-25", "1/NC-25", "1"),
        ("ES", "VA25-N-00801L", "AB25-N-00801L", "00801"),
        ("NL", "U.25.4.0001", "C.25.4.0001", "0001"),
    ],
)
def test_each_branch_numbers_in_a_way_of_its_own(country: str, number: str, memo: str, counter: str) -> None:
    numbering, day = Numbering(), date(2025, 11, 3)

    assert numbering.next(country, day, is_credit=False) == number
    assert numbering.next(country, day, is_credit=True) == memo
    assert running_part(number) == counter


def test_counters_begin_anew_with_their_period() -> None:
    numbering = Numbering()
    days = (date(2025, 10, 30), date(2025, 11, 3), date(2025, 11, 4))

    assert [numbering.next("PL", day, is_credit=False) for day in days] == [
        "FV 131/10/2025",
        "FV 131/11/2025",
        "FV 132/11/2025",
    ]


def test_check_digits_are_those_of_the_standards() -> None:
    assert modulo_ten("21000000000313947143000901") == "7"
    assert luhn("7992739871") == "3"


def test_its_numbers_have_no_shape_of_the_demo_or_of_the_simulated_year(world: OtherWorld) -> None:
    known = re.compile(r"(RE|INV|SI|CN|GU)[-/]?\d{2,4}|\d{6}-20\d\d|9000\d{5}")

    assert [paper.number for paper in world.papers if known.match(paper.number)] == []


@pytest.mark.slow
def test_the_world_that_is_measured_is_as_large_and_as_hard_as_it_says(tmp_path: Path) -> None:
    one = invent()
    write_other_world(one, tmp_path)
    read = read_papers(tmp_path)
    sets, payable = Sorted(read), len(read.paying())
    named = sum(bool(sets.kinds.named(line_id, read.truth[line_id])) for line_id in read.paying())

    assert 790 <= len(one.customers) <= 810
    assert 15_000 <= len(one.lines) <= 25_000
    assert 0.70 <= named / payable <= 0.80
    assert 0.015 <= len(sets.undecidable.lines) / payable <= 0.05
    assert [kind for kind in KINDS if not any(kind in of for of in sets.kinds.of.values())] == []
