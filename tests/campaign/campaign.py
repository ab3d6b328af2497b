"""Many cases on every core: cases, refused projects, rows compared, mismatches with their seeds, coverage."""

from __future__ import annotations

import multiprocessing
import os
import sys
import traceback
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from headrace.features_sql.errors import StatementError
from headrace.tests.meaning.replay import batch_program, definitions_of, stalls

from . import coverage
from .case import STREAMS, Cell, Outcome, case
from .in_memory import run_in_memory
from .on_files import run_on_files

ON_FILES, REVISED_ON_FILES = 12, 4
"""One case in so many runs as a project in a folder, too; more of those in which late rows change what is written."""
AT_A_TURN = 2
"""What differs is found sooner by another project than by another stream."""


def run_case(seed: int) -> Outcome:
    """Run one case in every way; whatever is raised is a mismatch."""
    outcome = Outcome(seed)
    try:
        made = case(seed)
        run_in_memory(made, outcome, Random(f"run {seed}"))
        if seed % (REVISED_ON_FILES if made.project.is_revised else ON_FILES) == 0:
            run_on_files(made, outcome, Random(f"files {seed}"))
        outcome.cover(made.project)
    except StatementError as error:
        # The compiler refuses what the language allows, or the campaign writes what it does not.
        outcome.refused = True
        outcome.mismatches.append(f"refused: {error}")
    except Exception as error:
        outcome.mismatches.append("".join(traceback.format_exception(error)[-6:]))
    return outcome


def run_seeds(seeds: Sequence[int]) -> list[Outcome]:
    """Run the cases of some seeds, then let go of what was made for their project."""
    try:
        return [run_case(seed) for seed in seeds]
    finally:
        stalls.cache_clear()
        batch_program.cache_clear()
        definitions_of.cache_clear()


def chunks(first: int, count: int) -> list[list[int]]:
    """Seeds that share a project, together."""
    seeds = range(first, first + count)
    groups: dict[int, list[int]] = {}
    for seed in seeds:
        groups.setdefault(seed // STREAMS, []).append(seed)
    return list(groups.values())


def one_by_one(first: int, count: int) -> Iterator[Outcome]:
    """Run ``count`` cases from seed ``first`` on, some streams of every project before the next ones."""
    for turn in range(0, STREAMS, AT_A_TURN):
        for seeds in chunks(first, count):
            yield from run_seeds([seed for seed in seeds if turn <= seed % STREAMS < turn + AT_A_TURN])


def outcomes(first: int, count: int, processes: int) -> Iterator[Outcome]:
    """Run ``count`` cases from seed ``first`` on; outcomes come as they are ready."""
    with multiprocessing.get_context("spawn").Pool(processes, maxtasksperchild=100) as pool:
        for found in pool.imap_unordered(run_seeds, chunks(first, count)):
            yield from found


@dataclass
class Tally:
    """What a campaign has found so far."""

    cases: int = 0
    rows: int = 0
    refused: set[int] = field(default_factory=set[int])
    covered: Counter[Cell] = field(default_factory=Counter[Cell])
    failed: dict[int, list[str]] = field(default_factory=dict[int, list[str]])

    def add(self, outcome: Outcome) -> None:
        self.cases += 1
        self.rows += sum(outcome.rows.values())
        self.covered.update(outcome.covered)
        if outcome.refused:
            self.refused.add(outcome.seed // STREAMS)
        if outcome.mismatches:
            self.failed[outcome.seed] = outcome.mismatches

    def report(self) -> str:
        """The whole account, as printed at the end."""
        lines = [coverage.table(self.covered), ""]
        lines += [
            f"cases            {self.cases:,}",
            f"refused projects {len(self.refused):,}",
            f"rows compared    {self.rows:,}",
            f"thin cells       {coverage.thin(self.covered, 50):,} with fewer than 50 cases",
            f"mismatches       {sum(map(len, self.failed.values())):,} in {len(self.failed):,} cases",
        ]
        lines += [f"seed {seed}: {found[0][:1000]}" for seed, found in sorted(self.failed.items())]
        return "\n".join(lines)


def main(arguments: Sequence[str]) -> int:
    """Run ``N [SEED [stop]]`` cases, with ``stop`` one by one to the first mismatch; return 1 if anything differs."""
    count, first = int(arguments[0]), int(arguments[1]) if len(arguments) > 1 else 0
    stop = "stop" in arguments[2:]
    tally = Tally()
    for outcome in one_by_one(first, count) if stop else outcomes(first, count, os.cpu_count() or 1):
        tally.add(outcome)
        if outcome.mismatches:
            print(f"seed {outcome.seed}: {outcome.mismatches[0][:1000]}", flush=True)
            if stop:
                return 1
        if tally.cases % 500 == 0:
            print(f"{tally.cases:,} cases, {tally.rows:,} rows compared", flush=True)
    print(tally.report())
    return 1 if tally.failed or not tally.rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
