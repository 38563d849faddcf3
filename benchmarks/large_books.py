"""Books of any size, drawn from a seed: open items by the million, a short history, and bank lines that pay them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from benchmarks.large_book_words import invent_firm
from o2c_ai.demo.dice import chance, draw, stream
from o2c_ai.demo.facts import Invoice, ReferenceStyle
from o2c_ai.demo.habits import NameForm
from o2c_ai.demo.names import invent_account
from o2c_ai.demo.narratives import style_of_line, write_name, write_text
from o2c_ai.models.remittance_matching.records import BankLine, Booking, Customer, Item, Papers, Reason

DAY = date(2026, 6, 15)
"""The day whose lines are decided."""
HISTORY_DAYS = 60
COUNTRY = "DE"
KINDS: Mapping[str, int] = {
    "one item": 450,
    "several items": 150,
    "lump": 80,
    "discount": 80,
    "no reference": 80,
    "name only": 60,
    "partial": 20,
    "not ours": 60,
    "outgoing": 20,
}
"""Bank lines of a thousand by what they are; texts come with the demo's slips, cuts and changed numbers besides."""
STYLES: Mapping[ReferenceStyle, int] = {
    ReferenceStyle.EXACT: 55,
    ReferenceStyle.PREFIX_DROPPED: 12,
    ReferenceStyle.SEPARATORS_CHANGED: 13,
    ReferenceStyle.ZEROS_DROPPED: 10,
    ReferenceStyle.PURCHASE_ORDER: 10,
}
NAME_FORMS: Mapping[NameForm, int] = {NameForm.AS_IS: 35, NameForm.UPPER: 35, NameForm.CUT: 20, NameForm.SHORT: 10}
SERIES = ("RE-{year}-{number:07d}", "SI/26/{number:07d}", "EX/26/{number:07d}", "INV{number:08d}", "9{number:09d}")
PRICES_CENTS = (1990, 4900, 9900, 14500, 19900, 24500, 38900, 62500, 74900, 125000, 249500)
LARGE, LARGE_ITEMS, USUAL_ITEMS_MAX = 10, 200, 34
"""So many customers of a thousand have 200 open items, the others two to 34: 20 on average."""
IBAN_KNOWN, ACCOUNT_SHOWN, DISCOUNT_AGREED = 650, 850, 330
"""Customers whose account is in the master data, lines that show one, customers with terms of 2 % in 14 days."""
NOT_OURS = ("INTEREST CREDIT Q2", "TAX REFUND VAT APR 26", "KAUTION RUECKZAHLUNG", "SWEEP FROM MASTER ACCOUNT")


@dataclass(frozen=True, slots=True)
class LargeBooks:
    """Papers with their history, and lines of one day beyond it that nobody decided."""

    papers: Papers
    batches: tuple[tuple[BankLine, ...], ...]
    """Each is a day's lines by itself: they pay the same open items again and are to be undone in between."""
    singles: tuple[BankLine, ...]
    """More such lines, for asking one at a time."""


@dataclass(frozen=True, slots=True)
class _Debtor:
    customer: Customer
    account: str
    style: ReferenceStyle
    form: NameForm
    series: str
    discount: bool
    items: list[Item]


def large_books(
    open_items: int, *, batches: int = 1, lines: int = 2_000, singles: int = 0, history: int = 1_000, seed: int = 1
) -> LargeBooks:
    """So many open items of so many customers as fit them; the same arguments give the same books."""
    bookkeeper = _Bookkeeper(seed)
    debtors = list(bookkeeper.found(open_items))
    past = [made for day in _days(history) for made in bookkeeper.paid_before(debtors, day)]
    papers = Papers(
        customers=[debtor.customer for debtor in debtors],
        items=[item for debtor in debtors for item in debtor.items] + [item for _, items, _ in past for item in items],
        lines=[line for line, _, _ in past],
        advices=(),
        bookings=[booking for _, _, bookings in past for booking in bookings],
    )
    days = [tuple(bookkeeper.lines(debtors, lines)) for _ in range(batches)]
    return LargeBooks(papers, tuple(days), tuple(bookkeeper.lines(debtors, singles)))


def _days(history: int) -> list[date]:
    """The days of the history's lines, evenly spread over the two months before."""
    return [DAY - timedelta(days=HISTORY_DAYS - place * HISTORY_DAYS // history) for place in range(history)]


Paid = tuple[BankLine, list[Item], list[Booking]]


class _Bookkeeper:
    """Draws customers, their items and what they pay."""

    def __init__(self, seed: int) -> None:
        self._rng = stream(seed, "large books")
        self._next_item = self._next_line = 0
        self._due = {DAY - timedelta(days=back): DAY + timedelta(days=30 - back) for back in range(150)}
        """Equal dates are one object, as in what is read from a database once."""
        self._dates = list(self._due)

    def found(self, open_items: int) -> Iterator[_Debtor]:
        """Customers with open items until there are enough items."""
        left, number = open_items, 0
        while left > 0:
            number += 1
            size = LARGE_ITEMS if chance(self._rng, LARGE) else self._rng.randint(2, USUAL_ITEMS_MAX)
            debtor = self._debtor(number)
            debtor.items.extend(self._item(debtor, self._rng.randint(1, 60)) for _ in range(min(size, left)))
            left -= size
            yield debtor

    def paid_before(self, debtors: Sequence[_Debtor], day: date) -> list[Paid]:
        """A line of the history with items of its own, which it clears."""
        rng, debtor = self._rng, self._rng.choice(debtors)
        back = (DAY - day).days
        issued = [self._item(debtor, back + rng.randint(5, 60)) for _ in range(8)]
        line, paid = self._line(debtor, draw(rng, KINDS), issued, day)
        bookings = [_booking(line, item, cash, reason) for item, cash, reason in paid]
        if not paid:
            bookings = [Booking(line.line_id, None, None, line.amount_minor, 0, Reason.NOT_AR)]
        return [(line, [item for item, _, _ in paid], bookings)]

    def lines(self, debtors: Sequence[_Debtor], count: int) -> Iterator[BankLine]:
        """Lines of the day; who has more open items pays more often, and no item is paid twice."""
        weights = [len(debtor.items) for debtor in debtors]
        used: set[int] = set()
        for debtor in self._rng.choices(debtors, weights, k=count):
            left = [item for item in debtor.items if item.item_id not in used]
            line, paid = self._line(debtor, draw(self._rng, KINDS) if left else "not ours", left, DAY)
            used.update(item.item_id for item, _, _ in paid)
            yield line

    def _debtor(self, number: int) -> _Debtor:
        rng = self._rng
        account = invent_account(rng, COUNTRY)
        customer = Customer(number, invent_firm(rng), account if chance(rng, IBAN_KNOWN) else "")
        discount = chance(rng, DISCOUNT_AGREED)
        return _Debtor(customer, account, draw(rng, STYLES), draw(rng, NAME_FORMS), rng.choice(SERIES), discount, [])

    def _item(self, debtor: _Debtor, back: int) -> Item:
        """An item issued so many days before the day."""
        rng, issued = self._rng, self._dates[back]
        self._next_item += 1
        net = rng.choice(PRICES_CENTS) * rng.randint(1, 9) + (rng.choice(PRICES_CENTS) if chance(rng, 500) else 0)
        return Item(
            item_id=self._next_item,
            number=debtor.series.format(year=issued.year, number=self._next_item + 4_000),
            customer_id=debtor.customer.customer_id,
            issue_date=issued,
            due_date=self._due[issued],
            currency="EUR",
            amount_minor=net * 119 // 100,
            po_number=f"45{rng.randrange(10**8):08d}" if debtor.style is ReferenceStyle.PURCHASE_ORDER else "",
            discount_minor=net * 119 // 5_000 if debtor.discount else 0,
            discount_until=self._dates[back - 14] if debtor.discount and back >= 14 else None,
        )

    def _line(
        self, debtor: _Debtor, kind: str, items: Sequence[Item], day: date
    ) -> tuple[BankLine, list[tuple[Item, int, Reason]]]:
        """A line of a kind, and what it truly pays: (item, cash, reason)."""
        rng = self._rng
        self._next_line += 1
        if kind in {"not ours", "outgoing"}:
            minor = rng.randint(1_000, 900_000) * (-1 if kind == "outgoing" else 1)
            return BankLine(self._next_line, day, "EUR", minor, "HAUSBANK AG", "", rng.choice(NOT_OURS)), []
        many = {"several items": (2, 8), "lump": (3, 6)}.get(kind, (1, 1))
        chosen = rng.sample(list(items), min(len(items), rng.randint(*many)))
        paid = [_cash(rng, item, kind, day) for item in chosen]
        silent = kind in {"lump", "no reference", "name only"}
        invoices = [_as_invoice(item) for item in chosen]
        style = ReferenceStyle.NONE if silent else style_of_line(rng, debtor.style, invoices)
        line = BankLine(
            self._next_line,
            day,
            "EUR",
            sum(cash for _, cash, _ in paid),
            write_name(debtor.customer.name, debtor.form),
            debtor.account if kind != "name only" and chance(rng, ACCOUNT_SHOWN) else "",
            write_text(rng, invoices, style, COUNTRY),
        )
        return line, paid


def _cash(rng: Random, item: Item, kind: str, day: date) -> tuple[Item, int, Reason]:
    """What reaches one item, and why it is less than its amount where it is."""
    if kind == "discount" and item.discount_until is not None and item.discount_until >= day:
        return item, item.amount_minor - item.discount_minor, Reason.DISCOUNT
    if kind == "partial":
        return item, item.amount_minor * rng.randint(2, 8) // 10, Reason.PARTIAL
    return item, item.amount_minor, Reason.IN_FULL


def _booking(line: BankLine, item: Item, cash: int, reason: Reason) -> Booking:
    cleared = cash if reason is Reason.PARTIAL else item.amount_minor
    return Booking(line.line_id, item.item_id, item.customer_id, cash, cleared, reason)


def _as_invoice(item: Item) -> Invoice:
    """The item as the demo's payers know it."""
    issued, due = item.issue_date, item.due_date
    return Invoice(item.number, "", "invoice", issued, due, item.currency, item.amount_minor, po_number=item.po_number)
