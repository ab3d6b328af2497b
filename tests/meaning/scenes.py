"""Projects and streams for property tests: each kind of window, written and asked in every way, over random events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any

from headrace.features_sql.definitions import Definitions
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from .interpreter import (
    CLOSING,
    SECOND,
    Event,
    Feature,
    Frame,
    Instant,
    asked_at,
    before,
    closes,
    event_instants,
    members,
    span,
    value,
)
from .replay import Row, definitions_of

DELAY = 4 * SECOND
VALID_FOR = 7 * SECOND
RATED = ("sliding", "tumbling", "hopping", "session", "range")
KEYS = ("a", "b", "c")
BARE = ("i", "s")
BOUNDS = ("window_start", "window_end")
# What a view says of an entity at an instant: a value by feature name, and the scale by which a float is judged.
Said = dict[str, tuple[Any, float]]

FRAMES: Mapping[str, Sequence[Frame]] = {
    "sliding": [Frame("w", "sliding", size=size * SECOND) for size in (1, 4, 9)],
    "tumbling": [
        Frame("w", "tumbling", size=size * SECOND, offset=offset * SECOND) for size, offset in ((1, 0), (5, 7))
    ],
    "hopping": [
        Frame("w", "hopping", size=size * SECOND, advance=advance * SECOND, offset=offset * SECOND)
        for size, advance, offset in ((6, 2, 0), (3, 3, 0), (9, 3, 1))
    ],
    "session": [
        Frame("w", "session", gap=gap * SECOND, most=most * SECOND) for gap, most in ((1, 0), (3, 0), (3, 4), (5, 2))
    ],
    "global": [Frame("w", "global")],
    "last": [Frame("w", "last", count=count) for count in (1, 2, 5)],
    "range": [
        Frame("w", "range", first=first, last=last)
        for first, last in ((4 * SECOND, 0), (6 * SECOND, 2 * SECOND), (None, SECOND), (None, 0))
    ],
    "rows": [Frame("w", "rows", first=first, last=last) for first, last in ((3, 0), (4, 2), (None, 1), (1, 1))],
}

SOURCES = """
CREATE SOURCE events (k VARCHAR, d DOUBLE, i BIGINT, c DECIMAL(12,2), s VARCHAR, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 4 SECONDS, PRIMARY KEY (i) NOT ENFORCED)
  WITH ('connector' = 'files', 'path' = 'events/*.parquet', 'format' = 'parquet', 'bounded' = 'true');
CREATE SOURCE asks (k VARCHAR, who VARCHAR, at TIMESTAMP, WATERMARK FOR at AS at - INTERVAL 4 SECONDS)
  WITH ('connector' = 'files', 'path' = 'asks/*.parquet', 'format' = 'parquet', 'bounded' = 'true');
"""


def features_of(frame: Frame, prefix: str, *, few: bool = False) -> list[Feature]:
    """Aggregates of every step over a window, some with a filter."""
    asked: list[tuple[str, str | None, str | None]] = [
        ("count", None, None),
        ("count", "d", "ok"),
        ("sum", "d", None),
        ("sum", "i", "ok"),
        ("sum", "c", None),
        ("avg", "i", None),
        ("min", "d", None),
        ("max", "s", None),
        ("stddev", "d", None),
        ("first", "s", None),
        ("last", "i", "ok"),
        ("last_n", "s", None),
        ("since_last", None, None),
        ("since_last", None, "ok"),
        ("bool_or", "ok", None),
        ("median", "i", None),
        ("quantile_cont", "d", "ok"),
        ("count distinct", "s", None),
        ("list", "s", None),
        ("list", "i", "ok"),
    ]
    if frame.kind in RATED and not (frame.kind == "range" and frame.first in {None, frame.last}):
        asked += [("rate", None, None), ("rate", "d", "ok")]
    if few:
        asked = asked[:1] + asked[2:3] + asked[11:13] + asked[18:19] + asked[20:21]
    if frame.kind == "session":
        asked.append(("session_duration", None, None))
        if frame.exclude != "ROW":
            asked.append(("session_index", None, None))
    return [Feature(f"{prefix}{place}", *one[:2], frame, one[2]) for place, one in enumerate(asked)]


@dataclass(frozen=True)
class ViewScene:
    """A view under test: its features, and the window whose close writes it, if one does."""

    name: str
    features: tuple[Feature, ...]
    closing: Frame | None = None

    @property
    def sql(self) -> str:
        frames = {feature.frame.name: feature.frame for feature in self.features}
        columns = [*self.plain, *(feature.sql for feature in self.features)]
        windows = ", ".join(f"{name} AS {frame.sql}" for name, frame in frames.items())
        options = "'valid.for' = '7 seconds'" if self.closing else "'recompute' = 'allowed'"
        emit = f"EMIT ON WINDOW CLOSE {self.closing.name}" if self.closing else "EMIT ON EVENT"
        return (
            f"CREATE FEATURE VIEW {self.name} ENTITY k WITH ({options}) AS\nSELECT {', '.join(columns)}\n"
            f"FROM events WHERE s IS DISTINCT FROM 'drop'\nWINDOW {windows}\n{emit};\n"
        )

    @property
    def columns(self) -> list[str]:
        return [*self.plain, *(feature.name for feature in self.features)]

    @property
    def plain(self) -> tuple[str, ...]:
        return BOUNDS if self.closing else BARE

    def at(self, events: Sequence[Event], at: Instant) -> Said:
        """What the view says at an instant of one entity's events."""
        return {feature.name: value(feature, events, at) for feature in self.features}

    def bare(self, events: Sequence[Event], at: Instant) -> Said:
        """The plain columns at an instant: the row's own, else those of the newest event; the ends of what closes."""
        if self.closing:
            start = self._start(self.closing, events, at)
            return dict(zip(BOUNDS, ((start, 0.0), (at.clock, 0.0)), strict=True))
        seen = [event for event in events if event.time <= at.member]
        own = [event for event in seen if event.place == at.own] or seen[-1:]
        return {name: (own[0].values[name] if own else None, 0.0) for name in BARE}

    def _start(self, frame: Frame, events: Sequence[Event], at: Instant) -> int:
        if frame.kind == "session":
            return members(frame, events, at)[0].time
        return span(frame, at.member)[0]

    def written(self, entities: Mapping[str, Sequence[Event]]) -> dict[tuple[str, int, int | None], Said]:
        """Every row: by key, instant, and the place of the event that drives it."""
        rows: dict[tuple[str, int, int | None], Said] = {}
        for key, events in entities.items():
            frame = self.closing
            asked = event_instants(events) if frame is None else [before(close) for close in closes(frame, events)]
            for at in asked:
                rows[key, at.clock, at.own] = self.bare(events, at) | self.at(events, at)
        return rows

    def read(self, key: str | None, events: Sequence[Event], time: int, below: int | None = None) -> Said:
        """The view as a service reads it; of a stored one, rows with instants ``below`` are written."""
        if key is None:
            return dict.fromkeys(self.columns, (None, 0.0))
        if self.closing is None:
            return self.bare(events, asked_at(time)) | self.at(events, asked_at(time))
        ends = [close for close in closes(self.closing, events) if close <= time and (below is None or close < below)]
        if not ends or time - ends[-1] > VALID_FOR:
            return dict.fromkeys(self.columns, (None, 0.0))
        return self.bare(events, before(ends[-1])) | self.at(events, before(ends[-1]))


@dataclass(frozen=True)
class Scene:
    """A project: views over one window, and a service that asks them at instants of another source.

    ``live`` replaces the view of that name.
    """

    frame: Frame
    live: ViewScene | None = None

    @cached_property
    def views(self) -> dict[str, ViewScene]:
        """``live`` is joined by the service; ``own`` leaves its own row out, so it cannot be; ``shut`` closes."""
        frame = self.frame
        group, row = replace(frame, name="x", exclude="GROUP"), replace(frame, name="y", exclude="ROW")
        views = [
            self.live or ViewScene("live", (*features_of(frame, "w"), *features_of(group, "x", few=True))),
            ViewScene("own", tuple(features_of(row, "y", few=True))),
        ]
        if frame.kind in CLOSING:
            beside = [Frame("u", "sliding", size=2 * SECOND), Frame("z", "last", count=2)]
            others = [feature for one in beside for feature in features_of(one, one.name, few=True)]
            views.append(
                ViewScene("shut", (*features_of(frame, "w"), *features_of(group, "x", few=True), *others), frame)
            )
        return {view.name: view for view in views}

    @cached_property
    def joined(self) -> tuple[ViewScene, ...]:
        return tuple(view for view in self.views.values() if view.name != "own")

    @cached_property
    def sql(self) -> str:
        columns = ", ".join(
            f"{view.name}.{name} AS {view.name}_{name}" for view in self.joined for name in view.columns
        )
        joins = " ".join(f"JOIN {view.name} USING (k)" for view in self.joined)
        return (
            SOURCES
            + "".join(view.sql for view in self.views.values())
            + "CREATE FEATURE VIEW driver ENTITY k AS SELECT who FROM asks EMIT ON EVENT;\n"
            + f"CREATE FEATURE SERVICE answers AS SELECT driver.who, {columns} FROM driver {joins};\n"
        )

    @property
    def definitions(self) -> Definitions:
        return definitions_of(self.sql)


def scenes(kind: str) -> st.SearchStrategy[Scene]:
    return st.sampled_from([Scene(frame) for frame in FRAMES[kind]])


# Streams


def examples(count: int) -> settings:
    """The same examples in every run, as slow as they may be."""
    unhurried = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(max_examples=count, deadline=None, derandomize=True, database=None, suppress_health_check=unhurried)


TIMES = st.builds(lambda second, more: second * SECOND + more, st.integers(-6, 24), st.sampled_from([0, 0, 0, 1, -1]))
DOUBLES = st.sampled_from([None, 0.0, 1.0, 2.5, -3.25, 0.1, 0.2, 7.0, 1e16, -1e16, 1e-9, 123456.789])
EVENTS = st.fixed_dictionaries(
    {
        "k": st.sampled_from(["a", "a", "a", "b", "b", "c", None]),
        "d": DOUBLES,
        "i": st.none() | st.integers(-4, 4) | st.sampled_from([2**62, -(2**62)]),
        "c": st.none() | st.integers(-500, 500).map(lambda cents: Decimal(cents) / 100),
        "s": st.sampled_from(["p", "p", "q", "r", "", None, "drop"]),
        "ok": st.sampled_from([True, True, False, None]),
        "ts": TIMES,
        "wait": st.sampled_from([0, 0, 1, 3, 4, 6]),
    }
)
ASKS = st.fixed_dictionaries(
    {
        "k": st.sampled_from(["a", "a", "b", "c", "unseen", None]),
        "who": st.sampled_from(["x", "y"]),
        "at": TIMES,
        "wait": st.sampled_from([0, 0, 2, 4]),
    }
)


def arriving(rows: Sequence[dict[str, Any]], time: str) -> list[Row]:
    """Rows in the order in which they arrive: each some seconds after its time, so that some come late."""
    ordered = sorted(rows, key=lambda row: row[time] + row["wait"] * SECOND)
    return [{name: row[name] for name in row if name != "wait"} for row in ordered]


def streams(most: int = 24) -> st.SearchStrategy[dict[str, list[Row]]]:
    return st.fixed_dictionaries(
        {
            "events": st.lists(EVENTS, min_size=1, max_size=most).map(lambda rows: arriving(rows, "ts")),
            "asks": st.lists(ASKS, min_size=1, max_size=most // 3).map(lambda rows: arriving(rows, "at")),
        }
    )


def entities(rows: Sequence[Row], accepted: Sequence[int]) -> dict[str, list[Event]]:
    """The events of each entity that views see, in total order; an event's place is its offset."""
    kept = [offset for offset in accepted if rows[offset]["k"] is not None and rows[offset]["s"] != "drop"]
    found: dict[str, list[Event]] = {}
    for offset in sorted(kept, key=lambda offset: order(rows[offset], offset)):
        row = rows[offset]
        found.setdefault(row["k"], []).append(Event(row["ts"], offset, row))
    return found


def order(row: Row, offset: int) -> tuple[Any, ...]:
    """The total order: time, primary key with NULL last, offset."""
    return (row["ts"], row["i"] is None, row["i"] or 0, offset)


def driving(rows: Sequence[Row], accepted: Sequence[int]) -> Iterator[tuple[int, Row]]:
    """The rows of the driving view in order, by offset."""
    kept = [offset for offset in accepted if rows[offset]["k"] is not None]
    for offset in sorted(kept, key=lambda offset: (rows[offset]["at"], offset)):
        yield offset, rows[offset]
