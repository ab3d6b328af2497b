"""Rows as the engine returns them against what the interpreter says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from .interpreter import Said, Written

TOLERANCE = 1e-9


def equal(got: Any, want: Any, scale: float = 0.0) -> bool:
    """Exactly equal, or a float within 1e-9 of its own size or of what it was made from; NaN equals NaN."""
    if isinstance(got, float) and isinstance(want, float):
        if math.isnan(got) or math.isnan(want):
            return math.isnan(got) and math.isnan(want)
        return got == want or abs(got - want) <= TOLERANCE * max(abs(want), scale)
    if isinstance(got, list) and isinstance(want, list):
        return len(got) == len(want) and all(equal(one, other, scale) for one, other in zip(got, want, strict=True))
    if isinstance(got, Decimal) and isinstance(want, int | Decimal) and not isinstance(want, bool):
        return got == want
    return type(got) is type(want) and got == want


def differences(said: Said, row: Mapping[str, Any]) -> list[str]:
    """Say for each column that differs what it is and should be."""
    return [
        f"{name} is {row[name]!r}, not {want!r}"
        for name, (want, scale) in said.items()
        if not equal(row[name], want, scale)
    ]


def compare_rows(
    written: Sequence[Written], rows: Sequence[Mapping[str, Any]], entity: Sequence[str], time: str
) -> list[str]:
    """Say what differs between the rows that should be written and those that are, whatever their order."""
    from_events = any(row.place is not None for row in written)
    want = {(row.key, row.time, _origin(row.place)): row for row in written}
    found: dict[Any, Mapping[str, Any]] = {}
    twice: list[str] = []
    for row in rows:
        place = (row["_partition"], row["_offset"]) if from_events else None
        identity = (tuple(row[name] for name in entity), row[time], place)
        if identity in found:
            twice.append(f"{identity} is written twice")
        found[identity] = row
    missing = [f"{identity} is missing: {row.said}" for identity, row in want.items() if identity not in found]
    extra = [f"{identity} should not be there: {row}" for identity, row in found.items() if identity not in want]
    wrong = [
        f"{identity}: {difference}"
        for identity, row in want.items()
        if identity in found
        for difference in differences(row.said, found[identity])
    ]
    return [*twice, *missing, *extra, *wrong]


def _origin(place: Any) -> tuple[int, int] | None:
    """What ``_partition`` and ``_offset`` say of the event in a place."""
    if not isinstance(place, tuple):
        return None if place is None else (0, place)
    if len(place) == 2:
        return 0, place[1]
    number, branches, inner = place
    partition, offset = _origin(inner) or (0, 0)
    return partition * branches + number, offset
