"""Probabilities are counted, shrunk where little was counted, and calibrated by what they were worth before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from o2c_ai.models.remittance_matching.calibration import PPM
from o2c_ai.models.remittance_matching.rates import CALIBRATION_MIN, DEFAULT, DEFAULTS, RateCounter, RuleRates

PLAIN = ("references", "exact alone", "settled", "account")


def counted(*outcomes: tuple[tuple[str, ...], int, int]) -> RuleRates:
    counter = RateCounter()
    for circumstances, right, seen in outcomes:
        for place in range(seen):
            counter.count(circumstances, right=place < right)
    return counter.rates()


def test_without_counts_the_opening_guess_holds() -> None:
    assert RuleRates().score_ppm(PLAIN) == DEFAULTS["references", "exact alone"]
    assert RuleRates().score_ppm(("never heard of",)) == DEFAULT


def test_a_doubtful_circumstance_costs_until_history_clears_it() -> None:
    doubtful = (*PLAIN[:3], "other")
    assert RuleRates().score_ppm(doubtful) < RuleRates().score_ppm(PLAIN)
    assert counted((doubtful, 4000, 4000)).score_ppm(doubtful) > 995_000


def test_a_proposal_is_as_good_as_its_worst_circumstance() -> None:
    rates = counted((PLAIN, 1000, 1000), ((*PLAIN[:2], "claimed", "account"), 5, 10))
    assert rates.score_ppm((*PLAIN[:2], "claimed", "account")) < 700_000
    assert rates.score_ppm(PLAIN) > 980_000


def test_few_counts_move_little() -> None:
    once = counted((PLAIN, 0, 1)).score_ppm(PLAIN)
    assert 500_000 < once < DEFAULTS["references", "exact alone"]


@given(st.lists(st.tuples(st.integers(0, PPM), st.booleans()), min_size=2, max_size=30))
def test_a_higher_score_never_means_a_lower_probability(few: list[tuple[int, bool]]) -> None:
    counter = RateCounter()
    trail = few * CALIBRATION_MIN
    for score, right in trail:
        counter.score(score, right=right)
    rates = counter.rates()
    shares = [right / seen for _, right, seen in rates.steps]
    assert shares == sorted(shares)
    assert sum(seen for *_, seen in rates.steps) == len(trail) - len(trail) // 2
    assert 0 < rates.calibrated_ppm(0) <= rates.calibrated_ppm(PPM) < PPM


def test_the_threshold_takes_in_as_much_as_the_precision_allows() -> None:
    rates = RuleRates({}, ((100_000, 50, 100), (600_000, 98, 100), (900_000, 1000, 1000)))
    assert rates.threshold_for(999_000) == rates.calibrated_ppm(900_000)
    assert rates.threshold_for(997_000) == rates.calibrated_ppm(600_000)
    assert rates.threshold_for(900_000) == rates.calibrated_ppm(100_000)


def test_a_precision_never_reached_is_never_applied() -> None:
    assert RuleRates({}, ((900_000, 9, 10),)).threshold_for(999_000) > PPM


def test_with_too_little_history_to_calibrate_the_bare_scores_are_compared() -> None:
    assert RuleRates().threshold_for(997_000) == 997_000
