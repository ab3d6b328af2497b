"""What a user hands to a command as text or as a file: instants, keys, tables."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from ...features_sql.definitions import Definitions
from ...features_sql.errors import ReadError, StoreError
from ..duck import arrow_schema
from ..reads.service_name import find_service

KINDS = (".csv", ".parquet")


def instant(text: str) -> datetime:
    """Return an instant written in ISO 8601, a date or more; without an offset it is UTC. Raises ValueError."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is no instant; write 2026-01-31 or 2026-01-31T12:30:00 (UTC)") from None


def keys(options: Sequence[str]) -> list[dict[str, object]]:
    """Return the keys that options such as ``origin=JFK,dest=LAX`` spell.

    Options with different names make one key; a name that comes again begins another. A part without
    ``=`` belongs to the value before it. Raises ValueError for an option that begins without a name.
    """
    found: list[dict[str, object]] = [{}]
    for option in options:
        last = ""
        for place, part in enumerate(option.split(",")):
            name, equals, value = part.partition("=")
            if not equals and place:
                found[-1][last] = f"{found[-1][last]},{part}"
                continue
            if not equals or not name.strip():
                raise ValueError(f"a key is NAME=VALUE, such as card_id=42; got {option!r}")
            last = name.strip()
            if last in found[-1]:
                found.append({})
            found[-1][last] = value
    return found


def keys_or_rows(keys_given: Sequence[str] | None, rows: Sequence[str] | None) -> list[dict[str, object]]:
    """Return what either kind of option spells: keys, or rows as JSON objects. Raises ValueError for none or both."""
    if bool(keys_given) == bool(rows):
        raise ValueError("give --key card_id=42, or --row '{\"card_id\": 42, ...}'")
    return [_row(text) for text in rows] if rows else keys(keys_given or ())


def _row(text: str) -> dict[str, object]:
    try:
        row = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"a row is a JSON object; {text!r} is not: {error}") from None
    if not isinstance(row, dict) or not row:
        raise ValueError(f'a row is a JSON object such as {{"card_id": 42}}; got {text!r}')
    return cast("dict[str, object]", row)


def require_known(path: Path) -> None:
    """Raise ValueError for a file whose name says no format that tables are read and written in."""
    if path.suffix.lower() not in KINDS:
        raise ValueError(f"{path} must end in {' or '.join(KINDS)}")


def spine_types(definitions: Definitions, service: str) -> dict[str, pa.DataType]:
    """Return the types in which a spine's text holds the columns of a service's driving view, its time apart."""
    driver = definitions.views[find_service(definitions, service).view]
    schema = arrow_schema([column for column in driver.columns if column.name != driver.time])
    return {field.name: field.type for field in schema if not pa.types.is_nested(field.type)}


def read_table(path: Path, types: dict[str, pa.DataType]) -> pa.Table:
    """Return the table in a Parquet or CSV file; ``types`` are those of CSV columns that are not to be guessed.

    An empty CSV field is NULL. Raises ReadError for a file that cannot be read.
    """
    try:
        if path.suffix.lower() == ".parquet":
            return pq.read_table(path)
        options = pyarrow.csv.ConvertOptions(
            column_types=types, null_values=[""], strings_can_be_null=True, quoted_strings_can_be_null=False
        )
        return pyarrow.csv.read_csv(path, convert_options=options)
    except OSError as error:
        raise ReadError(f"{path} cannot be read: {error.strerror or error}") from error
    except pa.ArrowException as error:
        raise ReadError(f"{path} cannot be read: {error}") from error


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table as Parquet or CSV, whole or not at all; CSV holds lists and structs as JSON.

    Raises StoreError for a file that cannot be written.
    """
    # Beside it and not elsewhere, so that the rename stays on one disk.
    staged = path.with_name(f".{path.name}.part")
    try:
        if path.suffix.lower() == ".parquet":
            pq.write_table(table, staged)
        else:
            pyarrow.csv.write_csv(_flat(table), staged)
        staged.replace(path)
    except (OSError, pa.ArrowException) as error:
        raise StoreError(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}") from error
    finally:
        staged.unlink(missing_ok=True)


def _flat(table: pa.Table) -> pa.Table:
    for place, field in enumerate(table.schema):
        if pa.types.is_nested(field.type):
            held = table.column(place).to_pylist()
            texts = [None if value is None else json.dumps(value, default=str, ensure_ascii=False) for value in held]
            table = table.set_column(place, field.name, pa.array(texts, pa.string()))
    return table
