"""Draws a page: the template, who looks at it, what every page carries, and how a form acts."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from o2c_ai.api.dependencies import FORM_FIELD, Acting, Reading, check_form, service_of, shown_by, who_asks
from o2c_ai.api.security import form_token
from o2c_ai.core.money import format_minor
from o2c_ai.core.people.rules import Duty, duties, require

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def _amount(minor: int, currency: str) -> str:
    """An amount to be read: thousands apart."""
    whole, point, cents = format_minor(abs(minor), currency).partition(".")
    sign = "\N{MINUS SIGN}" if minor < 0 else ""
    return f"{sign}{int(whole):,}{point}{cents}"


def money(minor: int, currency: str) -> str:
    """An amount to be read, the currency after it."""
    return f"{_amount(minor, currency)}\N{NO-BREAK SPACE}{currency}"


templates = Environment(
    loader=PackageLoader("o2c_ai.api"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
templates.filters["money"] = money
templates.filters["amount"] = _amount
templates.filters["plain"] = format_minor
templates.filters["pairs"] = parse_qsl
templates.filters["words"] = lambda name: str(name).replace("_", " ")


def draw(request: Request, template: str, status: int = HTTPStatus.OK, **facts: Any) -> HTMLResponse:  # noqa: ANN401 - whatever the template shows
    """The page as HTML; `facts` are the template's, `actor` among them on pages of people who are signed in."""
    shown, actor = shown_by(request), facts.get("actor")
    may = {duty.value for duty in duties(actor.roles, actor.scope)} if actor else set[str]()
    common = {"form_field": FORM_FIELD, "form_token": form_token(shown) if shown else "", "may": may}
    page = templates.get_template(template).render({"actor": None, "path": request.url.path} | common | facts)
    return HTMLResponse(page, status)


def refusal(request: Request, status: HTTPStatus, detail: str, problems: Sequence[Mapping[str, Any]]) -> Response:
    """A page that says what was refused and what mends it."""
    return draw(request, "refusal.html", status, title=status.phrase, detail=detail, problems=problems)


def doing(request: Request, given: Annotated[str, Form(alias=FORM_FIELD)] = "") -> Iterator[Acting]:
    """Give an act of a form its session, which `done` commits. Raises NotSignedIn, OtherSite."""
    service = service_of(request)
    with service.store.session() as session:
        actor = who_asks(request, session)
        check_form(request, given)
        yield Acting(session, actor, service.today(), "")


Doing = Annotated[Acting, Depends(doing)]


def takes(duty: Duty) -> Any:  # noqa: ANN401 - FastAPI's own mark
    """Refuse a form to whoever lacks the duty for it before anything it names is looked at (NotYourDuty)."""

    def check(act: Doing) -> None:
        require(act.actor, duty)

    return Depends(check)


def done(act: Acting, path: str, back: str = "", **facts: object) -> Response:
    """Commit the act and lead to the page after it; `back` is the query the form came from, `facts` go over it."""
    act.commit()
    return seen_after(path, back, **facts)


def seen_after(path: str, back: str = "", **facts: object) -> Response:
    """Lead to the page after an act that is done."""
    return RedirectResponse(address(path, back, **facts), HTTPStatus.SEE_OTHER)


def as_before(act: Acting) -> Reading:
    """The books as they were before an act that was refused, to show its page again."""
    act.session.rollback()
    return Reading(act.session, act.actor, act.as_of)


def address(path: str, back: str = "", **facts: object) -> str:
    """A path of this service with a query: that of `back`, with `facts` put over it (None takes one out)."""
    query = dict(parse_qsl(back)) | facts
    text = urlencode({name: value for name, value in query.items() if value is not None and value != ""}, doseq=True)
    return f"{path}?{text}" if text else path
