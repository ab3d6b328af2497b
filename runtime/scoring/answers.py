"""Answers: scores that have come back, and the rows they are of."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyarrow as pa

from ..brokers.topics import Positions
from .scores import Form


@dataclass(frozen=True)
class Answers:
    """Scores that have come: what ``scores`` holds and ``_id``; and the positions past what was read for them."""

    table: pa.Table
    positions: Positions


def answered(parts: Sequence[pa.Table], form: Form) -> pa.Table:
    """Return answers as one table, in the order in which they came: scores in the ``form`` and ``_id``."""
    schema = form.schema.append(pa.field("_id", pa.string()))
    return pa.concat_tables([schema.empty_table(), *(part.select(schema.names).cast(schema) for part in parts)])
