"""Verbs of clearing: apply credit to open items, move credit, undo, settle, write off."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from o2c_ai.core import audit
from o2c_ai.core.clearings import queries
from o2c_ai.core.clearings.rules import Held, Parked
from o2c_ai.core.database import insert_rows, reserve_ids, table_of
from o2c_ai.core.ledger import actions as ledger
from o2c_ai.core.ledger.queries import accounts_by_role, get_entries
from o2c_ai.core.ledger.rules import AccountRole, EntryKind, NewEntry, NewPosting
from o2c_ai.core.people.rules import Duty, require
from o2c_ai.core.receivables.rules import (
    ACCOUNT_OF,
    CREDIT_KINDS,
    MOVEMENT_ACCOUNT,
    ApplicationKind,
    Clearing,
    MovementKind,
    NewApplication,
    NewMovement,
    NothingToClear,
    ResidualTouched,
    UndoneTooEarly,
    UnknownClearing,
    WrongCurrency,
    give_back_credit,
    give_back_open,
    negative,
    use_credit,
    use_open,
)
from o2c_ai.core.receivables.tables import Application, CreditMovement, OpenItem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor

_APPLICATION_COLUMNS = tuple(table_of(Application).columns.keys())
_MOVEMENT_COLUMNS = tuple(table_of(CreditMovement).columns.keys())[1:]  # the database numbers them
_APPLIED, _MOVED = _APPLICATION_COLUMNS.index("amount_minor") - 2, _MOVEMENT_COLUMNS.index("amount_minor") - 1
"""Where a row that still lacks its id and company has its amount."""

_Row = tuple[Any, ...]
"""A row to be inserted, in the order of its table's columns."""
_Line = tuple[int, int, "int | None"]
"""Account, amount in minor units, base amount."""
_Act = tuple[list[_Row], list[_Row]]
"""Applications and movements of one entry."""
_Left = tuple[int, str, str, int]
"""An item or credit: its id, number, currency and what is left of it in minor units."""
_ELSEWHERE = ApplicationKind.SETTLED_ELSEWHERE
R = TypeVar("R", Application, CreditMovement, OpenItem)
_Use = Application | CreditMovement


class _Batch:
    """The running balances of everything a batch of clearings touches, and the rows it will write."""

    def __init__(self, session: Session, actor: Actor, clearings: Sequence[Clearing], held: Held) -> None:
        company_id = actor.company_id
        items = [app.open_item_id for clearing in clearings for app in clearing.applications]
        credits_ = [app.credit_item_id for c in clearings for app in c.applications if app.credit_item_id is not None]
        credits_ += [move.credit_item_id for clearing in clearings for move in clearing.movements]
        queries.hold(session, company_id, held, items, credits_)
        self.open, self.credit, self.memos = held.open, held.credit, held.memos
        back = [move.credit_item_id for c in clearings for move in c.movements if move.amount_minor < 0]
        self.parked = queries.parked(session, company_id, back) if back else {}
        self.accounts = accounts_by_role(session, company_id)

    def plan(self, clearing: Clearing) -> tuple[NewEntry, list[_Row], list[_Row]]:
        """The entry and the rows of one clearing; the rows still lack their entry's number."""
        sums: dict[tuple[int, bool], list[int]] = {}
        valued = True
        applied: list[_Row] = []
        moved: list[_Row] = []
        # Parked money comes back first, so that what the clearing applies can be that money.
        steps = [(moved, self._move(move, clearing)) for move in clearing.movements if move.amount_minor < 0]
        steps += [(applied, self._apply(app, clearing)) for app in clearing.applications]
        steps += [(moved, self._move(move, clearing)) for move in clearing.movements if move.amount_minor >= 0]
        for rows, (lines, row) in steps:
            valued = _add_lines(sums, lines) and valued
            rows.append(row)
        if not steps:
            raise NothingToClear(clearing.text)
        postings = self._postings(sums, clearing.currency, valued=valued)
        return NewEntry(_entry_kind(clearing), clearing.on, clearing.text, postings), applied, moved

    def _apply(self, app: NewApplication, clearing: Clearing) -> tuple[list[_Line], _Row]:
        if app.amount_minor <= 0:
            raise NothingToClear(clearing.text)
        self.open[app.open_item_id].check_day(clearing.on)
        base = use_open(self.open[app.open_item_id], app.amount_minor, clearing.currency)
        credit_base, account = base, self.accounts.get(ACCOUNT_OF.get(app.kind, AccountRole.UNAPPLIED_CASH), 0)
        if app.kind in CREDIT_KINDS and app.credit_item_id is not None:
            self.credit[app.credit_item_id].check_day(clearing.on)
            credit_base = use_credit(self.credit[app.credit_item_id], app.amount_minor, clearing.currency)
            account = self._account_of_credit(app.credit_item_id)
        receivables = self.accounts[AccountRole.RECEIVABLES]
        lines = [(account, app.amount_minor, credit_base), (receivables, -app.amount_minor, negative(base))]
        stored = credit_base if app.credit_item_id is not None else None
        return lines, (app.open_item_id, app.credit_item_id, app.kind, app.amount_minor, base, stored)

    def _move(self, move: NewMovement, clearing: Clearing) -> tuple[list[_Line], _Row]:
        self.credit[move.credit_item_id].check_day(clearing.on)
        if move.amount_minor > 0:
            base = use_credit(self.credit[move.credit_item_id], move.amount_minor, clearing.currency)
        else:
            base = self._take_back(move, clearing)
        # A credit memo taken back gives the revenue back; a receipt taken back meets the bank's own line in suspense.
        undone_memo = move.kind is MovementKind.REVERSED and move.credit_item_id in self.memos
        target = self.accounts[AccountRole.REVENUE if undone_memo else MOVEMENT_ACCOUNT[move.kind]]
        lines = [
            (self._account_of_credit(move.credit_item_id), move.amount_minor, base),
            (target, -move.amount_minor, negative(base)),
        ]
        return lines, (move.credit_item_id, move.kind, move.customer_id, move.reason, move.amount_minor, base)

    def _take_back(self, move: NewMovement, clearing: Clearing) -> int | None:
        balance, key = self.credit[move.credit_item_id], (move.credit_item_id, move.customer_id)
        if move.kind is not MovementKind.ON_ACCOUNT or not move.amount_minor:
            raise NothingToClear(clearing.text)
        if balance.currency != clearing.currency:
            raise WrongCurrency(balance.number, balance.currency, clearing.currency)
        parked = self.parked.get(key, Parked(balance.number, balance.currency, 0, 0))
        base = negative(parked.take_back(-move.amount_minor))
        balance.shift(move.amount_minor, base)
        balance.free(clearing.on)
        return base

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


def _add_lines(sums: dict[tuple[int, bool], list[int]], lines: Sequence[_Line]) -> bool:
    """Add lines to the sums per account and side; False where one of them is unvalued."""
    valued = True
    for account, amount, base in lines:
        entry = sums.setdefault((account, amount > 0), [0, 0])
        entry[0] += amount
        entry[1] += base or 0
        valued = valued and base is not None
    return valued


def _by_entry(rows: Sequence[R]) -> dict[int, list[R]]:
    found: dict[int, list[R]] = {}
    for row in rows:
        found.setdefault(row.entry_id, []).append(row)
    return found


def clear(session: Session, actor: Actor, *, clearings: Sequence[Clearing], held: Held | None = None) -> Sequence[int]:
    """Apply and move credit, an entry for each clearing, all or nothing; gives the entries' numbers in order.

    Items not held yet are locked in id order. Callers are verbs of later modules, which have checked the duty.
    Raises OverApplication, CreditExceeded, TooEarly, WrongCurrency, NothingToClear, UnknownItem, PeriodClosed.
    """
    batch = _Batch(session, actor, clearings, held or Held())
    plans = [batch.plan(clearing) for clearing in clearings]
    entries = ledger.post(session, actor, entries=[entry for entry, _, _ in plans])
    acts: list[_Act] = []
    for clearing, entry_id, (_, applied, moved) in zip(clearings, entries, plans, strict=True):
        tail = (clearing.on, entry_id, None)
        applications = [
            (open_item, credit, kind, clearing.currency, amount, base, credit_base, *tail)
            for open_item, credit, kind, amount, base, credit_base in applied
        ]
        movements = [
            (credit, kind, customer, reason, clearing.currency, amount, base, *tail)
            for credit, kind, customer, reason, amount, base in moved
        ]
        acts.append((applications, movements))
    _insert(session, actor, acts)
    audit.record_many(
        session,
        actor,
        "apply",
        "journal_entries",
        [(entry, c.suggestion_id, c.reason) for entry, c in zip(entries, clearings, strict=True)],
    )
    return entries


def _entry_kind(clearing: Clearing) -> EntryKind:
    kinds = {app.kind for app in clearing.applications}
    if kinds == {ApplicationKind.WRITE_OFF}:
        return EntryKind.WRITE_OFF
    return EntryKind.APPLICATION if kinds else EntryKind.CREDIT_MOVEMENT


def _insert(session: Session, actor: Actor, acts: Sequence[_Act]) -> None:
    """Write what acts free before what they use, so that the database's own check never sees too much in use.

    Where some movements free and others use, act after act as given: each finds what the one before it left.
    """
    if len({row[_MOVED] < 0 for _, moves in acts for row in moves}) < 2:  # noqa: PLR2004 - frees and uses
        acts = [([row for rows, _ in acts for row in rows], [row for _, rows in acts for row in rows])]
    for applications, movements in acts:
        for frees in (True, False):
            rows = [row for row in applications if (row[_APPLIED] < 0) is frees]
            ids = reserve_ids(session, table_of(Application), len(rows))
            numbered = [(row_id, actor.company_id, *row) for row_id, row in zip(ids, rows, strict=True)]
            insert_rows(session, table_of(Application), _APPLICATION_COLUMNS, numbered)
            moves = [(actor.company_id, *row) for row in movements if (row[_MOVED] < 0) is frees]
            insert_rows(session, table_of(CreditMovement), _MOVEMENT_COLUMNS, moves)


def unapply(
    session: Session,
    actor: Actor,
    *,
    entry_ids: Sequence[int],
    on: date,
    reason: str = "",
    held: Held | None = None,
) -> Sequence[int]:
    """Undo clearings, the newest first: mirror their entries, applications and movements; gives the mirrors in order.

    Raises UnknownClearing, UndoneTooEarly, AlreadyReversed, PeriodClosed; and where what would come back has been used
    since ResidualTouched, ParkedExceeded, OverApplication, CreditExceeded, TooEarly.
    """
    applied = queries.applications_of(session, actor.company_id, entry_ids)
    moved = queries.movements_of(session, actor.company_id, entry_ids)
    missing = set(entry_ids) - {row.entry_id for row in applied} - {row.entry_id for row in moved}
    if missing:
        raise UnknownClearing(min(missing))
    newest = max([*(row.known_on for row in applied), *(row.known_on for row in moved)], default=on)
    if newest > on:
        raise UndoneTooEarly(on, newest)
    undoing = _Undoing(session, actor, applied, moved, held or Held())
    mirrors = dict(zip(entry_ids, ledger.reverse(session, actor, entry_ids=entry_ids, on=on), strict=True))
    newest_first = sorted(entry_ids, reverse=True)
    _insert(session, actor, [undoing.mirror(entry_id, mirrors[entry_id], on) for entry_id in newest_first])
    undoing.check_parked()
    ledger.post(session, actor, entries=undoing.followed(get_entries(session, actor.company_id, entry_ids), on))
    undone = [(entry_id, None, reason) for entry_id in entry_ids]
    audit.record_many(session, actor, "unapply", "journal_entries", undone)
    return [mirrors[entry_id] for entry_id in entry_ids]


class _Undoing:
    """The running balances of everything that undoing clearings touches, locked, and the rows that undo them."""

    def __init__(
        self,
        session: Session,
        actor: Actor,
        applied: Sequence[Application],
        moved: Sequence[CreditMovement],
        held: Held,
    ) -> None:
        company_id = actor.company_id
        self.applied, self.moved, residuals = _by_entry(applied), _by_entry(moved), list[OpenItem]()
        if any(row.kind is ApplicationKind.RESIDUAL for row in applied):
            residuals = queries.residuals_of(session, company_id, list(self.applied))
        self.residuals = _by_entry(residuals)
        items = [row.open_item_id for row in applied] + [row.id for row in residuals]
        used: list[_Use] = [*applied, *moved]
        uses = [row.credit_item_id for row in used if row.credit_item_id is not None]
        queries.hold(session, company_id, held, items, uses)
        self.open, self.credit, self.memos = held.open, held.credit, held.memos
        parked = [row.credit_item_id for row in moved if row.kind is MovementKind.ON_ACCOUNT]
        self.parked = queries.parked(session, company_id, parked) if parked else {}
        self.accounts = accounts_by_role(session, company_id)

    def mirror(self, entry_id: int, mirror_id: int, on: date) -> _Act:
        """The rows that undo one clearing, and those that close the residual items it made."""
        self._give_back(entry_id, on)
        tail = (on, mirror_id)
        applications: list[_Row] = []
        movements: list[_Row] = []
        for app in self.applied.get(entry_id, ()):
            head = (app.open_item_id, app.credit_item_id, app.kind, app.currency, -app.amount_minor)
            applications.append((*head, negative(app.base_minor), negative(app.credit_base_minor), *tail, app.id))
        for move in self.moved.get(entry_id, ()):
            moved = (move.credit_item_id, move.kind, move.customer_id, move.reason, move.currency)
            movements.append((*moved, -move.amount_minor, negative(move.base_minor), *tail, move.id))
        for residual in self.residuals.get(entry_id, ()):
            if self.open[residual.id].used_minor:
                raise ResidualTouched(residual.number)
            self.open[residual.id].shift(residual.amount_minor, residual.base_minor)
            closed = (residual.id, None, ApplicationKind.REVERSAL, residual.currency, residual.amount_minor)
            applications.append((*closed, residual.base_minor, None, *tail, None))
        return applications, movements

    def _give_back(self, entry_id: int, on: date) -> None:
        moved, applied = self.moved.get(entry_id, []), self.applied.get(entry_id, [])
        uses: list[_Use] = [*moved, *applied]
        for row in uses:
            used = [self.credit[row.credit_item_id]] if row.credit_item_id is not None else []
            used += [self.open[row.open_item_id]] if isinstance(row, Application) else []
            for balance in used:
                # What a mirror gave back is used again by undoing the mirror.
                balance.free(on) if row.amount_minor > 0 else balance.check_day(on)
        # Money that comes free is counted before money that is used again.
        for move in (row for row in moved if row.amount_minor > 0):
            give_back_credit(self.credit[move.credit_item_id], move.amount_minor, move.base_minor)
        for app in applied:
            give_back_open(self.open[app.open_item_id], app.amount_minor, app.base_minor)
            if app.credit_item_id is not None:
                give_back_credit(self.credit[app.credit_item_id], app.amount_minor, app.credit_base_minor)
        for move in (row for row in moved if row.amount_minor < 0):
            give_back_credit(self.credit[move.credit_item_id], move.amount_minor, move.base_minor)

    def check_parked(self) -> None:
        """Refuse to take parked money back that was used since. Raises ParkedExceeded."""
        back: dict[tuple[int, int | None], int] = {}
        for move in chain(*self.moved.values()):
            if move.kind is MovementKind.ON_ACCOUNT:
                key = (move.credit_item_id, move.customer_id)
                back[key] = back.get(key, 0) + move.amount_minor
        for key, minor in back.items():
            if minor > 0:
                self.parked[key].take_back(minor)

    def followed(self, stored: dict[int, NewEntry], on: date) -> list[NewEntry]:
        """Entries that let freed money follow its payer, where one was named or withdrawn since it was used."""
        sums: dict[tuple[int, int], list[int]] = {}
        used: list[_Use] = [*chain(*self.applied.values()), *chain(*self.moved.values())]
        for row in used:
            if row.credit_item_id is not None and row.credit_item_id not in self.memos:
                base = row.credit_base_minor if isinstance(row, Application) else row.base_minor
                total = sums.setdefault((row.entry_id, row.credit_item_id), [0, 0])
                total[0], total[1] = total[0] + row.amount_minor, total[1] + (base or 0)
        cash = {self.accounts[AccountRole.UNIDENTIFIED_CASH], self.accounts[AccountRole.UNAPPLIED_CASH]}
        entries = []
        for (entry_id, credit_id), (minor, base) in sums.items():
            credit, lines = self.credit[credit_id], stored[entry_id].postings
            known = credit.customer_id is not None
            today = self.accounts[AccountRole.UNAPPLIED_CASH if known else AccountRole.UNIDENTIFIED_CASH]
            stood = {line.account_id for line in lines} & cash
            valued = base if lines[0].base_minor is not None else None
            # Parked money that was applied was freed and used in one act: nothing of it is left to follow.
            if stood and today not in stood and (minor or valued):
                postings = (
                    NewPosting(stood.pop(), credit.currency, minor, valued),
                    NewPosting(today, credit.currency, -minor, negative(valued)),
                )
                entries.append(NewEntry(EntryKind.CREDIT_MOVEMENT, on, f"payer of {credit.number}", postings))
        return entries


def settle_elsewhere(
    session: Session, actor: Actor, *, items: Sequence[_Left], memos: Sequence[_Left] = (), on: date
) -> Sequence[int]:
    """Clear items and credit memos a full snapshot no longer holds, each undone by `unapply`.

    Raises NotYourDuty, PeriodClosed.
    """
    require(actor, Duty.IMPORT)
    gone = [
        Clearing(on, currency, f"{number} settled elsewhere", (NewApplication(item, _ELSEWHERE, left),))
        for item, number, currency, left in items
    ]
    for memo, number, currency, left in memos:
        move = NewMovement(memo, MovementKind.SETTLED_ELSEWHERE, left, None, "settled elsewhere")
        gone.append(Clearing(on, currency, f"{number} settled elsewhere", (), (move,)))
    return clear(session, actor, clearings=gone)
