"""Spot checks at the desk: a sample is drawn, and each line is judged; and exceptions are counted with their age."""

from __future__ import annotations

import re

from o2c_ai.core.cash_application.actions import accept
from o2c_ai.core.suggestions.actions import suggest
from o2c_ai.core.suggestions.rules import Decision, MatchSuggestion, Part, Reason
from tests.api.pages.conftest import TODAY, Company, shown

ALL = {"first": "2025-06-01", "last": "2025-06-30", "percent": "100", "seed": "s"}


def untouched(company: Company, ref: str) -> None:
    """A line applied without a look."""
    books, (line, _) = company.books, company.paid(ref, "10.00", suggested=False)
    part = Part(1_000, Reason.PREPAYMENT, customer_id=books.customer("C1"))
    made = MatchSuggestion(line, (part,), Decision.AUTO, 999_000, None, ("it says so",), "rules", TODAY)
    accept(
        books.session, books.actor, suggestion_id=suggest(books.session, books.actor, suggestions=[made])[0], on=TODAY
    )
    books.session.commit()


def test_a_sample_is_drawn_and_judged_one_after_the_other(company: Company) -> None:
    for ref in ("AUTO-1", "AUTO-2"):
        untouched(company, ref)

    assert "2 more lines to look at" in shown(company.act("clara", "/match/checks", **ALL))
    page = company.page("clara", "/match/checks")
    assert "it says so" in page
    first, second = sorted(set(map(int, re.findall(r"check=(\d+)", page))))
    assert "Noted: right" in shown(company.act("clara", f"/match/checks/{first}/verdict", verdict="right"))
    silent = company.post("clara", f"/match/checks/{second}/verdict", verdict="wrong")
    assert silent.status_code == 422
    assert "say what is wrong with it" in shown(silent.text)
    company.act("clara", f"/match/checks/{second}/verdict", verdict="wrong", remark="another customer")

    page = shown(company.page("olga", "/match/checks"))
    assert "1 of 2 lines looked at were right" in page
    assert "another customer" in page


def test_a_day_or_a_share_typed_wrong_is_kept_beside_its_field(company: Company) -> None:
    for name, typed in (("first", "1.6.2025"), ("percent", "0"), ("percent", "many")):
        answer = company.post("clara", "/match/checks", **(ALL | {name: typed}))

        assert answer.status_code == 422
        assert f'aria-describedby="wrong-draw-{name}"' in answer.text
        assert f'value="{typed}"' in answer.text


def test_exceptions_are_counted_by_why_with_their_age(company: Company) -> None:
    for ref in ("EXC-1", "EXC-2"):
        line, _ = company.paid(ref, suggested=False)
        made = MatchSuggestion(line, (), Decision.EXCEPTION, 0, None, (), "rules", TODAY, "payer unknown")
        suggest(company.books.session, company.books.actor, suggestions=[made])
    company.books.session.commit()

    page = company.page("clara", "/match/exceptions")

    assert "payer unknown 2 2025-06-01, 29 days" in shown(page)
    assert "EXC-1" in company.page("clara", "/match?show=exception&why=payer+unknown&sort=booking_date")
