"""One case of the campaign: a project, its streams, and what came of running them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random

from .arrivals import Row
from .calls import Call
from .projects import EmitKind, Project, View
from .windows import Kind
from .write_projects import project
from .write_streams import streams
from .write_windows import Pace

STREAMS = 8
"""So many seeds in a row share a project: to compile one costs more than to run it."""

# A window's kind, an emission, a class of aggregates.
Cell = tuple[Kind, EmitKind, str]


@dataclass(frozen=True)
class Case:
    """What a seed stands for."""

    seed: int
    project: Project
    pace: Pace
    rows: Mapping[str, Sequence[Row]]

    @property
    def tables(self) -> Mapping[str, Sequence[Row]]:
        return {table.name: self.rows[table.name] for table in self.project.tables}

    @property
    def arrived(self) -> Mapping[str, Sequence[Row]]:
        return {source.name: self.rows[source.name] for source in self.project.sources}


@dataclass
class Outcome:
    """What came of a case: whether its project was refused, rows compared by view and service, and what differs."""

    seed: int
    refused: bool = False
    rows: dict[str, int] = field(default_factory=dict[str, int])
    mismatches: list[str] = field(default_factory=list[str])
    covered: set[Cell] = field(default_factory=set[Cell])

    def note(self, way: str, name: str, rows: int, differences: Sequence[str]) -> None:
        """Note that one way of computing a view or service gave so many rows, and what differs."""
        self.rows[name] = self.rows.get(name, 0) + rows
        self.mismatches += [f"{way} {name}: {difference}" for difference in differences]

    def cover(self, project: Project) -> None:
        """Count the cells of every view that has rows; of one that writes none, where a service has read it."""
        for view in project.views:
            read = [service.name for service in project.services if view in service.views]
            if any(self.rows.get(name) for name in (view.name, *(read if view.emit.kind == "demand" else ()))):
                self.covered |= {cell(view, call) for call in view.calls}


def cell(view: View, call: Call) -> Cell:
    return (call.window.kind, view.emit.kind, call.class_name)


@lru_cache(maxsize=2)
def _project(number: int) -> tuple[Project, Pace]:
    return project(Random(f"project {number}"), number)


def case(seed: int) -> Case:
    """Return the case of a seed."""
    made, pace = _project(seed // STREAMS)
    rows = streams(Random(f"streams {seed}"), made, pace)
    return Case(seed, made, pace, rows)
