"""What happens to a live model besides scoring and learning: drifts, admissions, quarantine, new bases."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyarrow as pa

SCHEMA = pa.schema(
    [
        ("at", pa.int64()),
        ("kind", pa.string()),
        ("arm", pa.string()),
        ("detail", pa.string()),
        ("value", pa.float64()),
    ]
)


@dataclass(frozen=True)
class Event:
    """Something that happened at the instant ``at`` (µs) to an arm, "" where it concerns all.

    ``kind`` is warning, drift, retrain (a new base was asked for), refit (it entered), admitted, muted, quarantine or
    released.
    """

    at: int
    kind: str
    arm: str
    detail: str
    value: float


def events_table(events: Iterable[Event]) -> pa.Table:
    """Return a row per event."""
    return pa.Table.from_pylist([vars(event) for event in events], SCHEMA)
