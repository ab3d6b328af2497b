"""Frozen tables: their content copied into the log, named by its checksum, joined from there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from ..features_sql.definitions import Table
from ..features_sql.errors import SourceError
from .decode import Decoder
from .durable import checksum, read_arrow, write_arrow
from .files import FilesReader, Position, discover
from .layout import Layout

ALL_ROWS = 1 << 40


class FrozenTables:
    """The versions of a project's frozen tables, each an immutable file ``<table>-<sha256>.arrow`` of the log."""

    def __init__(self, layout: Layout, connection: duckdb.DuckDBPyConnection) -> None:
        self._layout = layout
        self._connection = connection
        self._loaded: dict[tuple[str, str], pa.Table] = {}

    def freeze(self, table: Table) -> str:
        """Copy the table's present content into the log, unless it is there, and return its checksum.

        Raises SourceError for a row that cannot be decoded: facts are never half there.
        """
        content = self._read(table)
        self._layout.log.mkdir(parents=True, exist_ok=True)
        draft = self._layout.log / f".{table.name}.arrow"
        write_arrow(draft, content)
        sha = checksum(draft)
        target = self._path(table.name, sha)
        if target.exists():
            draft.unlink()
        else:
            draft.replace(target)
        return sha

    def load(self, versions: Mapping[str, str]) -> dict[str, pa.Table]:
        """Return the content of each (table, checksum): the table's columns and ``_offset``."""
        for version in versions.items():
            if version not in self._loaded:
                self._loaded[version] = read_arrow(self._path(*version))
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
            decoded = decoder.decode(raw.rows)
            rejected = [*raw.rejected, *decoded.rejected]
            if rejected:
                first = min(rejected, key=lambda row: row.offset)
                raise SourceError(f"table {table.name}: {len(rejected)} rows cannot be read; the first: {first.reason}")
            parts.append(decoded.rows.drop_columns(["_partition"]))
            position = raw.end
        decoder.close()
        return pa.concat_tables(parts) if parts else decoder.schema.empty_table().drop_columns(["_partition"])
