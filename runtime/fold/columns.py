"""Arrow columns as the words and flags of a fold, and a fold's answers as Arrow columns."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .layout import (
    BLOCK_HALF_LIVES,
    LONGEST_RUN,
    REGISTER_BITS,
    REGISTERS,
    RUN_BITS,
    Answers,
    Bytes,
    Floats,
    Words,
)
from .measures import Column, Flag
from .outputs import Output
from .plan import FLAGS_A_WORD
from .values import Values

Flags = npt.NDArray[np.bool_]
_DOUBLE, _BIGINT = pa.float64(), pa.int64()


def array_of(table: pa.Table, name: str, type: pa.DataType) -> pa.Array:
    """Return a column of ``table`` as one array of this type."""
    column = table.column(name)
    array = column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays([pa.nulls(0, column.type), *column.chunks])
    return _typed(array, type)


def words_of(array: pa.Array) -> Words:
    """Return an int64 column without NULLs as words that may be written to, as the kernels' types ask."""
    return np.array(array.to_numpy(zero_copy_only=False), np.int64)


def encode_flags(flags: Sequence[Flag], arrays: Mapping[str, pa.Array], rows: int) -> Words:
    """Return the flag words of each row, (word, row)."""
    words = np.zeros((-(-len(flags) // FLAGS_A_WORD), rows), np.int64)
    for place, flag in enumerate(flags):
        word, bit = words[place // FLAGS_A_WORD], 1 << (place % FLAGS_A_WORD)
        array = arrays[flag.term] if flag.term is not None else None
        if array is None or (flag.kind == "valid" and array.null_count == 0):
            word |= bit
        else:
            holds = array.is_valid() if flag.kind == "valid" else _filled(array, False)
            word |= np.asarray(holds).astype(np.int64) * bit
    return words


def encode_columns(
    columns: Sequence[Column], arrays: Mapping[str, pa.Array], values: Mapping[str, Values], times: Words
) -> Words:
    """Return the words of each column, (column, row); a NULL is 0, and every NaN the same one.

    ``times`` are the rows' event times in µs, by which decayed columns are weighed.
    """
    words = np.zeros((len(columns), len(times)), np.int64)
    for place, column in enumerate(columns):
        if column.half_life:
            words[place] = _decayed_words(column, arrays, times)
            continue
        array = arrays[column.term]
        if column.form == "code":
            words[place] = values[column.term].codes(array)
        elif column.form == "register":
            words[place] = register_words(array)
        elif column.form == "word":
            words[place] = plain_words(array)
        else:
            words[place] = _as_floats(array).view(np.int64)
    return words


def _decayed_words(column: Column, arrays: Mapping[str, pa.Array], times: Words) -> Words:
    """Weights relative to the end of each row's block of time, values by weight, or the numbers of the blocks."""
    size = BLOCK_HALF_LIVES * column.half_life
    blocks = times // size
    if column.form == "block":
        return blocks
    weights = np.exp2((times - (blocks + 1) * size) / column.half_life)
    weighed = weights if column.form == "weight" else weights * _as_floats(arrays[column.term])
    return weighed.view(np.int64)


def plain_words(array: pa.Array) -> Words:
    """Return the words of values that are kept as they are; a NULL is 0, and every NaN the same one."""
    if pa.types.is_decimal(array.type):
        return _decimal_words(array)
    if pa.types.is_floating(array.type):
        floats = np.asarray(_filled(array, 0.0)).astype(np.float64)
        # A NaN of another sign would order below all numbers; None of the many others may differ either.
        floats[np.isnan(floats)] = np.nan
        return floats.view(np.int64)
    if pa.types.is_boolean(array.type):
        return np.asarray(_filled(array, False)).astype(np.int64)
    if pa.types.is_date32(array.type):
        array = array.view(pa.int32())
    elif pa.types.is_timestamp(array.type):
        array = array.view(pa.int64())
    return np.asarray(_filled(array, 0)).astype(np.int64)


def register_words(array: pa.Array) -> Words:
    """Return the pair of register and run that each hash stands for, as one word; that of a NULL is any."""
    hashes: npt.NDArray[np.uint64] = np.asarray(_filled(array, 0))
    rest = (hashes >> np.uint64(REGISTER_BITS)) | np.uint64(1 << LONGEST_RUN)
    # A power of two is exact as a float, and its exponent the place of its bit.
    _, runs = np.frexp((rest & (~rest + np.uint64(1))).astype(np.float64))
    registers = (hashes & np.uint64(REGISTERS - 1)).astype(np.int64)
    return registers << RUN_BITS | runs


def _filled(array: pa.Array, value: float) -> pa.Array:
    # Of a small batch the call alone is a cost.
    return array.fill_null(value) if array.null_count else array


def _decimal_words(array: pa.Array) -> Words:
    """The low 64 bits of each decimal128; a NULL is 0."""
    pairs = np.frombuffer(array.buffers()[1] or b"", np.int64).reshape(-1, 2)
    words = pairs[array.offset : array.offset + len(array), 0].copy()
    if array.null_count:
        words[np.asarray(array.is_null())] = 0
    return words


def _as_floats(array: pa.Array) -> Floats:
    if pa.types.is_floating(array.type):
        return plain_words(array).view(np.float64)
    words = plain_words(array).astype(np.float64)
    return words / 10.0**array.type.scale if pa.types.is_decimal(array.type) else words


def decode(output: Output, answers: Answers, values: Mapping[str, Values], type: pa.DataType) -> pa.Array:
    """Return the column of an output, in Arrow type ``type``."""
    valid = answers.valid[:, output.place]
    if output.form == "wide":
        return _decimals(answers.words[:, output.word], answers.words[:, output.word + 1], valid, type)
    if output.form == "float":
        return _typed(pa.array(answers.floats[:, output.word], mask=valid == 0), type)
    if output.form == "word":
        return _plain(np.ascontiguousarray(answers.words[:, output.word]), valid, output.column, values, type)
    starts, lengths = answers.words[:, output.word], answers.words[:, output.word + 1]
    places = _run_places(starts, lengths)
    items = _plain(answers.items[places], answers.items_valid[places], output.column, values, type.value_type)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), items, type=type, mask=pa.array(valid == 0))


def first_values(
    outputs: Sequence[Output], types: Sequence[pa.DataType], answers: Answers, values: Mapping[str, Values]
) -> dict[str, object]:
    """Return the first value of each output's column by its id, as Python has it."""
    words, floats, valid = (array[0].tolist() for array in (answers.words, answers.floats, answers.valid))
    found: dict[str, object] = {}
    for output, type in zip(outputs, types, strict=True):
        if not valid[output.place]:
            found[output.id] = None
        elif type == _DOUBLE and output.form in ("float", "word"):
            found[output.id] = floats[output.word]
        elif type == _BIGINT and output.form == "word":
            found[output.id] = words[output.word]
        else:
            found[output.id] = decode(output, answers, values, type)[0].as_py()
    return found


def _run_places(starts: Words, lengths: Words) -> Words:
    """Return every place of the runs, run after run."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - (ends - lengths), lengths)


def _plain(
    words: Words, valid: Bytes, column: Column | None, values: Mapping[str, Values], type: pa.DataType
) -> pa.Array:
    """Return words as the values they stand for."""
    if column is not None and column.form == "code":
        return values[column.term].take(np.where(valid != 0, words, 0))
    if pa.types.is_decimal(type):
        return _decimals(words, words >> 63, valid, type)
    absent = valid == 0
    if pa.types.is_floating(type):
        return _typed(pa.array(words.view(np.float64), mask=absent), type)
    if pa.types.is_boolean(type):
        return pa.array(words != 0, mask=absent)
    if pa.types.is_date32(type):
        return pa.array(words.astype(np.int32), mask=absent).view(type)
    if pa.types.is_timestamp(type):
        return pa.array(words, mask=absent).view(type)
    return _typed(pa.array(words, mask=absent), type)


def _typed(array: pa.Array, type: pa.DataType) -> pa.Array:
    # A cast that changes nothing is still a cost.
    return array if array.type == type else array.cast(type)


def _decimals(low: Words, high: Words, valid: Bytes, type: pa.DataType) -> pa.Array:
    """Return integers of 128 bits as decimals of ``type``, which has their scale."""
    pairs = np.ascontiguousarray(np.stack([low, high], axis=1))
    bitmap = np.packbits(valid != 0, bitorder="little")
    return pa.Array.from_buffers(type, len(low), [pa.py_buffer(bitmap), pa.py_buffer(pairs)])
