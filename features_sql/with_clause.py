"""The WITH clause of a query that is made in steps."""

from __future__ import annotations

from collections.abc import Mapping


def with_clause(steps: Mapping[str, str]) -> str:
    """Return WITH and the queries of the steps by name, in their order, each of which may read those before it."""
    return "WITH " + ",\n".join(f"{name} AS (\n{sql}\n)" for name, sql in steps.items())
