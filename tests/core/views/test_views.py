"""A saved view is its owner's: seen by others where it is shared, and changed by nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from o2c_ai.core.views.actions import change_view, delete_view, save_view
from o2c_ai.core.views.queries import get_view, list_views
from o2c_ai.core.views.rules import VIEWS_MAX, Desk, NewView, NotYourView, TooManyViews, UnknownView, View, ViewExists
from tests.books import open_books

if TYPE_CHECKING:
    from tests.books import Books

LATE = NewView("late", {"days_least": "60"})


def save(books: Books, new: NewView = LATE) -> View:
    return save_view(books.session, books.actor, desk=Desk.WORKLIST, new=new)


def test_a_view_is_kept_with_its_filters_and_its_name_once(books: Books) -> None:
    made = save(books)

    assert (made.name, made.filters, made.owner, made.mine) == ("late", {"days_least": "60"}, "anna", True)
    assert get_view(books.session, books.actor, made.id) == made
    with pytest.raises(ViewExists, match="'late' already"):
        save(books)
    other = save(books, NewView("other", {}))
    with pytest.raises(ViewExists):
        change_view(books.session, books.actor, view_id=other.id, new=LATE)


def test_only_a_shared_view_is_seen_by_others_and_by_none_of_them_changed(books: Books) -> None:
    made = save(books)
    assert list_views(books.session, books.other, Desk.WORKLIST) == []
    with pytest.raises(UnknownView):
        get_view(books.session, books.other, made.id)

    shared = NewView("late", {"days_least": "90"}, shared=True, is_default=True)
    change_view(books.session, books.actor, view_id=made.id, new=shared)

    (seen,) = list_views(books.session, books.other, Desk.WORKLIST)
    assert (seen.filters, seen.mine, seen.is_default) == ({"days_least": "90"}, False, False)
    with pytest.raises(NotYourView, match="'late' is anna's"):
        delete_view(books.session, books.other, view_id=made.id)
    stranger = open_books(books.store, books.session, code="other")
    assert list_views(stranger.session, stranger.actor, Desk.WORKLIST) == []
    with pytest.raises(UnknownView):
        delete_view(stranger.session, stranger.actor, view_id=made.id)


def test_a_list_opens_with_one_view_at_most(books: Books) -> None:
    first = save(books, NewView("first", {}, is_default=True))
    second = save(books, NewView("second", {}, is_default=True))

    assert [view.is_default for view in list_views(books.session, books.actor, Desk.WORKLIST)] == [False, True]
    delete_view(books.session, books.actor, view_id=second.id)
    assert list_views(books.session, books.actor, Desk.WORKLIST) == [get_view(books.session, books.actor, first.id)]


def test_nobody_keeps_views_without_end(books: Books) -> None:
    for number in range(VIEWS_MAX):
        save(books, NewView(f"view {number}", {}))

    with pytest.raises(TooManyViews):
        save(books)
