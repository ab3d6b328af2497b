"""A stream at work: a service's rows and a model's predictions in, the rows it writes out."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from ...features_sql import program
from ...features_sql.definitions import Column, Definitions, Stream
from ...features_sql.predictions import prediction_columns
from ..duck import Prepared, arrow_schema
from ..live_view import Poison
from ..sources.quarantine import bisect


class LiveStream:
    """The program of one stream; ``served`` is the schema of its service's rows, and of where they come from."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, stream: Stream, definitions: Definitions) -> None:
        self.stream = stream
        service, driver = definitions.services[stream.service], definitions.driver(stream)
        columns = [*driver.entity, Column(driver.time, "TIMESTAMP")]
        columns += [Column(column.name, column.type) for column in service.columns]
        origin = [Column(name, "BIGINT") for name in program.ORIGIN]
        self.served = arrow_schema([*columns, *origin])
        predicted = prediction_columns(definitions.models[stream.model], outside=stream.outside is not None)
        columns += [Column(column.name, column.type) for column in predicted]
        self._schema = arrow_schema([*columns, Column("_i", "BIGINT"), *origin])
        sql = program.stream_sql(stream, definitions) + "\nORDER BY _i"
        self._query = Prepared(connection, sql, {"_scored": self._schema}, by_row=True)

    def rows(self, served: pa.Table, predictions: pa.Table) -> tuple[pa.Table, list[Poison]]:
        """Return the stream's rows for a service's ``served`` rows; ``predictions`` has one row for each of them."""
        scored = served.append_column("_i", pa.array(range(len(served)), pa.int64()))
        for name in predictions.column_names:
            scored = scored.append_column(name, predictions.column(name))
        scored = scored.select(self._schema.names).cast(self._schema)
        finished, failed = bisect(lambda rows: self._query.run(_scored=rows), scored)
        return finished.drop_columns(["_i"]), Poison.of(scored, failed)

    def close(self) -> None:
        """Let go of the prepared statement."""
        self._query.close()
