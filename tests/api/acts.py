"""Every act the interface offers, with a request that is right, and the duty it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from o2c_ai.core.people.rules import Duty

if TYPE_CHECKING:
    from collections.abc import Mapping


class Act(NamedTuple):
    """A request: where it goes, what it says, and the duty that it takes (None for what everybody may do)."""

    method: str
    path: str
    duty: Duty | None
    body: Any = None
    more: Mapping[str, str] = {}
    address: str = ""
    """The address asked, where it says more than the path does."""


ANY_TAG = {"If-Match": "*"}


def euro(amount: str) -> dict[str, str]:
    return {"amount": amount, "currency": "EUR"}


def acts(ids: Mapping[str, Any]) -> list[Act]:
    """Every act on what one company holds."""
    return [*_people(ids), *_billing(ids), *_money(ids), *_matching(ids), *_objections(ids), *_the_rest(ids)]


def _people(ids: Mapping[str, Any]) -> list[Act]:
    """Acts on users and on what they are let in with."""
    return [
        Act("POST", "/v1/me/tokens", None, {"label": "nightly"}),
        Act("DELETE", "/v1/me/tokens/{token_id}", None, address="/v1/me/tokens/999999"),
        Act("DELETE", "/v1/me/sign-ins/{sign_in_id}", None, address="/v1/me/sign-ins/999999"),
        Act("POST", "/v1/users", Duty.ADMINISTER, {"name": f"new {ids['user']}", "roles": ["clerk"]}),
        Act(
            "PUT",
            "/v1/users/{name}/password",
            Duty.ADMINISTER,
            {"password": "a long password"},
            address=f"/v1/users/{ids['user']}/password",
        ),
        Act(
            "DELETE",
            "/v1/users/{name}/second-factor",
            Duty.ADMINISTER,
            address=f"/v1/users/{ids['user']}/second-factor",
        ),
    ]


def _billing(ids: Mapping[str, Any]) -> list[Act]:
    """Acts on customers, documents, imports and periods."""
    document = {"number": f"{ids['number']}0", "customer": ids["code"], "amount": euro("5.00")}
    document |= {"issued_on": "2025-06-02", "due_on": "2025-07-02"}
    return [
        Act("PUT", "/v1/customers/{code}", Duty.IMPORT, {"name": ids["code"]}, address=f"/v1/customers/{ids['code']}"),
        Act("POST", "/v1/invoices", Duty.BOOK, {"documents": [document]}),
        Act(
            "PATCH",
            "/v1/invoices/{number}",
            Duty.BOOK,
            {"due_on": "2025-08-01"},
            ANY_TAG,
            f"/v1/invoices/{ids['number']}",
        ),
        Act("POST", "/v1/invoice-reversals", Duty.BOOK, {"number": ids["number"], "reason": "twice"}),
        Act(
            "POST", "/v1/imports/bank-statements", Duty.IMPORT, b"nothing", address="/v1/imports/bank-statements?name=a"
        ),
        Act(
            "POST",
            "/v1/imports/remittances",
            Duty.IMPORT,
            b"remittance_id,invoice_ref,amount,date,currency\nR1,INV-1,1.00,2025-06-01,EUR\n",
            address="/v1/imports/remittances?name=a.csv",
        ),
        Act(
            "POST",
            "/v1/imports/exchange-folders",
            Duty.IMPORT,
            b"PK",
            address="/v1/imports/exchange-folders?name=a.zip",
        ),
        Act(
            "PUT",
            "/v1/periods",
            Duty.CLOSE,
            {"starts_on": "2020-01-01", "ends_on": "2020-01-31", "state": "closed"},
        ),
    ]


def _money(ids: Mapping[str, Any]) -> list[Act]:
    """Acts on receipts and requests."""
    full = {"amount": "100.00", "open_item": ids["item 8"]}
    asking = {"subject": ids["item 4"], "amount": euro("1.00"), "reason": "small"}
    return [
        Act(
            "POST",
            "/v1/receipts",
            Duty.BOOK,
            {"customer": ids["code"], "method": "cash", "amount": euro("3.00"), "reference": "till"},
        ),
        Act(
            "PUT",
            "/v1/receipts/{credit_id}/payer",
            Duty.BOOK,
            {"customer": ids["code"]},
            address=f"/v1/receipts/{ids['receipt']}/payer",
        ),
        Act(
            "POST",
            "/v1/receipts/{credit_id}/transfers",
            Duty.BOOK,
            {"customer": ids["code"], "amount": euro("2.00")},
            address=f"/v1/receipts/{ids['receipt']}/transfers",
        ),
        Act(
            "POST",
            "/v1/receipts/{credit_id}/applications",
            Duty.BOOK,
            {"currency": "EUR", "parts": [full]},
            address=f"/v1/receipts/{ids['receipt']}/applications",
        ),
        Act(
            "POST",
            "/v1/receipts/{credit_id}/return",
            Duty.BOOK,
            {"reason": "bounced"},
            address=f"/v1/receipts/{ids['receipt']}/return",
        ),
        Act(
            "POST",
            "/v1/applications/{entry_id}/undoing",
            Duty.BOOK,
            {},
            address=f"/v1/applications/{ids['entry']}/undoing",
        ),
        Act("POST", "/v1/write-offs", Duty.REQUEST, asking),
        Act("POST", "/v1/refunds", Duty.REQUEST, asking | {"subject": ids["receipt"]}),
        Act(
            "POST",
            "/v1/approvals/{approval_id}/decision",
            Duty.APPROVE,
            {"approve": True},
            address=f"/v1/approvals/{ids['approval']}/decision",
        ),
    ]


def _matching(ids: Mapping[str, Any]) -> list[Act]:
    """Acts on bank lines and what is suggested for them."""
    return [
        Act(
            "POST",
            "/v1/suggestions/{suggestion_id}/refusal",
            Duty.BOOK,
            {"reason": "no"},
            address=f"/v1/suggestions/{ids['suggestion 2']}/refusal",
        ),
        Act("POST", "/v1/suggestions/acceptances", Duty.BOOK, {"suggestions": [ids["suggestion 1"]]}),
        Act(
            "POST",
            "/v1/bank-lines/{line_id}/booking",
            Duty.BOOK,
            {"parts": [{"amount": "100.00", "open_item": ids["item 5"]}]},
            address=f"/v1/bank-lines/{ids['line 3']}/booking",
        ),
        Act(
            "POST",
            "/v1/bank-lines/{line_id}/undoing",
            Duty.BOOK,
            {"reason": "wrong"},
            address=f"/v1/bank-lines/{ids['line 3']}/undoing",
        ),
        Act(
            "POST",
            "/v1/spot-checks",
            Duty.BOOK,
            {"first": "2025-06-01", "last": "2025-06-02", "seed": "s"},
        ),
        Act(
            "POST",
            "/v1/spot-checks/{check_id}/verdicts",
            Duty.BOOK,
            {"verdict": "right"},
            address="/v1/spot-checks/1/verdicts",
        ),
    ]


def _objections(ids: Mapping[str, Any]) -> list[Act]:
    """Acts on disputes and on who pays for whom."""
    return [
        Act(
            "POST",
            "/v1/disputes",
            Duty.COLLECT,
            {"open_item": ids["item 4"], "reason": "pricing", "amount": euro("1.00")},
        ),
        Act(
            "PATCH",
            "/v1/disputes/{dispute_id}",
            Duty.COLLECT,
            {"state": "closed"},
            ANY_TAG,
            f"/v1/disputes/{ids['dispute']}",
        ),
        Act("POST", "/v1/assignments", Duty.COLLECT, {"customers": [ids["code"]], "to": ids["collector"]}),
        Act("POST", "/v1/assignments/{batch}/undoing", Duty.COLLECT, address=f"/v1/assignments/{ids['batch']}/undoing"),
        Act("POST", "/v1/views", None, {"name": "late", "filters": {"days_least": "60"}}),
        Act(
            "PUT",
            "/v1/views/{view_id}",
            None,
            {"name": "later", "filters": {"sort": "days_late"}},
            ANY_TAG,
            f"/v1/views/{ids['view']}",
        ),
        Act("DELETE", "/v1/views/{view_id}", None, address=f"/v1/views/{ids['view']}"),
        Act(
            "POST",
            "/v1/disputes/{dispute_id}/charge-back",
            Duty.BOOK,
            {},
            address=f"/v1/disputes/{ids['dispute']}/charge-back",
        ),
        Act(
            "POST",
            "/v1/disputes/{dispute_id}/charge-back/withdrawal",
            Duty.BOOK,
            {"reason": "proof came"},
            address=f"/v1/disputes/{ids['dispute']}/charge-back/withdrawal",
        ),
        Act(
            "POST",
            "/v1/payer-aliases",
            Duty.BOOK,
            {"customer": ids["code"], "kind": "name", "text": f"{ids['code']} Holding"},
        ),
        Act(
            "POST",
            "/v1/payer-aliases/{alias_id}/withdrawal",
            Duty.BOOK,
            {},
            address="/v1/payer-aliases/999999/withdrawal",
        ),
    ]


def _the_rest(ids: Mapping[str, Any]) -> list[Act]:
    """Acts on what customers say, and on what is learnt."""
    return [
        Act("POST", "/v1/contacts", Duty.COLLECT, {"customer": ids["code"], "kind": "call"}),
        Act(
            "POST",
            "/v1/promises",
            Duty.COLLECT,
            {"open_item": ids["item 4"], "promised_date": "2025-07-05", "amount": euro("1.00")},
        ),
        Act(
            "POST",
            "/v1/learners/{learner}/promotions",
            Duty.TRAIN,
            {"version": "x"},
            address="/v1/learners/payment-timing/promotions",
        ),
        Act("POST", "/v1/learners/{learner}/rollbacks", Duty.TRAIN, address="/v1/learners/payment-timing/rollbacks"),
        *(
            Act(
                "POST",
                f"/v1/learners/{{learner}}/{what}",
                Duty.TRAIN,
                address=f"/v1/learners/payment-timing/{what}",
            )
            for what in ("trainings", "comparisons")
        ),
        Act("POST", "/v1/forecast-scenarios", Duty.TRAIN, {"late_days": 14, "without": ids["code"]}),
        Act("POST", "/v1/jobs/{job}/runs", Duty.TRAIN, address="/v1/jobs/forecast_cash/runs"),
        Act("POST", "/v1/job-runs/{job_run}/retries", Duty.TRAIN, address=f"/v1/job-runs/{ids['job run']}/retries"),
        Act(
            "POST",
            "/v1/job-runs/{job_run}/cancellation",
            Duty.TRAIN,
            address=f"/v1/job-runs/{ids['job run']}/cancellation",
        ),
        Act("PUT", "/v1/jobs/{job}/daily", Duty.BOOK, {"at": "02:00"}, address="/v1/jobs/suggest_matches/daily"),
        Act("DELETE", "/v1/jobs/{job}/daily", Duty.BOOK, address="/v1/jobs/suggest_matches/daily"),
    ]
