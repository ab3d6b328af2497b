"""What a view or a service is in Apache Flink's SQL, as text and as JSON."""

from __future__ import annotations

import dataclasses

from rich.console import RenderableType
from rich.text import Text

from ...features_sql.flink import FlinkProgram
from .shown import Shown, table


def compiled(program: FlinkProgram) -> Shown:
    """The verdict on each clause, then the SQL where there is one."""
    rows = [(one.clause, one.kind, one.reason or None) for one in program.verdicts]
    data = {
        "name": program.name,
        "verdicts": [dataclasses.asdict(one) for one in program.verdicts],
        "sql": program.sql,
    }
    parts: list[RenderableType] = [table(("clause", "verdict", "reason"), rows, f"{program.name} in Flink SQL")]
    parts.append(Text(program.sql or "No SQL: what is refused would be missing from its meaning."))
    return Shown(data, tuple(parts))
