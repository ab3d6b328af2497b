"""Entities as dense numbers: one index per view, asked only for the distinct keys of a batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Slots = npt.NDArray[np.int64]
UNSEEN = -1


class KeyIndex:
    """Numbers entities from 0 in order of first sight.

    ``schema`` names and types the key columns (``_k0`` ...). A NULL in any key column is never numbered.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema
        self._slots: dict[tuple[object, ...], int] = {}
        self._held: list[pa.Table] = []

    def __len__(self) -> int:
        return len(self._slots)

    def add(self, keys: pa.Table) -> Slots:
        """Return the slot of each row of ``keys``, numbering those seen for the first time."""
        distinct, codes, first_rows = _distinct(keys)
        fresh = [position for position, key in enumerate(distinct) if key not in self._slots and None not in key]
        for position in fresh:
            self._slots[distinct[position]] = len(self._slots)
        if fresh:
            rows = pa.array(first_rows[fresh], pa.int64())
            self._held.append(keys.select(self.schema.names).take(rows).cast(self.schema))
        return self._look_up(distinct, codes)

    def find(self, keys: pa.Table) -> Slots:
        """Return the slot of each row of ``keys``, UNSEEN where there is none."""
        distinct, codes, _ = _distinct(keys)
        return self._look_up(distinct, codes)

    def _look_up(self, distinct: list[tuple[object, ...]], codes: Slots) -> Slots:
        slots = np.fromiter((self._slots.get(key, UNSEEN) for key in distinct), np.int64, len(distinct))
        return slots[codes] if len(distinct) else np.empty(0, np.int64)

    def take(self, slots: Slots) -> pa.Table:
        """Return the keys of ``slots`` (all numbered), row for row."""
        return self.snapshot().take(pa.array(slots))

    def snapshot(self) -> pa.Table:
        """Return every key in slot order."""
        if len(self._held) != 1:
            self._held = [pa.concat_tables([self.schema.empty_table(), *self._held]).combine_chunks()]
        return self._held[0]

    def restore(self, keys: pa.Table) -> None:
        """Take over the keys of a snapshot."""
        self._held = [keys]
        self._slots = {key: slot for slot, key in enumerate(_rows(keys))}


def _rows(keys: pa.Table) -> list[tuple[object, ...]]:
    return list(zip(*(column.to_pylist() for column in keys.columns), strict=True))


def _distinct(keys: pa.Table) -> tuple[list[tuple[object, ...]], Slots, Slots]:
    """The distinct keys in order of first sight, each row's place among them, and each one's first row."""
    codes = _codes(keys.columns)
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    by_sight = np.argsort(first, kind="stable")
    place = np.empty(len(first), np.int64)
    place[by_sight] = np.arange(len(first))
    first_rows = first[by_sight].astype(np.int64)
    return _rows(keys.take(pa.array(first_rows))), place[inverse], first_rows


def _codes(columns: Sequence[pa.ChunkedArray]) -> Slots:
    """One number per row, equal exactly for equal keys."""
    codes = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        encoded = column.combine_chunks().dictionary_encode(null_encoding="encode")
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        codes = codes * (len(encoded.dictionary) + 1) + encoded.indices.to_numpy().astype(np.int64)
        # Renumbering keeps the product of the next column inside 64 bits.
        codes = np.unique(codes, return_inverse=True)[1].astype(np.int64)
    return codes
