"""Writes docs/figures.md, matching by kind of line: `python -m benchmarks.figures_page`; a test compares both."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks import kinds, undecidable
from benchmarks.pictures import pictures
from benchmarks.readme import UNMEASURED, read_results
from benchmarks.timing_tables import difference_tables

PAGE = Path(__file__).parents[1] / "docs" / "figures.md"
_HEAD = """# Matching by kind of line, and payment timing

Written by `python -m benchmarks.figures_page` from `benchmarks/results.json`, after `make bench`. Each table is one run
of the matcher over the lines of a set whose truth is known; the name says the set, who decided (the rules, or what was
learnt from the set's history) and the precision asked for. *Right among these* is of those applied automatically; *best
right* counts the first option, whatever was decided; *among the options* counts lines whose true set is one of at most
twenty. All rates of a run are in the [README](../README.md#figures).

The other world is a wholesaler with branches in eight countries that shares no formats, prices, fees or texts with the
demo's company: `benchmarks/other_world/` invents it.
"""
_TIMING = """## Payment timing

The learned model's figures less those of each other way on the same items, with the 95 % interval over a thousand books
of as many customers drawn with replacement, and the share of these books on which the learned model did better. Above
zero is better for AUC, below zero for everything else.
"""
_COLUMNS = "| kind | lines | applied automatically | right among these | best right | among the options |\n"


def figures_page(results: Mapping[str, Mapping[str, object]]) -> str:
    """The whole page for these results, in Markdown."""
    tables = [text for name, figures in sorted(results.items()) for text in _tables(name, figures)]
    measured = "\n".join(tables) if tables else UNMEASURED
    shown = [f"![{name.removesuffix('.svg').replace('-', ' ')}](pictures/{name})\n" for name in pictures(results)]
    less = list(difference_tables(results))
    timing = [_TIMING, *less] if less else []
    return "\n".join([_HEAD, *shown, *_definitions(), *timing, "## Figures\n", measured])


def _definitions() -> Iterator[str]:
    """The kinds and what nobody could decide, as the modules that tell them say it."""
    yield f"## Kinds\n\n{(kinds.__doc__ or '').strip()}\n"
    yield f"## What nobody could decide\n\n{(undecidable.__doc__ or '').strip()}\n"


def _tables(name: str, figures: Mapping[str, object]) -> Iterator[str]:
    """The table of one run, and the sentence on what could be decided; nothing for other benchmarks."""
    by_kind, decidable = figures.get("by_kind"), figures.get("decidable")
    if not isinstance(by_kind, dict) or not isinstance(decidable, dict):
        return
    rows = [_row(kind, counts) for kind, counts in by_kind.items() if counts["lines"]]
    yield "".join([f"### {name}\n\n", _COLUMNS, "| --- | --- | --- | --- | --- | --- |\n", *rows])
    yield _sentence(decidable)


def _row(kind: str, counts: Mapping[str, int]) -> str:
    lines, auto = counts["lines"], counts["auto"]
    cells = [
        kind,
        f"{lines:,}",
        _share(auto, lines),
        _share(counts["right"], auto),
        _share(counts["best_right"], lines),
        _share(counts["among_options"], lines),
    ]
    return f"| {' | '.join(cells)} |\n"


def _share(part: int, whole: int) -> str:
    """A count with its share in percent, cut to a tenth; the count alone of nothing."""
    permille = part * 1000 // whole if whole else 0
    return f"{part:,} ({permille // 10}.{permille % 10} %)" if whole else f"{part:,}"


def _sentence(decidable: Mapping[str, float]) -> str:
    return (
        f"Named by text or advice: {decidable['named']}. Nobody could decide {decidable['nobody_could_decide']:,} "
        f"lines ({decidable['nobody_could_decide_share']} of all): {decidable['equal_twins']:,} have equal twins, "
        f"{decidable['fits_twice']:,} fit twice; {decidable['not_searched']:,} were too long to search. "
        f"Straight through of the rest: {decidable['straight_through_of_the_rest']}.\n"
    )


def main() -> None:
    """Write the page anew."""
    PAGE.write_text(figures_page(read_results()), encoding="utf-8")


if __name__ == "__main__":
    main()
