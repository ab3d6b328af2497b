"""Views that write at other instants than their events', and which instants the language names for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from itertools import pairwise
from typing import Any

from headrace.features_sql.definitions import Definitions

from .interpreter import SECOND, Event, Feature, Frame, Instant, before, duration, event_instants, members, value
from .replay import Row, definitions_of
from .scenes import SOURCES, VALID_FOR, Said

# A condition over features as a user writes it, and what it says of their values; None is NULL.
Condition = tuple[str, Callable[[Mapping[str, Any]], bool | None]]
CONDITIONS: Sequence[Condition] = [
    ("n >= 2", lambda row: row["n"] >= 2),
    ("total > 1", lambda row: None if row["total"] is None else row["total"] > Decimal(1)),
    ("n % 2 = 1 AND k <> 'b'", lambda row: row["n"] % 2 == 1 and row["k"] != "b"),
    ("count(*) FILTER (WHERE ok) OVER w = 1", lambda row: row["good"] == 1),
]


@dataclass(frozen=True)
class Emission:
    """An EMIT clause."""

    every: int = 0
    repeat: bool = False
    count: int = 0
    when: Condition | None = None

    @property
    def sql(self) -> str:
        """The clause as a user writes it."""
        if self.when is not None:
            return f"EMIT WHEN {self.when[0]}"
        if self.count:
            return f"EMIT EVERY {self.count} EVENTS"
        return f"EMIT EVERY {duration(self.every)}{' REPEAT' if self.repeat else ''}"

    def boundaries(self, frames: Sequence[Frame], events: Sequence[Event], greatest: int) -> list[Instant]:
        """EVERY interval: boundary by boundary up to the first one after the source's greatest time."""
        first, last = events[0].time // self.every, greatest // self.every + 1
        full = {
            number: any(members(frame, events, before(number * self.every)) for frame in frames)
            for number in range(first, last + 1)
        }
        full[first] = False
        wanted = [now for then, now in pairwise(full) if full[then] or full[now] or self.repeat]
        return [before(number * self.every) for number in wanted]


@dataclass(frozen=True)
class EmissionScene:
    """A view over some windows with an EMIT clause, and a service that reads it at instants of another source."""

    frames: tuple[Frame, ...]
    emission: Emission
    qualify: Condition | None = None

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        found = [
            Feature("n", "count", None, self.frames[0]),
            Feature("good", "count", None, self.frames[0], "ok"),
            Feature("total", "sum", "c", self.frames[0], "ok"),
        ]
        for frame in self.frames:
            found += [
                Feature(f"{frame.name}_n", "count", None, frame),
                Feature(f"{frame.name}_since", "since_last", None, frame),
                Feature(f"{frame.name}_last", "last_n", "s", frame),
                Feature(f"{frame.name}_list", "list", "i", frame, "ok"),
            ]
        return tuple(found)

    @cached_property
    def sql(self) -> str:
        windows = ", ".join(f"{frame.name} AS {frame.sql}" for frame in self.frames)
        columns = ", ".join(feature.sql for feature in self.features)
        qualify = f"QUALIFY {self.qualify[0]}" if self.qualify else ""
        return SOURCES + (
            f"CREATE FEATURE VIEW v ENTITY k WITH ('recompute' = 'allowed', 'valid.for' = '7 seconds') AS\n"
            f"SELECT {columns} FROM events WHERE s IS DISTINCT FROM 'drop'\nWINDOW {windows}\n{qualify}\n"
            f"{self.emission.sql};\n"
            "CREATE FEATURE VIEW driver ENTITY k AS SELECT who FROM asks EMIT ON EVENT;\n"
            "CREATE FEATURE SERVICE answers AS SELECT driver.who, v.* FROM driver JOIN v USING (k);\n"
            "CREATE FEATURE SERVICE driven AS SELECT v.n, v.total FROM v;\n"
        )

    @property
    def definitions(self) -> Definitions:
        return definitions_of(self.sql)

    def written(self, key: str, events: Sequence[Event], greatest: int) -> list[tuple[Instant, Said]]:
        """The rows of an entity in order, ``greatest`` being the greatest time of any row of the source."""
        if self.emission.every:
            asked = self.emission.boundaries(self.frames, events, greatest)
        else:
            asked = event_instants(events)
        if self.emission.count:
            asked = asked[self.emission.count - 1 :: self.emission.count]
        rows = [(at, {f.name: value(f, events, at) for f in self.features}) for at in asked]
        if self.emission.when is not None:
            rows = self._turns(key, rows)
        return [(at, said) for at, said in rows if self.qualify is None or holds(self.qualify, key, said)]

    def _turns(self, key: str, rows: list[tuple[Instant, Said]]) -> list[tuple[Instant, Said]]:
        assert self.emission.when is not None
        kept: list[tuple[Instant, Said]] = []
        was = False
        for at, said in rows:
            now = holds(self.emission.when, key, said)
            if now and not was and not (kept and kept[-1][0].clock == at.clock):
                kept.append((at, said))
            was = now
        return kept

    def read(self, rows: Sequence[tuple[Instant, Said]], time: int, below: int | None = None) -> Said:
        """What a service reads: the newest of an entity's rows, unless it is too old."""
        found = [said for at, said in rows if at.clock <= time and (below is None or at.clock < below)]
        times = [at.clock for at, _ in rows if at.clock <= time and (below is None or at.clock < below)]
        if not found or time - times[-1] > VALID_FOR:
            return {feature.name: (None, 0.0) for feature in self.features}
        return found[-1]


def holds(condition: Condition, key: str, said: Said) -> bool:
    """Whether a condition is true of a row; NULL is false."""
    return condition[1]({"k": key} | {name: held for name, (held, _) in said.items()}) is True


EMISSIONS: Mapping[str, Sequence[Emission]] = {
    "every": [Emission(every=every) for every in (SECOND, 3 * SECOND, 7 * SECOND, SECOND * 5 // 2)],
    "repeat": [Emission(every=every, repeat=True) for every in (2 * SECOND, 5 * SECOND)],
    "count": [Emission(count=count) for count in (1, 2, 3)],
    "when": [Emission(when=condition) for condition in CONDITIONS],
}


def greatest(rows: Sequence[Row]) -> int:
    """The greatest time of a source's rows."""
    return max(row["ts"] for row in rows)
