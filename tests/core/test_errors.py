"""Refusals belong to one of four families, and problems in user data say where, what and how to mend it."""

from __future__ import annotations

import pytest

from o2c_ai.core.errors import SHOWN, BadInput, BooksError, Conflict, Forbidden, Invalid, NotFound, Problem


@pytest.mark.parametrize("family", [NotFound, Conflict, Invalid, Forbidden])
def test_every_family_is_a_refusal_by_the_books_and_no_other_family(family: type[BooksError]) -> None:
    assert family.__bases__ == (BooksError,)


@pytest.mark.parametrize(
    ("line", "field", "place"),
    [(7, "amount", "bank.csv:7 [amount]"), (7, None, "bank.csv:7"), (None, "IBAN", "bank.csv [IBAN]")],
)
def test_a_problem_says_where_it_is_what_it_is_and_how_to_mend_it(
    line: int | None, field: str | None, place: str
) -> None:
    problem = Problem("bank.csv", line, field, "'x' is not an amount", "write 1.00")

    assert str(problem) == f"{place}: 'x' is not an amount; write 1.00"


def test_bad_input_carries_every_problem_and_spells_out_the_first() -> None:
    problems = [Problem("bank.csv", number, None, "wrong", "mend it") for number in range(2, SHOWN + 5)]

    refusal = BadInput(problems)

    assert refusal.problems == problems
    assert str(refusal).count("wrong") == SHOWN
    assert str(refusal).endswith("… and 3 more")


def test_a_single_problem_is_said_whole() -> None:
    problem = Problem("bank.csv", 2, None, "wrong", "mend it")

    assert str(BadInput([problem])) == str(problem)
