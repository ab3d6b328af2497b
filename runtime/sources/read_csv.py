"""CSV files: every column as text, each bad row rejected by itself."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

import bisect
import csv
import io
import itertools
import re
import sys
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from ...features_sql.errors import SourceError
from .records import FileRequest, Records, missing_column, open_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_BLOCK_BYTES = 1 << 20
_LARGEST_BLOCK = 1 << 29
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
# Stands for byte 0, which is valid UTF-8 and so never escaped.
_END = "\U0010ff00"
_ESCAPES = "[\U0010ff00-\U0010ffff]"
_LOOKALIKE = re.compile(rb"\xf4\x8f[\xbc-\xbf]")
_ESCAPE = {0xDC00 + byte: chr(0x10FF00 + byte) for byte in range(128, 256)} | {
    0x10FF00 + low: "".join(chr(0x10FF00 + byte) for byte in chr(0x10FF00 + low).encode()) for low in range(256)
}
_UNESCAPE = {0x10FF00 + byte: 0xDC00 + byte for byte in range(128, 256)}
# Stands for byte 1, which is never escaped either.
_BROKEN = "\U0010ff01"
_QUOTE = ord('"')
_GOES_ON = "a quoted field goes on after its closing quote; a quote inside it is doubled"
_UNCLOSED = "a quoted field is never closed: it takes in the rest of the file"


def read(request: FileRequest) -> Iterator[Records]:
    """Yield the rows of a CSV file; each column is text.

    Quotes are doubled inside quoted fields, which may hold line breaks; blank lines are skipped and not
    counted. A text of ``csv.null`` is NULL unless it is quoted, or quoted where the column is not
    VARCHAR. A quote that does not open a field stands for itself. Rejected are a row whose number of
    fields is not the first row's, a row with text in a requested column that is not valid UTF-8, and a
    row with a quoted field that goes on after its closing quote or is never closed. Raises SourceError
    for a missing column. Without a header the columns are the first ones of the file.
    """
    delimiter = request.connector.delimiter
    if len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n':
        raise SourceError(
            f"csv.delimiter must be one ASCII character other than a quote or a line break; got {delimiter!r}"
        )
    first_row = _first_row(request)
    if first_row is None:
        return
    places = _places(request, first_row)
    block_bytes, done = _BLOCK_BYTES, 0
    while True:
        try:
            for records in _Pass(request, places, len(first_row), block_bytes).records():
                if records.first + records.count > done:
                    yield records.between(done, records.first + records.count)
                    done = records.first + records.count
            return
        except pa.ArrowInvalid as error:
            # A row longer than a block.
            if "straddl" not in str(error) or block_bytes >= _LARGEST_BLOCK:
                raise
            block_bytes *= 8


def _first_row(request: FileRequest) -> list[str] | None:
    """Return the fields of the first row that is not blank, None where there is none."""
    limit = csv.field_size_limit(sys.maxsize)
    try:
        with open_bytes(request.path) as file:
            text = io.TextIOWrapper(file, "utf-8-sig", "surrogateescape", newline="")
            return next((row for row in csv.reader(text, delimiter=request.connector.delimiter) if row), None)
    finally:
        csv.field_size_limit(limit)


def _places(request: FileRequest, first_row: list[str]) -> dict[str, int]:
    """Return where in a row each requested column stands."""
    if not request.connector.header:
        if len(first_row) < len(request.columns):
            column = request.columns[len(first_row)].name
            raise SourceError(
                f"{request.name} has no column {column}: its rows have {len(first_row)} fields, "
                f"the columns declared are {len(request.columns)}"
            )
        return {column.name: place for place, column in enumerate(request.columns)}
    for column in request.columns:
        if column.name not in first_row:
            raise missing_column(request, column.name, first_row)
        if first_row.count(column.name) > 1:
            raise SourceError(f"{request.name} has more than one column {column.name}")
    return {column.name: first_row.index(column.name) for column in request.columns}


class _Pass:
    """One reading of the file by pyarrow, which splits rows and fields. Its row numbers count a header too."""

    def __init__(self, request: FileRequest, places: dict[str, int], width: int, block_bytes: int) -> None:
        self._request = request
        self._places = places
        self._width = width
        self._block_bytes = block_bytes
        self._header = int(request.connector.header)
        self._end = _end_row(request.connector.delimiter, width)
        # Those not yet handed on, and how many were.
        self._misfits: list[tuple[int, str, str]] = []
        self._told = 0

    def records(self) -> Iterator[Records]:
        first, whole = 0, 0
        delimiter = self._request.connector.delimiter
        broken = f"{delimiter}{_BROKEN}" * self._width
        with open_bytes(self._request.path) as file:
            text = _Text(file, f"\n{self._end}".encode(), _Quotes(delimiter, broken.encode()))
            with self._open(text, broken) as reader:
                for batch in reader:
                    rows = self._named([batch])
                    numbers = self._numbers(whole, rows.num_rows)
                    whole += rows.num_rows
                    misfits, end = self._settled(int(numbers[-1]) + 1 if len(numbers) else first)
                    if end > first:
                        yield self._records(first, end, rows, numbers, misfits, text)
                        first = end
        # Every row is known now, and the last one is the mark or has swallowed it.
        number, last, _ = self._misfits.pop()
        if last != self._end:
            self._misfits.append((number, last.removesuffix(f"\n{self._end}"), _UNCLOSED))
        end = first + len(self._misfits)
        yield self._records(first, end, self._named([]), self._numbers(whole, 0), self._misfits, text)

    def _settled(self, end: int) -> tuple[list[tuple[int, str, str]], int]:
        """Take the misfits before row ``end`` and those that follow it without a gap; return them and the row after."""
        count = bisect.bisect_left(self._misfits, end, key=lambda misfit: misfit[0])
        while count < len(self._misfits) and self._misfits[count][0] == end and not self._ends(count):
            count, end = count + 1, end + 1
        taken, self._misfits[:count] = self._misfits[:count], []
        self._told += count
        return taken, end

    def _ends(self, place: int) -> bool:
        return self._misfits[place][1].endswith(self._end)

    def _open(self, text: _Text, broken: str) -> pa_csv.CSVStreamingReader:
        def skip(row: pa_csv.InvalidRow) -> str:
            reason = f"the row must have {row.expected_columns} fields; got {row.actual_columns}"
            if _BROKEN in row.text:
                reason = _GOES_ON
            self._misfits.append((row.number - 1, row.text.replace(broken, ""), reason))
            return "skip"

        connector = self._request.connector
        names = [f"f{place}" for place in self._places.values()]
        every = [f"f{place}" for place in range(self._width)]
        return pa_csv.open_csv(
            text,
            pa_csv.ReadOptions(use_threads=False, block_size=self._block_bytes, column_names=every),
            pa_csv.ParseOptions(delimiter=connector.delimiter, newlines_in_values=True, invalid_row_handler=skip),
            pa_csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, pa.string()),
                include_columns=names,
                null_values=list(connector.nulls),
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
            ),
        )

    def _named(self, batches: list[pa.RecordBatch]) -> pa.Table:
        schema = pa.schema([(f"f{place}", pa.string()) for place in self._places.values()])
        return pa.Table.from_batches(batches, schema).rename_columns(list(self._places))

    def _numbers(self, whole: int, count: int) -> NDArray[np.int64]:
        """Return the numbers of the next ``count`` whole rows, after ``whole`` earlier ones."""
        misfits = np.array([number for number, _, _ in self._misfits], dtype=np.int64)
        before = misfits - np.arange(self._told, self._told + len(misfits))
        nth = np.arange(whole, whole + count, dtype=np.int64)
        return nth + self._told + np.searchsorted(before, nth, side="right")

    def _records(
        self,
        first: int,
        end: int,
        rows: pa.Table,
        numbers: NDArray[np.int64],
        misfits: list[tuple[int, str, str]],
        text: _Text,
    ) -> Records:
        """Return the rows numbered ``first`` to ``end - 1``, without the header."""
        rejected = [(number, _original(row), reason) for number, row, reason in misfits]
        if text.quoted:
            rows = self._without_quoted_nulls(rows)
        if text.escaped:
            rows, numbers, invalid = self._without_invalid_text(rows, numbers)
            rejected = sorted(rejected + invalid)
        shifted = [(number - self._header, raw, reason) for number, raw, reason in rejected]
        whole = Records(first - self._header, end - first, rows, numbers - self._header, shifted)
        return whole.between(0, end - self._header)

    def _without_quoted_nulls(self, rows: pa.Table) -> pa.Table:
        nulls = pa.array(self._request.connector.nulls, pa.string())
        for place, column in enumerate(self._request.columns):
            if column.type != "VARCHAR":
                values = rows.column(place)
                values = pc.if_else(pc.is_in(values, nulls), pa.scalar(None, pa.string()), values)
                rows = rows.set_column(place, column.name, values)
        return rows

    def _without_invalid_text(
        self, rows: pa.Table, numbers: NDArray[np.int64]
    ) -> tuple[pa.Table, NDArray[np.int64], list[tuple[int, bytes, str]]]:
        """Undo the escapes of ``_Text``; take out the rows that were not valid UTF-8 in a requested column."""
        bad: dict[int, str] = {}
        for place, name in enumerate(rows.column_names):
            marked = pc.match_substring_regex(rows.column(place), pattern=_ESCAPES)
            escaped = np.flatnonzero(pc.fill_null(marked, False).to_numpy())
            if len(escaped):
                values = rows.column(place).to_pylist()
                for row in escaped.tolist():
                    try:
                        values[row] = _original(values[row]).decode()
                    except UnicodeDecodeError:
                        bad.setdefault(row, f"{name} is not valid UTF-8")
                rows = rows.set_column(place, name, pa.array(values, pa.string()))
        kept = np.delete(np.arange(rows.num_rows), list(bad))
        rejected = [(int(numbers[row]), self._as_csv(rows, row), reason) for row, reason in bad.items()]
        return rows.take(pa.array(kept)), numbers[kept], rejected

    def _as_csv(self, rows: pa.Table, row: int) -> bytes:
        out = io.StringIO()
        fields = [value if value is not None else "" for value in rows.slice(row, 1).to_pylist()[0].values()]
        csv.writer(out, delimiter=self._request.connector.delimiter, lineterminator="").writerow(fields)
        return _original(out.getvalue())


class _Text(io.RawIOBase):
    """A file's bytes as valid UTF-8, followed by a mark.

    Bytes that are not UTF-8, and the characters that stand for them here, are escaped: byte b becomes
    the character U+10FF00 + b. ``escaped`` and ``quoted`` tell whether an escape and a quote have occurred.
    """

    def __init__(self, file: BinaryIO, mark: bytes, quotes: _Quotes) -> None:
        self._file = file
        self._mark = mark
        self._quotes = quotes
        self._ready = b""
        self._carried = file.read(len(_BYTE_ORDER_MARK)).removeprefix(_BYTE_ORDER_MARK)
        self._ended = False
        self.escaped = False
        self.quoted = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        # pyarrow takes whatever it gets for a whole block.
        size = sys.maxsize if size < 0 else size
        while len(self._ready) <= size and not self._ended:
            self._fill()
        if size > 1 and self._ready[size - 1 : size + 1] == b"\r\n":
            # pyarrow drops a line feed that opens a block after a carriage return, even within quotes.
            size -= 1
        taken, self._ready = self._ready[:size], self._ready[size:]
        return taken

    def _fill(self) -> None:
        block = self._file.read(_BLOCK_BYTES)
        data, self._carried = self._carried + block, b""
        self.quoted = self.quoted or b'"' in data
        if not data.isascii():
            data = self._valid(data, final=not block)
        self._ready += self._quotes.checked(data, final=not block)
        if not block:
            self._ready += self._mark
            self._ended = True

    def _valid(self, data: bytes, final: bool) -> bytes:
        try:
            data.decode()
        except UnicodeDecodeError as error:
            if not final and error.reason == "unexpected end of data":
                # The rest of the character is in the next block.
                data, self._carried = data[: error.start], data[error.start :]
                return self._valid(data, final) if data else data
        else:
            if not _LOOKALIKE.search(data):
                return data
        self.escaped = True
        return data.decode("utf-8", "surrogateescape").translate(_ESCAPE).encode()


class _Quotes:
    """Finds quoted fields that go on after their closing quote, and marks them.

    pyarrow reads ``"a"b`` as ``ab``. Such a quote is followed here by ``mark``, fields enough to make any row a misfit.
    """

    def __init__(self, delimiter: str, mark: bytes) -> None:
        self._breaks = frozenset(f"{delimiter}\r\n".encode())
        self._mark = mark
        self._open = False
        self._before = ord("\n")
        self._carried = b""

    def checked(self, data: bytes, *, final: bool) -> bytes:
        """Return the next bytes with marks; quotes at their end wait for the byte after them."""
        data, self._carried = self._carried + data, b""
        if not final:
            data, whole = data.rstrip(b'"'), data
            self._carried = whole[len(data) :]
        if not data:
            return data
        broken = self._broken(data + b"\n") if b'"' in data else []
        self._before = data[-1]
        ends = [0, *(place + 1 for place in broken), len(data)]
        return self._mark.join(data[begin:end] for begin, end in itertools.pairwise(ends))

    def _broken(self, data: bytes) -> list[int]:
        """Return which quotes close a field that goes on; ``data`` has one byte more, so that each is followed."""
        text = np.frombuffer(data, np.uint8)
        places = np.flatnonzero(text == _QUOTE)
        if self._alternate(text, places):
            self._open ^= len(places) % 2 == 1
            return []
        found, breaks, inside, doubled = list[int](), self._breaks, self._open, -1
        for place in places.tolist():
            if not inside:
                inside = (data[place - 1] if place else self._before) in breaks
            elif place == doubled:
                continue
            elif data[place + 1] == _QUOTE:
                doubled = place + 1
            else:
                inside = False
                if data[place + 1] not in breaks:
                    found.append(place)
        self._open = inside
        return found

    def _alternate(self, text: NDArray[np.uint8], places: NDArray[np.int64]) -> bool:
        """Whether quotes open and close by turns; of a doubled one the first closes and the second opens again."""
        may = np.zeros(256, np.bool_)
        may[[*self._breaks, _QUOTE]] = True
        before, after = text[places - 1], text[places + 1]
        if places[0] == 0:
            before[0] = self._before
        first = int(self._open)
        return bool(may[before[first::2]].all() and may[after[1 - first :: 2]].all())


def _original(text: str) -> bytes:
    """Return the bytes that ``_Text`` escaped."""
    return text.translate(_UNESCAPE).encode("utf-8", "surrogateescape")


def _end_row(delimiter: str, width: int) -> str:
    """Return a row that no file can hold, and that is a misfit wherever it starts.

    Within an open quoted field its first quote closes that field, and more than ``width`` others follow.
    Elsewhere the quote opens a field that runs to the end, alone; or beside one more, where one field
    would fit.
    """
    mark = f"{delimiter}{_END}"
    return f'"{mark * width}' + (f'"{mark}' if width == 1 else "")
