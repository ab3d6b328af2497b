"""Scalar expressions: DuckDB's SQL, as a project's definitions hold it, in Flink's words.

What is translated means the same in both, up to what is a dead letter here (an overflow, a text that is no time). All
else is refused: a list of what is known, not of what is not.
"""

# sqlglot's nodes are loosely typed.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateImportUsage=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Callable, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from .flink_verdicts import NoCounterpartError
from .flink_words import ROWTIME
from .names import literal

Named = Callable[[str, str], str]
"""How a column is written, from its qualifier ("" for none) and its name."""

_BETWEEN_TWO: Mapping[type[exp.Expr], str] = {
    exp.And: "AND",
    exp.Or: "OR",
    exp.EQ: "=",
    exp.NEQ: "<>",
    exp.LT: "<",
    exp.LTE: "<=",
    exp.GT: ">",
    exp.GTE: ">=",
    exp.Add: "+",
    exp.Sub: "-",
    exp.Mul: "*",
    exp.NullSafeEQ: "IS NOT DISTINCT FROM",
    exp.NullSafeNEQ: "IS DISTINCT FROM",
}
_FUNCTIONS: Mapping[type[exp.Expr], str] = {
    exp.Abs: "ABS",
    exp.Length: "CHAR_LENGTH",
    exp.Nullif: "NULLIF",
    exp.Coalesce: "COALESCE",
}
_COMPARING = (
    *(exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ),
    *(exp.Like, exp.Is, exp.Between, exp.In),
)
_PARTS = frozenset(
    ("this", "expression", "expressions", "ifs", "true", "default", "low", "high", "to", "table", "is_string")
)
"""What of a node is printed; ``negate`` beside it, of LIKE only."""
_CASTS = {"DOUBLE": "DOUBLE", "TIMESTAMP": ROWTIME}


def translated(sql: str, named: Named) -> str:
    """Return an expression in Flink's words; raises NoCounterpartError naming the first part that has none."""
    try:
        tree = sqlglot.parse_one(sql, read="duckdb")
    except SqlglotError:
        raise NoCounterpartError(f"{sql} is not translated") from None
    if isinstance(tree, exp.Null):
        raise NoCounterpartError("NULL by itself has no type there")
    return _Printer(named).print(tree)


class _Printer:
    def __init__(self, named: Named) -> None:
        self._named = named

    def print(self, node: exp.Expr) -> str:
        _refuse_unclear(node)
        if type(node) in _BETWEEN_TWO:
            return f"{self.print(node.this)} {_BETWEEN_TWO[type(node)]} {self.print(node.expression)}"
        if type(node) in _FUNCTIONS:
            return f"{_FUNCTIONS[type(node)]}({', '.join(self.print(one) for one in self._arguments(node))})"
        match node:
            case exp.Column():
                return self._named(node.table, node.name)
            case exp.Literal():
                return literal(node.name) if node.is_string else node.name
            case exp.Boolean():
                return "TRUE" if node.this else "FALSE"
            case exp.Null():
                return "NULL"
            case exp.Paren():
                return f"({self.print(node.this)})"
            case exp.Not():
                return f"NOT {self.print(node.this)}"
            case exp.Neg():
                # Two signs without a blank begin a comment.
                return f"- {self.print(node.this)}" if isinstance(node.this, exp.Neg) else f"-{self.print(node.this)}"
            case exp.Is(expression=exp.Null() | exp.Boolean()):
                return f"{self.print(node.this)} IS {self.print(node.expression)}"
            case exp.Like():
                return self._like(node)
            case exp.Between():
                low, high = self.print(node.args["low"]), self.print(node.args["high"])
                return f"{self.print(node.this)} BETWEEN {low} AND {high}"
            case exp.In(expressions=[_, *_] as listed):
                return f"{self.print(node.this)} IN ({', '.join(self.print(one) for one in listed)})"
            case exp.Case():
                return self._case(node)
            case exp.Div():
                return self._divided(node)
            case exp.Cast():
                return self._cast(node)
            case _:
                raise NoCounterpartError(f"{_shown(node)} is not translated: nothing there is known to mean it")

    def _arguments(self, node: exp.Expr) -> list[exp.Expr]:
        second = [node.expression] if node.args.get("expression") else []
        return [node.this, *second, *node.expressions]

    def _case(self, node: exp.Case) -> str:
        parts = ["CASE"] + ([self.print(node.this)] if node.this else [])
        for branch in node.args["ifs"]:
            parts += ["WHEN", self.print(branch.this), "THEN", self.print(branch.args["true"])]
        if node.args.get("default") is not None:
            parts += ["ELSE", self.print(node.args["default"])]
        return " ".join([*parts, "END"])

    def _like(self, node: exp.Like) -> str:
        pattern = node.expression
        if not isinstance(pattern, exp.Literal) or not pattern.is_string or set(pattern.name) & set("_\\"):
            raise NoCounterpartError(f"{_shown(node)} is not translated: only a text without _ is")
        word = "NOT LIKE" if node.args.get("negate") else "LIKE"
        return f"{self.print(node.this)} {word} {self.print(pattern)}"

    def _divided(self, node: exp.Div) -> str:
        """A division is one of doubles here, of integers or decimals there, and by zero it is NULL or infinite here."""
        by = node.expression.unnest()
        number = isinstance(by, exp.Literal) and not by.is_string and float(by.name) != 0
        nullif = isinstance(by, exp.Nullif) and isinstance(by.expression, exp.Literal) and by.expression.name == "0"
        if not number and not nullif:
            raise NoCounterpartError(f"{_shown(node)} may divide by zero: write / nullif(..., 0)")
        return f"CAST({self.print(node.this)} AS DOUBLE) / CAST({self.print(by)} AS DOUBLE)"

    def _cast(self, node: exp.Cast) -> str:
        target = node.to.sql("duckdb")
        if isinstance(node, exp.TryCast) or target not in _CASTS:
            raise NoCounterpartError(f"{_shown(node)} is not translated: casts round and read text otherwise there")
        return f"CAST({self.print(node.this)} AS {_CASTS[target]})"


def _refuse_unclear(node: exp.Expr) -> None:
    """Refuse what would be left out, and comparisons in comparisons: which binds first is not the same everywhere."""
    said = {key for key, value in node.args.items() if value}
    if said - _PARTS - ({"negate"} if type(node) is exp.Like else set()):
        raise NoCounterpartError(f"{_shown(node)} is not translated: nothing there is known to mean it")
    if type(node) in _COMPARING and any(type(child) in (*_COMPARING, exp.Not) for child in node.iter_expressions()):
        raise NoCounterpartError(f"{_shown(node)} compares a comparison: write parentheses")


def _shown(node: exp.Expr) -> str:
    """The expression as a reason names it: what has no qualifier has a name that only the program knows."""
    copy = node.copy()
    for column in list(copy.find_all(exp.Column)):
        if not column.table:
            column.replace(exp.Var(this="..."))
    return copy.sql("duckdb")
