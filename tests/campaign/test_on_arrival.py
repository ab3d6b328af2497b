"""Services written on arrival that read views over tables, other views and unions, against the interpreter."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from .case import Case, Outcome
from .in_memory import run_in_memory
from .on_files import run_on_files
from .projects import Project, Table, View
from .write_aggregates import KEY
from .write_projects import FACTS, asks, service, source
from .write_relations import union, view_of_views
from .write_streams import streams
from .write_views import view
from .write_windows import Pace, pace


def drawn(random: Random) -> tuple[Project, Pace]:
    """A view written on arrival drives a service over its source's other views, some of these over rows of others."""
    chosen = pace(random)
    events, told = source(random, chosen), Table("facts", FACTS, ("s", "since"))
    driver = until(lambda: view(random, chosen, "drv", events, (KEY,)), lambda one: one.emit.kind == "immediately")
    below = [until(lambda n=n: view(random, chosen, f"v{n}", events, facts=told), is_written) for n in range(2)]
    above = until(lambda: view_of_views(random, chosen, "above", random.choice([driver, *below])), reads_as_function)
    both = until(
        lambda: view(random, chosen, "both", union(random, events, asks(random, chosen), [driver, *below]), (KEY,)),
        lambda one: reads_as_function(one) and "asks" not in str(one.relation),
    )
    told_of = until(
        lambda: view(random, chosen, "told", events, (KEY,), told),
        lambda one: reads_as_function(one) and one.join is not None,
    )
    views = [driver, *below, above, both, told_of]
    served = service(random, driver, [driver, above, both, told_of])
    return Project((events,), (told,), tuple(views), (served,)), chosen


def until(draw: Callable[[], View], fits: Callable[[View], bool]) -> View:
    """Draw until it fits."""
    while not fits(one := draw()):
        pass
    return one


def is_written(one: View) -> bool:
    return one.emit.kind != "demand"


def reads_as_function(one: View) -> bool:
    return not one.stored


@pytest.mark.parametrize(("seed", "on_files"), [(19, False), (20, True)])
def test_each_join_is_an_online_read_at_the_arrival(seed: int, on_files: bool) -> None:
    random, outcome = Random(f"on arrival {seed}"), Outcome(seed)
    project, pace = drawn(random)
    case = Case(seed, project, pace, streams(random, project, pace))
    run_in_memory(case, outcome, random)
    if on_files:
        run_on_files(case, outcome, random)
    assert outcome.mismatches == []
    assert outcome.rows["answers"] > 0
