"""`o2c match` and `unapply`: what is proposed, that only what is certain is booked, and that all of it can go back."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

import pytest

from tests.cli.terminal import Rows, Terminal, read_rows

if TYPE_CHECKING:
    from o2c_ai.demo.world import World

DECISIONS = {"auto", "review", "not_ar", "returned", "exception"}


def words(world: World) -> tuple[object, ...]:
    """The command for the world's unworked days."""
    return "match", "--as-of", world.end, "--from", world.history_until + timedelta(days=1)


def proposals(terminal: Terminal, world: World) -> Rows:
    return terminal.once(*words(world), "--options", terminal.folder / "options.csv")


def by_line(rows: Rows) -> dict[str, Rows]:
    return {line: list(group) for line, group in groupby(rows, key=lambda row: row["line_id"])}


def test_proposals_have_the_promised_columns(seen: Terminal, world: World) -> None:
    assert list(proposals(seen, world)[0]) == [
        "line_id",
        "decision",
        "probability",
        "invoice_id",
        "amount",
        "reason",
        "customer_id",
        "explanation",
    ]


def test_every_unworked_line_is_decided_once_and_no_other(seen: Terminal, world: World) -> None:
    rows = proposals(seen, world)

    lines = by_line(rows)
    assert sum(len(group) for group in lines.values()) == len(rows)  # the rows of a line stand together
    assert sorted(lines) == sorted(line.line_id for line in world.work)
    assert {row["decision"] for row in rows} == DECISIONS


def test_a_line_has_one_decision_and_one_probability(seen: Terminal, world: World) -> None:
    for rows in by_line(proposals(seen, world)).values():
        assert len({(row["decision"], row["probability"], row["explanation"]) for row in rows}) == 1
        assert 0 <= float(rows[0]["probability"]) <= 1
        assert rows[0]["explanation"]


def test_the_rows_of_a_line_sum_to_it(seen: Terminal, world: World) -> None:
    amounts = {line.line_id: line for line in world.work}

    for line_id, rows in by_line(proposals(seen, world)).items():
        line = amounts[line_id]
        digits = 0 if line.currency == "JPY" else 2
        assert sum(Decimal(row["amount"]) for row in rows) == Decimal(line.amount_minor).scaleb(-digits)


def test_no_line_pays_what_was_issued_after_it_or_in_another_currency(seen: Terminal, world: World) -> None:
    invoices = {invoice.invoice_id: invoice for invoice in world.invoices}
    lines = {line.line_id: line for line in world.work}

    paid = [(lines[row["line_id"]], invoices[row["invoice_id"]]) for row in proposals(seen, world) if row["invoice_id"]]

    assert len(paid) > 50
    assert all(invoice.issue_date <= line.booking_date for line, invoice in paid)
    assert all(invoice.currency == line.currency for line, invoice in paid)


def test_automatic_proposals_never_pay_more_than_is_open(seen: Terminal, world: World) -> None:
    left = world.open_amounts(world.history_until)
    left |= {bill.invoice_id: bill.amount_minor for bill in world.invoices if bill.issue_date > world.history_until}
    digits = {bill.invoice_id: 0 if bill.currency == "JPY" else 2 for bill in world.invoices}
    used: defaultdict[str, int] = defaultdict(int)

    for row in proposals(seen, world):  # what bounced is open again, and may be paid again
        if row["invoice_id"] and row["decision"] in {"auto", "returned"}:
            used[row["invoice_id"]] += int(Decimal(row["amount"]).scaleb(digits[row["invoice_id"]]))

    assert len(used) > 30
    assert {number: minor for number, minor in used.items() if minor > max(left.get(number, 0), 0)} == {}


def test_an_exception_is_one_row_with_its_reason_and_no_invoice(seen: Terminal, world: World) -> None:
    exceptions = [rows for rows in by_line(proposals(seen, world)).values() if rows[0]["decision"] == "exception"]

    assert exceptions
    for rows in exceptions:
        assert len(rows) == 1
        assert (rows[0]["invoice_id"], rows[0]["reason"] != "") == ("", True)


def test_a_returned_payment_names_what_is_open_again(seen: Terminal, world: World) -> None:
    returned = [row for row in proposals(seen, world) if row["decision"] == "returned"]

    assert returned
    assert all(row["reason"] == "returned" and Decimal(row["amount"]) < 0 for row in returned)


def test_options_are_ranked_and_the_first_is_the_proposal(seen: Terminal, world: World) -> None:
    proposed = by_line(proposals(seen, world))

    options = read_rows(seen.folder / "options.csv")

    assert list(options[0]) == ["line_id", "rank", "probability", "invoice_id", "amount"]
    for line_id, rows in by_line(options).items():
        ranks = sorted({int(row["rank"]) for row in rows})
        assert ranks == list(range(1, len(ranks) + 1))
        assert len(ranks) <= 20
        first = [(row["probability"], row["invoice_id"], row["amount"]) for row in rows if row["rank"] == "1"]
        assert first == [(row["probability"], row["invoice_id"], row["amount"]) for row in proposed[line_id]]


def test_the_rules_are_what_matches_where_nothing_was_trained(sqlite_seen: Terminal, world: World) -> None:
    assert sqlite_seen.table(*words(world), "--model", "rules") == proposals(sqlite_seen, world)


def test_the_first_day_to_work_on_is_given(sqlite_seen: Terminal, world: World) -> None:
    late = world.end - timedelta(days=9)

    rows = sqlite_seen.table("match", "--as-of", world.end, "--from", late)

    assert {row["line_id"] for row in rows} == {line.line_id for line in world.work if line.booking_date >= late}


def test_asking_for_more_precision_applies_less(sqlite_seen: Terminal, world: World) -> None:
    told = [
        sqlite_seen.said(*words(world), "--auto-precision", asked, "--out", sqlite_seen.folder / "asked.csv")
        for asked in ("0.6", "1")
    ]

    assert [one["auto_precision_asked"] for one in told] == [0.6, 1.0]
    assert told[0]["decisions"]["auto"] >= told[1]["decisions"].get("auto", 0)


def test_the_summary_counts_what_the_table_holds(sqlite_seen: Terminal, world: World) -> None:
    path = sqlite_seen.folder / "counted.csv"

    told = sqlite_seen.said(*words(world), "--out", path)

    rows = read_rows(path)
    assert told["rows_written"] == len(rows)
    assert told["lines"] == len(by_line(rows)) == sum(told["decisions"].values())
    assert (told["applied"], told["matched_by"], told["file"]) == (0, "rules", str(path))


def test_nothing_is_written_to_the_books_without_apply(o2c: Terminal, world: World) -> None:
    before = o2c.row_counts()

    o2c.table(*words(world))

    assert o2c.row_counts() == before


def test_a_day_without_open_lines_gives_an_empty_table(sqlite_seen: Terminal, world: World) -> None:
    told = sqlite_seen.said("match", "--as-of", world.history_until, "--out", sqlite_seen.folder / "none.csv")

    assert (told["lines"], told["decisions"], told["applied"]) == (0, {}, 0)
    assert read_rows(sqlite_seen.folder / "none.csv") == []


def applied(terminal: Terminal) -> set[tuple[str, str, str, str]]:
    rows = terminal.table("export", "applications")
    return {(row["line_id"], row["invoice_id"], row["amount"], row["reason"]) for row in rows}


def state(terminal: Terminal, world: World) -> object:
    """Balances of every account and what every customer owes."""
    books = terminal.said("report", "trial-balance", "--as-of", world.end)
    balances = {(row["account"], row["currency"]): row["balance"] for row in books if Decimal(row["balance"])}
    return balances, terminal.said("report", "aging", "--as-of", world.end)


def test_apply_books_exactly_the_automatic_rows_and_unapply_takes_them_back(o2c: Terminal, world: World) -> None:
    history, before = applied(o2c), state(o2c, world)
    path = o2c.folder / "proposals.csv"

    told = o2c.said(*words(world), "--apply", "--out", path)

    auto = [row for row in read_rows(path) if row["decision"] == "auto"]
    proposed = {(row["line_id"], row["invoice_id"], row["amount"], row["reason"]) for row in auto}
    new = applied(o2c) - history
    assert new <= proposed
    assert len({line for line, *_ in proposed - new}) == told["held_back"]  # for a person to accept the return first
    assert told["applied"] == len({line for line, *_ in new}) > 20
    assert not {row["line_id"] for row in o2c.table(*words(world))} & {line for line, *_ in new}
    o2c.ok("ledger", "verify")

    assert o2c.said("unapply", "--since", world.end, "--on", world.end) == {"lines": told["applied"]}

    assert applied(o2c) == history
    assert state(o2c, world) == before
    o2c.ok("ledger", "verify")


def test_a_line_taken_back_is_not_applied_untouched_again(sqlite_o2c: Terminal, world: World) -> None:
    path = sqlite_o2c.folder / "proposals.csv"
    first = sqlite_o2c.said(*words(world), "--apply", "--out", path)["applied"]
    back = ("unapply", "--since", world.end, "--on", world.end)
    line = next(row["line_id"] for row in read_rows(path) if row["decision"] == "auto" and row["customer_id"])
    assert sqlite_o2c.said(*back, "--line", line, "--payer-wrong", "--reason", "a sister's") == {"lines": 1}

    (again,) = by_line([row for row in sqlite_o2c.table(*words(world)) if row["line_id"] == line]).values()
    assert again[0]["decision"] != "auto"
    assert "taken back by" in again[0]["explanation"]
    assert sqlite_o2c.ask("SELECT word FROM payer_aliases") == [("declined",)]
    measures = {row["measure"]: row for row in sqlite_o2c.said("report", "match-rates", "--as-of", world.end)}
    precision = measures["untouched and never taken back"]
    assert (precision["hits"], precision["of"]) == (first - 1, first)


def test_a_wrong_payer_is_said_of_lines_that_are_named(sqlite_seen: Terminal, world: World) -> None:
    asked = sqlite_seen.run("unapply", "--since", world.end, "--on", world.end, "--payer-wrong", COLUMNS="200")

    assert asked.status == 2
    assert "name the lines whose payer was wrong" in asked.err


def test_history_is_taken_back_only_where_its_lines_are_named(sqlite_o2c: Terminal, world: World) -> None:
    line = next(row.line_id for row in reversed(world.history) if row.reason == "")
    history = applied(sqlite_o2c)

    assert sqlite_o2c.said("unapply", "--since", world.start, "--on", world.end) == {"lines": 0}
    assert applied(sqlite_o2c) == history

    told = sqlite_o2c.said("unapply", "--since", world.start, "--on", world.end, "--line", line, "--reason", "wrong")
    assert told == {"lines": 1}
    assert {row[0] for row in history - applied(sqlite_o2c)} == {line}
    assert line in {row["line_id"] for row in sqlite_o2c.table("match", "--as-of", world.end)}
    sqlite_o2c.ok("ledger", "verify")


def test_what_is_taken_back_can_be_applied_again(sqlite_o2c: Terminal, world: World) -> None:
    path = sqlite_o2c.folder / "proposals.csv"
    first = sqlite_o2c.said(*words(world), "--apply", "--out", path)
    once = applied(sqlite_o2c)
    sqlite_o2c.ok("unapply", "--since", world.end, "--on", world.end)

    second = sqlite_o2c.said(*words(world), "--apply", "--out", path)

    assert second == first
    assert applied(sqlite_o2c) == once


def test_options_and_proposals_go_to_two_files(sqlite_seen: Terminal, world: World) -> None:
    path = sqlite_seen.folder / "both.csv"

    assert "another file" in sqlite_seen.refused(*words(world), "--out", path, "--options", path)
    assert not path.exists()


@pytest.mark.parametrize("user", ["carla", "cli"])
def test_whoever_acts_is_noted_with_the_suggestion_that_was_followed(
    sqlite_o2c: Terminal, world: World, user: str
) -> None:
    told = sqlite_o2c.said(*words(world), "--apply", "--user", user, "--out", sqlite_o2c.folder / "p.csv")

    question = (
        "SELECT u.name, count(*) FROM suggestion_outcomes o JOIN users u ON u.id = o.user_id "
        "WHERE o.outcome = 'accepted' GROUP BY u.name"
    )
    assert sqlite_o2c.ask(question) == [(user, told["applied"])]
