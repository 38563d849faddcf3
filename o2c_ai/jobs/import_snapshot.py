"""Items settled elsewhere, as a full snapshot held them no longer, and opened again when a folder speaks of them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from o2c_ai.core.clearings import actions as clearings
from o2c_ai.core.clearings.queries import settled_elsewhere
from o2c_ai.core.errors import BadInput, Problem
from o2c_ai.core.invoices.queries import item_ids
from o2c_ai.core.ledger.queries import get_entries
from o2c_ai.core.receivables.queries import columns_open_credits, columns_open_items, last_day
from o2c_ai.core.receivables.rules import CreditKind, ItemKind
from o2c_ai.core.suggestions.rules import Reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from o2c_ai.core.people.rules import Actor
    from o2c_ai.formats.exchange import Folder
    from o2c_ai.jobs.import_checks import BooksSeen, Checked


def check_snapshot(folder: Folder) -> None:
    """Refuse a full snapshot without documents, which would settle everything. Raises BadInput."""
    if "invoices.csv" not in folder.contents:
        what = "--mirror says that it is a full snapshot, and it is not there"
        remedy = "add invoices.csv to the folder, or import without --mirror; nothing was written"
        raise BadInput([Problem("invoices.csv", None, None, what, remedy)])


def days_of_use(folder: Folder, checked: Checked, fresh: Iterable[str], seen: BooksSeen) -> dict[str, date]:
    """Document number → the first day on which the folder newly pays or cancels it.

    `fresh` are the references of the lines whose rows are not booked yet.
    """
    uses = [
        (part.number, checked.lines[ref][0])
        for ref in fresh
        for part, minor in checked.parts[ref]
        if part.number and (part.reason is Reason.NETTED or (minor > 0 and part.reason is not Reason.RETURNED))
    ]
    for invoice in folder.invoices:
        stored = seen.invoices.get(invoice.number)
        if invoice.cancelled_on is not None and stored is not None and stored.reversed_on is None:
            uses.append((invoice.number, invoice.cancelled_on))
    found: dict[str, date] = {}
    for number, day in uses:
        found[number] = min(day, found.get(number, day))
    return found


def reopen(session: Session, actor: Actor, *, held: Collection[str], uses: Mapping[str, date]) -> dict[str, date]:
    """Open again what stands settled elsewhere and is held by the snapshot or used; gives items and days.

    It is open again on the newest day the books know, or on the day of its first use where that is earlier, but never
    before it was settled: no evening then saw it settled and paid at once.
    """
    today = last_day(session, actor.company_id)
    settled = settled_elsewhere(session, actor.company_id)
    if today is None or not settled:
        return {}
    documents = item_ids(session, actor.company_id).keys()
    stood = get_entries(session, actor.company_id, [entry for _, entry in settled])
    back: dict[tuple[date, str], list[int]] = defaultdict(list)
    opened: dict[str, date] = {}
    for number, entry in settled:
        if number in uses:
            on, reason = max(stood[entry].posting_date, min(today, uses[number])), "paid or cancelled after all"
        elif _origin(number, documents) in held:
            on, reason = today, "in the snapshot again"
        else:
            continue
        back[on, reason].append(entry)
        opened[number] = max(on, opened.get(number, on))
    for (on, reason), entries in sorted(back.items()):
        clearings.unapply(session, actor, entry_ids=entries, on=on, reason=reason)
    return opened


def _origin(number: str, documents: Collection[str]) -> str:
    """The document an item goes back to: a residual item INV/R1 is the rest of INV, which the snapshot names."""
    return number if number in documents else number.rpartition("/R")[0]


def settle_missing(session: Session, actor: Actor, *, held: Collection[str]) -> int:
    """Settle elsewhere, on the newest day the books know, what is open and not held by the snapshot; gives how many."""
    on = last_day(session, actor.company_id)
    if on is None:
        return 0
    missing = [row for row in columns_open_items(session, actor.company_id, on) if _document(row) not in held]
    items = [(row.id, row.number, row.currency, row.left_minor) for row in missing]
    credits_ = columns_open_credits(session, actor.company_id, on, CreditKind.CREDIT_MEMO)
    memos = [(row.id, row.number, row.currency, row.left_minor) for row in credits_ if row.number not in held]
    clearings.settle_elsewhere(session, actor, items=items, memos=memos, on=on)
    return len(items) + len(memos)


def _document(row: Any) -> str:  # noqa: ANN401 - a row of the books
    number: str = row.number
    return number.rpartition("/R")[0] if row.kind is ItemKind.RESIDUAL else number
