"""Verbs of payments: record lines and receipts, name payers, refund, take in advices."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import update

from o2c_ai.core import audit
from o2c_ai.core.clearings import actions as clearings
from o2c_ai.core.clearings.queries import lock_credit_balances, lock_credit_item, parked, telling_who_used
from o2c_ai.core.customers.rules import UnknownCustomer
from o2c_ai.core.database import among, insert_rows, reserve_ids, table_of
from o2c_ai.core.ledger import actions as ledger
from o2c_ai.core.ledger.queries import accounts_by_role, rate_book
from o2c_ai.core.ledger.rules import AccountRole, EntryKind, NewEntry, NewPosting, RateBook
from o2c_ai.core.money import Money
from o2c_ai.core.outbox import actions as outbox
from o2c_ai.core.outbox.rules import MessageKind
from o2c_ai.core.payments import queries
from o2c_ai.core.payments.rules import Advice, BankLine, LineNotDecided, LineState, NewLine, NotAReceipt, ReceiptMethod
from o2c_ai.core.payments.tables import AdviceLineRow, BankAccount, Receipt, RemittanceAdvice, StatementLineRow
from o2c_ai.core.people import actions as people
from o2c_ai.core.people.queries import lock_approval
from o2c_ai.core.people.rules import ApprovalKind, Duty, UnknownApproval, require
from o2c_ai.core.receivables import actions as receivables
from o2c_ai.core.receivables.rules import (
    Balance,
    Clearing,
    CreditExceeded,
    CreditKind,
    MovementKind,
    NewCreditItem,
    NewMovement,
    NotPositive,
    check_asked,
    negative,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

_LINE_COLUMNS = (
    "id",
    "company_id",
    "bank_account_id",
    "line_ref",
    "booking_date",
    "value_date",
    "currency",
    "amount_minor",
    "payer_name",
    "payer_account",
    "narrative",
    "end_to_end_id",
    "entry_id",
    "state",
    "decided_on",
)
_RECEIPT_COLUMNS = ("company_id", "statement_line_id", "method", "received_on", "credit_item_id")


def bank_account(session: Session, actor: Actor, *, account: str) -> tuple[int, int]:
    """(bank account, ledger account) of the company's own account; one never seen is opened and somebody is told."""
    require(actor, Duty.IMPORT)
    known = queries.find_bank_account(session, actor.company_id, account)
    if known is not None:
        return known
    ledger_id = ledger.open_bank_ledger_account(session, actor, name=f"Bank {account}")
    row = BankAccount(company_id=actor.company_id, account=account, ledger_account_id=ledger_id)
    session.add(row)
    session.flush()
    outbox.post_message(session, actor, kind=MessageKind.NEW_BANK_ACCOUNT, payload={"account": account})
    return row.id, ledger_id


def record_lines(
    session: Session, actor: Actor, *, account: tuple[int, int], lines: Sequence[NewLine]
) -> dict[str, int]:
    """Record statement lines in bulk: the bank's word, its entry, and a receipt for money to be applied.

    Gives line_ref → line id. Raises NotYourDuty, PeriodClosed; a reference recorded before breaks the database's law.
    """
    require(actor, Duty.IMPORT)
    accounts, rates = accounts_by_role(session, actor.company_id), rate_book(session, actor.company_id)
    entries = ledger.post(session, actor, entries=[_entry(line, account[1], accounts, rates) for line in lines])
    ids = reserve_ids(session, table_of(StatementLineRow), len(lines))
    booked = list(zip(lines, ids, entries, strict=True))
    rows = [_line_row(actor, account[0], line, line_id, entry) for line, line_id, entry in booked]
    insert_rows(session, table_of(StatementLineRow), _LINE_COLUMNS, rows)
    money = [(line, line_id, entry) for line, line_id, entry in booked if _is_receipt(line)]
    credits_ = [_credit(line, entry, rates) for line, _, entry in money]
    credit_ids = receivables.put_credit_items(session, actor, items=credits_)
    receipts = [
        (actor.company_id, line_id, ReceiptMethod.BANK, line.booking_date, credit)
        for (line, line_id, _), credit in zip(money, credit_ids, strict=True)
    ]
    insert_rows(session, table_of(Receipt), _RECEIPT_COLUMNS, receipts)
    if lines:
        detail: dict[str, object] = {"count": len(lines), "receipts": len(receipts)}
        audit.record(session, actor, "record", "statement_lines", detail=detail)
    return {line.line_ref: line_id for line, line_id, _ in booked}


def make_receipts(session: Session, actor: Actor, *, lines: Sequence[tuple[BankLine, date]]) -> dict[int, int]:
    """Let money that came in and was set aside become receipts from a day on; gives line id → credit item.

    Callers are verbs of later modules, which have checked the duty. Raises PeriodClosed.
    """
    accounts, rates = accounts_by_role(session, actor.company_id), rate_book(session, actor.company_id)
    valued = [rates.base_minor(line.amount_minor, line.currency, line.booking_date) for line, _ in lines]
    entries = []
    for (line, on), base in zip(lines, valued, strict=True):
        payer = NewPosting(accounts[AccountRole.UNIDENTIFIED_CASH], line.currency, -line.amount_minor, negative(base))
        aside = NewPosting(accounts[AccountRole.SUSPENSE], line.currency, line.amount_minor, base)
        text = f"{line.line_ref} is a receipt"
        entries.append(NewEntry(EntryKind.RECEIPT, on, text, (aside, payer), line.booking_date))
    posted = zip(lines, valued, ledger.post(session, actor, entries=entries), strict=True)
    items = []
    for (line, on), base, entry_id in posted:
        head = (None, line.line_ref, CreditKind.RECEIPT, line.booking_date, on)
        items.append(NewCreditItem(*head, line.currency, line.amount_minor, base, entry_id))
    credits_ = receivables.put_credit_items(session, actor, items=items)
    rows = [
        (actor.company_id, line.line_id, ReceiptMethod.BANK, on, credit)
        for (line, on), credit in zip(lines, credits_, strict=True)
    ]
    insert_rows(session, table_of(Receipt), _RECEIPT_COLUMNS, rows)
    return {line.line_id: credit for (line, _), credit in zip(lines, credits_, strict=True)}


def _is_receipt(line: NewLine) -> bool:
    return line.amount_minor > 0 and not line.no_receipt


def _entry(line: NewLine, bank: int, accounts: dict[AccountRole, int], rates: RateBook) -> NewEntry:
    base = rates.base_minor(line.amount_minor, line.currency, line.booking_date)
    role = AccountRole.SUSPENSE
    if _is_receipt(line):
        role = AccountRole.UNIDENTIFIED_CASH if line.customer_id is None else AccountRole.UNAPPLIED_CASH
    postings = (
        NewPosting(bank, line.currency, line.amount_minor, base),
        NewPosting(accounts[role], line.currency, -line.amount_minor, None if base is None else -base),
    )
    kind = EntryKind.RECEIPT if _is_receipt(line) else EntryKind.STATEMENT_LINE
    return NewEntry(kind, line.booking_date, line.line_ref, postings, line.value_date)


def _line_row(actor: Actor, bank_account_id: int, line: NewLine, line_id: int, entry_id: int) -> tuple[object, ...]:
    return (
        line_id,
        actor.company_id,
        bank_account_id,
        line.line_ref,
        line.booking_date,
        line.value_date,
        line.currency,
        line.amount_minor,
        line.payer_name,
        line.payer_account,
        line.narrative,
        line.end_to_end_id,
        entry_id,
        LineState.OPEN,
        None,
    )


def _credit(line: NewLine, entry_id: int, rates: RateBook) -> NewCreditItem:
    return NewCreditItem(
        line.customer_id,
        line.line_ref,
        CreditKind.RECEIPT,
        line.booking_date,
        line.booking_date,
        line.currency,
        line.amount_minor,
        rates.base_minor(line.amount_minor, line.currency, line.booking_date),
        entry_id,
    )


def receive_by_hand(
    session: Session, actor: Actor, *, customer_id: int, method: ReceiptMethod, amount: Money, on: date, reference: str
) -> int:
    """Book a cheque or cash taken by hand; gives the credit item to apply.

    Raises NotYourDuty, UnknownCustomer, NotPositive, PeriodClosed.
    """
    require(actor, Duty.BOOK)
    check_customers(session, actor, customer_ids=[customer_id])
    if amount.minor <= 0:
        raise NotPositive(reference, amount)
    till = bank_account(session, actor, account=method.value)
    accounts, rates = accounts_by_role(session, actor.company_id), rate_book(session, actor.company_id)
    line = NewLine(reference, on, amount.currency, amount.minor, customer_id=customer_id)
    (entry_id,) = ledger.post(session, actor, entries=[_entry(line, till[1], accounts, rates)])
    (credit,) = receivables.put_credit_items(session, actor, items=[_credit(line, entry_id, rates)])
    insert_rows(session, table_of(Receipt), _RECEIPT_COLUMNS, [(actor.company_id, None, method, on, credit)])
    detail: dict[str, object] = {"amount": str(amount), "method": method.value, "reference": reference}
    audit.record(session, actor, "receive", "credit_items", credit, detail=detail)
    return credit


def check_customers(session: Session, actor: Actor, *, customer_ids: Sequence[int]) -> None:
    """Refuse customers that are not the company's own. Raises UnknownCustomer."""
    foreign = set(customer_ids) - queries.known_customers(session, actor.company_id, customer_ids)
    if foreign:
        raise UnknownCustomer(f"no. {min(foreign)}")


def identify(session: Session, actor: Actor, *, credit_item_id: int, customer_id: int | None, on: date) -> int | None:
    """Name the payer of a receipt, correct the name or, with None, withdraw it.

    Gives the entry that moved what is left between unidentified and unapplied cash; None where none had to move.
    Raises NotYourDuty, UnknownItem, UnknownCustomer, NotAReceipt, PeriodClosed.
    """
    require(actor, Duty.BOOK)
    check_customers(session, actor, customer_ids=[] if customer_id is None else [customer_id])
    row = lock_credit_item(session, actor.company_id, credit_item_id)
    if row.kind is not CreditKind.RECEIPT:
        raise NotAReceipt(row.number)
    balance = _balance(session, actor, credit_item_id)
    entry_id = None
    if balance.left_minor and (row.customer_id is None) != (customer_id is None):
        accounts = accounts_by_role(session, actor.company_id)
        sides = [accounts[AccountRole.UNIDENTIFIED_CASH], accounts[AccountRole.UNAPPLIED_CASH]]
        if customer_id is None:
            sides.reverse()
        left, base = balance.left_minor, balance.take(balance.left_minor)
        postings = (
            NewPosting(sides[0], row.currency, left, base),
            NewPosting(sides[1], row.currency, -left, negative(base)),
        )
        entry = NewEntry(EntryKind.CREDIT_MOVEMENT, on, f"payer of {row.number}", postings)
        (entry_id,) = ledger.post(session, actor, entries=[entry])
    old, row.customer_id, row.identified_on = row.customer_id, customer_id, on if customer_id is not None else None
    session.flush()
    detail: dict[str, object] = {"old": old, "new": customer_id}
    audit.record(session, actor, "identify", "credit_items", credit_item_id, detail=detail)
    return entry_id


def _balance(session: Session, actor: Actor, credit_item_id: int) -> Balance:
    return lock_credit_balances(session, actor.company_id, [credit_item_id])[credit_item_id]


def _spendable(
    session: Session, actor: Actor, credit_item_id: int, amount: Money
) -> tuple[Balance, NewMovement | None]:
    """The locked credit, and the movement that takes back what of the amount is parked for its payer.

    What is neither applied nor parked is spent first. Raises UnknownItem, LineNotDecided, NotPositive, WrongCurrency,
    CreditExceeded, UsedBefore.
    """
    line = queries.line_of_credit(session, actor.company_id, credit_item_id)
    if line is not None and line.state is LineState.OPEN:
        raise LineNotDecided(line.line_ref)
    credit = _balance(session, actor, credit_item_id)
    check_asked(credit, amount)
    short = amount.minor - credit.left_minor
    if short <= 0:
        return credit, None
    pools = {
        customer: pool.amount_minor
        for (_, customer), pool in parked(session, actor.company_id, [credit_item_id]).items()
        if pool.amount_minor > 0
    }
    # Money of an unknown payer is often parked for the one customer it was found to be from.
    payer = next(iter(pools)) if len(pools) == 1 else credit.customer_id
    if short > pools.get(payer, 0):
        spendable = Money(credit.left_minor + pools.get(payer, 0), credit.currency)
        with telling_who_used(session, actor.company_id, [], [credit_item_id]):
            raise CreditExceeded(credit.number, spendable, amount)
    return credit, NewMovement(credit_item_id, MovementKind.ON_ACCOUNT, -short, payer, "taken back")


def transfer(
    session: Session, actor: Actor, *, credit_item_id: int, customer_id: int, amount: Money, on: date, reason: str = ""
) -> int:
    """Park money for another customer than it came from; gives the clearing's entry, undone by unapplying it.

    Raises NotYourDuty, UnknownItem, UnknownCustomer, LineNotDecided, NotPositive, WrongCurrency, CreditExceeded,
    PeriodClosed.
    """
    require(actor, Duty.BOOK)
    check_customers(session, actor, customer_ids=[customer_id])
    credit, back = _spendable(session, actor, credit_item_id, amount)
    parked_for = NewMovement(credit_item_id, MovementKind.ON_ACCOUNT, amount.minor, customer_id, "transfer")
    return _move(
        session, actor, credit, [back, parked_for], Clearing(on, amount.currency, "transfer of ", reason=reason)
    )


def _move(
    session: Session, actor: Actor, credit: Balance, moves: Sequence[NewMovement | None], clearing: Clearing
) -> int:
    movements = tuple(move for move in moves if move is not None)
    whole = replace(clearing, text=clearing.text + credit.number, movements=movements)
    (entry_id,) = clearings.clear(session, actor, clearings=[whole])
    return entry_id


def request_refund(session: Session, actor: Actor, *, credit_item_id: int, amount: Money, reason: str, on: date) -> int:
    """Ask to pay credit back that is not applied, or parked for its payer; gives the request's number.

    Raises NotYourDuty, UnknownItem, LineNotDecided, NotPositive, WrongCurrency, CreditExceeded.
    """
    _spendable(session, actor, credit_item_id, amount)
    approval = people.request_approval(
        session, actor, kind=ApprovalKind.REFUND, subject_id=credit_item_id, amount=amount, reason=reason, on=on
    )
    payload: dict[str, object] = {"approval_id": approval, "kind": ApprovalKind.REFUND.value, "amount": str(amount)}
    outbox.post_message(session, actor, kind=MessageKind.APPROVAL_REQUESTED, payload=payload)
    return approval


def approve_refund(session: Session, actor: Actor, *, approval_id: int, on: date, reason: str = "") -> int:
    """Grant a refund somebody else asked for and owe it to the customer; gives the entry's number.

    Raises NotYourDuty, OwnRequest, AlreadyDecided, UnknownApproval, LineNotDecided, CreditExceeded, PeriodClosed.
    """
    if lock_approval(session, actor.company_id, approval_id).kind is not ApprovalKind.REFUND:
        raise UnknownApproval(approval_id)
    request = people.decide_approval(session, actor, approval_id=approval_id, approve=True, on=on, reason=reason)
    item, amount, why = request.subject_id, request.amount, request.reason
    credit, back = _spendable(session, actor, item, amount)
    payee = credit.customer_id if back is None else back.customer_id
    refunded = NewMovement(item, MovementKind.REFUNDED, amount.minor, payee, why)
    return _move(session, actor, credit, [back, refunded], Clearing(on, amount.currency, "refund of ", reason=why))


def mark_lines(session: Session, actor: Actor, *, marks: Sequence[tuple[int, LineState, date | None]]) -> None:
    """Note where lines (id, state, day decided) stand after an act, which itself writes the audit row."""
    if not marks:
        return
    alike: dict[tuple[LineState, date | None], list[int]] = {}
    for line_id, state, on in marks:
        alike.setdefault((state, on), []).append(line_id)
    named = table_of(StatementLineRow)
    mine = update(named).where(named.c.company_id + 0 == actor.company_id)
    for (state, on), line_ids in alike.items():
        marked = mine.where(among(session, named.c.id, line_ids)).values(state=state, decided_on=on)
        session.connection().execute(marked)


_ADVICE_COLUMNS = (
    "id",
    "company_id",
    "external_id",
    "line_ref",
    "advice_date",
    "currency",
    "total_minor",
    "payer_name",
)
_ADVICE_LINE_COLUMNS = (
    "company_id",
    "advice_id",
    "invoice_ref",
    "amount_minor",
    "discount_minor",
    "deduction_code",
)


def take_advices(session: Session, actor: Actor, *, advices: Sequence[Advice]) -> int:
    """Take in remittance advices not seen before; gives how many were new. Raises NotYourDuty."""
    require(actor, Duty.IMPORT)
    known = queries.advice_ids(session, actor.company_id)
    fresh = [advice for advice in advices if advice.external_id not in known]
    ids = reserve_ids(session, table_of(RemittanceAdvice), len(fresh))
    heads, rows = [], []
    for advice, row_id in zip(fresh, ids, strict=True):
        head = (row_id, actor.company_id, advice.external_id, advice.line_ref, advice.advice_date)
        heads.append((*head, advice.currency, advice.total_minor, advice.payer_name))
        rows += [
            (actor.company_id, row_id, line.invoice_ref, line.amount_minor, line.discount_minor, line.deduction_code)
            for line in advice.lines
        ]
    insert_rows(session, table_of(RemittanceAdvice), _ADVICE_COLUMNS, heads)
    insert_rows(session, table_of(AdviceLineRow), _ADVICE_LINE_COLUMNS, rows)
    if fresh:
        audit.record(session, actor, "take", "remittance_advices", detail={"count": len(fresh)})
    return len(fresh)
