"""Views over views and unions: the same rows however the stream is cut, the batch program's; and reads that agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from headrace.features_sql import program
from headrace.features_sql.groups import sources_of
from headrace.runtime.duck import Prepared, arrow_schema
from headrace.runtime.live_view import Probes
from headrace.runtime.reads.online_reads import read_service
from headrace.runtime.source_schema import source_schema
from headrace.tests.meaning.replay import (
    Replay,
    Row,
    batch_program,
    calculator,
    definitions_of,
    instants,
    records,
    table_of,
)
from headrace.tests.meaning.scenes import SOURCES, TIMES, examples, streams
from hypothesis import given
from hypothesis import strategies as st

SQL = (
    SOURCES
    + """
CREATE FEATURE VIEW live ENTITY k AS
SELECT i, s, c, count(*) OVER (SLIDING SIZE 4 SECONDS) AS n, sum(c) OVER (TUMBLING SIZE 5 SECONDS) AS spent FROM events;
CREATE FEATURE VIEW words ENTITY s AS
SELECT k, n, max(n) OVER (SLIDING SIZE 5 SECONDS) AS most, list(k) OVER (LAST 4 ROWS) AS keys,
  sum(spent) FILTER (WHERE n > 1) OVER (SESSION GAP 3 SECONDS) AS spent, since_last() OVER (GLOBAL) AS idle
FROM live WHERE i IS DISTINCT FROM 3;
CREATE FEATURE VIEW shut ENTITY k AS
SELECT count(*) OVER w AS n, last(s) OVER w AS s FROM events WINDOW w AS (HOPPING SIZE 6 SECONDS ADVANCE BY 2 SECONDS)
EMIT ON WINDOW CLOSE;
CREATE FEATURE VIEW visits ENTITY (s, k) AS
SELECT count(*) OVER v AS n, list(i) OVER v AS numbers FROM live WINDOW v AS (SESSION GAP 2 SECONDS)
EMIT ON WINDOW CLOSE;
CREATE FEATURE VIEW sizes ENTITY n AS
SELECT k, s, last_n(k, 5) OVER (GLOBAL) AS keys, count(*) OVER (RANGE BETWEEN INTERVAL 4 SECONDS PRECEDING
  AND CURRENT ROW) AS closes FROM shut;
CREATE FEATURE VIEW deep ENTITY k AS
SELECT sum(closes) OVER w AS closes, count(DISTINCT s) OVER w AS words FROM sizes WINDOW w AS (TUMBLING SIZE 4 SECONDS)
EMIT ON WINDOW CLOSE;
CREATE FEATURE VIEW moves ENTITY k AS
SELECT what, amount, sum(amount) OVER w AS total, list(what) OVER (LAST 5 ROWS) AS whats,
  since_last() OVER (GLOBAL) AS idle
FROM (
  SELECT k, s AS what, i AS amount, ts FROM events WHERE i < 4
  UNION ALL SELECT k, who, NULL::BIGINT, at AS ts FROM asks a
  UNION ALL SELECT k, 'shut', n, as_of AS ts FROM shut WHERE n > 1
  UNION ALL SELECT k, 'live', n, ts FROM live
) u WINDOW w AS (SLIDING SIZE 3 SECONDS);
CREATE FEATURE VIEW driver ENTITY k AS SELECT who FROM asks;
CREATE FEATURE SERVICE answers AS
SELECT driver.who, live.n, live.i, deep.closes FROM driver JOIN live USING (k) JOIN deep USING (k);
CREATE FEATURE SERVICE across AS
SELECT words.most, words.idle, live.n AS live_n, shut.n AS shut_n FROM words JOIN live USING (k) JOIN shut USING (k);
CREATE FEATURE SERVICE moved AS SELECT moves.what, moves.total, moves.whats, moves.idle FROM moves;
CREATE FEATURE SERVICE told AS SELECT words.k, words.keys, words.most, words.spent, words.idle FROM words;
CREATE FEATURE SERVICE sized AS SELECT sizes.k, sizes.keys, sizes.closes FROM sizes;
"""
)
VIEWS = ("live", "words", "shut", "visits", "sizes", "deep", "moves")


def written_by(
    rows: Mapping[str, Sequence[Row]], batches: Sequence[int], restarts: frozenset[int] = frozenset()
) -> Any:
    replay = Replay(SQL, rows)
    written = replay.finish(batches, restarts)
    return replay, {name: ordered(found) for name, found in written.items()}


def ordered(rows: Sequence[Row]) -> list[str]:
    return sorted(map(repr, rows))


@examples(4)
@given(rows=streams(most=12), restarts=st.frozensets(st.integers(1, 12), max_size=1))
def test_rows_do_not_depend_on_cuts_and_are_the_batch_programs(
    rows: Mapping[str, Sequence[Row]], restarts: frozenset[int]
) -> None:
    replay, written = written_by(rows, [1000])
    for batches in ([1], [7]):
        assert written_by(rows, batches, restarts)[1] == written
    for name in VIEWS:
        expected = records(batch_program(SQL, name).run(**seen(replay, name)).drop_columns(["_i"]))
        assert written[name] == ordered(expected), name


def seen(replay: Replay, view: str) -> dict[str, pa.Table]:
    """The accepted rows so far of every source below a view."""
    return {
        name: table_of(replay.definitions, name, replay.sources[name].rows, replay.sources[name].accepted)
        for name in sources_of(replay.definitions, view)
    }


@cache
def at_instants(view: str) -> Prepared:
    """The batch program of a view, asked at instants."""
    definitions = definitions_of(SQL)
    held = definitions.views[view]
    keys = [*program.key_columns(held)]
    types = arrow_schema(held.entity)
    asked = [(key, field.type) for key, field in zip(keys, types, strict=True)]
    asked += [(name, pa.int64()) for name in ("_i", "_m", "_t", "_n")]
    feeds = {name: source_schema(definitions, name) for name in sources_of(definitions, view)}
    feeds["_instants"] = pa.schema(asked)
    return Prepared(calculator(), program.batch_sql(held, definitions, at_instants=True) + "\nORDER BY _i", feeds)


@pytest.mark.parametrize(("service", "view"), [("told", "words"), ("sized", "sizes"), ("moved", "moves")])
@examples(2)
@given(data=st.data())
def test_a_read_of_now_sees_what_lower_views_would_have_written(service: str, view: str, data: st.DataObject) -> None:
    """Waiting events and closes that are due count; the read changes nothing, so what is written later is right."""
    rows = data.draw(streams(most=12))
    replay = Replay(SQL, rows)
    definitions = replay.definitions
    keys: list[Any] = [1, 2, 9] if view == "sizes" else ["p", "q", "unseen"] if view == "words" else ["a", "b", "c"]
    for _ in range(data.draw(st.integers(0, 6))):
        replay.step(3)
        if replay.done:
            break
        times = [max(time, replay.watermark) for time in data.draw(st.lists(TIMES, min_size=3, max_size=3))]
        (key_type,) = arrow_schema(definitions.views[view].entity).types
        probes = Probes(pa.table({"_k0": pa.array(keys, key_type)}), instants(times))
        found = records(read_service(replay.group, definitions.services[service], probes))
        asked = probes.keys.append_column("_i", pa.array(range(3))).append_column("_n", pa.nulls(3, pa.int64()))
        asked = asked.append_column("_m", pa.array(times)).append_column("_t", pa.array(times))
        expected = records(at_instants(view).run(_instants=asked, **seen(replay, view)))
        for row, want in zip(found, expected, strict=True):
            assert row == {name: want[name] for name in row}
    assert {name: ordered(found) for name, found in replay.finish([3]).items()} == written_by(rows, [1000])[1]
