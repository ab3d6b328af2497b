"""Views that read the same rows share their entities' numbers, and write what each would by itself."""

import pyarrow as pa
import pytest
from headrace.features_sql.groups import source_groups
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText
from headrace.runtime import side_by_side
from headrace.runtime.duck import connect
from headrace.runtime.group import Group
from headrace.runtime.source_schema import source_schema
from headrace.runtime.windows.keys import UNSEEN, KeyIndex
from headrace.runtime.windows.numbering import Numbering

SOURCE = """
CREATE SOURCE events (k VARCHAR, other BIGINT, d DOUBLE, note VARCHAR, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 1 SECOND)
  WITH ('connector' = 'files', 'path' = 'e.csv', 'format' = 'csv');
"""
VIEWS = {
    "sliding": "ENTITY k AS SELECT sum(d) OVER w AS total FROM events WINDOW w AS (SLIDING SIZE 3 SECONDS)",
    "closing": "ENTITY k AS SELECT count(*) OVER w AS n FROM events WINDOW w AS (TUMBLING SIZE 2 SECONDS) "
    "EMIT ON WINDOW CLOSE",
    "filtered": "ENTITY k AS SELECT count(*) OVER w AS n FROM events WHERE d > 3 WINDOW w AS (SLIDING SIZE 3 SECONDS)",
    "computed": "ENTITY k AS SELECT sum(CAST(note AS INTEGER)) OVER w AS notes FROM events "
    "WINDOW w AS (SLIDING SIZE 3 SECONDS)",
    "others": "ENTITY other AS SELECT count(*) OVER w AS n FROM events WINDOW w AS (SLIDING SIZE 3 SECONDS)",
    "both": "ENTITY (k, other) AS SELECT count(*) OVER w AS n FROM events WINDOW w AS (SLIDING SIZE 3 SECONDS)",
}


def definitions_of(names):
    views = [f"CREATE FEATURE VIEW {name} {VIEWS[name]};\n" for name in names]
    return compile_project([SourceText("f.sql", SOURCE + "".join(views))])


def events(definitions, numbers):
    columns = {
        "k": [None if number % 11 == 0 else f"k{number * number % 7}" for number in numbers],
        "other": [number % 5 for number in numbers],
        "d": [number % 9 / 2 for number in numbers],
        "note": ["x" if number % 6 == 0 else str(number) for number in numbers],
        "ts": [number * 50_000 for number in numbers],
        "_partition": [0 for _ in numbers],
        "_offset": list(numbers),
    }
    schema = source_schema(definitions, "events")
    return pa.table([pa.array(columns[field.name], field.type) for field in schema], schema)


def written(names, cut, rows=400):
    """Every row by view, of a group that goes back to an earlier state once and on from there."""
    definitions = definitions_of(names)
    found = {name: [] for name in names}
    with connect() as connection:
        group = Group(definitions, source_groups(definitions)[0], connection, threads=2)
        for start in range(0, rows, cut):
            numbers = range(start, min(start + cut, rows))
            if start // cut % 3 == 1:
                earlier = group.snapshot()
                group.advance({"events": events(definitions, range(5000, 5009))}, numbers[-1] * 50_000)
                group.restore(earlier)
            rows_of = group.advance({"events": events(definitions, numbers)}, numbers[-1] * 50_000 - 1_000_000).rows
            for name in names:
                found[name].append(rows_of[name])
        group.close()
    return {name: pa.concat_tables(parts) for name, parts in found.items()}


@pytest.mark.parametrize("cut", [1, 30, 170])
def test_each_view_writes_what_it_would_alone(cut, monkeypatch):
    # Two threads, however few rows.
    monkeypatch.setattr(side_by_side, "FEWEST", 0)
    together = written(list(VIEWS), cut, rows=100 if cut == 1 else 400)
    for name in VIEWS:
        assert len(together[name])
        assert together[name] == written([name], cut, rows=100 if cut == 1 else 400)[name]


def test_only_views_of_the_same_rows_share_their_numbers():
    definitions = definitions_of(VIEWS)
    with connect() as connection:
        group = Group(definitions, source_groups(definitions)[0], connection)
        indices = {name: id(group.views[name].keys) for name in VIEWS}
        group.close()
    assert indices["sliding"] == indices["closing"]
    assert len(set(indices.values())) == len(VIEWS) - 1


def test_a_batch_is_numbered_once_and_the_next_goes_on(monkeypatch):
    calls = []
    add = KeyIndex.add
    monkeypatch.setattr(KeyIndex, "add", lambda index, keys: calls.append(len(keys)) or add(index, keys))
    numbering = Numbering(pa.schema([("_k0", pa.string())]))
    first, second = (
        pa.table({"_k0": pa.array(keys, pa.string()), "_n": pa.array(range(start, start + len(keys)))})
        for keys, start in ((["a", None, "b"], 0), (["b", "c", "a"], 3))
    )
    for rows, slots in ((first, [0, UNSEEN, 1]), (first, [0, UNSEEN, 1]), (second, [1, 2, 0]), (second, [1, 2, 0])):
        assert numbering.slots(rows).tolist() == slots
    assert calls == [3, 3]
    numbering.restore(pa.table({"_k0": ["c", "b", "a"]}))
    assert numbering.slots(second).tolist() == [1, 0, 2]
