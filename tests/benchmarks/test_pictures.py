"""Pictures follow from the results: best first, the same bytes every time, none where nothing was measured."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

from benchmarks.pictures import (
    FOLDER,
    calibration_picture,
    growth_picture,
    lift_picture,
    matching_picture,
    pictures,
)
from benchmarks.readme import read_results

SIZES = {"10000": {"lines_per_second": 10_000}, "1000000": {"lines_per_second": 5_000}}
RESULTS: dict[str, dict[str, Any]] = {
    "matching a set rules 0.997": {"straight_through": 0.8, "auto_precision": 0.998, "auto": 80},
    "matching a set learned 0.997": {"straight_through": 0.9, "auto_precision": 0.999, "auto": 90},
    "matching a set fuzzy <text> 0.997": {"straight_through": 0.0, "auto_precision": 0.0, "auto": 0},
    "matching a set rules 0.999": {"straight_through": 0.7, "auto_precision": 1.0, "auto": 70},
    "growth rules": {"sizes": SIZES},
}


def texts(svg: str) -> list[str]:
    """What can be read in a picture."""
    return ["".join(text.itertext()) for text in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314 - our own drawing


def test_the_best_matcher_stands_first_with_the_precision_it_reached() -> None:
    said = texts(matching_picture(RESULTS, "a set"))[1:]

    assert said == [
        "o2c_ai, learned",
        "0.900 at 0.9990",
        "o2c_ai, rules",
        "0.800 at 0.9980",
        "fuzzy <text>",
        "nothing applied",
    ]


def test_growth_shows_the_time_of_a_line_by_the_size_of_the_books() -> None:
    said = texts(growth_picture(RESULTS))

    assert {"10,000", "1,000,000", "100", "1,000", "o2c_ai, rules"} <= set(said)
    assert "o2c_ai, learned" not in said


def test_nothing_is_drawn_that_was_not_measured() -> None:
    assert pictures({}) == {}


def test_the_pictures_of_the_real_results_are_small_and_the_same_every_time() -> None:
    drawn = pictures(read_results())

    assert drawn == pictures(dict(reversed(read_results().items())))
    assert all(len(text.encode()) < 100_000 and ET.fromstring(text).tag for text in drawn.values())  # noqa: S314 - our own


def test_the_pictures_in_the_docs_are_those_of_the_results() -> None:
    drawn = pictures(read_results())

    assert all(drawn.get(path.name) == path.read_text("utf-8") for path in FOLDER.glob("*.svg")), "make bench"


def test_calibration_shows_a_dot_for_each_tenth_of_the_chances() -> None:
    told: dict[str, dict[str, Any]] = {
        "timing a set learned model": {"calibration": [[0.1, 0.2, 900], [0.5, 0.4, 100], [0.9, 0.95, 225]]}
    }

    drawn = calibration_picture(told, "a set")

    circles = [one.attrib for one in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}circle")]  # noqa: S314 - our own drawing
    assert [float(one["cx"]) for one in circles] == [80 + 640 * share for share in (0.1, 0.5, 0.9)]
    assert [float(one["r"]) for one in circles] == [10.0, 4.7, 6.0]
    assert calibration_picture(told, "another set") == ""


def test_the_best_ranking_of_each_list_stands_first() -> None:
    lists = {"overdue: amount": 0.4, "not yet due: amount": 0.5, "not yet due: best possible": 1.0, "evenings": 12}

    said = texts(lift_picture({"worklist a set": lists}, "a set"))[1:]

    assert said[::2] == ["not yet due: best possible", "not yet due: amount", "overdue: amount"]
    assert said[1::2] == ["1.000", "0.500", "0.400"]
