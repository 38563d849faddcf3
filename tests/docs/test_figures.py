"""The page of matching figures by kind of line says what was measured, and nothing else."""

from __future__ import annotations

from benchmarks.figures_page import PAGE, figures_page
from benchmarks.kinds import KINDS
from benchmarks.readme import UNMEASURED, read_results

COUNTS = {"lines": 1200, "auto": 1000, "right": 999, "best_right": 1100, "among_options": 1150}
DECIDABLE = {
    "named": 0.75,
    "equal_twins": 30,
    "fits_twice": 20,
    "not_searched": 2,
    "nobody_could_decide": 40,
    "nobody_could_decide_share": 0.0333,
    "straight_through_of_the_rest": 0.86,
}


def test_the_page_is_in_step_with_what_was_measured() -> None:
    assert PAGE.read_text("utf-8") == figures_page(read_results()), "run `python -m benchmarks.figures_page`"


def test_a_run_by_kind_becomes_a_table_and_a_sentence() -> None:
    none = dict.fromkeys(COUNTS, 0)
    run: dict[str, object] = {"by_kind": {"no name": COUNTS, "short pay": none}, "decidable": DECIDABLE}

    told = figures_page({"matching a set rules 0.997": run, "import a set": {"rows": 3}}).split("## Figures\n")[1]

    assert "### matching a set rules 0.997" in told
    assert "| no name | 1,200 | 1,000 (83.3 %) | 999 (99.9 %) | 1,100 (91.6 %) | 1,150 (95.8 %) |" in told
    assert "Nobody could decide 40 lines (0.0333 of all)" in told
    assert "short pay" not in told
    assert "import" not in told


def test_the_page_defines_every_kind_and_says_when_nothing_was_measured() -> None:
    page = figures_page({})

    assert [kind for kind in KINDS if f"{kind}:" not in page] == []
    assert page.endswith(UNMEASURED)
