"""Peers see what we see, pay no item beyond what is open on it, and are held to the precision asked by history."""

from __future__ import annotations

import csv
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from benchmarks.beside import peers, write
from benchmarks.peer_books import NEVER, Guess, Peer, PeerBooks, decide, is_right, judged_on_history, least_score
from benchmarks.peer_fuzzy import Fuzzy
from benchmarks.peer_ranks import Ranks
from benchmarks.peer_splink import Splink
from o2c_ai.formats.proposals import Names
from o2c_ai.models.remittance_matching.records import Papers, Reason
from tests.models.remittance_matching.papers import ACME, OTHER, PAY_DAY, booked, invoice, papers, payment

BEFORE = PAY_DAY - timedelta(days=1)
each_peer = pytest.mark.parametrize("peer", [Fuzzy(), Ranks()], ids=lambda peer: peer.name)


@pytest.fixture
def story() -> Papers:
    """A payment booked yesterday; today one that quotes a number, the same again, and money going out."""
    past, quoted, other = invoice("INV-2025-1001", 30_000), invoice("INV-2025-1002", 40_000), invoice("INV-7", 50_000)
    old = payment(30_000, "INV-2025-1001", payer_name="Acme Brücken GmbH", booking_date=BEFORE)
    today = [payment(40_000, "INV-2025-1002", payer_name="Acme Brücken GmbH") for _ in range(2)]
    lines = [old, *today, payment(-40_000, "INV-2025-1002")]
    return papers([past, quoted, other], lines, bookings=[booked(old, past, 30_000)])


@each_peer
def test_a_peer_applies_what_is_quoted_once_and_shows_it_the_second_time(peer: Peer, story: Papers) -> None:
    threshold = least_score(judged_on_history(story, peer, BEFORE), 0.997)
    walked = decide(story, peer, PAY_DAY, PAY_DAY, threshold)

    quoted = story.items[1].item_id
    assert 0 < threshold < NEVER
    assert [(guess.cash, applied) for guess, applied in walked.guesses] == [
        ({quoted: 40_000}, True),
        ({quoted: 40_000}, False),
    ]
    assert walked.lines == 2


def test_between_equals_the_ranks_leave_the_line_to_a_person() -> None:
    twins = [invoice(f"INV-2025-{number}", 10_000) for number in (2001, 2002)]
    line = payment(10_000, "Danke", payer_name="Acme Brücken GmbH")

    walked = decide(papers(twins, [line]), Ranks(), PAY_DAY, PAY_DAY, 1.0)

    assert [(guess.score, applied) for guess, applied in walked.guesses] == [(0.0, False)]


def test_balances_and_accounts_are_those_that_people_booked(story: Papers) -> None:
    other = invoice("INV-9", 20_000, customer_id=OTHER)
    line = payment(5_000, payer_account="DE00", booking_date=BEFORE)
    part = booked(line, other, 5_000, Reason.PARTIAL)
    books = PeerBooks(replace(story, items=[*story.items, other], bookings=[*story.bookings, part]))

    books.advance(PAY_DAY)
    books.book(line)

    assert books.open_minor(other.item_id) == 15_000
    assert books.accounts["DE00"] == {OTHER}
    assert ACME not in books.accounts["DE00"]


def test_the_threshold_is_the_lowest_score_at_which_the_precision_still_holds() -> None:
    judged = [(5.0, True), (4.0, True), (4.0, True), (3.0, False), (2.0, True)]

    assert least_score(judged, 0.8) == 2.0
    assert least_score(judged, 0.9) == 4.0
    assert least_score([(4.0, False), *judged], 0.9) == 5.0
    assert least_score([(6.0, False), (5.0, True)], 0.9) == NEVER


def test_a_bank_charge_may_stand_apart_or_against_the_items() -> None:
    item, line = invoice("INV-1", 10_000), payment(9_500)
    rows = [booked(line, item, 10_000), booked(line, None, -500, Reason.BANK_CHARGE)]

    assert is_right(Guess(line, 1.0, {item.item_id: 9_500}), rows)
    assert not is_right(Guess(line, 1.0, {item.item_id: 9_499}), rows)
    assert not is_right(Guess(line, 1.0, {item.item_id + 1: 9_500}), rows)


def test_guesses_are_written_in_the_form_of_proposals(tmp_path: Path) -> None:
    line = payment(12_345)
    names = Names({line.line_id: ("L1", "EUR", 12_345)}, {1: ("INV-1", ACME), 2: ("INV-2", ACME)}, {}, {})

    write(tmp_path / "p.csv", [(Guess(line, 0.9, {1: 10_000, 2: 2_345}), True)], names)

    with (tmp_path / "p.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line_id"], row["decision"], row["invoice_id"], row["amount"]) for row in rows] == [
        ("L1", "auto", "INV-1", "100.00"),
        ("L1", "auto", "INV-2", "23.45"),
    ]


def test_where_splink_cannot_be_installed_the_others_are_measured_and_it_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    false = shutil.which("false")
    monkeypatch.setattr(shutil, "which", lambda _: false)

    found = list(peers(tmp_path, "a set"))

    assert [peer.name for peer in found] == [Fuzzy.name, Ranks.name]
    assert "Splink cannot be installed, skipped" in capsys.readouterr().out


def test_linked_items_that_add_up_are_taken_together_and_ties_are_left_to_a_person(tmp_path: Path) -> None:
    items = [invoice(f"INV-{amount}", amount) for amount in (1_000, 2_000, 4_000, 4_000)]
    line = payment(3_000)
    books = PeerBooks(papers(items, [line]))
    books.advance(PAY_DAY)
    splink = Splink(Path("python"), tmp_path)
    ids = [item.item_id for item in items]

    splink.weights = {line.line_id: [(9.0, ids[0]), (8.0, ids[1]), (2.0, ids[2])]}
    (both,) = splink.guesses(books, [line])
    splink.weights = {line.line_id: [(9.0, ids[2]), (9.0, ids[3])]}
    (tied,) = splink.guesses(books, [line])

    assert both == Guess(line, 256.0, {ids[0]: 1_000, ids[1]: 2_000})
    assert tied.score == 0.0
