"""Propose what every undecided bank line pays, by the newest matcher there is; apply what the policy calls certain."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from o2c_ai.core.aliases.rules import AliasKind
from o2c_ai.core.cash_application import actions as cash_application
from o2c_ai.core.cash_application.rules import Booking, BookingsRefused
from o2c_ai.core.payments.queries import open_line_ids
from o2c_ai.core.suggestions import actions as suggestions
from o2c_ai.core.suggestions.rules import Decision, Facts, MatchSuggestion, Part, Policy, Reason
from o2c_ai.jobs.versions import RULES, Matcher
from o2c_ai.models.remittance_matching import records
from o2c_ai.models.remittance_matching.baseline import match, measure
from o2c_ai.models.remittance_matching.books import read_papers
from o2c_ai.models.remittance_matching.scoring import RuleScorer, Scorer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor


@dataclass(frozen=True, slots=True)
class Matched:
    """A suggestion with the other options the matcher weighed, best first (the suggestion itself is the first)."""

    suggestion: MatchSuggestion
    options: tuple[tuple[int, tuple[Part, ...]], ...]
    """(probability in millionths, parts)."""


def propose(
    session: Session,
    company_id: int,
    *,
    as_of: date,
    first: date | None = None,
    policy: Policy,
    matcher: Matcher | None = None,
    progress: Callable[[str], object] = str,
) -> list[Matched]:
    """Proposals for the lines undecided on the evening of the day, in the order of the lines; writes nothing.

    Without a trained matcher the rules propose, measured on the history known by then.
    """
    progress("reading the books")
    papers = read_papers(session, company_id, as_of)
    wanted = set(open_line_ids(session, company_id, as_of, first))
    if not wanted:
        return []
    if matcher is None:
        progress("measuring the rules on history")
        matcher = Matcher(RULES, RuleScorer(measure(papers, matcher_policy(policy))))
    progress(f"matching {len(wanted):,} lines")
    begin = min(line.booking_date for line in papers.lines if line.line_id in wanted)
    proposals = decide(papers, matcher.scorer, policy, begin, as_of)
    return [_matched(proposal, as_of, matcher.version) for proposal in proposals if proposal.line_id in wanted]


def decide(papers: records.Papers, scorer: Scorer, policy: Policy, first: date, last: date) -> list[records.Proposal]:
    """Proposals for the undecided lines of some days, by papers, scorer and policy alone."""
    # The policy asks for a precision of all that is applied untouched; history tells from which probability it is met.
    asked = matcher_policy(replace(policy, auto_ppm=scorer.threshold_for(policy.auto_ppm)))
    return match(papers, scorer, asked, first, last)


def apply(session: Session, actor: Actor, *, matched: Sequence[Matched], on: date) -> int:
    """Store and book exactly the proposals the policy calls certain; gives how many. The caller commits.

    What the books refuse is held back for a person: an item that only a return not yet accepted would open, or one that
    was used or taken back since. Matching again finds it as it then is.
    """
    certain = [one.suggestion for one in matched if one.suggestion.decision is Decision.AUTO]
    while certain:
        try:
            with session.begin_nested():
                _book(session, actor, certain, on)
            break
        except BookingsRefused as refusal:
            refused = {booking.line_id for booking, _ in refusal.refusals}
            certain = [made for made in certain if made.line_id not in refused]
    return len(certain)


def _book(session: Session, actor: Actor, certain: Sequence[MatchSuggestion], on: date) -> None:
    numbers = suggestions.suggest(session, actor, suggestions=certain)
    bookings = [
        Booking(made.line_id, on, made.parts, number, f"automatic, by {made.suggested_by}")
        for made, number in zip(certain, numbers, strict=True)
    ]
    cash_application.book(session, actor, bookings=bookings)


def suggest(session: Session, actor: Actor, *, matched: Sequence[Matched]) -> int:
    """Store every proposal for people to review; gives how many. The caller commits."""
    suggestions.suggest(session, actor, suggestions=[one.suggestion for one in matched])
    return len(matched)


def matcher_policy(policy: Policy) -> records.Policy:
    """The company's policy as the matcher asks it."""

    def decide(facts: records.Facts) -> records.Decision:
        seen = Facts(
            facts.probability_ppm,
            facts.probability_ppm - facts.margin_ppm,
            facts.sets_that_fit,
            facts.residual_explained,
            facts.amount_minor,
        )
        return records.Decision(policy.decide(seen).value)

    return decide


def _matched(proposal: records.Proposal, as_of: date, version: str) -> Matched:
    parts = _parts(proposal.rows, proposal.customer_id)
    suggestion = MatchSuggestion(
        proposal.line_id,
        parts,
        Decision(proposal.decision.value),
        proposal.facts.probability_ppm,
        proposal.customer_id,
        proposal.reasons,
        version,
        as_of,
        proposal.exception_reason,
        None if proposal.payer_by is None else AliasKind(proposal.payer_by.value),
    )
    others = tuple((a.probability_ppm, _parts(a.rows, a.customer_id)) for a in proposal.alternatives)
    first = ((proposal.facts.probability_ppm, parts),) if parts else ()
    return Matched(suggestion, (*first, *others))


def _parts(rows: Sequence[records.ProposedRow], customer_id: int | None) -> tuple[Part, ...]:
    return tuple(_part(row, customer_id) for row in rows)


def _part(row: records.ProposedRow, customer_id: int | None) -> Part:
    reason = Reason(row.reason.value)
    if row.item_id is None:
        return Part(row.amount_minor, reason, customer_id=customer_id)
    if row.item_id < 0:
        return Part(row.amount_minor, reason, credit_item_id=-row.item_id)
    return Part(row.amount_minor, reason, open_item_id=row.item_id)
