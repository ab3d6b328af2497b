"""Every aggregate over every kind of window, against plain DuckDB over the events that the window holds.

The engine, with batches and restarts, and the batch program must both say what one DuckDB aggregate says of those
events in total order. The language's own words are computed here.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import duckdb
import pytest
from headrace.features_sql.aggregates import WINDOW_WORDS
from headrace.features_sql.signatures import SIGNATURES, SYNONYMS

from .interpreter import CLOSING, SECOND, Event, Frame, Instant, before, closes, event_instants, members
from .replay import Replay, Row, batch_program, records, table_of
from .scenes import FRAMES

SOURCE = """
CREATE SOURCE events (k VARCHAR, d DOUBLE, n DOUBLE, i BIGINT, s VARCHAR, ok BOOLEAN, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 4 SECONDS)
  WITH ('connector' = 'files', 'path' = 'events/*.parquet', 'format' = 'parquet', 'bounded' = 'true');
"""
# Calls whose value over a list of events is what DuckDB says of that list.
PLAIN = (
    *("count(*)", "count(s)", "count_if(ok)"),
    *(f"{name}(d)" for name in ("sum", "avg", "min", "max", "median", "mad", "any_value", "first", "last", "list")),
    *(f"{name}(i)" for name in ("stddev", "stddev_pop", "variance", "var_pop", "sem", "fsum", "favg", "product")),
    *(f"{name}(n)" for name in ("geomean", "kurtosis", "kurtosis_pop", "skewness", "entropy")),
    *(f"{name}(i)" for name in ("bit_and", "bit_or", "bit_xor", "approx_count_distinct")),
    *("bool_and(ok)", "bool_or(ok)", "bitstring_agg(i, 0, 9)", "decimal_average(CAST(i AS DECIMAL(9,2)))"),
    *(f"{name}(n, i)" for name in ("corr", "covar_samp", "covar_pop", "weighted_avg")),
    *(f"regr_{name}(n, i)" for name in ("avgx", "avgy", "count", "intercept", "r2", "slope", "sxx", "sxy", "syy")),
    *("arg_max(s, n)", "arg_min(s, d)", "arg_max_null(s, n)"),
    *("arg_min_null(s, n)", "arg_max_nulls_last(s, n)", "arg_min_nulls_last(s, n)", "min(n, 2)", "max(d, 2)"),
    *("quantile_cont(n, 0.25)", "quantile_cont(n, [0.1, 0.9])", "quantile_disc(s, 0.5)", "approx_quantile(n, 0.5)"),
    *("approx_top_k(s, 2)", "histogram(s)", "histogram(n, [0, 2])", "histogram_exact(i, [1, 2])"),
    *("string_agg(s, '-')", "json_group_array(s)", "json_group_object(coalesce(s, 'none'), i)"),
    *("count(DISTINCT s)", "sum(DISTINCT i)", "avg(DISTINCT n)", "median(DISTINCT n)", "histogram(DISTINCT s)"),
    *("max(DISTINCT n, 2)", "corr(DISTINCT n, i)", "min(DISTINCT s)", "first(DISTINCT s)"),
)
OWN = (
    *("first_n(s, 3)", "last_n(d, 2)", "last_n_distinct(s, 2)", "last_n_distinct(d, 3)", "top_n(s, 2)", "mode(d)"),
    *("decayed_count('2 s')", "decayed_sum(n, '50 ms')", "decayed_sum(d, '3 s')", "ewma(n, '1 ms')", "ewma(i, '9 s')"),
    *("list(DISTINCT s)", "string_agg(DISTINCT s, '-')", "last(DISTINCT s)", "last(s IGNORE NULLS)"),
    *("list(n) RESPECT NULLS", "quantile_cont(0.75) WITHIN GROUP (ORDER BY n)", "mode() WITHIN GROUP (ORDER BY s)"),
    *("rate(n, '1 minute')", "since_last()", "max_by(s, n, 2)", "arg_min(d, n, 3)"),
)
FILTERED = " FILTER (WHERE ok)"
EXTREMES = (None, 0.0, -0.0, 1.5, -2.25, 7.0, math.nan, math.inf, -math.inf)


@cache
def calculator() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(":memory:", config={"threads": 1})


def test_every_aggregate_is_tried() -> None:
    tried = {call.partition("(")[0] for call in (*PLAIN, *OWN)}
    # Words of the window itself are no aggregates of rows; those of sessions have cases by hand.
    assert {SYNONYMS.get(name, name) for name in tried} == SIGNATURES.keys() - WINDOW_WORDS


def calls_of(frame: Frame, closing: bool) -> list[str]:
    """A third of the calls, half of them over the rows that a condition lets through."""
    calls = [call for call in (*PLAIN, *OWN) if not call.startswith("rate") or frame.kind in ("sliding", "hopping")]
    third = 1 if closing else ("", "GROUP", "ROW").index(frame.exclude)
    return [call + FILTERED * ((place // 3) % 2) for place, call in enumerate(calls) if place % 3 == third]


def view_sql(frame: Frame, closing: bool) -> str:
    columns = ", ".join(f"{call} OVER w AS f{place}" for place, call in enumerate(calls_of(frame, closing)))
    emit = "EMIT ON WINDOW CLOSE" if closing else "EMIT ON EVENT"
    options = "" if closing else "WITH ('recompute' = 'allowed')"
    return (
        f"{SOURCE}CREATE FEATURE VIEW v ENTITY k {options} AS SELECT {columns} FROM events\n"
        f"WINDOW w AS {frame.sql} {emit};"
    )


def stream(seed: int, count: int = 20) -> list[Row]:
    """Events of two entities in some disorder, with ties, NULLs, NaN and infinities, and a long pause."""
    pick, rows = random.Random(seed), list[Row]()
    for place in range(count):
        time = (pick.randint(-6, 20) * 2 + 500 * (place > count // 2)) * SECOND // 2 + pick.choice((0, 0, 1))
        rows.append(
            {
                "k": pick.choice("aab"),
                "d": pick.choice(EXTREMES if seed % 2 else EXTREMES[:6]),
                "n": pick.choice((None, 0.5, 0.5, 1.0, 2.0, 3.25, 1e3)),
                "i": pick.choice((None, 0, 1, 1, 2, 5)),
                "s": pick.choice((None, "", "p", "p", "q", "r")),
                "ok": pick.choice((None, True, True, False)),
                "ts": time,
            }
        )
    return sorted(rows, key=lambda row: row["ts"] + pick.choice((0, 0, 3, 6)) * SECOND)


def entities(rows: Sequence[Row], accepted: Sequence[int]) -> dict[str, list[Event]]:
    found: dict[str, list[Event]] = {}
    for offset in sorted(accepted, key=lambda offset: (rows[offset]["ts"], offset)):
        found.setdefault(rows[offset]["k"], []).append(Event(rows[offset]["ts"], offset, rows[offset]))
    return found


def asked(frame: Frame, events: Sequence[Event], closing: bool) -> list[Instant]:
    return [before(close) for close in closes(frame, events)] if closing else event_instants(events)


def expected(calls: Sequence[str], frame: Frame, events: Sequence[Event], at: Instant) -> list[tuple[Any, float]]:
    """What each call says, and the magnitude by which the error of a float is judged."""
    held = members(frame, events, at)
    passing = [event for event in held if event.values["ok"]]
    plain = duckdb_says([call.removesuffix(FILTERED) for call in calls if call.removesuffix(FILTERED) in PLAIN], held)
    filtered = duckdb_says(list(plain), passing)
    values: list[tuple[Any, float]] = []
    for call in calls:
        chosen, bare = (passing, call.removesuffix(FILTERED)) if call.endswith(FILTERED) else (held, call)
        if bare in plain:
            values.append(((plain if chosen is held else filtered)[bare], 1.0))
        elif bare.startswith(("decayed", "ewma")):
            values.append(decayed(bare.partition("(")[0], bare, chosen, at))
        else:
            values.append((own(bare, chosen, frame, at), 1.0))
    return values


def duckdb_says(calls: Sequence[str], held: Sequence[Event]) -> dict[str, Any]:
    """Each call over these events in order; a count of nothing is 0."""
    listed = ", ".join(f"({place}, {event.place})" for place, event in enumerate(held)) or "(NULL, NULL)"
    texts = [f"CAST({call} AS VARCHAR)" if call.startswith("bitstring") else call for call in calls]
    columns = ", ".join(f"{text} AS f{place}" for place, text in enumerate(texts))
    rows = f"SELECT e.* FROM (VALUES {listed}) h(nth, place) JOIN events e USING (place) ORDER BY nth"
    row = calculator().sql(f"SELECT {columns} FROM ({rows})").to_arrow_table().to_pylist()[0]
    said = dict(zip(calls, row.values(), strict=True))
    return {call: value or 0 if call.startswith("count") else value for call, value in said.items()}


def own(call: str, held: Sequence[Event], frame: Frame, at: Instant) -> Any:
    """The language's own words, by their definition."""
    name, _, column = call.partition("(")
    every = [event.values.get(column.split(",")[0].rstrip(")")) for event in held]
    given = [value for value in every if value is not None]
    n = int(call[-2]) if call[-2].isdigit() else 0
    match name, call:
        case "first_n", _:
            return every[:n] or None
        case "last_n", _:
            return every[-n:] or None
        case (("max_by" | "arg_min"), _):
            pairs = [(event.values["n"], value) for event, value in zip(held, every, strict=True)]
            pairs = [pair for pair in pairs if None not in pair]
            return [value for _, value in sorted(pairs, key=lambda pair: pair[0], reverse=name == "max_by")][:n] or None
        case "last_n_distinct", _:
            return unique(given[::-1])[:n][::-1] or None
        case (("top_n" | "mode"), _):
            ranked = most_frequent([event.values["s"] for event in held] if "WITHIN" in call else every)
            return (ranked[:n] or None) if name == "top_n" else ranked[0] if ranked else None
        case (("decayed_count" | "decayed_sum" | "ewma"), _):
            return decayed(name, call, held, at)
        case "list", "list(n) RESPECT NULLS":
            return [event.values["n"] for event in held] or None
        case "list", _:
            return unique(event.values["s"] for event in held) or None
        case "string_agg", _:
            texts = unique(event.values["s"] for event in held if event.values["s"] is not None)
            return "-".join(texts) if texts else None
        case "last", "last(DISTINCT s)":
            return ([None, *unique(event.values["s"] for event in held)])[-1]
        case "last", _:
            return ([None, *(event.values["s"] for event in held if event.values["s"] is not None)])[-1]
        case "quantile_cont", _:
            ranked = sorted(event.values["n"] for event in held if event.values["n"] is not None)
            place = 0.75 * (len(ranked) - 1)
            low, high = math.floor(place), math.ceil(place)
            return ranked[low] + (ranked[high] - ranked[low]) * (place - low) if ranked else None
        case "rate", _:
            return math.fsum(given) * 60 * SECOND / frame.size
        case _:
            others = [event.time for event in held if event.place != at.own]
            return (at.clock - others[-1]) / SECOND if others else None


def decayed(name: str, call: str, held: Sequence[Event], at: Instant) -> tuple[float | None, float]:
    """Weights 2^(-(t - ts) / h), for a mean those at the newest event; and the sum that judges an error."""
    column = call.partition("(")[2].split(",")[0] if name != "decayed_count" else ""
    length, unit = call.split("'")[1].split()
    half_life = int(length) * (SECOND if unit == "s" else 1000)
    pairs = [(event.time, event.values[column] if column else 1) for event in held]
    pairs = [(time, float(value)) for time, value in pairs if value is not None]
    if not pairs:
        return (None if name == "ewma" else 0.0), 0.0
    if extremes := [value for _, value in pairs if not math.isfinite(value)]:
        return sum(extremes), 0.0
    now = pairs[-1][0] if name == "ewma" else at.clock
    weights = [2.0 ** (-(now - time) / half_life) for time, _ in pairs]
    weight = math.fsum(weights) if name == "ewma" else 1.0
    total = math.fsum(weight * value for weight, (_, value) in zip(weights, pairs, strict=True)) / weight
    scale = math.fsum(weight * abs(value) for weight, (_, value) in zip(weights, pairs, strict=True)) / weight
    return (total if abs(total) >= 1e-200 else 0.0), scale


def key(value: Any) -> Any:
    """Values that DuckDB calls equal are equal: NaN to itself."""
    return "NaN" if isinstance(value, float) and math.isnan(value) else value


def unique(values: Iterator[Any] | Sequence[Any]) -> list[Any]:
    found: dict[Any, Any] = {}
    for value in values:
        found.setdefault(key(value), value)
    return list(found.values())


def most_frequent(values: Sequence[Any]) -> list[Any]:
    counts = Counter(key(value) for value in values if value is not None)
    ranked = sorted(counts, key=lambda value: (-counts[value], value == "NaN", 0.0 if value == "NaN" else value))
    return [math.nan if value == "NaN" else value for value in ranked]


def same(got: Any, want: Any, scale: float) -> bool:
    if isinstance(got, list | tuple) and isinstance(want, list | tuple):
        return len(got) == len(want) and all(same(*pair, scale) for pair in zip(got, want, strict=True))
    near = isinstance(got, float) and isinstance(want, float) and abs(got - want) <= 1e-9 * max(abs(want), scale)
    return near or key(got) == key(want)


VARIANTS = [
    (frame, closing)
    for kind, frames in FRAMES.items()
    for frame in (frames[0], replace(frames[-1], exclude="GROUP"), replace(frames[1 % len(frames)], exclude="ROW"))
    for closing in (False, *((True,) if kind in CLOSING and frame.exclude == "" else ()))
]


@pytest.mark.parametrize(
    ("frame", "closing"), VARIANTS, ids=lambda v: f"{v.kind}{v.exclude}" if isinstance(v, Frame) else "close" * v
)
def test_over_a_window(frame: Frame, closing: bool) -> None:
    sql, calls, rows = view_sql(frame, closing), calls_of(frame, closing), stream(VARIANTS.index((frame, closing)))
    replay = Replay(sql, {"events": rows})
    written = replay.finish([5, 1, 7], frozenset({2, 4}))["v"]
    accepted = replay.sources["events"].accepted
    batch = records(batch_program(sql, "v").run(events=table_of(replay.definitions, "events", rows, accepted)))
    register(rows)
    time = "as_of" if closing else "ts"
    wanted = {
        (name, at.clock, at.own): expected(calls, frame, held, at)
        for name, held in entities(rows, accepted).items()
        for at in asked(frame, held, closing)
    }
    for said in (written, batch):
        got = {(row["k"], row[time], row["_offset"]): row for row in said}
        assert got.keys() == wanted.keys()
        wrong = [
            f"{call} at {at}: {got[at][f'f{place}']!r}, not {wanted[at][place]!r}"
            for at in wanted
            for place, call in enumerate(calls)
            if not same(got[at][f"f{place}"], *wanted[at][place])
        ]
        assert not wrong


def register(rows: Sequence[Row]) -> None:
    types = {"k": "VARCHAR", "d": "DOUBLE", "n": "DOUBLE", "i": "BIGINT", "s": "VARCHAR", "ok": "BOOLEAN"}
    columns = ", ".join(f"{name} {type}" for name, type in {**types, "ts": "BIGINT", "place": "BIGINT"}.items())
    calculator().execute(f"CREATE OR REPLACE TABLE events ({columns})")
    marks = ", ".join("?" for _ in range(8))
    calculator().executemany(
        f"INSERT INTO events VALUES ({marks})", [[*row.values(), place] for place, row in enumerate(rows)]
    )
