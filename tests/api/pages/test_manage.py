"""The managers' desk: figures, forecast, versions with a second person, books, and who did what."""

from __future__ import annotations

import json
import re

from o2c_ai.core.forecasts.actions import store_run
from o2c_ai.core.forecasts.rules import ForecastWeek
from o2c_ai.core.ledger.queries import company_of, trial_balance
from o2c_ai.jobs.model_card import SEEN, write_card
from o2c_ai.jobs.versions import MATCHING
from o2c_ai.models.registry import Registry
from tests.api.pages.conftest import TODAY, Company, shown
from tests.books import DAY


def registry(company: Company) -> Registry:
    books = company_of(company.books.session, company.books.company_id).books
    company.books.session.commit()
    return Registry(company.app_client.app.state.service.settings.data_dir, books, MATCHING)  # type: ignore[attr-defined]


def test_an_empty_desk_says_what_to_run(company: Company) -> None:
    assert "o2c jobs run forecast_cash" in company.page("dana", "/manage?currency=CHF")
    assert "o2c train" in company.page("dana", "/manage/models")


def forecast_of(company: Company, **more: object) -> int:
    """A forecast of one week, or a scenario; gives its number."""
    week = ForecastWeek(TODAY, "EUR", 123_456, 100_000, 150_000, 123_456, 0, 0, 0, 500_000, 40_000)
    books = company.books
    number = store_run(books.session, books.actor, as_of=TODAY, model_version="rules", weeks=[week], **more)  # type: ignore[arg-type]
    books.session.commit()
    return number


def test_the_forecast_is_drawn_and_told(company: Company) -> None:
    forecast_of(company)

    assert "1,234.56" in company.page("dana", "/manage")
    assert "5,000.00" in company.page("dana", "/manage/forecast")
    picture = company.browser("dana").get("/manage/forecast.svg?currency=EUR")
    assert picture.headers["Content-Type"] == "image/svg+xml"
    assert picture.text.startswith("<svg")


def test_too_little_cash_is_warned_of(company: Company) -> None:
    forecast_of(company)

    assert "under 500.00" in shown(company.page("dana", "/manage/forecast?minimum=EUR%3D500"))
    assert company.browser("dana").get("/manage/forecast?minimum=lots").status_code == 422


def test_a_scenario_stands_beside_the_forecast(company: Company) -> None:
    forecast_of(company)
    company.books.invoice("INV-LATE", "900.00", due=TODAY)
    company.books.session.commit()

    page = shown(company.act("dana", "/manage/forecast", late_days=14, currency="EUR"))

    assert "late shock of 14 days , supposed on" in page
    alone = forecast_of(company, scenario="late shock of 9 days")
    assert "supposing late shock of 9 days" in shown(company.page("dana", f"/manage/forecast?currency=EUR&run={alone}"))
    assert company.post("dana", "/manage/forecast", late_days=0, without="").status_code == 422
    assert company.post("dana", "/manage/forecast", without="nobody").status_code == 404
    assert company.post("carl", "/manage/forecast", late_days=7).status_code == 403
    assert "Forecast it" not in company.page("carl", "/manage/forecast")


def test_a_figure_says_what_it_means_and_how_it_went(company: Company) -> None:
    page = shown(company.page("carl", "/manage/figures/dso"))

    assert "closing receivables ÷ sales x 90" in page
    assert f"the evening of {TODAY}" in page
    assert company.browser("carl").get("/manage/trends/dso.svg").text.startswith("<svg")
    assert company.browser("carl").get("/manage/figures/nothing").status_code == 422


def test_an_age_leads_to_customers_and_items(company: Company) -> None:
    company.books.invoice("INV-AGED", "4321.00", customer="C77", due=DAY)
    company.books.session.commit()

    assert "C77" in company.page("olga", "/manage/aging?age=1-30")
    assert "INV-AGED" in company.page("olga", "/manage/aging/items?age=1-30&customer=C77")
    assert "INV-AGED" not in company.page("olga", "/manage/aging/items?age=91%2B")
    assert company.browser("olga").get("/manage/aging?age=old").status_code == 404


def test_the_books_lead_from_an_account_to_the_paper(company: Company) -> None:
    item = company.books.invoice("INV/1&2", "55.00", due=DAY)
    company.books.session.commit()

    account = company.page("olga", "/manage/books/accounts/1200?since=")
    assert "INV/1&amp;2" in account
    paper = company.page("olga", "/manage/papers?number=INV%2F1%262")
    entry = paper.split('href="/manage/books/entries/')[1].split('"')[0]
    assert "number=INV%2F1%262" in company.page("olga", f"/manage/books/entries/{entry}")
    assert item
    assert company.browser("olga").get("/manage/papers?number=none").status_code == 404
    assert "Nothing was posted" in company.page("olga", f"/manage/books/accounts/1200?as_of={DAY.replace(year=2020)}")


def test_health_shows_a_version_beside_the_rules(company: Company) -> None:
    versions = registry(company)
    facts: dict[str, object] = {"judged": 500, "right": 470, "right_by_rules": 400}
    made = versions.save(as_of=TODAY, trained_by="otto", facts=facts, files={})
    seen = {"calibration": {"learned": [[0.9, 0.8, 40]]}}
    versions.tell(made.name, {SEEN: json.dumps(seen).encode()})
    write_card(versions, made.name)
    place = f"/manage/health/{MATCHING}/{made.name}"

    assert "0.94 0.8" in shown(company.page("carl", f"/manage/health?learner={MATCHING}"))
    assert company.browser("carl").get(f"{place}/calibration.svg").text.startswith("<svg")
    assert company.browser("carl").get(f"{place}/months.svg").text.startswith("<svg")
    assert made.name in company.page("carl", f"{place}/card")
    assert company.browser("carl").get(f"/manage/health/{MATCHING}/none/card").status_code == 404


def test_another_person_lets_a_version_serve_and_takes_it_back(company: Company) -> None:
    versions = registry(company)
    facts: dict[str, object] = {"judged": 500, "right": 450, "right_by_rules": 400}
    mine = versions.save(as_of=TODAY, trained_by="dana", facts=facts, files={})
    theirs = versions.save(as_of=TODAY, trained_by="otto", facts=facts, files={})

    assert company.post("dana", f"/manage/models/{MATCHING}/promote", version=mine.name).status_code == 403
    asked = shown(company.act("dana", f"/manage/models/{MATCHING}/promote", version=theirs.name))
    assert f"let it serve remittance-matching {theirs.name}" in asked
    versions.promote(theirs.name, by="dana", on=TODAY)
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
    assert "issue tokens" in shown(company.page("olga", "/manage/audit?what=tokens&since=2025-01-01&until="))
    assert "Nothing like that was done" in company.page("olga", "/manage/audit?until=2024-12-31")


def test_the_log_is_downloaded_as_far_as_it_is_shown(company: Company) -> None:
    company.act("clara", "/people/tokens", label="taken away")
    page = company.page("olga", "/manage/audit?who=clara&what=tokens&since=2025-01-01")
    csv = next(found for found in re.findall(r'href="(/v1/exports/audit[^"]+)"', page) if found.endswith("shape=csv"))

    rows = company.browser("olga").get(csv.replace("&amp;", "&")).text.splitlines()[1:]
    never = company.browser("olga").get("/v1/exports/audit?until=2024-12-31").text.splitlines()[1:]

    assert (len(rows), never) == (page.count("<td>issue</td>"), [])
    assert all("clara" in row for row in rows)
