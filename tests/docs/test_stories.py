"""Every story of the documentation is told on real books, on both stores, and must come out as it is written."""

from __future__ import annotations

import doctest
from pathlib import Path

import pytest

from tests.books import Books
from tests.docs.fences import DOCS, blocks
from tests.docs.teller import Teller

STORIES = sorted((DOCS / "stories").glob("*.md"))
PROOF = doctest.Example("laws()\n", "every law of the books holds\n")


def examples(story: Path) -> list[doctest.Example]:
    """What a story does and what it says comes of it, with line numbers of the page."""
    found = []
    for block in blocks(story, "pycon"):
        for example in doctest.DocTestParser().get_examples(block.text, story.name):
            example.lineno += block.line
            found.append(example)
    return found


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_a_story_happens_as_it_is_told(story: Path, books: Books) -> None:
    told = doctest.DocTest(examples(story), {**Teller(books).verbs()}, story.stem, str(story), 0, None)
    said: list[str] = []

    outcome = doctest.DocTestRunner(optionflags=doctest.REPORT_NDIFF).run(told, out=said.append)

    assert outcome.failed == 0, "".join(said)
    assert outcome.attempted > 3


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.stem)
def test_a_story_ends_with_the_laws_of_the_books(story: Path) -> None:
    last = examples(story)[-1]

    assert (last.source, last.want) == (PROOF.source, PROOF.want)


def test_there_are_stories_and_the_start_page_names_each() -> None:
    start = (DOCS / "start.md").read_text("utf-8")

    assert len(STORIES) >= 6
    assert [story.name for story in STORIES if f"stories/{story.name})" not in start] == []
