"""How the rows of a source are typed once they are decoded."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import pyarrow as pa

from ..features_sql import program
from ..features_sql.definitions import Column, Definitions
from ..features_sql.groups import SourceGroup
from ..features_sql.read_columns import read_columns
from .duck import arrow_schema


def source_schema(definitions: Definitions, source: str) -> pa.Schema:
    """Return the Arrow schema of a source's decoded rows: its columns, then ``_partition`` and ``_offset``."""
    columns = [Column(column.name, column.type) for column in definitions.sources[source].columns]
    return arrow_schema([*columns, *(Column(name, "BIGINT") for name in program.ORIGIN)])


def read_schema(definitions: Definitions, group: SourceGroup, source: str) -> pa.Schema:
    """Return of ``source_schema`` what the group reads, and where a row came from."""
    schema = source_schema(definitions, source)
    return pa.schema([schema.field(name) for name in (*read_columns(definitions, group, source), *program.ORIGIN)])
