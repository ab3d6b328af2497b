"""A feature test's statements to rows of known columns and types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .binder import Binder, TypeProblem
from .calls import find_calls
from .definitions import Column, Definitions
from .diagnostics import Findings, Refusal, in_order, refuse
from .errors import StatementError
from .expressions import analyse, print_sql
from .fixture import Fixture, FixtureRows
from .names import did_you_mean, listed
from .parse_fixture import RowsStatement, RowStatement, parse_fixture
from .resolve_model import Services
from .resolve_sink import written_columns
from .source_text import SourceText, Span
from .statements import Fragment, Name

_TAKES = {
    "given": "rows are given to a source or table",
    "written": "EXPECT takes a view or service",
    "read": "EXPECT READ takes a service",
}


def compile_fixtures(texts: Sequence[SourceText], definitions: Definitions) -> list[Fixture]:
    """Resolve and type feature tests over a project's definitions; raises one StatementError with every finding."""
    findings = Findings()
    with Binder() as binder:
        fixtures = [_fixture(text, definitions, binder, findings) for text in texts]
    if findings.diagnostics:
        raise StatementError(*in_order(findings.diagnostics, texts))
    return fixtures


def _fixture(text: SourceText, definitions: Definitions, binder: Binder, findings: Findings) -> Fixture:
    refused = findings.refusals
    description, statements = parse_fixture(text, findings)
    rows, seen = list[FixtureRows](), set[tuple[str, str]]()
    for statement in statements:
        with findings.collecting():
            rows.append(_rows(statement, definitions, binder, findings))
            _refuse_again(statement, seen)
    expected = tuple(one for one in rows if one.asked != "given")
    if not expected and findings.refusals == refused:
        hint = "EXPECT view (column, ...) VALUES (value, ...)"
        findings.add(refuse(Span(text, 0, 1), "a test must EXPECT something", hint))
    return Fixture(text.path, description, tuple(one for one in rows if one.asked == "given"), expected)


def _refuse_again(statement: RowsStatement, seen: set[tuple[str, str]]) -> None:
    key = statement.asked, statement.name.key
    if statement.asked == "written" and key in seen:
        name = statement.name
        raise refuse(name.span, f"the rows of {name.text} are expected twice", "EXPECT names every row of a view")
    seen.add(key)


def _rows(statement: RowsStatement, definitions: Definitions, binder: Binder, findings: Findings) -> FixtureRows:
    name, known = _relation(statement, definitions)
    columns = tuple(_column(column, known, name) for column in statement.columns) or known
    for place, column in enumerate(columns):
        if column in columns[:place]:
            span = statement.columns[place].span
            raise refuse(span, f"{column.name} stands twice")
    if statement.asked == "read":
        _require_key(statement, definitions, columns)
    rows = list[tuple[str, ...]]()
    for row in statement.rows:
        with findings.collecting():
            rows.append(_row(row, columns, binder))
    return FixtureRows(statement.asked, name, columns, tuple(rows), statement.name.span)


def _relation(statement: RowsStatement, definitions: Definitions) -> tuple[str, tuple[Column, ...]]:
    """Return the name as it was declared, and the columns that rows of it have."""
    given = {**definitions.sources, **definitions.tables}
    held = {"given": given, "written": {**definitions.views, **definitions.services}, "read": definitions.services}
    right = held[statement.asked]
    found = next((name for name in right if name.casefold() == statement.name.key), None)
    if found is None:
        raise _unknown(statement, definitions, right)
    if statement.asked == "given":
        declared = [column for column in given[found].columns if column.computed is None]
        return found, tuple(Column(column.name, column.type) for column in declared)
    if statement.asked == "written" and not definitions.writes(found):
        raise refuse(statement.name.span, f"{found} is ON DEMAND: it writes no rows", "EXPECT READ service (...)")
    columns = written_columns(found, definitions, Services(definitions, frozenset(), frozenset()))
    assert columns is not None
    return found, columns


def _unknown(statement: RowsStatement, definitions: Definitions, right: Iterable[str]) -> Refusal:
    span, name = statement.name.span, statement.name.text
    what = {"given": "source or table", "written": "view or service", "read": "service"}[statement.asked]
    for kind in ("source", "table", "view", "service"):
        if name.casefold() in {other.casefold() for other in getattr(definitions, f"{kind}s")}:
            return refuse(span, f"{name} is a {kind}; {_TAKES[statement.asked]}")
    known = sorted(right)
    hint = did_you_mean(name, known) or (f"there are: {listed(known)}" if known else "")
    return refuse(span, f"there is no {what} {name}", hint)


def _column(name: Name, known: Sequence[Column], relation: str) -> Column:
    found = next((column for column in known if column.name.casefold() == name.key), None)
    if found is None:
        names = [column.name for column in known]
        hint = did_you_mean(name.text, names) or f"columns: {listed(names)}"
        raise refuse(name.span, f"{relation} has no column {name.text} to give or expect", hint)
    return found


def _require_key(statement: RowsStatement, definitions: Definitions, columns: Sequence[Column]) -> None:
    service = next(one for one in definitions.services.values() if one.name.casefold() == statement.name.key)
    driver = definitions.views[service.view]
    given = {column.name for column in columns}
    for name in (*(column.name for column in driver.entity), driver.time):
        if name not in given:
            raise refuse(statement.name.span, f"a read must say its {name}: the entity and the instant of each row")


def _row(row: RowStatement, columns: Sequence[Column], binder: Binder) -> tuple[str, ...]:
    if len(row.values) != len(columns):
        names = listed(column.name for column in columns)
        raise refuse(row.span, f"expected {len(columns)} values; got {len(row.values)}", f"the columns are {names}")
    return tuple(_value(value, column, binder) for value, column in zip(row.values, columns, strict=True))


def _value(value: Fragment, column: Column, binder: Binder) -> str:
    """Return SQL of the column's type; what that type cannot hold as it is written is refused."""
    if calls := find_calls(value):
        raise refuse(calls[0].span, "aggregates cannot stand here", "a test's values are constants")
    if references := analyse(value, binder).references:
        name = references[0].parts[0]
        raise refuse(references[0].span, f"a test's values are constants; got {name}", f"text is quoted: '{name}'")
    sql = print_sql(value)
    cast = f"CAST({sql} AS {column.type})"
    try:
        if binder.constant(f"{cast} IS NOT DISTINCT FROM ({sql})"):
            return cast
    except TypeProblem:
        raise _unfit(value, column) from None
    raise _unfit(value, column)


def _unfit(value: Fragment, column: Column) -> Refusal:
    return refuse(value.span, f"{value.span.text} does not fit {column.name}, which is {column.type}")
