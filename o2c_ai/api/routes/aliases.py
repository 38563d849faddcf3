"""Who pays for whom, in people's words: an account or a name is known for a customer, declined, or withdrawn."""

from __future__ import annotations

from fastapi import APIRouter
from pydantic import Field

from o2c_ai.api.dependencies import Act, needs
from o2c_ai.api.schemas import Counted, Id, Text, Written
from o2c_ai.api.schemas import Word as Name
from o2c_ai.api.turns import ActRoute
from o2c_ai.core.aliases.actions import tell, withdraw
from o2c_ai.core.aliases.rules import AliasKind, NewAlias, Word
from o2c_ai.core.customers.queries import get_customer
from o2c_ai.core.people.rules import Duty

router = APIRouter(tags=["customers"], route_class=ActRoute)


class AliasIn(Written):
    """What somebody says of an account or a name and a customer."""

    customer: Name = Field(examples=["C-17"])
    kind: AliasKind = Field(examples=["name"])
    text: Name = Field(description="As the bank writes it.", examples=["MUSTER GMBH U CO KG"])
    word: Word = Field(default=Word.KNOWN, description="It pays for the customer, or it does not.")
    line: Id | None = Field(default=None, description="The bank line it is said about, where there is one.")
    reason: Text = Field(default="", examples=["their new bank"])


class Told(Written):
    """What was noted."""

    alias: Id = Field(description="With it what was said is withdrawn.")


class AliasWithdrawal(Written):
    """Why it is taken back."""

    reason: Text = Field(default="", examples=["a mistake"])


@router.post("/payer-aliases", status_code=201, dependencies=[needs(Duty.BOOK)])
def tell_(asked: AliasIn, act: Act) -> Told:
    """Say that an account or a name pays for a customer, or that it does not."""
    customer = get_customer(act.session, act.actor.company_id, asked.customer).customer_id
    said = NewAlias(customer, asked.kind, asked.text, asked.word, act.as_of, asked.reason, asked.line)
    return Told(alias=tell(act.session, act.actor, alias=said))


@router.post("/payer-aliases/{alias_id}/withdrawal", dependencies=[needs(Duty.BOOK)])
def withdraw_(alias_id: Id, asked: AliasWithdrawal, act: Act) -> Counted:
    """Take back what was said: it counts no more, and what was said before it counts again."""
    withdraw(act.session, act.actor, alias_id=alias_id, on=act.as_of, reason=asked.reason)
    return Counted(count=1)
