"""Where a column's values come from, and what is made of it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

from ..features_sql.errors import ReadError
from .names import hint

# The column of a source that stands for its rows: what ``count(*)`` reads.
EVERY_ROW = "*"

Direction = Literal["upstream", "downstream"]

_NEXT = {
    "upstream": (
        "SELECT DISTINCT l.input_relation, l.input_column FROM lineage l JOIN views v"
        " ON v.name = l.target AND v.version = l.version AND v.live WHERE l.target = ? AND l.feature = ? ORDER BY 1, 2"
    ),
    "downstream": (
        "SELECT DISTINCT l.target, l.feature FROM lineage l JOIN views v"
        " ON v.name = l.target AND v.version = l.version AND v.live"
        " WHERE l.input_relation = ? AND l.input_column = ? ORDER BY 1, 2"
    ),
}


@dataclass(frozen=True)
class Node:
    """A column of a source, table, view or service, and the columns one step further, by name."""

    relation: str
    column: str
    kind: str
    children: tuple[Node, ...]

    @property
    def name(self) -> str:
        """The column as a user writes it."""
        return f"{self.relation}.{self.column}"


def upstream(connection: sqlite3.Connection, name: str) -> tuple[Node, ...]:
    """Return what ``relation.column`` is computed from, down to columns of sources and tables.

    ``name`` may also be a relation alone: then there is a tree for each of its columns. Only live versions count.
    Raises ReadError for a name that the catalog does not hold.
    """
    return _trees(connection, name, "upstream")


def downstream(connection: sqlite3.Connection, name: str) -> tuple[Node, ...]:
    """Return what is computed from ``relation.column``, up to columns of services; else as ``upstream``."""
    return _trees(connection, name, "downstream")


def _trees(connection: sqlite3.Connection, name: str, direction: Direction) -> tuple[Node, ...]:
    kinds = _kinds(connection)
    if name in kinds:
        trees = [_tree(connection, name, column, direction, kinds) for column in columns_of(connection, name)]
        whole = _tree(connection, name, EVERY_ROW, direction, kinds)
        return (*trees, whole) if whole.children else tuple(trees)
    relation, _, column = name.rpartition(".")
    if relation not in kinds:
        having = () if relation else sorted(kinds)
        owners = [f"{owner}.{name}" for owner in having if name in columns_of(connection, owner)]
        known = f"; did you mean {' or '.join(owners[:3])}?" if owners else hint(relation or name, kinds)
        raise ReadError(f"{relation or name} is no source, table, view or service{known}")
    columns = columns_of(connection, relation)
    if column not in (*columns, EVERY_ROW):
        raise ReadError(f"{relation} has no column {column}{hint(column, columns)}")
    return (_tree(connection, relation, column, direction, kinds),)


def columns_of(connection: sqlite3.Connection, relation: str) -> tuple[str, ...]:
    """Return the live columns of a source, table, view or service: keys and time first, then in its own order."""
    declared = connection.execute(
        "SELECT json_extract(c.value, '$.name') FROM sources s, json_each(s.columns) c WHERE s.live AND s.name = ?",
        (relation,),
    ).fetchall()
    if declared:
        return tuple(name for (name,) in declared)
    features = connection.execute(
        "SELECT feature FROM live_features WHERE view = ? ORDER BY position", (relation,)
    ).fetchall()
    keys = connection.execute("SELECT entity, time FROM views WHERE live AND name = ?", (relation,)).fetchall()
    leading = [key for entity, time in keys for key in (*entity.split(", "), time)]
    return tuple(dict.fromkeys([*leading, *(name for (name,) in features)]))


def _tree(
    connection: sqlite3.Connection, relation: str, column: str, direction: Direction, kinds: dict[str, str]
) -> Node:
    steps = connection.execute(_NEXT[direction], (relation, column)).fetchall()
    children = tuple(_tree(connection, target, feature, direction, kinds) for target, feature in steps)
    return Node(relation, column, kinds.get(relation, "source"), children)


def _kinds(connection: sqlite3.Connection) -> dict[str, str]:
    query = "SELECT name, kind FROM sources WHERE live UNION ALL SELECT name, kind FROM views WHERE live"
    return dict(connection.execute(query))
