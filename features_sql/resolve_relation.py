"""CREATE SOURCE and CREATE TABLE: types, computed columns, keys, event time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .binder import Binder, SyntaxProblem, TypeProblem
from .definitions import Column, FilesConnector, LateRows, Source, SourceColumn, Table, Union
from .diagnostics import Findings, Refusal, consequence, refuse
from .expressions import Replacement, print_sql
from .names import did_you_mean, listed, words
from .parse_late import SUFFIX
from .scope import Relation, Scope
from .source_options import SourceOptions, source_options
from .statements import ColumnStatement, Fragment, Name, RelationStatement

_TYPES = sorted(
    words(
        "BIGINT BLOB BOOLEAN DATE DECIMAL DOUBLE FLOAT HUGEINT INTEGER INTERVAL JSON REAL SMALLINT TEXT TIME TIMESTAMP "
        "TIMESTAMPTZ TINYINT UBIGINT UINTEGER USMALLINT UTINYINT UUID VARCHAR"
    )
)


@dataclass(frozen=True)
class ResolvedRelation:
    """A relation with usable columns. ``definition`` is None where something else in it is refused, and of a view."""

    kind: str
    relation: Relation
    time: str | None
    definition: Source | Table | Union | None


def resolve_relation(
    statement: RelationStatement, environment: Mapping[str, str], binder: Binder, findings: Findings
) -> ResolvedRelation:
    """Resolve a source or table; everything wrong in it is reported."""
    before = findings.refusals
    types = dict[str, str]()
    for column in statement.columns:
        with findings.collecting():
            types[column.name.text] = _type(column, binder)
    columns = tuple(Column(name, type_) for name, type_ in types.items())
    name, complete = statement.name.text, statement.complete and findings.refusals == before
    if not columns and complete:
        findings.add(refuse(statement.name.span, f"{statement.kind} {name} has no columns"))
        complete = False
    relation = Relation(name, name, columns, binder.relation(columns or (Column("none", "INTEGER"),)), complete)
    computed = _Computed(statement, relation, binder, findings)
    resolved = tuple(
        SourceColumn(column.name.text, types[column.name.text], computed.sql(column))
        for column in statement.columns
        if column.name.text in types
    )
    for key in statement.primary_key:
        with findings.collecting():
            _column(relation, key, "PRIMARY KEY")
    key = tuple(_stored(relation, key) for key in statement.primary_key)
    frozen = statement.kind == "table" and statement.watermark is None
    time = None if frozen else _time(statement, relation, findings)
    options = source_options(statement, "table" if frozen else "source", environment, findings)
    definition = None
    if options and statement.complete and findings.refusals == before:
        definition = _definition(statement, resolved, key, time, options)
    return ResolvedRelation(statement.kind, relation, time, definition)


def _definition(
    statement: RelationStatement,
    columns: tuple[SourceColumn, ...],
    key: tuple[str, ...],
    time: str | None,
    options: SourceOptions,
) -> Source | Table:
    name, text, sql, span = statement.name.text, statement.description, statement.span.text, statement.span
    if statement.watermark is None and statement.kind == "table":
        assert isinstance(options.connector, FilesConnector)
        return Table(name, columns, key, options.connector, text, sql, span)
    assert time is not None
    assert statement.watermark is not None
    return Source(
        name=name,
        columns=columns,
        time=time,
        delay=statement.watermark.delay,
        primary_key=key,
        connector=options.connector,
        late=_late(statement),
        max_future=options.max_future,
        dedupe=options.dedupe,
        idle_timeout=options.idle_timeout,
        history=options.history,
        kept=options.kept,
        description=text,
        sql=sql,
        span=span,
    )


def late_name(statement: RelationStatement) -> Name | None:
    """Return the name under which a source keeps its late rows, at its place in the file; None where it has none."""
    if statement.kind == "table" and statement.watermark is None:
        return None
    if statement.late is not None and statement.late.kind != "accept":
        return statement.late.name
    return Name(statement.name.text + SUFFIX, statement.name.span)


def _late(statement: RelationStatement) -> LateRows:
    name = late_name(statement)
    return LateRows(name.text if name else None, statement.late.within if statement.late else None)


def _type(column: ColumnStatement, binder: Binder) -> str:
    fragment = column.type
    text = print_sql(fragment)
    try:
        tree = binder.parse(f"CAST(NULL AS {text})")
        if tree["class"] != "CAST" or tree["child"]["class"] != "CONSTANT" or not _only_types(tree["type_expr"]):
            raise _unknown_type(column, text)
        return binder.type(f"CAST(NULL AS {text})")
    except (SyntaxProblem, TypeProblem):
        raise _unknown_type(column, text) from None


def _only_types(node: Any) -> bool:
    if node["class"] == "CONSTANT":
        return True
    return node["class"] == "TYPE" and all(_only_types(child.get("expression", child)) for child in node["children"])


def _unknown_type(column: ColumnStatement, text: str) -> Refusal:
    fragment, name = column.type, column.name.text.upper()
    if name == "WATERMARK":
        hint = f"WATERMARK FOR {text} AS {text} - INTERVAL 5 SECONDS"
        return refuse(column.name.span, "WATERMARK takes FOR and the event time column", hint)
    if name in _TYPES:
        return refuse(fragment.span, f"unknown type {text}", f"the name stands first: {text} {name}")
    hint = did_you_mean(fragment.tokens[0].text, _TYPES) or f"types are DuckDB's: {listed(_TYPES, 8)}"
    return refuse(fragment.span, f"unknown type {text}", hint)


def _column(relation: Relation, name: Name, what: str) -> Column:
    column = relation.column(name.text)
    if column is None and not relation.complete:
        raise consequence(name.span)
    if column is None:
        hint = did_you_mean(name.text, [column.name for column in relation.columns])
        hint = hint or f"columns: {listed(column.name for column in relation.columns)}"
        raise refuse(name.span, f"{what} names an unknown column {name.text}", hint)
    return column


def _stored(relation: Relation, name: Name) -> str:
    column = relation.column(name.text)
    return column.name if column else name.text


def _time(statement: RelationStatement, relation: Relation, findings: Findings) -> str | None:
    watermark = statement.watermark
    with findings.collecting():
        if watermark is None and not relation.complete:
            raise consequence(statement.name.span)
        if watermark is None:
            hint = "add WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS after the columns"
            raise refuse(statement.name.span, f"source {statement.name.text} has no WATERMARK", hint)
        column = _column(relation, watermark.column, "WATERMARK")
        if column.type != "TIMESTAMP":
            hint = f"compute one: {column.name}_ts TIMESTAMP AS (...)"
            raise refuse(watermark.column.span, f"event time must be TIMESTAMP; {column.name} is {column.type}", hint)
        return column.name
    return None


class _Computed:
    """The SQL of computed columns; one that reads another holds that one's expression in its place."""

    def __init__(self, statement: RelationStatement, relation: Relation, binder: Binder, findings: Findings) -> None:
        self._by_name = {column.name.text: column for column in statement.columns if column.computed}
        self._relation, self._binder, self._findings = relation, binder, findings
        self._sql = dict[str, str | None]()
        self._open = list[str]()

    def sql(self, column: ColumnStatement) -> str | None:
        """Return the SQL of a column's expression, or None where it has none or is refused."""
        name = column.name.text
        if column.computed is None:
            return None
        if name not in self._sql:
            self._sql[name] = None
            self._open.append(name)
            with self._findings.collecting():
                self._sql[name] = self._print(column.computed, name)
            self._open.pop()
        return self._sql[name]

    def _print(self, fragment: Fragment, name: str) -> str:
        scope = Scope((self._relation,))
        typed = scope.typed(fragment, self._binder)
        replacements = list[Replacement]()
        for read in typed.reads:
            text = read.sql
            if other := self._by_name.get(read.column.name):
                if read.column.name in self._open:
                    path = " -> ".join([*self._open[self._open.index(read.column.name) :], read.column.name])
                    raise refuse(read.span, f"computed columns form a cycle: {path}")
                text = f"({self.sql(other)})"
            replacements.append(Replacement(read.start, read.end, text))
        sql = print_sql(fragment, replacements)
        wanted = self._relation.column(name)
        assert wanted is not None
        if typed.type == wanted.type:
            return sql
        implicit = f"can_cast_implicitly(CAST(NULL AS {typed.type}), CAST(NULL AS {wanted.type}))"
        if not self._binder.constant(implicit):
            hint = f"write CAST(... AS {wanted.type})"
            raise refuse(fragment.span, f"{name} is declared {wanted.type} but this gives {typed.type}", hint)
        return f"CAST({sql} AS {wanted.type})"
