"""What rows and answers must be, for any way of getting them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .interpreter import Event, equal
from .replay import BEGINNING, END, Row
from .scenes import Said, Scene, ViewScene


def assert_said(said: Said, row: Mapping[str, Any], what: str, prefix: str = "") -> None:
    for name, (want, scale) in said.items():
        assert equal(row[prefix + name], want, scale), f"{what}: {name} is {row[prefix + name]!r}, not {want!r}"


def assert_rows(
    view: ViewScene,
    rows: Sequence[Mapping[str, Any]],
    events: Mapping[str, Sequence[Event]],
    below: int = END,
    start: int = BEGINNING,
) -> None:
    """Rows are those of the language with instants in [start, below); ``_offset`` names the event that drives one."""
    time = "as_of" if view.closing else "ts"
    want = {place: said for place, said in view.written(events).items() if start <= place[1] < below}
    found = {(row["k"], row[time], row["_offset"]): row for row in rows}
    assert found.keys() == want.keys()
    assert len(found) == len(rows)
    for place, said in want.items():
        assert_said(said, found[place], f"{view.name} of {place}")


def assert_answers(
    scene: Scene, rows: Sequence[Mapping[str, Any]], asked: list[tuple[int, Row]], events: Mapping[str, Sequence[Event]]
) -> None:
    assert [(row["_offset"], row["k"], row["at"], row["who"]) for row in rows] == [
        (offset, row["k"], row["at"], row["who"]) for offset, row in asked
    ]
    for row in rows:
        for view in scene.joined:
            said = view.read(row["k"], events.get(row["k"], ()), row["at"])
            assert_said(said, row, f"{view.name} at {row['at']} for {row['k']}", f"{view.name}_")
