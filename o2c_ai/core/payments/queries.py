"""Questions about payments: lines, receipts and advices as of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, cast, func, or_, select

from o2c_ai.core.customers.tables import CustomerRow
from o2c_ai.core.database import Place, among, page_of
from o2c_ai.core.payments.rules import BankLine, LineSort, LineState, ReceiptMethod, UnknownLine, last_worked
from o2c_ai.core.payments.tables import AdviceLineRow, BankAccount, Receipt, RemittanceAdvice, StatementLineRow
from o2c_ai.core.receivables.rules import UnknownItem
from o2c_ai.core.receivables.tables import Application, CreditItem, CreditMovement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session


def find_bank_account(session: Session, company_id: int, account: str) -> tuple[int, int] | None:
    """(bank account, its ledger account) of an account number, None where it was never set up."""
    asked = select(BankAccount.id, BankAccount.ledger_account_id).where(
        BankAccount.company_id == company_id, BankAccount.account == account
    )
    row = session.execute(asked).first()
    return None if row is None else (row[0], row[1])


def columns_stored(session: Session, company_id: int) -> Iterator[Any]:
    """Every line as a leading system would describe it: line_ref, booking_date, currency, amount_minor, state."""
    asked = select(
        StatementLineRow.line_ref,
        StatementLineRow.booking_date,
        StatementLineRow.currency,
        StatementLineRow.amount_minor,
        StatementLineRow.state,
    ).where(StatementLineRow.company_id == company_id)
    yield from session.execute(asked.execution_options(yield_per=10_000))


def _lines(company_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(
            StatementLineRow.id,
            StatementLineRow.line_ref,
            StatementLineRow.booking_date,
            StatementLineRow.currency,
            StatementLineRow.amount_minor,
            StatementLineRow.payer_name,
            StatementLineRow.payer_account,
            StatementLineRow.narrative,
            StatementLineRow.end_to_end_id,
            StatementLineRow.state,
            Receipt.credit_item_id,
        )
        .outerjoin(Receipt, Receipt.statement_line_id == StatementLineRow.id)
        .where(StatementLineRow.company_id == company_id)
    )


def columns_lines(session: Session, company_id: int, as_of: date, first: date | None = None) -> Iterator[Any]:
    """Lines booked up to the day (and from `first` on), by date and id, decided or not.

    Columns: id, line_ref, booking_date, currency, amount_minor, payer_name, payer_account, narrative, end_to_end_id,
    state, credit_item_id.
    """
    asked = _lines(company_id).where(StatementLineRow.booking_date <= as_of)
    if first is not None:
        asked = asked.where(StatementLineRow.booking_date >= first)
    asked = asked.order_by(StatementLineRow.booking_date, StatementLineRow.id)
    yield from session.execute(asked.execution_options(yield_per=10_000))


def open_line_ids(session: Session, company_id: int, as_of: date, first: date | None = None) -> list[int]:
    """Lines known on the day that nobody had decided by then, by date and id."""
    asked = select(StatementLineRow.id).where(StatementLineRow.company_id == company_id, waits(as_of))
    if first is not None:
        asked = asked.where(StatementLineRow.booking_date >= first)
    return list(session.scalars(asked.order_by(StatementLineRow.booking_date, StatementLineRow.id)))


def waits(as_of: date) -> ColumnElement[bool]:
    """Lines known on the day that nobody had decided by then."""
    undecided = (StatementLineRow.state == LineState.OPEN) | (StatementLineRow.decided_on > as_of)
    return (StatementLineRow.booking_date <= as_of) & undecided


def says(words: str) -> ColumnElement[bool]:
    """Lines whose reference, payer or text holds these words, taken literally and whatever their case."""
    columns = (StatementLineRow.line_ref, StatementLineRow.payer_name, StatementLineRow.narrative)
    return or_(*(column.icontains(words, autoescape=True) for column in columns))


def page_lines(
    session: Session,
    company_id: int,
    as_of: date,
    *,
    state: LineState | None = None,
    words: str = "",
    sort: LineSort = LineSort.BOOKING_DATE,
    after: Place | None = None,
    limit: int = 50,
) -> tuple[list[Any], Place | None]:
    """A page of the lines booked up to the day, and the place after it; None at the end. Raises BadPlace.

    Columns: those of `columns_lines`, and decided_on (the day itself where nobody decided).
    """
    decided_on = func.coalesce(StatementLineRow.decided_on, as_of, type_=StatementLineRow.decided_on.type)
    asked = _lines(company_id).add_columns(decided_on.label("decided_on"))
    asked = asked.where(StatementLineRow.booking_date <= as_of)
    if state is not None:
        asked = asked.where(StatementLineRow.state == state)
    if words:
        asked = asked.where(says(words))
    descending = sort is not LineSort.BOOKING_DATE
    return page_of(session, asked, by=sort.value, after=after, limit=limit, descending=descending)


def get_line(session: Session, company_id: int, line_id: int) -> Any:  # noqa: ANN401 - a row of named columns
    """One line with the bank's words: the columns of `columns_lines`. Raises UnknownLine."""
    row = session.execute(_lines(company_id).where(StatementLineRow.id == line_id)).one_or_none()
    if row is None:
        raise UnknownLine(line_id)
    return row


def lock_lines(session: Session, company_id: int, line_ids: Sequence[int]) -> dict[int, BankLine]:
    """Lines with their receipts, rows locked in id order. Raises UnknownLine."""
    found: dict[int, BankLine] = {}
    asked = _lines(company_id).where(among(session, StatementLineRow.id, line_ids)).order_by(StatementLineRow.id)
    for row_id, ref, day, currency, minor, *_words, state, credit in session.execute(
        asked.with_for_update(of=StatementLineRow)
    ):
        found[row_id] = BankLine(row_id, ref, day, currency, minor, state, credit)
    for line_id in line_ids:
        if line_id not in found:
            raise UnknownLine(line_id)
    return found


def line_of_credit(session: Session, company_id: int, credit_item_id: int) -> BankLine | None:
    """The statement line a receipt came by, locked; None for one taken by hand and for a credit memo."""
    asked = select(Receipt.statement_line_id).where(
        Receipt.company_id == company_id, Receipt.credit_item_id == credit_item_id
    )
    line_id = session.scalar(asked)
    return None if line_id is None else lock_lines(session, company_id, [line_id])[line_id]


def page_taken_by_hand(
    session: Session, company_id: int, as_of: date, *, after: Place | None = None, limit: int = 50
) -> tuple[list[Any], Place | None]:
    """A page of the cheques and cash taken by the day, the newest first (columns of `get_receipt`). Raises BadPlace."""
    asked = _receipts(company_id, as_of).where(Receipt.method != ReceiptMethod.BANK, Receipt.received_on <= as_of)
    return page_of(session, asked, by="id", after=after, limit=limit, descending=True)


def get_receipt(session: Session, company_id: int, as_of: date, credit_item_id: int) -> Any:  # noqa: ANN401 - a row of columns
    """One receipt, by its credit item. Raises UnknownItem.

    Columns: id (of the credit item), number, customer_id, customer_code, currency, amount_minor, left_minor (neither
    applied nor moved by the day), method, received_on, line_id, line_ref, line_state (None without a bank line).
    """
    row = session.execute(_receipts(company_id, as_of).where(CreditItem.id == credit_item_id)).one_or_none()
    if row is None:
        raise UnknownItem(credit_item_id)
    return row


def _receipts(company_id: int, as_of: date) -> Select[*tuple[Any, ...]]:
    spent = [
        func.coalesce(
            select(cast(func.sum(uses.amount_minor), BigInteger))
            .where(uses.credit_item_id == CreditItem.id, uses.known_on <= as_of)
            .correlate(CreditItem)
            .scalar_subquery(),
            0,
        )
        for uses in (Application, CreditMovement)
    ]
    return (
        select(CreditItem.id, CreditItem.number, CreditItem.customer_id, CustomerRow.code.label("customer_code"))
        .add_columns(CreditItem.currency, CreditItem.amount_minor)
        .add_columns((CreditItem.amount_minor - spent[0] - spent[1]).label("left_minor"))
        .add_columns(Receipt.method, Receipt.received_on, Receipt.statement_line_id.label("line_id"))
        .add_columns(StatementLineRow.line_ref, StatementLineRow.state.label("line_state"))
        .join(Receipt, Receipt.credit_item_id == CreditItem.id)
        .outerjoin(CustomerRow, CustomerRow.id == CreditItem.customer_id)
        .outerjoin(StatementLineRow, StatementLineRow.id == Receipt.statement_line_id)
        .where(CreditItem.company_id == company_id)
    )


def known_customers(session: Session, company_id: int, customer_ids: Sequence[int]) -> set[int]:
    """Which of these customers are the company's own."""
    mine = CustomerRow.company_id == company_id, among(session, CustomerRow.id, customer_ids)
    return set(session.scalars(select(CustomerRow.id).where(*mine)))


def line_ids_of_refs(session: Session, company_id: int, refs: Sequence[str]) -> dict[str, int]:
    """Reference → id of the lines that exist."""
    mine = StatementLineRow.company_id == company_id, among(session, StatementLineRow.line_ref, refs)
    asked = select(StatementLineRow.line_ref, StatementLineRow.id).where(*mine)
    return {ref: line_id for ref, line_id in session.execute(asked)}  # noqa: C416 - rows are no pairs to the types


def line_facts(session: Session, company_id: int, refs: Sequence[str]) -> dict[str, tuple[date, str]]:
    """Reference → (booking date, currency) of the lines that exist."""
    mine = StatementLineRow.company_id == company_id, among(session, StatementLineRow.line_ref, refs)
    asked = select(StatementLineRow.line_ref, StatementLineRow.booking_date, StatementLineRow.currency).where(*mine)
    return {ref: (day, currency) for ref, day, currency in session.execute(asked)}


def advice_ids(session: Session, company_id: int) -> dict[str, int]:
    """The advice's own number → id of every advice taken in."""
    asked = select(RemittanceAdvice.external_id, RemittanceAdvice.id).where(RemittanceAdvice.company_id == company_id)
    return {row.external_id: row.id for row in session.execute(asked)}


def columns_advices(session: Session, company_id: int, as_of: date) -> Iterator[Any]:
    """Rows of the advices known on the day, in order.

    Columns: advice_id, external_id, line_ref, advice_date, currency, total_minor, payer_name, invoice_ref,
    amount_minor, discount_minor, deduction_code.
    """
    asked = (
        select(
            RemittanceAdvice.id.label("advice_id"),
            RemittanceAdvice.external_id,
            RemittanceAdvice.line_ref,
            RemittanceAdvice.advice_date,
            RemittanceAdvice.currency,
            RemittanceAdvice.total_minor,
            RemittanceAdvice.payer_name,
            AdviceLineRow.invoice_ref,
            AdviceLineRow.amount_minor,
            AdviceLineRow.discount_minor,
            AdviceLineRow.deduction_code,
        )
        .join(AdviceLineRow, AdviceLineRow.advice_id == RemittanceAdvice.id)
        .where(RemittanceAdvice.company_id == company_id, RemittanceAdvice.advice_date <= as_of)
        .order_by(RemittanceAdvice.id, AdviceLineRow.id)
    )
    yield from session.execute(asked.execution_options(yield_per=10_000))


def count_lines(session: Session, company_id: int, as_of: date) -> dict[LineState, int]:
    """How many lines booked up to the day stand in each state today."""
    asked = (
        select(StatementLineRow.state, func.count())
        .where(StatementLineRow.company_id == company_id, StatementLineRow.booking_date <= as_of)
        .group_by(StatementLineRow.state)
    )
    return {row[0]: row[1] for row in session.execute(asked)}


def worked_until(session: Session, company_id: int, as_of: date) -> date:
    """The last evening up to which the bank's lines had been worked, as of the day (rules.last_worked)."""
    booked = StatementLineRow.booking_date
    asked = (
        select(booked, func.count(), func.count().filter(waits(as_of)))
        .where(StatementLineRow.company_id == company_id, booked <= as_of)
        .group_by(booked)
    )
    return last_worked({day: (lines, waiting) for day, lines, waiting in session.execute(asked)}, as_of)


def last_booking(session: Session, company_id: int) -> date | None:
    """The newest booking date of any line; None where no statement came yet."""
    return session.scalar(
        select(func.max(StatementLineRow.booking_date)).where(StatementLineRow.company_id == company_id)
    )
