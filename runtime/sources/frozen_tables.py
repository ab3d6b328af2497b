"""Frozen tables: their content copied into the log, named by its checksum, joined from there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from ...features_sql.definitions import Column, Table
from ...features_sql.errors import SourceError, StoreError
from ..duck import arrow_schema
from ..stores.durable import checksum, read_arrow, rename, write_arrow
from ..stores.layout import Layout
from .decode import Decoder
from .file_feed import ALL_ROWS, path_of
from .files import ROW_BITS, FilesReader, Position, SourceFile, discover
from .intake import decode
from .quarantine import Rejected

_OFFSET = Column("_offset", "BIGINT")


class FrozenTables:
    """The versions of a project's frozen tables, each an immutable file ``<table>-<sha256>.arrow`` of the log."""

    def __init__(self, layout: Layout, connection: duckdb.DuckDBPyConnection) -> None:
        self._layout = layout
        self._connection = connection
        self._loaded: dict[tuple[str, str], pa.Table] = {}

    def freeze(self, table: Table) -> str:
        """Copy the table's present content into the log and return its checksum.

        A copy that is there already is replaced by the same bytes, which mends a damaged one. Raises
        SourceError for a row that cannot be decoded: facts are never half there.
        """
        content = self._read(table)
        draft = self._layout.log / f".{table.name}.arrow"
        write_arrow(draft, content)
        sha = checksum(draft)
        rename(draft, self._path(table.name, sha))
        return sha

    def fits(self, table: Table, sha: str) -> bool:
        """Tell whether a version has the columns that the table is declared with now."""
        columns = [Column(column.name, column.type) for column in table.columns]
        return self.load({table.name: sha})[table.name].schema.equals(arrow_schema([*columns, _OFFSET]))

    def load(self, versions: Mapping[str, str]) -> dict[str, pa.Table]:
        """Return the content of each (table, checksum): the table's columns and ``_offset``.

        Raises StoreError naming the file of a copy that is damaged or missing.
        """
        for name, sha in versions.items():
            if (name, sha) not in self._loaded:
                path = self._path(name, sha)
                if path.exists() and checksum(path) != sha:
                    raise StoreError(
                        f"{path} is damaged: it is not what its name says; put it back from a copy, or "
                        f"bring the files of table {name} back to that content and run again"
                    )
                self._loaded[name, sha] = read_arrow(path)
        return {name: self._loaded[name, sha] for name, sha in versions.items()}

    def _path(self, name: str, sha: str) -> Path:
        return self._layout.log / f"{name}-{sha[:32]}.arrow"

    def _read(self, table: Table) -> pa.Table:
        files = discover(table.name, table.connector, self._layout.root, ())
        if not files:
            raise SourceError(f"table {table.name}: no file matches {table.connector.path!r}")
        reader, decoder = (
            FilesReader(table, self._layout.root),
            Decoder(table.columns, None, self._connection, table.name),
        )
        reader.set_files(files)
        parts: list[pa.Table] = []
        position = Position(0, 0)
        while True:
            raw = reader.read(position, ALL_ROWS)
            if raw.end == position:
                break
            decoded = decode(decoder, raw, f"table {table.name}", lambda at: path_of(files, at.ordinal))
            _refuse_bad_rows(table, files, [*raw.rejected, *decoded.rejected])
            parts.append(decoded.rows.drop_columns(["_partition"]))
            position = raw.end
        decoder.close()
        return pa.concat_tables(parts) if parts else decoder.schema.empty_table().drop_columns(["_partition"])


def _refuse_bad_rows(table: Table, files: Sequence[SourceFile], rejected: Sequence[Rejected]) -> None:
    if not rejected:
        return
    first = min(rejected, key=lambda row: row.offset)
    path = files[first.offset >> ROW_BITS].path
    more = f" and so are {len(rejected) - 1} more" if len(rejected) > 1 else ""
    row = first.offset & (ALL_ROWS - 1)
    raise SourceError(f"table {table.name}: row {row} of {path} is refused{more}: {first.reason}")
