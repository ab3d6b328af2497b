"""JSON lines: one object a line, every value as text."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import difflib
import json
import re
from itertools import compress
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa

from .records import FileRequest, Records, missing_column, open_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_BLOCK_BYTES = 1 << 20
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read(request: FileRequest) -> Iterator[Records]:
    """Yield the rows of a JSON lines file; each column is text.

    Numbers keep the digits they are written with, booleans are ``true`` or ``false``, lists and objects
    are JSON text; null and an absent key are NULL. A line that is not one JSON object in valid UTF-8 is
    rejected; a blank line is skipped, but counted. Raises SourceError for a missing column: no object in
    the first part of the file has it, and it is required, or spelt almost like a column that is there.
    """
    names = [column.name for column in request.columns]
    first, checked = 0, False
    for lines in _blocks(request):
        if not checked or first + len(lines) > request.start:
            objects, numbers, rejected = _objects(lines, first)
            if objects and not checked:
                _check_columns(request, set[str]().union(*objects))
                checked = True
            yield _records(names, lines, first, objects, numbers, rejected)
        first += len(lines)


def from_lines(names: list[str], lines: Sequence[bytes]) -> Records:
    """Return the rows of JSON objects that came one by one; what is not one is rejected, see ``read``."""
    return _records(names, lines, 0, *_objects(lines, 0))


def _blocks(request: FileRequest) -> Iterator[list[bytes]]:
    """Yield the lines of the file, without their ends, some at a time."""
    with open_bytes(request.path) as file:
        rest = file.read(_BLOCK_BYTES).removeprefix(_BYTE_ORDER_MARK)
        while block := file.read(_BLOCK_BYTES):
            whole, newline, tail = block.rpartition(b"\n")
            if newline:
                yield (rest + whole).split(b"\n")
                rest = tail
            else:
                rest += block
        if rest:
            yield rest.removesuffix(b"\n").split(b"\n")


class _Number(str):
    """A number as it is written."""

    __slots__ = ()


# The first keeps no trace of what was a number and what a string, and is several times quicker.
_as_text = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str).decode
_as_json = json.JSONDecoder(parse_float=_Number, parse_int=_Number, parse_constant=_Number).decode

_Objects = list[dict[str, Any]]
_Rejections = list[tuple[int, bytes, str]]


def _objects(lines: Sequence[bytes], first: int) -> tuple[_Objects, list[int], _Rejections]:
    """Return the objects that the lines hold, their line numbers, and the lines that hold none."""
    objects: _Objects = []
    numbers: list[int] = []
    rejected: _Rejections = []
    for number, line in enumerate(lines, first):
        if not line or line.isspace():
            continue
        try:
            value = _as_text(line.decode())
        except UnicodeDecodeError:
            rejected.append((number, line, "the line is not valid UTF-8"))
        except ValueError as error:
            rejected.append((number, line, f"the line is not valid JSON: {error}"))
        except RecursionError:
            rejected.append((number, line, "the line is nested too deeply"))
        else:
            if isinstance(value, dict):
                objects.append(cast("dict[str, Any]", value))
                numbers.append(number)
            else:
                rejected.append((number, line, "the line must be a JSON object"))
    return objects, numbers, rejected


def _records(
    names: list[str], lines: Sequence[bytes], first: int, objects: _Objects, numbers: list[int], rejected: _Rejections
) -> Records:
    try:
        columns = [_column(name, objects, (lines[number - first] for number in numbers)) for name in names]
    except UnicodeEncodeError:
        whole = [_encodable([value.get(name) for name in names]) for value in objects]
        halved = [number for number, good in zip(numbers, whole, strict=True) if not good]
        rejected += [(number, lines[number - first], "a text holds half of a surrogate pair") for number in halved]
        kept = list(compress(objects, whole)), list(compress(numbers, whole))
        return _records(names, lines, first, *kept, sorted(rejected))
    return Records(first, len(lines), pa.table(columns, names), np.array(numbers, dtype=np.int64), rejected)


def _column(name: str, objects: _Objects, lines: Iterable[bytes]) -> pa.Array:
    values = [value.get(name) for value in objects]
    try:
        return pa.array(values, pa.string())
    except pa.ArrowTypeError:
        # Some are true, false, lists or objects.
        texts = [_text(value, name, line) for value, line in zip(values, lines, strict=True)]
        return pa.array(texts, pa.string())


def _text(value: object, name: str, line: bytes) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return _json(_as_json(line.decode())[name])


def _json(value: Any) -> str:
    """Return JSON text in which every number is written as it was read."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, list):
        return f"[{','.join(_json(item) for item in cast('list[Any]', value))}]"
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value).items()
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_json(item)}" for key, item in items) + "}"
    return json.dumps(value, ensure_ascii=False)


def _encodable(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_columns(request: FileRequest, present: set[str]) -> None:
    names = {column.name for column in request.columns}
    spare = {_letters(name): name for name in present - names}
    for name in sorted(names - present):
        absent = name in request.required or names.isdisjoint(present)
        # An optional key may be absent for long, so only a likely slip of the pen is an error.
        alike = difflib.get_close_matches(_letters(name), spare, n=1, cutoff=0.9)
        if absent or (alike and _digits(alike[0]) == _digits(name)):
            raise missing_column(request, name, sorted(present))


def _letters(name: str) -> str:
    return re.sub(r"[\W_]", "", name).casefold()


def _digits(name: str) -> str:
    return re.sub(r"\D", "", name)
