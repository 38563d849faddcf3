"""The managers' desk: figures, forecast, versions with a second person, books, and who did what."""

from __future__ import annotations

from o2c_ai.core.forecasts.actions import store_run
from o2c_ai.core.forecasts.rules import ForecastWeek
from o2c_ai.core.ledger.queries import company_of, trial_balance
from o2c_ai.jobs.versions import MATCHING
from o2c_ai.models.registry import Registry
from tests.api.pages.conftest import TODAY, Company, shown


def registry(company: Company) -> Registry:
    books = company_of(company.books.session, company.books.company_id).books
    company.books.session.commit()
    return Registry(company.app_client.app.state.service.settings.data_dir, books, MATCHING)  # type: ignore[attr-defined]


def test_an_empty_desk_says_what_to_run(company: Company) -> None:
    assert "o2c jobs run forecast_cash" in company.page("dana", "/manage?currency=CHF")
    assert "o2c train" in company.page("dana", "/manage/models")


def test_the_forecast_is_drawn_and_told(company: Company) -> None:
    week = ForecastWeek(TODAY, "EUR", 123_456, 100_000, 150_000, 123_456, 0, None, None, None, None)
    store_run(company.books.session, company.books.actor, as_of=TODAY, model_version="rules", weeks=[week])
    company.books.session.commit()

    assert "1,234.56" in company.page("dana", "/manage")
    picture = company.browser("dana").get("/manage/forecast.svg?currency=EUR")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.text.startswith("<svg")


def test_another_person_lets_a_version_serve_and_takes_it_back(company: Company) -> None:
    versions = registry(company)
    facts: dict[str, object] = {"judged": 500, "right": 450, "right_by_rules": 400}
    mine = versions.save(as_of=TODAY, trained_by="dana", facts=facts, files={})
    theirs = versions.save(as_of=TODAY, trained_by="otto", facts=facts, files={})

    assert company.post("dana", f"/manage/models/{MATCHING}/promote", version=mine.name).status_code == 403
    assert "serves from now on" in company.act("dana", f"/manage/models/{MATCHING}/promote", version=theirs.name)
    assert f"served by {theirs.name}" in shown(company.page("olga", "/manage/models"))
    assert company.post("clara", f"/manage/models/{MATCHING}/rollback").status_code == 403
    assert "Rolled back" in company.act("dana", f"/manage/models/{MATCHING}/rollback")


def test_a_learner_nobody_knows_is_not_found(company: Company) -> None:
    assert company.post("dana", "/manage/models/..%2Fetc/promote", version="x").status_code == 404


def test_the_trial_balance_is_told(company: Company) -> None:
    company.paid("BALANCE", "77777.00")
    rows = trial_balance(company.books.session, company.books.company_id, TODAY)
    company.books.session.commit()
    page = shown(company.page("olga", "/manage/books"))

    assert rows
    assert all(f"{row[0]} {row[1]} {row[2]} {row[3] / 100:,.2f}" in page for row in rows)


def test_the_log_tells_who_did_what_page_by_page(company: Company) -> None:
    company.paid("LOGGED")
    company.act("clara", "/people/tokens", label="x")

    assert "clara issue tokens" in shown(company.page("olga", "/manage/audit?who=clara&verb=issue"))
    assert "Nothing like that was done" in company.page("olga", "/manage/audit?who=nobody")
