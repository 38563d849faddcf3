"""Draws a page: the template, who looks at it, and what every page carries."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from o2c_ai.api.dependencies import FORM_FIELD, FORM_HEADER, shown_by
from o2c_ai.api.security import form_token
from o2c_ai.core.money import format_minor

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import Request, Response

templates = Environment(
    loader=PackageLoader("o2c_ai.api"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.filters["money"] = lambda minor, currency: f"{format_minor(minor, currency)} {currency}"


def draw(request: Request, template: str, status: int = HTTPStatus.OK, **facts: Any) -> HTMLResponse:  # noqa: ANN401 - whatever the template shows
    """The page as HTML; `facts` are the template's, `actor` among them on pages of people who are signed in."""
    shown = shown_by(request)
    common = {"form_field": FORM_FIELD, "form_header": FORM_HEADER, "form_token": form_token(shown) if shown else ""}
    page = templates.get_template(template).render({"actor": None, "path": request.url.path} | common | facts)
    return HTMLResponse(page, status)


def refusal(request: Request, status: HTTPStatus, detail: str, problems: Sequence[Mapping[str, Any]]) -> Response:
    """A page that says what was refused and what mends it."""
    return draw(request, "refusal.html", status, title=status.phrase, detail=detail, problems=problems)
