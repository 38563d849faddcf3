"""Looks things up in a piece of an XML file by their plain names, and says which line a thing stands on.

Bank files differ in namespace and version, not in the names of their elements, so all look-ups go by local name. The
children of an element are sorted by name once, when first asked for: a statement has millions of elements and most are
never looked at.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, cast

from o2c_ai.core.errors import Problem

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

TEXT_MAX = 100_000
"""Longest text of one element, in characters: ISO 20022 allows 140 for a line of remittance."""
_AGAIN = "fetch the file again from the bank and leave it unedited"


class Node:
    """An element of an XML file and its look-ups."""

    __slots__ = ("_by_name", "element")

    def __init__(self, element: Element) -> None:
        """Wrap an element of a parsed file; nothing of it is copied."""
        self.element = element
        self._by_name: dict[str, list[Element]] | None = None

    @property
    def name(self) -> str:
        """The element's name without its namespace."""
        return _local(self.element.tag)

    @property
    def namespace(self) -> str:
        """The element's namespace, empty where it has none."""
        return self.element.tag.rpartition("}")[0].removeprefix("{")

    @property
    def line(self) -> int | None:
        """The line the element starts on, counted from 1; None where it was not read from a file."""
        return cast("int | None", self.element.sourceline)

    @property
    def parent(self) -> Node | None:
        """The element around this one, None for the outermost."""
        around = self.element.getparent()
        return None if around is None else Node(around)

    def around(self, *path: str) -> Node | None:
        """The last of the elements around this one, if they have these names from the inside out; else None."""
        found = self.element
        for name in path:
            outer = found.getparent()
            if outer is None or _local(outer.tag) != name:
                return None
            found = outer
        return Node(found)

    def attribute(self, name: str) -> str:
        """An attribute without a namespace, stripped; empty where there is none."""
        return (self.element.get(name) or "").strip()

    def parts(self) -> list[Node]:
        """All children in the order of the file."""
        return [Node(inner) for inner in self.element]

    def children(self, *path: str) -> list[Node]:
        """All elements under a path of names, in the order of the file."""
        found = self._named(path[0])
        for name in path[1:]:
            found = [inner for element in found for inner in element if _local(inner.tag) == name]
        return [Node(element) for element in found]

    def child(self, *path: str) -> Node | None:
        """The first element under a path of names, taking the first at every step; None where there is none."""
        found = self._first(path)
        return None if found is None else Node(found)

    def text(self, *path: str) -> str:
        """The text under a path, runs of white space made one space, empty where there is none.

        Raises ElementRefused for a text that is too long or has elements in its middle.
        """
        found = self._first(path)
        if found is None:
            return ""
        raw = found.text or ""
        if len(raw) > TEXT_MAX:
            what = f"a text of {len(raw):,} characters, more than {TEXT_MAX:,}"
            raise ElementRefused(Node(found), _local(found.tag), what, _AGAIN)
        words = " ".join(raw.split())
        if len(found) and (words or any((inner.tail or "").strip() for inner in found)):
            raise ElementRefused(Node(found), _local(found.tag), "other elements in the middle of a text", _AGAIN)
        return words

    def _named(self, name: str) -> list[Element]:
        by_name = self._by_name
        if by_name is None:
            by_name = self._by_name = {}
            for inner in self.element:
                by_name.setdefault(_local(inner.tag), []).append(inner)
        return by_name.get(name, [])

    def _first(self, path: tuple[str, ...]) -> Element | None:
        if not path:
            return self.element
        named = self._named(path[0])
        if not named:
            return None
        found = named[0]
        for name in path[1:]:  # this element is asked for many names, those further down for one or two each
            for inner in found:
                if _local(inner.tag) == name:
                    found = inner
                    break
            else:
                return None
        return found


@lru_cache(maxsize=4096)
def _local(tag: str) -> str:
    """The name behind the namespace of a tag written {namespace}name."""
    return tag.rpartition("}")[2]


class ElementRefused(Exception):
    """An element that cannot be taken in; a reader turns it into a `Problem` that names file and line."""

    def __init__(self, node: Node, field: str, what: str, remedy: str) -> None:
        """Keep the element, whose line will be named, and the words of the problem."""
        self.node, self.field, self.what, self.remedy = node, field, what, remedy
        super().__init__(what)

    def problem(self, source: str) -> Problem:
        """The same as a value for the user, with the line in the file."""
        return Problem(source, self.node.line, self.field, self.what, self.remedy)
