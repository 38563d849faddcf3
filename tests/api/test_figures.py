"""Figures, forecasts, learners' health and the way from an account to a paper, for programs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from o2c_ai.core.forecasts.actions import store_run
from o2c_ai.core.forecasts.rules import ForecastWeek
from o2c_ai.jobs import forecast_cash
from tests.api.two_companies import TODAY
from tests.books import DAY

if TYPE_CHECKING:
    import pytest

    from tests.api.conftest import Served


def test_a_trend_ends_with_the_figure_of_the_day(served: Served) -> None:
    served.books.invoice("INV-1", "90.00", due=DAY)
    served.books.session.commit()

    told = served.token().get("/v1/figures/dso").json()

    assert (told["unit"], told["currency"]) == ("days", "EUR")
    assert told["points"][-1] == {"on": TODAY.isoformat(), "value": "90.0000", "of": None}
    assert "÷ sales" in told["formula"]


def test_money_is_told_in_its_currency_and_shares_in_none(served: Served) -> None:
    served.books.invoice("INV-1", "500", currency="JPY", due=DAY)
    served.books.session.commit()
    program = served.token()

    overdue = program.get("/v1/figures/overdue?currency=JPY").json()
    share = program.get("/v1/figures/straight-through").json()

    assert overdue["points"][-1]["value"] == "500"
    assert (share["currency"], share["points"][-1]) == (None, {"on": TODAY.isoformat(), "value": None, "of": 0})
    assert program.get("/v1/figures/overdue?currency=XXY").status_code == 422
    assert len(program.get("/v1/figures").json()) == len({one["title"] for one in program.get("/v1/figures").json()})


def test_an_account_leads_to_its_entries_and_their_papers(served: Served) -> None:
    served.books.invoice("INV-1", "90.00", due=DAY)
    served.books.session.commit()
    program = served.token()

    (entry,) = program.get("/v1/accounts/1200/entries").json()["rows"]
    (voucher,) = program.get(f"/v1/journal/{entry['id']}/vouchers").json()
    paper = program.get("/v1/papers", params={"number": voucher["number"]}).json()

    assert entry["amounts"] == [{"amount": "90.00", "currency": "EUR"}]
    assert (voucher["kind"], paper["entry"], paper["left"]["amount"]) == ("document", entry["id"], "90.00")
    assert program.get(f"/v1/accounts/1200/entries?since={DAY + timedelta(days=1)}").json()["rows"] == []


def test_a_scenario_is_kept_and_listed_apart(served: Served) -> None:
    books = served.books
    books.invoice("INV-1", "90.00", due=TODAY)
    week = ForecastWeek(TODAY, "EUR", 1, 1, 1, 1, 0, 0, 0, 100, 50)
    run = store_run(books.session, books.actor, as_of=TODAY, model_version="rules", weeks=[week])
    books.session.commit()
    program = served.token()
    key = {"Idempotency-Key": "once"}

    made = program.post("/v1/forecast-scenarios", json={"late_days": 7}, headers=key)

    assert (made.status_code, made.json()["scenario"]) == (201, "late shock of 7 days")
    assert [row["id"] for row in program.get("/v1/forecast-scenarios").json()["rows"]] == [made.json()["id"]]
    assert [row["id"] for row in program.get("/v1/forecasts").json()["rows"]] == [run]
    assert program.post("/v1/forecast-scenarios", json={}, headers={"Idempotency-Key": "none"}).status_code == 422
    warned = program.get(f"/v1/forecasts/{run}?minimum_cash=EUR%3D0.90").json()
    assert "one chance in ten" in warned["warnings"][0]
    assert warned["weeks"][0]["closing_p10"] == {"amount": "0.50", "currency": "EUR"}


def test_others_write_while_a_scenario_is_computed(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    books, compute = served.books, forecast_cash.forecast
    books.invoice("INV-1", "90.00", due=TODAY)
    books.session.commit()
    program, once = served.token(), {"Idempotency-Key": "once"}

    def while_others_write(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it is given
        books.invoice("INV-2", "10.00", due=TODAY)
        books.session.commit()
        return compute(*given, **named)

    monkeypatch.setattr(forecast_cash, "forecast", while_others_write)
    made, again = (program.post("/v1/forecast-scenarios", json={"late_days": 7}, headers=once) for _ in range(2))

    assert (made.status_code, again.text, again.headers["Idempotency-Replayed"]) == (201, made.text, "true")
    assert len(program.get("/v1/forecast-scenarios").json()["rows"]) == 1


def test_who_asks_for_the_same_scenario_meanwhile_is_answered_alike(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    compute, program = forecast_cash.forecast, served.token()
    served.books.invoice("INV-1", "90.00", due=TODAY)
    served.books.session.commit()
    inner = []

    def ask() -> Any:  # noqa: ANN401 - an answer
        return program.post("/v1/forecast-scenarios", json={"late_days": 7}, headers={"Idempotency-Key": "once"})

    def while_asked_again(*given: Any, **named: Any) -> Any:  # noqa: ANN401 - whatever it is given
        monkeypatch.undo()
        inner.append(ask())
        return compute(*given, **named)

    monkeypatch.setattr(forecast_cash, "forecast", while_asked_again)
    outer = ask()

    assert (inner[0].status_code, outer.text, outer.headers["Idempotency-Replayed"]) == (201, inner[0].text, "true")


def test_health_is_told_where_only_rules_serve(served: Served) -> None:
    told = served.token().get("/v1/learners/payment-timing/health").json()

    assert (told["serving"], told["versions"]) == ("rules", [])
