"""Scalar expressions, as a user writes them and as SQL says they are worked out."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cmp_to_key
from typing import Any, Literal

Type = Literal["BIGINT", "INTEGER", "DOUBLE", "DECIMAL(12,2)", "VARCHAR", "BOOLEAN", "TIMESTAMP", "LIST"]
Values = Mapping[Any, Any]
"""What leaves stand for: a column's value by its name, an aggregate's by itself."""


@dataclass(frozen=True)
class Name:
    """A column of the rows at hand; ``qualifier`` is the alias of its relation, if it needs one."""

    column: str
    type: Type
    qualifier: str = ""

    @property
    def sql(self) -> str:
        return f"{self.qualifier}.{self.column}" if self.qualifier else self.column

    @property
    def key(self) -> str:
        return self.sql


@dataclass(frozen=True)
class Constant:
    """A literal."""

    value: Any
    type: Type

    @property
    def sql(self) -> str:
        if self.value is None:
            return f"CAST(NULL AS {self.type})"
        if isinstance(self.value, str):
            return "'" + self.value.replace("'", "''") + "'"
        if self.type == "DOUBLE":
            return f"CAST('{self.value}' AS DOUBLE)"
        return str(self.value).upper() if self.type == "BOOLEAN" else str(self.value)


@dataclass(frozen=True)
class Apply:
    """An operator or function of ``OPERATORS`` over arguments."""

    operator: str
    arguments: tuple[Expression, ...]
    type: Type

    @property
    def sql(self) -> str:
        return OPERATORS[self.operator].text.format(*(argument.sql for argument in self.arguments))


class Leaf:
    """A value that stands in an expression by itself, such as an aggregate over a window."""

    type: Type

    @property
    def sql(self) -> str:
        raise NotImplementedError


Expression = Name | Constant | Apply | Leaf


def evaluate(expression: Expression, values: Values) -> Any:
    """Work an expression out over the values of its leaves."""
    if isinstance(expression, Constant):
        return expression.value
    if isinstance(expression, Apply):
        arguments = [evaluate(argument, values) for argument in expression.arguments]
        return OPERATORS[expression.operator].meaning(*arguments)
    return values[expression.key if isinstance(expression, Name) else expression]


def leaves(expression: Expression | None) -> Iterator[Name | Leaf]:
    """Yield the columns and aggregates that an expression reads."""
    if isinstance(expression, Apply):
        for argument in expression.arguments:
            yield from leaves(argument)
    elif isinstance(expression, Name | Leaf):
        yield expression


# The order of values: NaN is equal to itself and greater than every other number, NULL is no value.


def compare(left: Any, right: Any) -> int:
    """Return -1, 0 or 1: how DuckDB orders two values that are not NULL."""
    if isinstance(left, float) or isinstance(right, float):
        nans = (math.isnan(left), math.isnan(right))
        if any(nans):
            return nans[0] - nans[1]
    left, right = (one.encode() if isinstance(one, str) else one for one in (left, right))
    return (left > right) - (left < right)


ranked_by = cmp_to_key(compare)


def identity(value: Any) -> Any:
    """What two values that DuckDB holds equal share: every NaN is one value, and -0.0 is 0.0."""
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else value + 0.0
    return value


# Operators


@dataclass(frozen=True)
class Operator:
    """``text`` is the SQL with a place for each argument, ``meaning`` the value of the arguments' values."""

    text: str
    meaning: Callable[..., Any]


def strict(function: Callable[..., Any]) -> Callable[..., Any]:
    """NULL where an argument is NULL."""
    return lambda *arguments: None if None in arguments else function(*arguments)


def both(left: bool | None, right: bool | None) -> bool | None:
    return False if left is False or right is False else None if left is None or right is None else True


def either(left: bool | None, right: bool | None) -> bool | None:
    return True if left is True or right is True else None if left is None or right is None else False


def remainder(left: int, right: int) -> int:
    """It has the sign of the left side."""
    rest = abs(left) % abs(right)
    return rest if left >= 0 else -rest


def quotient(left: Any, right: Any) -> float | None:
    return None if right == 0 else float(left) / float(right)


def same(left: Any, right: Any) -> bool:
    return left is right if None in (left, right) else compare(left, right) == 0


OPERATORS: Mapping[str, Operator] = {
    "=": Operator("({} = {})", strict(lambda left, right: compare(left, right) == 0)),
    "<>": Operator("({} <> {})", strict(lambda left, right: compare(left, right) != 0)),
    "<": Operator("({} < {})", strict(lambda left, right: compare(left, right) < 0)),
    "<=": Operator("({} <= {})", strict(lambda left, right: compare(left, right) <= 0)),
    ">": Operator("({} > {})", strict(lambda left, right: compare(left, right) > 0)),
    ">=": Operator("({} >= {})", strict(lambda left, right: compare(left, right) >= 0)),
    "distinct": Operator("({} IS DISTINCT FROM {})", lambda left, right: not same(left, right)),
    "is null": Operator("({} IS NULL)", lambda value: value is None),
    "is not null": Operator("({} IS NOT NULL)", lambda value: value is not None),
    "and": Operator("({} AND {})", both),
    "or": Operator("({} OR {})", either),
    "not": Operator("(NOT {})", strict(lambda value: not value)),
    "+": Operator("({} + {})", strict(lambda left, right: left + right)),
    "-": Operator("({} - {})", strict(lambda left, right: left - right)),
    "*": Operator("({} * {})", strict(lambda left, right: left * right)),
    "%": Operator("({} % {})", strict(remainder)),
    "/": Operator("({} / {})", strict(quotient)),
    "nullif": Operator("nullif({}, {})", lambda left, right: None if right is not None and same(left, right) else left),
    "coalesce": Operator("coalesce({}, {})", lambda left, right: right if left is None else left),
    "case": Operator("CASE WHEN {} THEN {} ELSE {} END", lambda when, then, other: then if when is True else other),
    "length": Operator("length({})", strict(len)),
    "concat": Operator("({} || {})", strict(lambda left, right: left + right)),
    "abs": Operator("abs({})", strict(abs)),
    "isfinite": Operator("isfinite({})", strict(math.isfinite)),
    "double": Operator("CAST({} AS DOUBLE)", strict(float)),
}


def apply(operator: str, *arguments: Expression, type: Type) -> Apply:
    return Apply(operator, arguments, type)


def condition(operator: str, *arguments: Expression) -> Apply:
    return Apply(operator, arguments, "BOOLEAN")


def constant(value: Any) -> Constant:
    types: dict[type, Type] = {
        bool: "BOOLEAN", int: "BIGINT", float: "DOUBLE", str: "VARCHAR", Decimal: "DECIMAL(12,2)",
    }  # fmt: skip
    return Constant(value, types[type(value)])
