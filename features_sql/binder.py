"""DuckDB as the judge of syntax and types: a hardened in-memory connection that never holds a row."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, cast

import duckdb

from .definitions import Column
from .names import quote

Tree = Mapping[str, Any]

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "threads": 1,
}
_PREFIX = "SELECT ("


class SyntaxProblem(Exception):  # noqa: N818 - it never leaves the compiler
    """DuckDB cannot read an expression; ``start`` and ``end`` are places in its text."""

    def __init__(self, message: str, start: int, end: int) -> None:
        self.start, self.end = start, end
        super().__init__(message)


class TypeProblem(Exception):  # noqa: N818 - it never leaves the compiler
    """DuckDB cannot bind an expression; the message has no place and no prefix."""

    @property
    def hint(self) -> str:
        """What may have been meant, or nothing."""
        hints = {
            r"there is no .* && .*": "conditions are joined with AND",
            r"there is no TIMESTAMP [+-] [A-Z]*INT.*": "ts - INTERVAL 5 MINUTES",
            r"there is no \w+\(VARCHAR\)": "CAST(x AS DOUBLE) makes a number of text",
            r"there is no .* LIKE .*": "CAST(x AS VARCHAR) makes text of a number",
        }
        return next((hint for form, hint in hints.items() if re.fullmatch(form, str(self))), "")


class Binder:
    """One connection for one compile; use it in a ``with`` block."""

    def __init__(self) -> None:
        self._connection = duckdb.connect(":memory:", config=_CONFIG)
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.execute("SET lock_configuration = true")
        self._relations = 0
        self._trees = dict[str, Tree]()
        self._types = dict[str, str]()

    def __enter__(self) -> Binder:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()

    def functions(self) -> list[tuple[str, str, str | None]]:
        """Return (name, kind, stability) of every function DuckDB knows."""
        query = "SELECT DISTINCT lower(function_name), function_type, stability FROM duckdb_functions()"
        return cast("list[tuple[str, str, str | None]]", self.rows(query))

    def rows(self, query: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query of ours about what DuckDB itself knows."""
        return self._connection.execute(query, list(parameters)).fetchall()

    def parse(self, text: str) -> Tree:
        """Return DuckDB's own tree of one expression; ``query_location`` counts characters of ``text``.

        Raises SyntaxProblem. The text must have balanced brackets and no comments.
        """
        if text not in self._trees:
            self._trees[text] = self._parse(text)
        return self._trees[text]

    def _parse(self, text: str) -> Tree:
        sql = f"{_PREFIX}{text})"
        row = self._connection.execute("SELECT json_serialize_sql($1)", [sql]).fetchone()
        assert row is not None
        try:
            answer: dict[str, Any] = json.loads(row[0])
        except RecursionError:
            raise SyntaxProblem("this expression is nested too deeply", 0, len(text)) from None
        place = _Places(text)
        if answer["error"]:
            raise _syntax_problem(answer, place, text)
        statements = answer["statements"]
        node = statements[0]["node"]
        if len(statements) != 1 or node["type"] != "SELECT_NODE" or node["from_table"]["type"] != "EMPTY":
            raise SyntaxProblem("expected one expression", 0, len(text))
        tree: dict[str, Any] = node["select_list"][0]
        try:
            place.move(tree)
        except RecursionError:
            raise SyntaxProblem("this expression is nested too deeply", 0, len(text)) from None
        return tree

    def relation(self, columns: Sequence[Column]) -> str:
        """Create an empty relation with these columns and return its quoted name."""
        name = quote(f"relation{self._relations}")
        self._relations += 1
        body = ", ".join(f"{quote(column.name)} {column.type}" for column in columns)
        try:
            self._connection.execute(f"CREATE TABLE {name} ({body})")
        except duckdb.Error as error:
            raise TypeProblem(_words(error)) from None
        return name

    def type(self, sql: str, relations: Sequence[tuple[str, str]] = ()) -> str:
        """Return the type of ``sql`` over (relation, alias) pairs as DESCRIBE prints it; raises TypeProblem."""
        tables = ", ".join(f"{relation} AS {quote(alias)}" for relation, alias in relations)
        query = f"DESCRIBE SELECT {sql} AS c{f' FROM {tables}' if tables else ''}"
        if query not in self._types:
            try:
                row = self._connection.execute(query).fetchone()
            except duckdb.Error as error:
                raise TypeProblem(_words(error)) from None
            assert row is not None
            self._types[query] = str(row[1])
        return self._types[query]

    def constant(self, sql: str) -> bool:
        """Return the truth of an expression without names; raises TypeProblem where DuckDB cannot evaluate it."""
        try:
            row = self._connection.execute(f"SELECT {sql}").fetchone()
        except duckdb.Error as error:
            raise TypeProblem(_words(error)) from None
        assert row is not None
        return bool(row[0])

    def type_over(self, sql: str, columns: Sequence[Column]) -> str:
        """Return the type of ``sql`` over unqualified columns; raises TypeProblem."""
        body = ", ".join(f"CAST(NULL AS {column.type}) AS {quote(column.name)}" for column in columns)
        source = f"(SELECT {body} LIMIT 0)" if body else ""
        return self.type(sql, [(source, "terms")] if source else ())


class _Places:
    """DuckDB's byte places in ``SELECT (text)`` as character places in ``text``."""

    def __init__(self, text: str) -> None:
        self._ascii = text.isascii()
        self._bytes = text.encode()
        self._length = len(text)

    def at(self, byte: int) -> int | None:
        byte -= len(_PREFIX)
        if byte < 0 or byte > len(self._bytes):
            return None
        return byte if self._ascii else len(self._bytes[:byte].decode(errors="ignore"))

    def move(self, node: Any) -> None:
        """Replace ``query_location`` and its length in a whole tree by ``start`` and ``end``; None where unknown."""
        if isinstance(node, list):
            for child in cast("list[Any]", node):
                self.move(child)
        elif isinstance(node, dict):
            mapping = cast("dict[str, Any]", node)
            if "query_location" in mapping:
                location, length = mapping.pop("query_location"), mapping.pop("query_location_length")
                mapping["start"], mapping["end"] = self.at(location), self.at(location + length)
            for child in mapping.values():
                self.move(child)


def _syntax_problem(answer: Mapping[str, Any], place: _Places, text: str) -> SyntaxProblem:
    message = str(answer["error_message"])
    if "expression depth" in message:
        return SyntaxProblem("this expression is nested too deeply", 0, len(text))
    start = place.at(int(answer["position"])) if "position" in answer else None
    if start is None:
        return SyntaxProblem(_first_line(message), 0, len(text))
    if start >= len(text):
        return SyntaxProblem("this expression ends too early", len(text) - 1, len(text))
    return SyntaxProblem("", start, start + 1)


def _words(error: Exception) -> str:
    return _first_line(str(error).partition(": ")[2] or str(error))


def _first_line(message: str) -> str:
    """Return DuckDB's first line in the words of this compiler."""
    line = message.split("\n")[0].strip()
    for noise in (" You might need to add explicit type casts.", " Use try_cast.", "!", "."):
        line = line.removesuffix(noise)
    line = line.replace("STRING_LITERAL", "VARCHAR").replace("_LITERAL", "")
    line = re.sub(r"^Type with name (\w+) does not exist.*", r"unknown type \1", line)
    if match := re.fullmatch(r"No function matches the given name and argument types '(.*)'", line):
        if operator := re.fullmatch(r"([^\w\s(]+)\((.*), (\w.*)\)", match[1]):
            name = {"~~": "LIKE", "!~~": "NOT LIKE", "~~*": "ILIKE", "!~~*": "NOT ILIKE"}.get(operator[1], operator[1])
            return f"there is no {operator[2]} {name} {operator[3]}"
        return f"there is no {match[1]}"
    shouted = line.partition(" ")[0].isupper()
    return line if shouted else line[:1].lower() + line[1:]
