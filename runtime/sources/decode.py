"""Raw rows of a source to rows of its declared types, computed columns included."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...features_sql.definitions import Column, SourceColumn
from ...features_sql.errors import SourceError
from ...features_sql.names import quote
from ..duck import Prepared, arrow_schema, fetch
from .lateness import BEGINNING, END
from .quarantine import NOT_ROWS, Rejected, bisect, failure
from .records import readable, row_as_json
from .reorder import integers

if TYPE_CHECKING:
    from collections.abc import Sequence

_RAW = "_raw"
_HUGE = ("HUGEINT", "UHUGEINT")
_AS_IT_IS = frozenset(
    {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "BOOLEAN", "VARCHAR", "TIMESTAMP"}
)
"""Types of which DuckDB hands out every value as it came in."""
_LONGEST_VALUE = 80


@dataclass(frozen=True)
class Decoded:
    """Rows of a source that became events, and those that did not."""

    rows: pa.Table
    rejected: list[Rejected]


class Decoder:
    """Casts raw rows to declared types and computes computed columns.

    ``time`` is the event-time column, None for a table of facts. Text becomes a TIMESTAMP by way of
    TIMESTAMPTZ, so that an offset in it is honoured; times finer than a microsecond are cut, towards the
    past; lists, structs and maps are read from JSON text. Everything else is DuckDB's strict CAST. Computed columns may
    qualify the columns they read with ``name``, the source's.
    """

    def __init__(
        self,
        columns: Sequence[SourceColumn],
        time: str | None,
        connection: duckdb.DuckDBPyConnection,
        name: str = "_source",
    ) -> None:
        self._columns = tuple(columns)
        self._time = time
        self._name = quote(name)
        self._connection = connection
        self._given = tuple(column for column in columns if column.computed is None)
        self._read = [*(column.name for column in self._given), "_offset"]
        declared = arrow_schema([Column(column.name, column.type) for column in columns])
        #: The schema of decoded rows.
        self.schema: pa.Schema = declared.append(pa.field("_partition", pa.int64())).append(
            pa.field("_offset", pa.int64())
        )
        handed_on = all(column.computed is None and column.type in _AS_IT_IS for column in columns)
        #: How raw rows are typed that need no cast; None where some always do.
        self._as_declared = self.schema.remove(len(columns)) if handed_on else None
        self._programs: dict[pa.Schema, Prepared] = {}

    def decode(self, raw: pa.Table) -> Decoded:
        """Return the events that ``raw`` holds, in its order, and the rows that hold none, by offset.

        ``raw`` has every declared column that is not computed, typed as its file types it or as text, and
        ``_offset``. A decoded row has all declared columns in order, ``_partition`` (0) and ``_offset``.
        Raises SourceError for a column whose type cannot be cast to the declared one at all.
        """
        raw = raw.select(self._read).replace_schema_metadata(None)
        if raw.schema != self._as_declared:
            raw = _plain(raw)
        try:
            raw, rows, rejected = self._cast(raw)
        except duckdb.Error as error:
            raise failure(error) from error
        if not rows.schema.equals(self.schema):
            rows = rows.cast(self.schema)
        if self._time is not None:
            rows, untimed = self._timed(rows, raw)
            rejected += untimed
        return Decoded(rows, sorted(rejected, key=lambda row: row.offset))

    def _cast(self, raw: pa.Table) -> tuple[pa.Table, pa.Table, list[Rejected]]:
        """Return the raw rows whose given columns fit, the rows that come of them, and those that do not."""
        if raw.schema == self._as_declared and _is_text(raw):
            zeros = pa.array(np.zeros(len(raw), np.int64))
            return raw, raw.add_column(len(self._columns), "_partition", zeros), []
        program = self._program(raw.schema)
        try:
            return raw, program.run(**{_RAW: raw}), []
        except NOT_ROWS:
            raise
        except duckdb.Error:
            fitting, rejected = self._without_bad_values(raw)
            rows, bad = bisect(lambda part: program.run(**{_RAW: part}), fitting)
            return fitting, rows, rejected + _rejections(fitting, dict(bad))

    def close(self) -> None:
        """Let go of the prepared statements."""
        for program in self._programs.values():
            program.close()
        self._programs.clear()

    def _program(self, schema: pa.Schema) -> Prepared:
        if schema not in self._programs:
            try:
                self._programs[schema] = Prepared(self._connection, self._sql(schema), {_RAW: schema})
            except duckdb.Error:
                # One column at a time, to say which it is.
                for column in self._given:
                    self._checked(column, schema)
                raise
        return self._programs[schema]

    def _sql(self, schema: pa.Schema) -> str:
        types = dict(zip(schema.names, _duckdb_types(self._connection, schema), strict=True))
        given = [f"{_cast(quote(c.name), types[c.name], c.type)} AS {quote(c.name)}" for c in self._given]
        sql = f"SELECT {', '.join(given)}, 0::BIGINT AS _partition, _offset FROM {_RAW}"
        for column in self._columns:
            if column.computed is not None:
                value = f"({column.computed})"
                value = _cast(value, self._computed_type(value, sql, schema), column.type)
                sql = f"SELECT *, {value} AS {quote(column.name)} FROM ({sql}) AS {self._name}"
        names = ", ".join(quote(column.name) for column in self._columns)
        return f"SELECT {names}, _partition, _offset FROM ({sql})"

    def _computed_type(self, value: str, sql: str, schema: pa.Schema) -> str:
        cursor = self._connection.cursor()
        try:
            cursor.register(_RAW, schema.empty_table())
            described = fetch(cursor, f"DESCRIBE SELECT {value} AS value FROM ({sql}) AS {self._name}")
            return described.column("column_type")[0].as_py()
        finally:
            cursor.close()

    def _checked(self, column: SourceColumn, schema: pa.Schema) -> Prepared:
        """Prepare the cast of one column alone; raises SourceError where DuckDB knows no such cast."""
        field = schema.field(column.name)
        one = pa.schema([field])
        try:
            found = _duckdb_types(self._connection, one)[0]
            sql = f"SELECT {_cast(quote(column.name), found, column.type)} AS value FROM {_RAW}"
            return Prepared(self._connection, sql, {_RAW: one})
        except duckdb.Error as error:
            raise _impossible(column, str(field.type)) from error

    def _without_bad_values(self, raw: pa.Table) -> tuple[pa.Table, list[Rejected]]:
        """Take out the rows in which a given column does not hold a value of its declared type."""
        reasons: dict[int, str] = {}
        for column in self._given:
            values = raw.select([column.name])
            with self._checked(column, raw.schema) as program:
                try:
                    program.run(**{_RAW: values})
                except duckdb.ConversionException as error:
                    if "Unimplemented type for cast" in str(error):
                        raise _impossible(column, str(values.schema.field(0).type)) from error
                    bad = self._bad_values(column, values, program)
                except duckdb.Error:
                    bad = self._bad_values(column, values, program)
                else:
                    continue
            for index in bad:
                reasons.setdefault(index, _misfit(column, values.column(0)[index]))
        return _without(raw, list(reasons)), _rejections(raw, reasons)

    def _bad_values(self, column: SourceColumn, values: pa.Table, program: Prepared) -> list[int]:
        if _nested(column.type):
            # TRY_CAST lets a list through with a NULL in place of the bad element.
            return [index for index, _ in bisect(lambda part: program.run(**{_RAW: part}), values)[1]]
        found = _duckdb_types(self._connection, values.schema)[0]
        name = quote(column.name)
        sql = f"SELECT {name} IS NOT NULL AND {_cast(name, found, column.type, 'TRY_CAST')} IS NULL AS bad FROM {_RAW}"
        with Prepared(self._connection, sql, {_RAW: values.schema}) as attempt:
            bad = attempt.run(**{_RAW: values}).column("bad")
        return np.flatnonzero(bad.to_numpy()).tolist()

    def _timed(self, rows: pa.Table, raw: pa.Table) -> tuple[pa.Table, list[Rejected]]:
        """Take out the rows without a usable event time."""
        times = rows.column(self._time)
        if not times.null_count:
            words = integers(times)
            if words.min(initial=0) > BEGINNING and words.max(initial=0) < END:
                return rows, []
        times = times.cast(pa.int64())
        usable = pc.fill_null(pc.and_(pc.greater(times, BEGINNING), pc.less(times, END)), False)
        offsets = rows.column("_offset").filter(pc.invert(usable)).to_pylist()
        nulls = rows.column(self._time).filter(pc.invert(usable)).is_null().to_pylist()
        reasons = {
            offset: f"{self._time} must not be NULL" if null else f"{self._time} must be within 140,000 years of 1970"
            for offset, null in zip(offsets, nulls, strict=True)
        }
        return rows.filter(usable), rejections_at(raw, reasons)


def _cast(sql: str, found: str, declared: str, cast: str = "CAST") -> str:
    """Return SQL that turns ``sql``, of DuckDB type ``found``, into the type ``declared``."""
    if found == declared:
        return sql
    if found == "TIMESTAMP_NS":
        microseconds = f"(epoch_ns({sql}) - ((epoch_ns({sql}) % 1000) + 1000) % 1000) // 1000"
        return f"{cast}(make_timestamp({microseconds}) AS {declared})"
    if declared in _HUGE:
        # Arrow holds 38 digits.
        return f"{cast}({cast}({cast}({sql} AS {declared}) AS DECIMAL(38,0)) AS {declared})"
    if found == "BLOB" and declared == "VARCHAR":
        # What many writers of Parquet call text.
        return f"decode({sql})" if cast == "CAST" else f"TRY(decode({sql}))"
    if found != "VARCHAR":
        return f"{cast}({sql} AS {declared})"
    if _nested(declared):
        zoned = re.sub(r"\bTIMESTAMP\b(?!_| WITH)", "TIMESTAMP WITH TIME ZONE", declared)
        return f"{cast}({cast}({cast}({sql} AS JSON) AS {zoned}) AS {declared})"
    if declared == "TIMESTAMP":
        # Without room for an offset the detour changes nothing, and costs three times as much.
        plain = f"{sql} LIKE '____-__-_____:__:__'"
        zoned = f"{cast}({cast}({sql} AS TIMESTAMPTZ) AS TIMESTAMP)"
        return f"CASE WHEN {plain} THEN {cast}({sql} AS TIMESTAMP) ELSE {zoned} END"
    return f"{cast}({sql} AS {declared})"


def _nested(type: str) -> bool:
    return type.endswith("]") or type.startswith(("STRUCT(", "MAP(", "UNION("))


def _is_text(raw: pa.Table) -> bool:
    """Tell whether what is called text is UTF-8 throughout: one other value would make a DuckDB useless."""
    try:
        raw.validate(full=True)
    except pa.ArrowInvalid:
        return False
    return True


def _plain(raw: pa.Table) -> pa.Table:
    """Return the table with encodings resolved that DuckDB reads as another type, or inexactly."""
    for place, field in enumerate(raw.schema):
        type = field.type
        if pa.types.is_dictionary(type):
            raw = raw.set_column(place, field.name, raw.column(place).cast(type.value_type))
        elif pa.types.is_float16(type):
            raw = raw.set_column(place, field.name, raw.column(place).cast(pa.float32()))
        elif pa.types.is_timestamp(type) and type.unit == "ns" and type.tz is not None:
            # DuckDB reads these as microseconds, cut towards 1970.
            raw = raw.set_column(place, field.name, raw.column(place).cast(pa.timestamp("ns")))
    return raw


def _duckdb_types(connection: duckdb.DuckDBPyConnection, schema: pa.Schema) -> list[str]:
    cursor = connection.cursor()
    try:
        cursor.register(_RAW, schema.empty_table())
        return fetch(cursor, f"DESCRIBE {_RAW}").column("column_type").to_pylist()
    finally:
        cursor.close()


def _impossible(column: SourceColumn, found: str) -> SourceError:
    return SourceError(f"column {column.name} is {found} in the file, which cannot become {column.type} as declared")


def _misfit(column: SourceColumn, value: pa.Scalar) -> str:
    text = str(readable(value))
    if len(text) > _LONGEST_VALUE:
        text = text[:_LONGEST_VALUE] + "..."
    wanted = f"{column.type} of at most 38 digits" if column.type in _HUGE else column.type
    return f"{column.name} must be {wanted}; got {text!r}"


def _without(raw: pa.Table, bad: list[int]) -> pa.Table:
    keep = np.ones(raw.num_rows, dtype=np.bool_)
    keep[bad] = False
    return raw.filter(pa.array(keep))


def rejections_at(raw: pa.Table, reasons: dict[int, str]) -> list[Rejected]:
    """Return the raw rows with these offsets as rejected, each for its reason."""
    offsets = list(reasons)
    places = pc.index_in(pa.array(offsets, pa.int64()), raw.column("_offset").combine_chunks()).to_pylist()
    return _rejections(raw, {place: reasons[offset] for place, offset in zip(places, offsets, strict=True)})


def _rejections(raw: pa.Table, reasons: dict[int, str]) -> list[Rejected]:
    """Return the rows at the places that ``reasons`` names; their bytes are a JSON object of their columns."""
    offsets = raw.column("_offset")
    values = raw.drop_columns(["_offset"])
    return [Rejected(offsets[place].as_py(), row_as_json(values, place), reason) for place, reason in reasons.items()]
