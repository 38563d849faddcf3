"""Questions across all of the books: what is open by age, how fast we are paid, how well cash is applied."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from operator import add
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, and_, case, cast, exists, func, literal, not_, or_, select
from sqlalchemy.orm import aliased

from o2c_ai.core.aliases.queries import aliases_in_force, list_aliases
from o2c_ai.core.aliases.rules import Alias, AliasKind, Word, squeeze
from o2c_ai.core.cash_application.queries import learnt_aliases
from o2c_ai.core.cash_application.tables import CashApplication, CashApplicationPart
from o2c_ai.core.customers.queries import get_customer, names_by_id, payer_accounts
from o2c_ai.core.database import among
from o2c_ai.core.invoices.tables import Invoice
from o2c_ai.core.ledger.queries import role_balances
from o2c_ai.core.ledger.rules import AccountRole
from o2c_ai.core.payments.tables import StatementLineRow
from o2c_ai.core.receivables.queries import credit_as_of, on_account_as_of, open_items_as_of
from o2c_ai.core.receivables.rules import CreditKind
from o2c_ai.core.receivables.tables import Application, CreditItem, OpenItem
from o2c_ai.core.reporting.rules import (
    BUCKETS,
    AccountLine,
    Aging,
    AgingBasis,
    AgingRow,
    AliasLine,
    AliasSource,
    MatchRates,
    Measures,
    Rate,
    aging_totals,
    bucket_names,
    check_buckets,
    measured,
)
from o2c_ai.core.spot_checks.queries import list_checks, taken_back
from o2c_ai.core.suggestions.rules import Decision
from o2c_ai.core.suggestions.tables import Suggestion

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy import ColumnElement, Select, Subquery
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from o2c_ai.core.reporting.rules import Credit

    _Minor = ColumnElement[int] | InstrumentedAttribute[int]

_Key = tuple[int, str]
"""Customer (0 for an unknown payer) and currency."""


def aging(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    buckets: Sequence[int] = BUCKETS,
    basis: AgingBasis = AgingBasis.DUE_DATE,
    customer_code: str | None = None,
) -> Aging:
    """Open items by age and credit not used, by customer and currency, as of a day; or of one customer.

    An item due on the day is not overdue. Receipts of unknown payers are a row without a customer, so that the totals
    less credit are the balance of the receivables, unapplied, unidentified and on-account accounts. Raises BadBuckets,
    UnknownCustomer.
    """
    check_buckets(buckets)
    only = None if customer_code is None else get_customer(session, company_id, customer_code).customer_id
    ids = None if only is None else [only]
    owed = open_by_age(session, company_id, as_of, buckets=buckets, basis=basis, customer_ids=ids)
    credit = credit_left(session, company_id, as_of)
    if only is not None:
        credit = {key: left for key, left in credit.items() if key[0] == only}
    names, nothing = names_by_id(session, company_id), (0,) * (len(buckets) + 2)
    rows = [
        AgingRow(*names.get(key[0], ("", "")), key[1], owed.get(key, nothing), *credit.get(key, (0, 0, 0)))
        for key in owed.keys() | credit.keys()
    ]
    rows.sort(key=lambda row: (not row.customer_code, row.customer_code, row.currency))
    return Aging(as_of, basis, tuple(bucket_names(buckets)), tuple(rows), aging_totals(owed, credit, buckets))


def open_by_age(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    buckets: Sequence[int] = BUCKETS,
    basis: AgingBasis = AgingBasis.DUE_DATE,
    customer_ids: Collection[int] | None = None,
) -> dict[_Key, tuple[int, ...]]:
    """(customer, currency) → open by age, of all customers or of some: billed less applied, summed by the database.

    Items are never looked at one by one: paid ones cancel out, which a million of them do fastest.
    """
    day = OpenItem.due_date if basis is AgingBasis.DUE_DATE else OpenItem.document_date
    edges = [as_of - timedelta(days=end) for end in (0, *buckets)]
    places = [day >= edges[0], *(and_(day >= low, day < high) for high, low in pairwise(edges)), day < edges[-1]]
    owner, mine = (OpenItem.customer_id, OpenItem.currency), OpenItem.company_id == company_id
    known = [OpenItem.known_on <= as_of]
    if customer_ids is not None:
        known.append(among(session, OpenItem.customer_id, customer_ids))
    billed = select(*owner, *(_total(case((place, OpenItem.amount_minor), else_=0)) for place in places))
    billed = billed.where(mine, *known)
    applied = (
        select(*owner, *(_total(case((place, -Application.amount_minor), else_=0)) for place in places))
        .join(Application, Application.open_item_id == OpenItem.id)
        .where(Application.company_id == company_id, Application.known_on <= as_of, *known)
    )
    found: dict[_Key, tuple[int, ...]] = {}
    for asked in (billed, applied):
        for customer, currency, *sums in session.execute(asked.group_by(*owner)):
            before = found.get((customer, currency))
            found[customer, currency] = tuple(sums) if before is None else tuple(map(add, before, sums))
    return {key: sums for key, sums in found.items() if any(sums)}


def credit_left(session: Session, company_id: int, as_of: date) -> dict[_Key, tuple[int, int, int]]:
    """(customer, currency) → credit memos, receipts and parked money left on the day; 0 is the unknown payer."""
    left = credit_as_of(company_id, as_of).subquery()
    asked = select(left.c.payer_id, left.c.currency, left.c.kind, _total(left.c.left_minor))
    sums: dict[_Key, list[int]] = defaultdict(lambda: [0, 0, 0])
    for payer, currency, kind, minor in session.execute(asked.group_by(left.c.payer_id, left.c.currency, left.c.kind)):
        sums[payer or 0, currency][kind is CreditKind.RECEIPT] += minor
    for (customer, currency), minor in on_account_as_of(session, company_id, as_of).items():
        sums[customer or 0, currency][2] += minor
    return {key: (memos, receipts, parked) for key, (memos, receipts, parked) in sums.items()}


def _total(column: _Minor) -> ColumnElement[int]:
    """Sum as an integer on both stores: PostgreSQL alone would give a decimal, and both nothing for no rows."""
    return func.coalesce(cast(func.sum(column), BigInteger), 0)


def measures(session: Session, company_id: int, as_of: date, *, days: int = 90) -> list[Measures]:
    """DSO, best possible DSO, ADD, countback DSO, CEI and turnover of each currency over the days up to the day."""
    opening, closing = (_receivables(session, company_id, day) for day in (as_of - timedelta(days=days), as_of))
    current, daily = _not_yet_due(session, company_id, as_of), daily_sales(session, company_id, as_of)
    return measured(as_of, days, opening=opening, closing=closing, current=current, daily=daily)


def _receivables(session: Session, company_id: int, as_of: date) -> dict[str, int]:
    role = AccountRole.RECEIVABLES
    return {currency: minor for (_, currency), minor in role_balances(session, company_id, as_of, role=role).items()}


def _not_yet_due(session: Session, company_id: int, as_of: date) -> dict[str, int]:
    """Currency → open and due on the day or later: billed less applied."""
    known = OpenItem.known_on <= as_of, OpenItem.due_date >= as_of
    billed = select(OpenItem.currency, _total(OpenItem.amount_minor)).where(OpenItem.company_id == company_id, *known)
    applied = (
        select(OpenItem.currency, -_total(Application.amount_minor))
        .join(Application, Application.open_item_id == OpenItem.id)
        .where(Application.company_id == company_id, Application.known_on <= as_of, *known)
    )
    found: dict[str, int] = defaultdict(int)
    for asked in (billed, applied):
        for currency, minor in session.execute(asked.group_by(OpenItem.currency)):
            found[currency] += minor
    return found


def daily_sales(session: Session, company_id: int, as_of: date) -> dict[str, dict[date, int]]:
    """Currency → day → billed less credit memos, of documents not reversed by the day asked for."""
    asked = (
        select(Invoice.currency, Invoice.issue_date, _total(Invoice.amount_minor))
        .where(
            Invoice.company_id == company_id,
            Invoice.issue_date <= as_of,
            Invoice.reversed_on.is_(None) | (Invoice.reversed_on > as_of),
        )
        .group_by(Invoice.currency, Invoice.issue_date)
    )
    found: dict[str, dict[date, int]] = {}
    for currency, day, minor in session.execute(asked):
        found.setdefault(currency, {})[day] = minor
    return found


def match_rates(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    since: date | None = None,
    credit: Credit | None = None,
) -> MatchRates:
    """How well cash was applied, of lines decided from `since` to the day; lines booked from history are counted apart.

    `credit` is what `credit_left` says, where it is at hand.

    Untouched is what was booked as a suggestion stood whose decision was auto. A line taken back later was wrong. A run
    need not keep what it leaves to people: a line that a run found undecided counts, with a suggestion or without.
    """
    lines = _decided_lines(company_id, as_of, since)
    asked = select(*_counts(lines))
    row = session.execute(asked).one()
    looked = Counter(check.right for check in list_checks(session, company_id, as_of, since=since))
    credit = credit_left(session, company_id, as_of) if credit is None else credit
    unapplied: dict[str, int] = defaultdict(int)
    for (customer, currency), (_, receipts, _) in credit.items():
        unapplied[currency] += receipts if customer else 0
    return MatchRates(
        since,
        as_of,
        Rate(row.named_right, row.named),
        Rate(row.paid_untouched, row.paid),
        Rate(row.receipts_untouched, row.receipts),
        Rate(row.straight, row.decided + _waiting_lines(session, company_id, as_of)),
        _auto_precision(session, company_id, as_of, since),
        Rate(looked[True], looked[True] + looked[False]),
        Rate(looked[None], looked.total()),
        row.history,
        {currency: minor for currency, minor in sorted(unapplied.items()) if minor},
        {currency: left for (customer, currency), (_, left, _) in sorted(credit.items()) if not customer and left},
    )


def rates_by_day(session: Session, company_id: int, as_of: date) -> Sequence[Any]:
    """Rows of what `match_rates` counts, by the day lines were decided: known_on and the counts of `_counts`."""
    lines = _decided_lines(company_id, as_of, None)
    asked = select(lines.c.known_on, *_counts(lines)).group_by(lines.c.known_on).order_by(lines.c.known_on)
    return session.execute(asked).all()


def _counts(lines: Subquery) -> list[ColumnElement[int]]:
    """Sums over decided lines: what is in each rate, and of how many."""
    known, untouched, pays = lines.c.worked == 1, lines.c.untouched == 1, lines.c.rows > 0
    names = and_(lines.c.decision.is_not(None), lines.c.customers > 0)
    return [
        _total(case((condition, value), else_=0)).label(name)
        for name, condition, value in (
            ("history", not_(known), literal(1)),
            ("decided", known, literal(1)),
            ("straight", untouched, literal(1)),
            ("named", names, literal(1)),
            ("named_right", and_(names, lines.c.right_customer == 1), literal(1)),
            ("paid", known, lines.c.rows),
            ("paid_untouched", untouched, lines.c.rows),
            ("receipts", and_(known, pays), literal(1)),
            ("receipts_untouched", and_(untouched, pays), literal(1)),
        )
    ]


def _decided(company_id: int, as_of: date, since: date | None = None) -> ColumnElement[bool]:
    """Cash applications of the span that stand on the day."""
    stands = CashApplication.undone_on.is_(None) | (CashApplication.undone_on > as_of)
    return and_(_in_span(company_id, as_of, since), stands)


def _in_span(company_id: int, as_of: date, since: date | None) -> ColumnElement[bool]:
    first = date.min if since is None else since
    return and_(CashApplication.company_id == company_id, CashApplication.known_on.between(first, as_of))


def _newest_suggestion(company_id: int, as_of: date) -> ColumnElement[int]:
    """The newest one up to the day for the line of a cash application: looked up line by line, by its index."""
    made = aliased(Suggestion)
    mine = made.line_id == CashApplication.line_id, made.company_id == company_id, made.as_of <= as_of
    return select(func.max(made.id)).where(*mine).correlate(CashApplication).scalar_subquery()


def _decided_lines(company_id: int, as_of: date, since: date | None) -> Subquery:
    """Decided lines with the suggestion followed or, decided otherwise, the newest there was.

    Worked are those with a suggestion and those that a run found undecided on an earlier day than they were booked; all
    others are history.
    """
    runs = _runs(company_id, as_of).cte("runs").prefix_with("MATERIALIZED")  # once, not for every line
    found = exists().where(runs.c.as_of >= StatementLineRow.booking_date, runs.c.as_of < CashApplication.known_on)
    part, made = CashApplicationPart, Suggestion
    customer = func.coalesce(part.customer_id, OpenItem.customer_id)
    pays = and_(part.open_item_id.is_not(None), part.amount_minor > 0)
    followed = and_(CashApplication.suggestion_id.is_not(None), made.decision == Decision.AUTO)
    return (
        select(
            CashApplication.known_on,
            made.decision,
            func.max(case((or_(made.id.is_not(None), found), 1), else_=0)).label("worked"),
            func.max(case((followed, 1), else_=0)).label("untouched"),
            func.sum(case((pays, 1), else_=0)).label("rows"),
            func.count(customer).label("customers"),
            func.max(case((customer == made.customer_id, 1), else_=0)).label("right_customer"),
        )
        .select_from(CashApplication)
        .join(StatementLineRow, StatementLineRow.id == CashApplication.line_id)
        .outerjoin(made, made.id == func.coalesce(CashApplication.suggestion_id, _newest_suggestion(company_id, as_of)))
        .outerjoin(part, part.cash_application_id == CashApplication.id)
        .outerjoin(OpenItem, OpenItem.id == part.open_item_id)
        .where(_decided(company_id, as_of, since))
        .group_by(CashApplication.id, made.decision)
        .subquery()
    )


def _waiting_lines(session: Session, company_id: int, as_of: date) -> int:
    """Lines that the newest run up to the day could see and nobody has decided by the day."""
    newest = session.scalar(select(func.max(_runs(company_id, as_of).subquery().c.as_of)))
    if newest is None:
        return 0
    decided = exists().where(CashApplication.line_id == StatementLineRow.id, _decided(company_id, as_of))
    mine = StatementLineRow.company_id == company_id, StatementLineRow.booking_date <= newest
    return session.scalars(select(func.count()).select_from(StatementLineRow).where(*mine, ~decided)).one()


def _runs(company_id: int, as_of: date) -> Select[date]:
    """Days of the runs known by the day: with the knowledge of each, suggestions were made."""
    return select(Suggestion.as_of).distinct().where(Suggestion.company_id == company_id, Suggestion.as_of <= as_of)


def _auto_precision(session: Session, company_id: int, as_of: date, since: date | None) -> Rate:
    found = untouched_by_day(session, company_id, as_of, since).values()
    return Rate(sum(hits for hits, _ in found), sum(of for _, of in found))


def untouched_by_day(
    session: Session, company_id: int, as_of: date, since: date | None = None
) -> dict[date, tuple[int, int]]:
    """Day → lines booked untouched on it that nobody took back, and all that were, but for runs recalled whole."""
    stands, wrong = _decided(company_id, as_of, since), taken_back(as_of)
    asked = (
        select(CashApplication.known_on)
        .add_columns(_total(case((stands, 1), else_=0)), _total(case((or_(stands, wrong), 1), else_=0)))
        .join(Suggestion, Suggestion.id == CashApplication.suggestion_id)
        .where(_in_span(company_id, as_of, since), Suggestion.decision == Decision.AUTO)
        .group_by(CashApplication.known_on)
    )
    return {row[0]: (row[1], row[2]) for row in session.execute(asked)}


def payer_aliases(session: Session, company_id: int, customer_code: str, as_of: date) -> list[AliasLine]:
    """How a customer's money is recognised and why: master data, bookings of people, and what people said.

    Raises UnknownCustomer.
    """
    customer = get_customer(session, company_id, customer_code)
    ours, now = customer.customer_id, aliases_in_force(session, company_id, as_of)
    declined = {(s.kind, s.key) for s in now if s.customer_id == ours and s.word is Word.DECLINED}
    account, name = (AliasKind.ACCOUNT, AliasKind.NAME)
    stated = [(account, one) for one, payer in payer_accounts(session, company_id) if payer == ours]
    lines = [
        AliasLine(kind.value, text, AliasSource.MASTER, (kind, squeeze(text)) not in declined)
        for kind, text in (*stated, (name, customer.name))
    ]
    lines += [
        AliasLine(a.kind.value, a.text, AliasSource.BOOKED, (a.kind, a.key) not in declined, a.line_refs, a.last_on)
        for a in learnt_aliases(session, company_id, ours, as_of)
    ]
    counting = {said.alias_id for said in now}
    return lines + [_told(said, said.alias_id in counting) for said in list_aliases(session, company_id, as_of, ours)]


def _told(said: Alias, counts: bool) -> AliasLine:  # noqa: FBT001 - one column of the line
    source = AliasSource.KNOWN if said.word is Word.KNOWN else AliasSource.DECLINED
    refs = (said.line_ref,) if said.line_ref else ()
    head = AliasLine(said.kind.value, said.text, source, counts, refs, said.told_on, said.told_by, said.reason)
    return replace(head, alias_id=said.alias_id, withdrawn_on=said.withdrawn_on, withdrawn_by=said.withdrawn_by)


def account_statement(session: Session, company_id: int, customer_code: str, as_of: date) -> list[AccountLine]:
    """What a customer owes and has to its credit on a day, by document date. Raises UnknownCustomer."""
    customer = get_customer(session, company_id, customer_code).customer_id
    owed = open_items_as_of(company_id, as_of).where(OpenItem.customer_id == customer)
    lines = [
        AccountLine(r.number, r.kind.value, r.document_date, r.due_date, r.currency, r.amount_minor, r.left_minor)
        for r in session.execute(owed)
    ]
    credit = credit_as_of(company_id, as_of).where(
        CreditItem.customer_id == customer, CreditItem.identified_on <= as_of
    )
    lines += [
        AccountLine(r.number, r.kind.value, r.document_date, None, r.currency, -r.amount_minor, -r.left_minor)
        for r in session.execute(credit)
    ]
    parked = on_account_as_of(session, company_id, as_of)
    lines += [
        AccountLine("", "on_account", None, None, currency, -minor, -minor)
        for (owner, currency), minor in parked.items()
        if owner == customer
    ]
    return sorted(lines, key=lambda line: (line.document_date or as_of, line.number, line.currency))
