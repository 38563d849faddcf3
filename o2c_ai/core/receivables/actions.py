"""Verbs of receivables: put items in, apply credit to them, move credit, undo, write off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from o2c_ai.core import audit
from o2c_ai.core.database import insert_rows, reserve_ids, table_of
from o2c_ai.core.ledger import actions as ledger
from o2c_ai.core.ledger.queries import accounts_by_role
from o2c_ai.core.ledger.rules import AccountRole, EntryKind, NewEntry, NewPosting
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.core.receivables import queries
from o2c_ai.core.receivables.rules import (
    ACCOUNT_OF,
    CREDIT_KINDS,
    MOVEMENT_ACCOUNT,
    ApplicationKind,
    Balance,
    Clearing,
    MovementKind,
    NewApplication,
    NewCreditItem,
    NewMovement,
    NewOpenItem,
    NothingToClear,
    ResidualTouched,
    UnknownClearing,
    use_credit,
    use_open,
)
from o2c_ai.core.receivables.tables import Application, CreditItem, CreditMovement, OpenItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

_OPEN_COLUMNS = (
    "id",
    "company_id",
    "customer_id",
    "number",
    "kind",
    "document_date",
    "due_date",
    "known_on",
    "currency",
    "amount_minor",
    "base_minor",
    "entry_id",
    "po_number",
    "discount_minor",
    "discount_until",
)
_CREDIT_COLUMNS = (
    "id",
    "company_id",
    "customer_id",
    "identified_on",
    "number",
    "kind",
    "document_date",
    "known_on",
    "currency",
    "amount_minor",
    "base_minor",
    "entry_id",
)
_APPLICATION_COLUMNS = (
    "id",
    "company_id",
    "open_item_id",
    "credit_item_id",
    "kind",
    "currency",
    "amount_minor",
    "base_minor",
    "credit_base_minor",
    "known_on",
    "entry_id",
    "reverses_id",
)
_MOVEMENT_COLUMNS = (
    "company_id",
    "credit_item_id",
    "kind",
    "customer_id",
    "reason",
    "currency",
    "amount_minor",
    "base_minor",
    "known_on",
    "entry_id",
    "reverses_id",
)


def put_open_items(session: Session, actor: Actor, *, items: Sequence[NewOpenItem]) -> Sequence[int]:
    """Write open items whose entries are posted; gives their ids in order."""
    ids = reserve_ids(session, table_of(OpenItem), len(items))
    rows = [
        (
            row_id,
            actor.company_id,
            item.customer_id,
            item.number,
            item.kind,
            item.document_date,
            item.due_date,
            item.known_on,
            item.currency,
            item.amount_minor,
            item.base_minor,
            item.entry_id,
            item.po_number,
            item.discount_minor,
            item.discount_until,
        )
        for row_id, item in zip(ids, items, strict=True)
    ]
    insert_rows(session, table_of(OpenItem), _OPEN_COLUMNS, rows)
    return ids


def put_credit_items(session: Session, actor: Actor, *, items: Sequence[NewCreditItem]) -> Sequence[int]:
    """Write credit items whose entries are posted; gives their ids in order."""
    ids = reserve_ids(session, table_of(CreditItem), len(items))
    rows = [
        (
            row_id,
            actor.company_id,
            item.customer_id,
            item.known_on if item.customer_id is not None else None,
            item.number,
            item.kind,
            item.document_date,
            item.known_on,
            item.currency,
            item.amount_minor,
            item.base_minor,
            item.entry_id,
        )
        for row_id, item in zip(ids, items, strict=True)
    ]
    insert_rows(session, table_of(CreditItem), _CREDIT_COLUMNS, rows)
    return ids


class _Batch:
    """The running balances of everything a batch of clearings touches, and the rows it will write."""

    def __init__(self, session: Session, actor: Actor, clearings: Sequence[Clearing]) -> None:
        company_id = actor.company_id
        items = [app.open_item_id for clearing in clearings for app in clearing.applications]
        credits_ = [app.credit_item_id for c in clearings for app in c.applications if app.credit_item_id is not None]
        credits_ += [move.credit_item_id for clearing in clearings for move in clearing.movements]
        self.open = queries.lock_open_balances(session, company_id, items)
        self.credit = queries.lock_credit_balances(session, company_id, credits_)
        self.memos = set(queries.credit_memo_ids(session, company_id, credits_))
        self.accounts = accounts_by_role(session, company_id)
        self.company_id = company_id
        self.applications: list[_Row] = []
        self.movements: list[_Row] = []

    def plan(self, clearing: Clearing) -> tuple[NewEntry, list[_Row], list[_Row]]:
        """The entry and the rows of one clearing; the rows still lack their entry's number."""
        sums: dict[tuple[int, bool], list[int]] = {}
        valued = True
        applied, moved = [], []
        for app in clearing.applications:
            lines, row = self._apply(app, clearing)
            valued = _add_lines(sums, lines) and valued
            applied.append(row)
        for move in clearing.movements:
            lines, row = self._move(move, clearing)
            valued = _add_lines(sums, lines) and valued
            moved.append(row)
        if not applied and not moved:
            raise NothingToClear(clearing.text)
        postings = self._postings(sums, clearing.currency, valued=valued)
        kind = EntryKind.APPLICATION if applied else EntryKind.CREDIT_MOVEMENT
        return NewEntry(kind, clearing.on, clearing.text, postings), applied, moved

    def _apply(self, app: NewApplication, clearing: Clearing) -> tuple[list[_Line], _Row]:
        if app.amount_minor <= 0:
            raise NothingToClear(clearing.text)
        base = use_open(self.open[app.open_item_id], app.amount_minor, clearing.currency)
        credit_base, account = base, self.accounts.get(ACCOUNT_OF.get(app.kind, AccountRole.UNAPPLIED_CASH), 0)
        if app.kind in CREDIT_KINDS and app.credit_item_id is not None:
            credit_base = use_credit(self.credit[app.credit_item_id], app.amount_minor, clearing.currency)
            account = self._account_of_credit(app.credit_item_id)
        receivables = self.accounts[AccountRole.RECEIVABLES]
        lines = [
            (account, app.amount_minor, credit_base),
            (receivables, -app.amount_minor, None if base is None else -base),
        ]
        stored = credit_base if app.credit_item_id is not None else None
        return lines, (app.open_item_id, app.credit_item_id, app.kind, app.amount_minor, base, stored)

    def _move(self, move: NewMovement, clearing: Clearing) -> tuple[list[_Line], _Row]:
        base = use_credit(self.credit[move.credit_item_id], move.amount_minor, clearing.currency)
        # A credit memo taken back gives the revenue back; a receipt taken back meets the bank's own line in suspense.
        undone_memo = move.kind is MovementKind.REVERSED and move.credit_item_id in self.memos
        target = self.accounts[AccountRole.REVENUE if undone_memo else MOVEMENT_ACCOUNT[move.kind]]
        lines = [
            (self._account_of_credit(move.credit_item_id), move.amount_minor, base),
            (target, -move.amount_minor, None if base is None else -base),
        ]
        return lines, (move.credit_item_id, move.kind, move.customer_id, move.reason, move.amount_minor, base)

    def _account_of_credit(self, credit_item_id: int) -> int:
        if credit_item_id in self.memos:
            return self.accounts[AccountRole.RECEIVABLES]
        known = self.credit[credit_item_id].customer_id is not None
        return self.accounts[AccountRole.UNAPPLIED_CASH if known else AccountRole.UNIDENTIFIED_CASH]

    def _postings(
        self, sums: dict[tuple[int, bool], list[int]], currency: str, *, valued: bool
    ) -> tuple[NewPosting, ...]:
        postings = [
            NewPosting(account, currency, amount, base if valued else None)
            for (account, _debit), (amount, base) in sums.items()
        ]
        difference = sum(base for _amount, base in sums.values())
        if valued and difference:
            postings.append(NewPosting(self.accounts[AccountRole.FX_RESULT], currency, 0, -difference))
        return tuple(postings)


_Row = tuple[Any, ...]
"""A row to be inserted, in the order of its table's columns."""

_Line = tuple[int, int, "int | None"]
"""Account, amount in minor units, base amount."""


def _add_lines(sums: dict[tuple[int, bool], list[int]], lines: Sequence[_Line]) -> bool:
    """Add lines to the sums per account and side; False where one of them is unvalued."""
    valued = True
    for account, amount, base in lines:
        entry = sums.setdefault((account, amount > 0), [0, 0])
        entry[0] += amount
        if base is None:
            valued = False
        else:
            entry[1] += base
    return valued


def clear(session: Session, actor: Actor, *, clearings: Sequence[Clearing]) -> Sequence[int]:
    """Apply and move credit, an entry for each clearing, all or nothing; gives the entries' numbers in order.

    Items are locked in id order. Callers are verbs of later modules, which have checked the duty.
    Raises OverApplication, CreditExceeded, WrongCurrency, NothingToClear, UnknownItem, PeriodClosed.
    """
    batch = _Batch(session, actor, clearings)
    plans = [batch.plan(clearing) for clearing in clearings]
    entries = ledger.post(session, actor, entries=[entry for entry, _, _ in plans])
    applications, movements = [], []
    for clearing, entry_id, (_, applied, moved) in zip(clearings, entries, plans, strict=True):
        tail = (clearing.on, entry_id, None)
        for open_item, credit, kind, amount, base, credit_base in applied:
            applications.append((open_item, credit, kind, clearing.currency, amount, base, credit_base, *tail))
        for credit, kind, customer, reason, amount, base in moved:
            movements.append((credit, kind, customer, reason, clearing.currency, amount, base, *tail))
    _insert(session, actor, applications, movements)
    audit.record_many(
        session,
        actor,
        "apply",
        "journal_entries",
        [(entry, c.suggestion_id, c.reason) for entry, c in zip(entries, clearings, strict=True)],
    )
    return entries


def _insert(session: Session, actor: Actor, applications: Sequence[_Row], movements: Sequence[_Row]) -> None:
    """Write what an act frees before what it uses, so that the database's own check never sees too much in use."""
    company = actor.company_id
    amount, moved = _APPLICATION_COLUMNS.index("amount_minor") - 2, _MOVEMENT_COLUMNS.index("amount_minor") - 1
    for frees in (True, False):
        rows = [row for row in applications if (int(row[amount]) < 0) is frees]
        ids = reserve_ids(session, table_of(Application), len(rows))
        numbered = [(row_id, company, *row) for row_id, row in zip(ids, rows, strict=True)]
        insert_rows(session, table_of(Application), _APPLICATION_COLUMNS, numbered)
        moves = [(company, *row) for row in movements if (int(row[moved]) < 0) is frees]
        insert_rows(session, table_of(CreditMovement), _MOVEMENT_COLUMNS, moves)


def unapply(session: Session, actor: Actor, *, entry_ids: Sequence[int], on: date, reason: str = "") -> Sequence[int]:
    """Undo clearings: mirror their entries, applications and movements; gives the mirrors' numbers in order.

    Raises UnknownClearing, AlreadyReversed, ResidualTouched, PeriodClosed.
    """
    applied = queries.applications_of(session, actor.company_id, entry_ids)
    moved = queries.movements_of(session, actor.company_id, entry_ids)
    missing = set(entry_ids) - {row.entry_id for row in applied} - {row.entry_id for row in moved}
    if missing:
        raise UnknownClearing(min(missing))
    queries.lock_open_balances(session, actor.company_id, [row.open_item_id for row in applied])
    mirrors = dict(zip(entry_ids, ledger.reverse(session, actor, entry_ids=entry_ids, on=on), strict=True))
    applications = [_mirror_application(row, on, mirrors[row.entry_id]) for row in applied]
    if any(row.kind is ApplicationKind.RESIDUAL for row in applied):
        applications += _close_residuals(session, actor, on, mirrors)
    movements = [_mirror_movement(row, on, mirrors[row.entry_id]) for row in moved]
    _insert(session, actor, applications, movements)
    undone = [(entry_id, None, reason) for entry_id in entry_ids]
    audit.record_many(session, actor, "unapply", "journal_entries", undone)
    return [mirrors[entry_id] for entry_id in entry_ids]


def _mirror_application(row: Application, on: date, entry_id: int) -> _Row:
    base, credit_base = _negative(row.base_minor), _negative(row.credit_base_minor)
    head = (row.open_item_id, row.credit_item_id, row.kind, row.currency, -row.amount_minor)
    return (*head, base, credit_base, on, entry_id, row.id)


def _mirror_movement(row: CreditMovement, on: date, entry_id: int) -> _Row:
    head = (row.credit_item_id, row.kind, row.customer_id, row.reason, row.currency)
    return (*head, -row.amount_minor, _negative(row.base_minor), on, entry_id, row.id)


def _negative(minor: int | None) -> int | None:
    return None if minor is None else -minor


def _close_residuals(session: Session, actor: Actor, on: date, mirrors: dict[int, int]) -> list[_Row]:
    residuals = queries.residuals_of(session, actor.company_id, list(mirrors))
    balances = queries.lock_open_balances(session, actor.company_id, [row.id for row in residuals])
    rows: list[_Row] = []
    for residual in residuals:
        balance: Balance = balances[residual.id]
        if balance.used_minor:
            raise ResidualTouched(residual.number)
        base = balance.take(residual.amount_minor)
        head = (residual.id, None, ApplicationKind.REVERSAL, residual.currency, residual.amount_minor)
        rows.append((*head, base, None, on, mirrors[residual.entry_id], None))
    return rows


def settle_elsewhere(
    session: Session, actor: Actor, *, items: Sequence[tuple[int, str, str, int]], on: date
) -> Sequence[int]:
    """Clear items (id, number, currency, left) a full snapshot no longer holds, each undone by `unapply`.

    Raises NotYourDuty, PeriodClosed.
    """
    require(actor, Duty.IMPORT)
    clearings = [
        Clearing(
            on,
            currency,
            f"{number} settled elsewhere",
            (NewApplication(item_id, ApplicationKind.SETTLED_ELSEWHERE, left),),
        )
        for item_id, number, currency, left in items
    ]
    return clear(session, actor, clearings=clearings)


def lock_credit(session: Session, actor: Actor, *, credit_item_id: int) -> Balance:
    """The credit item's balance, its row locked until the act is done. Raises UnknownItem."""
    return queries.lock_credit_balances(session, actor.company_id, [credit_item_id])[credit_item_id]


def identify(session: Session, actor: Actor, *, credit_item_id: int, customer_id: int | None, on: date) -> int:
    """Name the payer of a receipt (or, with None, withdraw the name), moving what is left; gives the entry's number.

    Raises UnknownItem, CreditExceeded where nothing is left to move.
    """
    row = queries.lock_credit_item(session, actor.company_id, credit_item_id)
    balance = queries.lock_credit_balances(session, actor.company_id, [credit_item_id])[credit_item_id]
    accounts = accounts_by_role(session, actor.company_id)
    sides = (AccountRole.UNIDENTIFIED_CASH, AccountRole.UNAPPLIED_CASH)
    source, target = sides if customer_id is not None else sides[::-1]
    left = balance.left_minor
    base = balance.take(left)
    postings = (
        NewPosting(accounts[source], row.currency, left, base),
        NewPosting(accounts[target], row.currency, -left, _negative(base)),
    )
    entry = NewEntry(EntryKind.CREDIT_MOVEMENT, on, f"payer of {row.number}", postings)
    (entry_id,) = ledger.post(session, actor, entries=[entry])
    old, row.customer_id, row.identified_on = row.customer_id, customer_id, on if customer_id is not None else None
    session.flush()
    detail: dict[str, object] = {"old": old, "new": customer_id}
    audit.record(session, actor, "identify", "credit_items", credit_item_id, detail=detail)
    return entry_id
