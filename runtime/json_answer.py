"""An answer as JSON: what ``--format json`` prints and a server sends."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from typing import Any


def json_text(data: object, indent: int | None = 2) -> str:
    """Return JSON: instants in ISO 8601 with a Z, decimals as strings, bytes as hex, NaN and infinities as null."""
    return json.dumps(plain(data), indent=indent, ensure_ascii=False, allow_nan=False)


def plain(value: Any) -> object:
    """Return a value as those that JSON has, as ``json_text`` says."""
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case datetime():
            return iso_instant(value)
        case date() | time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case Mapping():
            return {str(key): plain(held) for key, held in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case list() | tuple():
            return [plain(held) for held in value]  # pyright: ignore[reportUnknownVariableType]
        case _ if dataclasses.is_dataclass(value):
            return {held.name: plain(getattr(value, held.name)) for held in dataclasses.fields(value)}
        case _:
            return str(value)


def iso_instant(value: datetime) -> str:
    """Return an instant in ISO 8601 with a Z; without an offset it is UTC already."""
    naive = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return naive.isoformat() + "Z"


def iso(text: str | None) -> str | None:
    """Return an instant that the status holds as text in ISO 8601; the ends of time keep their names."""
    if text is None or not text[:1].isdigit():
        return text
    # Not by a datetime, which ends with the year 9999.
    return text.replace(" ", "T").removesuffix(".000000") + "Z"
