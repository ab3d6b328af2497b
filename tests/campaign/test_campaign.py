"""A small campaign, the same in every run."""

from __future__ import annotations

from collections import Counter

import pytest
from headrace.tests.campaign.campaign import Tally, chunks, run_seeds
from headrace.tests.campaign.case import STREAMS, case
from headrace.tests.campaign.faults import FAULTS, Fault
from headrace.tests.campaign.targets import EMISSIONS, STEERED, pairs, target

FIXED = 32


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


def test_a_long_campaign_is_in_every_cell() -> None:
    """Streams that share a project count one by one, and some have no rows: 50 cases are 7 projects and one more."""
    aims = [target(number, place) for number in range(10_000 // STREAMS) for place in range(STEERED)]
    found = Counter((aim.emission, *pair) for aim in aims for pair in aim.pairs)
    wanted = {(emission, *pair) for emission in EMISSIONS for pair in pairs(emission)}
    assert set(found) == wanted
    assert min(found.values()) >= 8


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.title)
def test_a_fault_can_be_planted(fault: Fault) -> None:
    """Its line is still there, and what is planted is still Python."""
    compile(fault.planted(), fault.file, "exec")


def test_there_are_enough_faults() -> None:
    assert len({fault.title for fault in FAULTS}) == len(FAULTS) >= 25
