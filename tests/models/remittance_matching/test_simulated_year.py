"""On a simulated year of 26,000 bank lines the rules apply most payments untouched, and nearly all of them rightly."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from o2c_ai.models.remittance_matching.baseline import match, measure
from o2c_ai.models.remittance_matching.records import Decision, Facts
from o2c_ai.models.remittance_matching.scoring import RuleScorer
from tests.models.remittance_matching.simulated_year import applied, read_year

MARGIN_PPM = 200_000
PRECISION_PPM = 997_000


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.timeout(290)
def test_most_payments_are_applied_untouched_at_the_precision_asked_for(shared_data: Path) -> None:
    folder = shared_data / "cashapp-dev"
    if not folder.is_dir():
        pytest.skip("the simulated year is not there")
    year = read_year(folder)
    threshold = PRECISION_PPM

    def policy(facts: Facts) -> Decision:
        sure = facts.probability_ppm >= threshold and facts.margin_ppm >= MARGIN_PPM
        clear = facts.sets_that_fit == 1 and facts.residual_explained
        return Decision.AUTO if sure and clear else Decision.REVIEW

    rates = measure(year.papers, policy)
    threshold = rates.threshold_for(PRECISION_PPM)
    proposals = match(year.papers, RuleScorer(rates), policy, date(2025, 10, 31), date(2025, 12, 31))
    untouched, right, payable = applied(year, proposals)
    assert right / untouched >= 0.995
    assert right / payable >= 0.75
