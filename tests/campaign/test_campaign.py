"""A small campaign, the same in every run."""

from __future__ import annotations

import pytest
from headrace.tests.campaign.campaign import Tally, chunks, run_seeds
from headrace.tests.campaign.case import STREAMS, case

FIXED = 60


@pytest.mark.parametrize("seeds", chunks(0, FIXED), ids=lambda seeds: f"{seeds[0]}-{seeds[-1]}")
def test_every_way_gives_what_the_language_says(seeds: list[int]) -> None:
    tally = Tally()
    for outcome in run_seeds(seeds):
        tally.add(outcome)
    assert not tally.failed, tally.report()


def test_a_seed_stands_for_one_case() -> None:
    first, again, other = case(STREAMS), case(STREAMS), case(STREAMS + 1)
    assert (first.project, first.rows) == (again.project, again.rows)
    assert other.project == first.project
    assert other.rows != first.rows
