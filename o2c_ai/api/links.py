"""Says in the description of the interface which request may follow which, and what it takes from the answer."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

BODY, HEADER, PATH, SENT = "$response.body#/", "$response.header.", "$request.path.", "$request.body#/"
ROW = f"{BODY}rows/0/"


class Link(NamedTuple):
    """A request that may follow another one's answer."""

    after: str
    """Method and path of the first request."""
    then: str
    """Method and path of the one that may follow."""
    given: Mapping[str, str] = MappingProxyType({})
    """What its path, query and headers take from the answer: name → runtime expression of OpenAPI."""
    body: Mapping[str, Any] | None = None
    """What its body takes from the answer."""


def _money(part: str) -> dict[str, str]:
    return {"amount": f"{ROW}{part}/amount", "currency": f"{ROW}{part}/currency"}


_OF_CUSTOMERS = (
    Link("get /customers", "get /customers/{code}", {"path.code": f"{ROW}code"}),
    Link("get /customers", "get /open-items", {"query.customer": f"{ROW}code"}),
    Link("get /customers", "get /credits", {"query.customer": f"{ROW}code"}),
    Link("get /customers", "get /invoices", {"query.customer": f"{ROW}code"}),
    Link("get /customers", "get /payer-aliases", {"query.customer": f"{ROW}code"}),
    Link("get /customers", "get /predictions", {"query.customer": f"{ROW}code"}),
    Link("get /customers", "post /contacts", body={"customer": f"{ROW}code"}),
    Link("get /customers", "post /receipts", body={"customer": f"{ROW}code"}),
    Link("get /customers", "post /invoices", body={"documents": [{"customer": f"{ROW}code"}]}),
    Link(
        "get /customers/{code}",
        "put /customers/{code}",
        {"path.code": f"{PATH}code", "header.If-Match": f"{HEADER}ETag"},
        {"name": f"{BODY}name"},
    ),
    Link("put /customers/{code}", "post /invoices", body={"documents": [{"customer": f"{BODY}code"}]}),
    Link("get /worklist", "get /customers/{code}", {"path.code": f"{ROW}customer"}),
    Link("get /worklist", "post /contacts", body={"customer": f"{ROW}customer"}),
)
_OF_ITEMS = (
    Link("get /open-items", "get /invoices/{number}", {"path.number": f"{ROW}number"}),
    Link("get /open-items", "post /write-offs", body={"subject": f"{ROW}id", "amount": _money("left")}),
    Link("get /open-items", "post /disputes", body={"open_item": f"{ROW}id", "amount": _money("left")}),
    Link("get /open-items", "post /promises", body={"open_item": f"{ROW}id", "amount": _money("left")}),
    Link("get /invoices", "get /invoices/{number}", {"path.number": f"{ROW}number"}),
    Link("get /invoices", "post /invoice-reversals", body={"number": f"{ROW}number"}),
    Link("post /invoices", "get /invoices/{number}", {"path.number": f"{BODY}numbers/0"}),
    Link("post /invoices", "post /invoice-reversals", body={"number": f"{BODY}numbers/0"}),
    Link(
        "get /invoices/{number}",
        "patch /invoices/{number}",
        {"path.number": f"{PATH}number", "header.If-Match": f"{HEADER}ETag"},
    ),
    Link("post /invoice-reversals", "get /journal/{entry_id}", {"path.entry_id": f"{BODY}entry"}),
)
_OF_LINES = (
    Link("get /bank-lines", "get /bank-lines/{line_id}", {"path.line_id": f"{ROW}id"}),
    Link("get /bank-lines", "post /bank-lines/{line_id}/undoing", {"path.line_id": f"{ROW}id"}),
    Link(
        "get /bank-lines/to-match",
        "get /suggestions/{suggestion_id}",
        {"path.suggestion_id": f"{ROW}suggestion"},
    ),
    Link("get /bank-lines/to-match", "post /suggestions/acceptances", body={"suggestions": [f"{ROW}suggestion"]}),
    Link(
        "get /bank-lines/to-match",
        "post /suggestions/{suggestion_id}/refusal",
        {"path.suggestion_id": f"{ROW}suggestion"},
    ),
    Link(
        "get /bank-lines/to-match",
        "post /bank-lines/{line_id}/booking",
        {"path.line_id": f"{ROW}id"},
        {"parts": [{"amount": f"{ROW}amount/amount", "customer": f"{ROW}customer", "reason": "prepayment"}]},
    ),
    Link(
        "post /suggestions/acceptances",
        "get /suggestions/{suggestion_id}",
        {"path.suggestion_id": f"{SENT}suggestions/0"},
    ),
    Link("get /suggestions/{suggestion_id}", "get /bank-lines/{line_id}", {"path.line_id": f"{BODY}line"}),
    Link("get /suggestions/{suggestion_id}", "post /bank-lines/{line_id}/undoing", {"path.line_id": f"{BODY}line"}),
    Link(
        "post /bank-lines/{line_id}/booking",
        "post /bank-lines/{line_id}/undoing",
        {"path.line_id": f"{PATH}line_id"},
    ),
    Link("get /spot-checks", "post /spot-checks/{check_id}/verdicts", {"path.check_id": f"{ROW}id"}),
    Link("post /spot-checks", "post /spot-checks/{check_id}/verdicts", {"path.check_id": f"{BODY}checks/0"}),
)
_CREDIT = "post /receipts/{credit_id}"
_OF_MONEY = (
    Link("post /receipts", "put /receipts/{credit_id}/payer", {"path.credit_id": f"{BODY}credit_item"}),
    Link("post /receipts", f"{_CREDIT}/return", {"path.credit_id": f"{BODY}credit_item"}),
    Link(
        "post /receipts",
        "post /refunds",
        body={"subject": f"{BODY}credit_item", "amount": f"{SENT}amount"},
    ),
    Link(
        "post /receipts",
        f"{_CREDIT}/transfers",
        {"path.credit_id": f"{BODY}credit_item"},
        {"customer": f"{SENT}customer", "amount": f"{SENT}amount"},
    ),
    Link("get /credits", f"{_CREDIT}/return", {"path.credit_id": f"{ROW}id"}),
    Link("get /credits", "post /refunds", body={"subject": f"{ROW}id", "amount": _money("left")}),
    Link(
        "get /credits",
        f"{_CREDIT}/transfers",
        {"path.credit_id": f"{ROW}id"},
        {"customer": f"{ROW}customer", "amount": _money("left")},
    ),
    Link(
        "get /parked",
        f"{_CREDIT}/applications",
        {"path.credit_id": f"{ROW}receipt"},
        {"customer": f"{ROW}customer", "currency": f"{ROW}left/currency"},
    ),
    Link(
        "get /open-items",
        f"{_CREDIT}/applications",
        body={
            "currency": f"{ROW}left/currency",
            "parts": [{"amount": f"{ROW}left/amount", "open_item": f"{ROW}id"}],
        },
    ),
    *(
        Link(after, "post /applications/{entry_id}/undoing", {"path.entry_id": f"{BODY}entry"})
        for after in (f"{_CREDIT}/applications", f"{_CREDIT}/transfers", "post /approvals/{approval_id}/decision")
    ),
    Link("post /applications/{entry_id}/undoing", "get /journal/{entry_id}", {"path.entry_id": f"{BODY}entry"}),
    Link("post /write-offs", "post /approvals/{approval_id}/decision", {"path.approval_id": f"{BODY}approval"}),
    Link("post /refunds", "post /approvals/{approval_id}/decision", {"path.approval_id": f"{BODY}approval"}),
    Link("get /approvals", "post /approvals/{approval_id}/decision", {"path.approval_id": f"{ROW}id"}),
)
_OF_THE_REST = (
    Link("get /disputes", "get /disputes/{dispute_id}", {"path.dispute_id": f"{ROW}id"}),
    Link(
        "get /disputes/{dispute_id}",
        "patch /disputes/{dispute_id}",
        {"path.dispute_id": f"{PATH}dispute_id", "header.If-Match": f"{HEADER}ETag"},
    ),
    Link("get /forecasts", "get /forecasts/{run_id}", {"path.run_id": f"{ROW}id"}),
    Link("get /job-runs", "get /job-runs/{job_run}", {"path.job_run": f"{ROW}id"}),
    Link("post /jobs/{job}/runs", "get /job-runs/{job_run}", {"path.job_run": f"{BODY}id"}),
    Link("post /jobs/{job}/runs", "post /job-runs/{job_run}/cancellation", {"path.job_run": f"{BODY}id"}),
    Link("post /job-runs/{job_run}/cancellation", "post /job-runs/{job_run}/retries", {"path.job_run": f"{BODY}id"}),
    Link("get /documents", "get /documents/{document_id}/content", {"path.document_id": f"{ROW}id"}),
    Link("get /journal", "get /journal/{entry_id}", {"path.entry_id": f"{ROW}id"}),
    Link("get /journal", "post /applications/{entry_id}/undoing", {"path.entry_id": f"{ROW}id"}),
    Link("post /me/tokens", "delete /me/tokens/{token_id}", {"path.token_id": f"{BODY}id"}),
    Link("post /users", "put /users/{name}/password", {"path.name": f"{BODY}name"}),
    Link("post /users", "delete /users/{name}/second-factor", {"path.name": f"{BODY}name"}),
    Link(
        "get /learners/{learner}",
        "post /learners/{learner}/promotions",
        {"path.learner": f"{PATH}learner"},
        {"version": f"{BODY}versions/0/name"},
    ),
)
LINKS = (*_OF_CUSTOMERS, *_OF_ITEMS, *_OF_LINES, *_OF_MONEY, *_OF_THE_REST)
"""What leads from one request to the next: reading to acting, acting to undoing."""


def add_links(description: dict[str, Any]) -> None:
    """Write the links into a description of the interface, and one from each page of a list to the page after it."""
    for link in LINKS:
        _add(description, link)
    for path, operations in description["paths"].items():
        if any(parameter["name"] == "after" for parameter in operations.get("get", {}).get("parameters", [])):
            where = f"get {path.removeprefix(PREFIX)}"
            _add(description, Link(where, where, {"query.after": f"{BODY}next"}))


PREFIX = "/v1"


def _add(description: dict[str, Any], link: Link) -> None:
    method, path = link.then.split()
    target = description["paths"][PREFIX + path][method]
    method, path = link.after.split()
    responses = description["paths"][PREFIX + path][method]["responses"]
    known = responses[min(responses)].setdefault("links", {})
    said: dict[str, Any] = {"operationId": target["operationId"]}
    if link.given:
        said["parameters"] = dict(link.given)
    if link.body is not None:
        said["requestBody"] = dict(link.body)
    known[f"{target['operationId']}_{len(known)}"] = said
