"""The judge: what counts as right, twins and charges, and the same figures as the score that lies beside a set."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from benchmarks.judging import Judge, Proposal, read_options, read_proposals
from benchmarks.measures import measures, wilson
from benchmarks.papers import Papers, Row, read_papers
from tests.benchmarks.papers_by_hand import advice, invoice, line, papers, pays

TWINS = [invoice("F.1001", 500), invoice("F.1002", 500)]


def judged(found: Papers, decision: str = "auto", **cash: dict[str, int]) -> Judge:
    return Judge(found, {line_id: Proposal(decision, 0.9, Counter(held)) for line_id, held in cash.items()})


def one_line(text: str = "", *rows: Row, amount: int = 500) -> Papers:
    return papers(TWINS, [line("L1", amount, text)], truth={"L1": rows or (pays("F.1001", 500),)})


def test_the_true_invoice_with_its_cash_is_right_and_a_cent_is_forgiven() -> None:
    assert judged(one_line(), L1={"F.1001": 500}).good == {"L1"}
    assert judged(one_line(), L1={"F.1001": 499}).good == {"L1"}
    assert judged(one_line(), L1={"F.1001": 480}).good == set()


def test_equal_twins_are_interchangeable_unless_something_tells() -> None:
    told = papers(TWINS, [line("L1", 500)], truth={"L1": (pays("F.1001", 500),)}, advices=(advice("", 1, "F.1001"),))

    assert judged(one_line(), L1={"F.1002": 500}).good == {"L1"}
    assert judged(one_line("FACT 1001"), L1={"F.1002": 500}).good == set()
    assert judged(told, L1={"F.1002": 500}).good == set()


def test_a_charge_may_be_booked_apart_or_against_the_invoice_and_nothing_else() -> None:
    charged = one_line("1001", pays("F.1001", 500), Row("", "C1", -20, "bank_charge"), amount=480)

    assert judged(charged, L1={"F.1001": 500}).good == {"L1"}
    assert judged(charged, L1={"F.1001": 480}).good == {"L1"}
    assert judged(charged, L1={"F.1001": 490}).good == set()


def test_cash_beyond_an_invoice_makes_every_line_wrong_that_took_part() -> None:
    lines = [line("L1", 500), line("L2", 500)]
    found = papers(TWINS, lines, truth={"L1": (pays("F.1001", 500),), "L2": (pays("F.1002", 500),)})

    assert judged(found, L1={"F.1001": 500}, L2={"F.1001": 500}).good == set()
    assert judged(found, L1={"F.1002": 500}, L2={"F.1001": 500}).good == {"L1", "L2"}


def test_a_line_left_to_a_person_is_right_but_not_straight_through() -> None:
    judge = judged(one_line(), "review", L1={"F.1001": 500})

    assert (judge.right, judge.good, judge.auto) == ({"L1"}, set(), [])


def test_applying_money_that_pays_nothing_is_counted() -> None:
    found = papers(TWINS, [line("L1", 500)], truth={"L1": (Row("", "C1", 500, "duplicate"),)})

    figures = measures(judged(found, L1={"F.1001": 500}))

    assert (figures["ar_lines"], figures["false_auto_on_others"], figures["auto_precision"]) == (0, 1, 0.0)


def test_the_bounds_of_a_share_are_wilsons() -> None:
    assert wilson(3923, 3933) == (0.99533, 0.99862)
    assert wilson(0, 0) == (0.0, 0.0)


def test_proposals_and_options_are_read_as_they_are_written(tmp_path: Path) -> None:
    found = one_line()
    (tmp_path / "p.csv").write_text(
        "line_id,decision,probability,invoice_id,amount,reason\n"
        "L1,auto,0.9,F.1001,4.00,partial\nL1,auto,0.9,,1.00,overpayment\nL9,auto,0.9,F.1001,4.00,\n",
        encoding="utf-8",
    )
    (tmp_path / "o.csv").write_text(
        "line_id,rank,probability,invoice_id,amount\nL1,2,0.1,F.1002,5.00\nL1,1,0.8,F.1001,5.00\n", encoding="utf-8"
    )

    assert read_proposals(tmp_path / "p.csv", found) == {
        "L1": Proposal("auto", 0.9, Counter({"F.1001": 400}), {"F.1001": "partial"})
    }
    assert read_options(tmp_path / "o.csv", found) == {"L1": [Counter({"F.1001": 500}), Counter({"F.1002": 500})]}


@pytest.mark.slow
@pytest.mark.shared
def test_the_figures_are_those_of_the_score_beside_the_simulated_year(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "cashapp-dev"
    found = read_papers(folder)
    write_muddled(found, tmp_path / "p.csv")
    command = [sys.executable, str(folder / "score.py"), str(folder), str(tmp_path / "p.csv")]
    theirs = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)

    ours = json.loads(json.dumps(measures(Judge(found, read_proposals(tmp_path / "p.csv", found)))))

    assert ours == theirs


def write_muddled(found: Papers, path: Path) -> None:
    """The truth as proposals, some of them wrong, left to a person, or short of an invoice."""
    rng = Random(5)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("line_id", "decision", "probability", "invoice_id", "amount", "reason"))
        for line_id in found.truth:
            decision, chance = rng.choice(("auto", "auto", "review", "exception")), rng.randrange(1000) / 1000
            for row in found.paid(line_id)[int(rng.random() < 0.2) :]:
                amount = row.amount + rng.choice((0, 0, 0, 0, 1, 250))
                writer.writerow((line_id, decision, chance, row.number, f"{amount / 100:.2f}", row.reason))
