"""The state of a label join as Arrow tables, its keys in the types they came in."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any

import pyarrow as pa

from .label_join import JoinCounts, Joined, Key, Label

_LABEL = (("value", pa.float64()), ("weight", pa.float64()), ("known", pa.int64()))


def join_tables(state: Joined, types: Sequence[pa.DataType]) -> dict[str, pa.Table]:
    """Return the tables of a join whose keys have these types, a column ``_key<i>`` for each."""
    known = ((key, *label, key in state.found) for key, label in state.known.items())
    waiting = ((key, number) for key, numbers in state.waiting.items() for number in numbers)
    return {
        "waiting": _table(waiting, types, ("number", pa.int64())),
        "deadlines": _table(
            ((key, at, number) for at, number, key in state.deadlines),
            *(types, ("at", pa.int64()), ("number", pa.int64())),
        ),
        "held": _table(((number, *label) for number, label in state.held.items()), (pa.int64(),), *_LABEL),
        "known": _table(known, types, *_LABEL, ("found", pa.bool_())),
        "missed": _table(state.missed.items(), types, ("at", pa.int64())),
        "leaving": _table(((key, at) for at, key in state.leaving), types, ("at", pa.int64())),
        "counts": pa.table({field.name: [getattr(state.counts, field.name)] for field in fields(JoinCounts)}),
    }


def joined_of(tables: Mapping[str, pa.Table]) -> Joined:
    """Return the state that ``join_tables`` holds."""
    known = _rows(tables["known"])
    state = Joined(
        counts=JoinCounts(*(column[0].as_py() for column in tables["counts"].columns)),
        deadlines=deque((at, number, key) for key, at, number in _rows(tables["deadlines"])),
        held={number: Label(*label) for number, *label in _rows(tables["held"])},
        known={key: Label(*label) for key, *label, _ in known},
        found={row[0] for row in known if row[-1]},
        missed=dict(_rows(tables["missed"])),
        leaving=deque((at, key) for key, at in _rows(tables["leaving"])),
    )
    for key, number in _rows(tables["waiting"]):
        state.waiting.setdefault(key, []).append(number)
    return state


def key_list(columns: Sequence[pa.ChunkedArray]) -> list[Key]:
    """Return a key per row: the value of the one column, or the tuple of several."""
    values = [column.to_pylist() for column in columns]
    return values[0] if len(values) == 1 else list(zip(*values, strict=True))


def _table(rows: Iterable[Sequence[Any]], types: Sequence[pa.DataType], *others: tuple[str, pa.DataType]) -> pa.Table:
    held = list(rows)
    keys = [row[0] for row in held]
    parts = [keys] if len(types) == 1 else [[key[place] for key in keys] for place in range(len(types))]
    columns = {
        f"_key{place}": pa.array(part, type) for place, (part, type) in enumerate(zip(parts, types, strict=True))
    }
    for place, (name, type) in enumerate(others):
        columns[name] = pa.array([row[place + 1] for row in held], type)
    return pa.table(columns)


def _rows(table: pa.Table) -> list[tuple[Any, ...]]:
    names = [name for name in table.column_names if name.startswith("_key")]
    others = [table.column(name).to_pylist() for name in table.column_names if name not in names]
    return list(zip(key_list([table.column(name) for name in names]), *others, strict=True))
