"""What may be a key: of an entity, or of a part of one."""

from __future__ import annotations

from .definitions import Column
from .diagnostics import refuse
from .source_text import Span

_NOT_A_KEY = ("FLOAT", "DOUBLE", "STRUCT", "MAP", "UNION", "JSON", "VARIANT", "BLOB", "INTERVAL", "BIT")


def check_key(column: Column, span: Span) -> None:
    """Refuse a column of a type whose values cannot tell one entity from another, at ``span``."""
    if column.type in ("FLOAT", "DOUBLE"):
        message = f"{column.name} is {column.type}: such keys do not compare reliably"
        raise refuse(span, message, "use VARCHAR, BIGINT or DECIMAL")
    if column.type.startswith(_NOT_A_KEY) or column.type.endswith("]"):
        raise refuse(span, f"{column.name} is {column.type}, which cannot be a key", "use VARCHAR or BIGINT")
