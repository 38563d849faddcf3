"""The clerks' desk: accept, reject, park, set aside, pick by hand, many at once, and take all of it back."""

from __future__ import annotations

from dataclasses import replace

from o2c_ai.core.suggestions.actions import suggest
from o2c_ai.core.suggestions.queries import get_suggestion
from tests.api.pages.conftest import HOSTILE, Company, shown


def test_a_line_is_shown_with_what_speaks_for_and_against_its_suggestion(company: Company) -> None:
    line, _ = company.paid("SHOWN")

    page = shown(company.page("clara", f"/match?line={line}"))

    for words in ("INV-SHOWN", "100.00", "93.0", "the text quotes it", "the payer is new", "12%: INV-X"):
        assert words in page


def test_an_accepted_line_is_booked_and_can_be_taken_back(company: Company) -> None:
    line, number = company.paid("ACCEPTED")

    page = shown(company.act("clara", f"/match/{line}/accept", suggestion=number))
    assert "Accepted and booked" in page
    assert "Decided on 2025-06-30 by clara, as was suggested" in shown(company.page("olga", f"/match?line={line}"))

    company.act("clara", "/match/undo", lines=line)
    assert "Decided" not in shown(company.page("clara", f"/match?line={line}")).split("ACCEPTED")[-1]


def test_who_comes_second_sees_who_decided_and_how(company: Company) -> None:
    line, number = company.paid("RACE")
    company.act("clara", f"/match/{line}/accept", suggestion=number)

    for address in (f"/match/{line}/accept", f"/match/{line}/set-aside"):
        page = shown(company.act("cora", address, suggestion=number))
        assert "Somebody was quicker" in page
        assert "by clara" in page


def test_a_suggestion_whose_item_was_taken_says_by_whom_and_is_made_again(company: Company) -> None:
    first, number = company.paid("TAKEN")
    second = company.books.line("TWIN", "100.00", narrative="invoice INV-TAKEN", payer_name="Muster GmbH")
    made = get_suggestion(company.books.session, company.books.company_id, number)
    stale = suggest(company.books.session, company.books.actor, suggestions=[replace(made, line_id=second)])[0]
    company.books.session.commit()
    assert "taken meanwhile" not in company.page("cora", f"/match?line={second}")
    company.act("clara", f"/match/{first}/accept", suggestion=number)

    page = company.act("cora", f"/match/{second}/accept", suggestion=stale)

    assert "Somebody was quicker: nothing was booked" in page
    assert "INV-TAKEN was taken meanwhile by clara on 2025-06-30, with line TAKEN" in shown(page)
    assert f'href="/match?line={first}"' in page
    assert f'action="/match/{second}/accept"' not in page
    assert '<button data-key="s">Suggest again' in page
    assert "Suggest again" not in company.page("olga", f"/match?line={second}")
    again = company.act("cora", "/match/run", line=second)
    assert "Matching is under way" in again
    assert "INV-TAKEN was taken" in shown(again)


def test_whose_name_a_line_bears_is_noted_at_the_line_and_taken_back(company: Company) -> None:
    line, _ = company.paid("ALIAS", suggested=False)
    where = f"/match/{line}/payer"

    assert "No such customer: nothing was noted" in company.act("clara", where, kind="name", customer="C99")
    page = company.act("clara", where, kind="name", customer="C1", reason="<b>their</b> owner")
    assert "Muster GmbH pays for C1 said by clara on 2025-06-30: <b>their</b> owner" in shown(page)
    assert f'action="{where}' not in company.page("olga", f"/match?line={line}")
    assert company.post("olga", where, kind="name", customer="C1").status_code == 403
    number = page.split('name="alias" value="')[1].split('"')[0]
    assert company.post("olga", f"{where}/withdraw", alias=number).status_code == 403

    page = company.act("cora", f"{where}/withdraw", alias=number)

    assert "Taken back" in page
    assert "pays for C1" not in shown(page)
    assert company.post("clara", where, kind="account", customer="C1").status_code == 422


def test_a_rejected_suggestion_stays_rejected_and_its_line_waits(company: Company) -> None:
    line, number = company.paid("REJECTED")

    page = shown(company.act("clara", f"/match/{line}/reject", suggestion=number, reason="another invoice"))

    assert "Suggested, and declined" in page


def test_money_is_kept_on_account(company: Company) -> None:
    line, _ = company.paid("PARKED", suggested=False)

    company.act("clara", f"/match/{line}/park", customer="C1", kind="prepayment")

    assert "kept on account" in shown(company.page("clara", f"/match?line={line}"))


def test_a_line_that_is_not_about_receivables_is_set_aside(company: Company) -> None:
    line, _ = company.paid("RENT", suggested=False)

    company.act("clara", f"/match/{line}/set-aside")

    assert "suspense" in shown(company.page("clara", f"/match?line={line}"))


def test_items_are_picked_by_hand_and_the_rest_is_kept(company: Company) -> None:
    item = company.books.invoice("INV-CHOSEN", "70.00")
    line, _ = company.paid("PICKED", "90.00", suggested=False)

    page = shown(company.page("clara", f"/match/{line}/pick?pick={item}&find=INV-CHOSEN"))
    assert "Left of the money 20.00 EUR" in page

    fields = {"item": item, "amount": "70.00", "reason": "", "rest": "overpayment", "customer": "C1"}
    company.act("clara", f"/match/{line}/pick", **fields)
    page = shown(company.page("clara", f"/match?line={line}"))
    assert "INV-CHOSEN" in page
    assert "paid too much: kept on account" in page


def test_picked_items_that_do_not_add_up_are_refused_with_the_figures(company: Company) -> None:
    line, _ = company.paid("SHORT", "90.00", suggested=False)
    item = company.books.invoice("INV-OTHER", "70.00")
    company.books.session.commit()

    answer = company.post("clara", f"/match/{line}/pick", item=item, amount="70.00", reason="")

    assert answer.status_code == 422
    assert "its parts add up to 70.00 EUR" in shown(answer.text)


def test_many_are_shown_then_accepted_and_taken_back_together(company: Company) -> None:
    made = [company.paid(f"MANY-{number}") for number in range(3)]

    page = company.page("clara", "/match/many?words=MANY-&least=90")
    assert "Accept these 3 suggestions?" in page
    asked = company.act("clara", "/match/many", suggestion=[number for _, number in made])
    assert "Accepted and booked together" in asked

    lines = ",".join(str(line) for line, _ in made)
    company.act("clara", "/match/undo", lines=lines)
    assert "Accept these 0" in company.page("clara", "/match/many?words=MANY-&least=90")


def test_who_may_not_book_is_refused_and_sees_no_buttons(company: Company) -> None:
    line, number = company.paid("FORBIDDEN")

    for name in ("carl", "dana", "olga", "ada"):
        assert "Accept <kbd>" not in company.page(name, f"/match?line={line}")
        assert company.post(name, f"/match/{line}/accept", suggestion=number).status_code == 403


def test_what_a_bank_wrote_is_never_taken_for_a_page(company: Company) -> None:
    line, _ = company.paid("HOSTILE", text=HOSTILE)

    for address in (f"/match?line={line}", f"/match/{line}/pick", "/match/many?words=alert"):
        page = company.page("clara", address)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_words_searched_for_are_taken_literally(company: Company) -> None:
    company.paid("PERCENT", text="100% of it")

    assert "100% of it" in company.page("clara", "/match?words=100%25 of")
    assert "100% of it" not in company.page("clara", "/match?words=1_0%25 of")


def test_an_empty_list_says_what_to_do_next(company: Company) -> None:
    company.paid("WAITING")

    assert "Show all" in company.page("clara", "/match?words=nowhere-to-be-found")


def test_matching_runs_from_the_desk(company: Company) -> None:
    company.paid("AGAIN", suggested=False)

    assert "Matching is under way" in company.act("clara", "/match/run")


def test_a_line_of_another_company_is_not_found(company: Company) -> None:
    assert company.browser("clara").get("/match?line=999999").status_code == 404
