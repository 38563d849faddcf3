"""Says in plain words what speaks for a proposal and what against it, so that a person can judge it at a glance."""

from __future__ import annotations

from collections.abc import Iterator

from o2c_ai.core.money import format_minor
from o2c_ai.models.remittance_matching.assignment import Decided
from o2c_ai.models.remittance_matching.calibration import PPM
from o2c_ai.models.remittance_matching.hypotheses import Hypothesis, Rule
from o2c_ai.models.remittance_matching.payer import How
from o2c_ai.models.remittance_matching.records import AliasKind, Alternative, Decision, Proposal, Reason
from o2c_ai.models.remittance_matching.references import Quality
from o2c_ai.models.remittance_matching.ways import Fit

ALTERNATIVES_MAX = 19
"""Options told besides the proposal itself."""
QUOTED_MAX = 5
"""Quoted numbers spelt out in a reason; more are counted."""

_PAYER = {
    How.ACCOUNT.value: "the account belongs to or paid for this customer before",
    How.NAME.value: "the payer's name is this customer's or paid for them before",
    How.CUT_NAME.value: "the payer's name is this customer's, cut short or behind an intermediary",
    How.LIKE_NAME.value: "the payer's name is nearly this customer's",
    How.SHARED.value: "against: the payer pays for many customers",
    How.UNKNOWN.value: "against: nothing says who paid",
    "other": "against: the payer is known for other customers",
}
_RECOGNISED = {How.ACCOUNT: AliasKind.ACCOUNT} | dict.fromkeys((How.NAME, How.CUT_NAME, How.LIKE_NAME), AliasKind.NAME)
"""By what a payer was recognised that is somebody in particular."""
_AGREES = {
    Fit.EXACT: "the amounts agree to the cent",
    Fit.DISCOUNT: "the amounts agree after the cash discount",
    Fit.NETTED: "the amounts agree after credit memos that were not quoted",
    Fit.WITHHELD: "the amounts agree after what this customer is used to withhold",
    Fit.CHARGE: "the amounts agree after a bank charge seen before",
    Fit.PARTIAL: "the amount is a usual part payment",
    Fit.ADVISED: "the amounts agree after the cuts in the advice",
    Fit.OVERPAID_AS_USUAL: "more was paid than the items need, by an amount seen before",
    Fit.OVERPAID: "against: more was paid than the items need",
    Fit.SHORT: "against: less was paid than the items need, and nothing says why",
    Fit.SEVERAL: "the amounts agree after several of discount, credit memo, charge and withholding",
}
_CAUTIONS = {
    "claimed": "against: an earlier line that is still undecided seems to pay the same item",
    "behind": "against: an earlier payment of this customer is still undecided",
    "unread numbers": "against: the text has numbers that look like ours and are none",
    "other quoted": "against: the text quotes other open items too",
    "closed quoted": "against: the text quotes items that are paid already",
}
_LACKING = {
    "probability_ppm": "be more probable",
    "margin_ppm": "stand further ahead of the next best option",
    "sets_that_fit": "be the only set that fits",
    "residual_explained": "explain the whole difference",
    "amount_minor": "be for less money",
}
_QUOTED = {
    Quality.ORDER: " (order number)",
    Quality.DIGITS: " (digits only)",
    Quality.TAIL: " (end of the number)",
    Quality.SLIP: " (with a slip)",
}


def explained(decided: Decided) -> Proposal:
    """The proposal for a decided line, with reasons for and against and the other options."""
    best = decided.best.hypothesis if decided.best else None
    line = decided.case.line
    return Proposal(
        line_id=line.line_id,
        decision=decided.decision,
        facts=decided.facts,
        rows=best.rows if best else (),
        customer_id=best.customer_id if best else _only_payer(decided),
        reasons=(*(_items(decided, best) if best and best.ways else _no_items(decided, best)), *decided.objections),
        exception_reason=_exception(decided, best) if decided.decision is Decision.EXCEPTION else "",
        alternatives=tuple(
            Alternative(option.ppm, option.hypothesis.customer_id, option.hypothesis.rows)
            for option in decided.options[:ALTERNATIVES_MAX]
        ),
        payer_by=_RECOGNISED.get(decided.case.payer.how),
    )


def _items(decided: Decided, best: Hypothesis) -> Iterator[str]:
    """Reasons of a proposal that names items."""
    if best.rule is Rule.ADVICE and decided.case.advice is not None:
        yield f"remittance advice {decided.case.advice.advice_id} names these items"
    elif best.mentions:
        names = [f"{mention.text}{_QUOTED.get(mention.quality, '')}" for mention in best.mentions[:QUOTED_MAX]]
        more = len(best.mentions) - len(names)
        yield f"the text quotes {', '.join(names)}{f' and {more} more' if more else ''}"
    else:
        yield "against: the text quotes none of these items"
    if best.rule is Rule.REFERENCES_AND_MORE:
        yield "together with other open items of the same customer"
    if best.rule is Rule.LIKELY_SET:
        yield "of this customer's open items these are the likeliest to be paid now and so"
    yield _AGREES[best.fit]
    yield from (_PAYER[fact] for fact in best.circumstances if fact in _PAYER)
    yield from (_CAUTIONS[fact] for fact in best.circumstances if fact in _CAUTIONS)
    if best.fits > 1:
        yield f"against: {best.fits} sets of items fit equally well"
    if decided.rivals:
        yield f"against: {decided.rivals} other lines of the day may pay the same items"
    yield from _next_best(decided)
    if decided.lacking:
        yield f"to be applied untouched it would have to {' and '.join(_LACKING[fact] for fact in decided.lacking)}"


def _next_best(decided: Decided) -> Iterator[str]:
    """The runner-up, for a line that a person decides."""
    if decided.decision is Decision.REVIEW and decided.options:
        second = decided.options[0]
        items = [way.item.number for way in second.hypothesis.ways]
        names = f"{', '.join(items[:QUOTED_MAX])}{' and more' if len(items) > QUOTED_MAX else ''}"
        yield f"next best, {second.ppm / PPM:.0%}: {names or second.hypothesis.outcome.value}"


def _no_items(decided: Decided, best: Hypothesis | None) -> Iterator[str]:
    """Reasons of a proposal that names no items to pay."""
    line = decided.case.line
    if best is None:
        yield "no open item or set of items fits the payer, the text and the amount"
    elif best.rule is Rule.WORDING:
        yield f"text or account meant {best.outcome.value} before"
    elif best.rule is Rule.PAID_BEFORE:
        yield f"{format_minor(line.amount_minor, line.currency)} {line.currency} came before from the same payer"
        yield "nothing like it is open"
    elif best.rule is Rule.BOUNCED and best.bounced is not None:
        yield f"takes back the receipt of {best.bounced.line.booking_date.isoformat()} with the same amount"
    else:
        yield "outgoing, and no earlier receipt agrees in account, name or reference and amount"


def _exception(decided: Decided, best: Hypothesis | None) -> str:
    """Why no items are applied, in the words of the exceptions list."""
    if best is None:
        return "payer unknown" if decided.case.payer.how is How.UNKNOWN else "no candidate"
    if best.outcome is not Reason.IN_FULL:
        return best.outcome.value
    if best.fits > 1:
        return "ambiguous"
    return {Fit.OVERPAID: "over", Fit.OVERPAID_AS_USUAL: "over", Fit.SHORT: "short"}.get(best.fit, "no candidate")


def _only_payer(decided: Decided) -> int | None:
    customers = decided.case.payer.customers
    return next(iter(customers)) if len(customers) == 1 else None
