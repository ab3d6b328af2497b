"""A table as bytes, to be kept in a column of SQLite."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false

from __future__ import annotations

import pyarrow as pa


def pack(table: pa.Table) -> bytes:
    """Return a table as an Arrow IPC stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().to_pybytes()


def unpack(held: bytes) -> pa.Table:
    """Return the table that ``pack`` made bytes of."""
    with pa.ipc.open_stream(held) as stream:
        return stream.read_all()
