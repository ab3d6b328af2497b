"""Scoring a LightGBM model: by a walk of our own over its trees, or through LightGBM's C interface."""

from __future__ import annotations

import ctypes
import functools
import importlib.util
import re
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ..features_sql.errors import ModelError
from .matrix import Inputs, Matrix

if TYPE_CHECKING:
    from .forest import Walk

Floats = npt.NDArray[np.float64]

_FLOAT64 = 1
_NORMAL, _RAW, _LEAF = 0, 1, 2
# More threads cost a single row 24 times the CPU, and a stream has its own use for the other cores.
_PARAMETERS = b"num_threads=1"
_LEAVES = re.compile(r"^num_leaves=(\d+)$", re.MULTILINE)
_SAFE_NAME = re.compile(r"[A-Za-z0-9_.]+")


def feature_names(inputs: Inputs) -> tuple[str, ...]:
    """Return the names that LightGBM's text holds: the features' own if it can write them all, else ``f`` and place."""
    names = inputs.names
    safe = all(_SAFE_NAME.fullmatch(name) for name in names)
    return names if safe else tuple(f"f{place}" for place in range(len(names)))


class Scorer:
    """A LightGBM model ready to score, on one thread.

    Equals ``lightgbm.Booster.predict`` to the last bit. Trees are walked by our own kernel, in which a row costs a
    fraction of LightGBM's call; a model that it does not know how to add up is scored by LightGBM. One scorer serves
    one thread: the row that ``one`` scores lies in a buffer of the scorer's own. Close it, or use it in a ``with``.
    """

    def __init__(self, text: str) -> None:
        self._library = _library()
        self._handle = ctypes.c_void_p()
        self._fast = ctypes.c_void_p()
        rounds = ctypes.c_int()
        self._call("LGBM_BoosterLoadModelFromString", text.encode(), ctypes.byref(rounds), ctypes.byref(self._handle))
        self.features = self._number("LGBM_BoosterGetNumFeature")
        self.classes = self._number("LGBM_BoosterGetNumClasses")
        self.trees = self._number("LGBM_BoosterNumberOfTotalModel")
        self._leaf_counts = np.array([int(count) for count in _LEAVES.findall(text)], np.int64)
        self._length = ctypes.c_int64()
        self._row = np.zeros(self.features, np.float64)
        self._result = np.zeros(self.classes, np.float64)
        self._call(
            "LGBM_BoosterPredictForMatSingleRowFastInit",
            *(self._handle, _NORMAL, 0, -1, _FLOAT64, self.features, _PARAMETERS, ctypes.byref(self._fast)),
        )
        # Bound once: what is left per row is one copy and one foreign call, too short to let go of the interpreter's
        # lock for.
        self._buffer = self._row.data
        self._single = ctypes.c_double()
        self._score = _quick_calls().LGBM_BoosterPredictForMatSingleRowFast
        result = ctypes.c_void_p(self._result.ctypes.data) if self.classes > 1 else ctypes.byref(self._single)
        row = ctypes.c_void_p(self._row.ctypes.data)
        self._arguments = (self._fast, row, ctypes.byref(self._length), result)
        self._walk = self._own_walk(text)

    @property
    def walks(self) -> bool:
        """Whether the trees are walked here, not by LightGBM."""
        return self._walk is not None

    def one(self, row: Floats) -> float | Floats:
        """Return the prediction of one row, float64 [features]: a number, or [classes] of a multiclass model."""
        if self._walk:
            return self._walk.one(row)
        self._buffer[:] = row.data
        if self._score(*self._arguments):
            raise self._failure()
        return self._result.copy() if self.classes > 1 else self._single.value

    def predict(self, features: Matrix) -> Floats:
        """Return a prediction per row: [n], or [n, classes] of a multiclass model."""
        rows = self._rows(features)
        scores = self._walk.predict(rows) if self._walk else self._many(rows, _NORMAL, self.classes)
        return scores if self.classes > 1 else scores[:, 0]

    def margins(self, features: Matrix) -> Floats:
        """Return the raw scores before the link, [n, classes]; a binary or regression model has one column."""
        rows = self._rows(features)
        return self._walk.margins(rows) if self._walk else self._many(rows, _RAW, self.classes)

    def leaves(self, features: Matrix) -> npt.NDArray[np.int32]:
        """Return the leaf that each row reaches in each tree, [n, trees]; tree i belongs to class i % classes."""
        rows = self._rows(features)
        return self._walk.leaves(rows) if self._walk else self._many(rows, _LEAF, self.trees).astype(np.int32)

    def leaf_counts(self) -> npt.NDArray[np.int64]:
        """Return the number of leaves of each tree."""
        return self._leaf_counts

    def close(self) -> None:
        """Let go of the model; a closed scorer must not be used."""
        if self._fast:
            self._call("LGBM_FastConfigFree", self._fast)
            self._fast = ctypes.c_void_p()
        if self._handle:
            self._call("LGBM_BoosterFree", self._handle)
            self._handle = ctypes.c_void_p()

    def __enter__(self) -> Scorer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _own_walk(self, text: str) -> Walk | None:
        """Return the walk over the model's trees, None where LightGBM alone knows what they add up to."""
        # numba takes a second to import, and only a model that scores needs it.
        from .forest import Walk, link_of

        link = link_of(text)
        if link is None:
            return None
        walk = Walk(text, self.features, self.classes, link)
        rows = walk.sample()
        same = walk.predict(rows).tobytes() == self._many(rows, _NORMAL, self.classes).tobytes()
        return walk if same else None

    def _rows(self, features: Matrix) -> Floats:
        rows = np.ascontiguousarray(features, np.float64)
        if rows.ndim != 2 or rows.shape[1] != self.features:
            raise ModelError(f"the model is fed {self.features} features a row; got an array of shape {rows.shape}")
        return rows

    def _many(self, rows: Floats, kind: int, width: int) -> Floats:
        scores = np.empty((len(rows), width), np.float64)
        if len(rows):
            data, out = ctypes.c_void_p(rows.ctypes.data), ctypes.c_void_p(scores.ctypes.data)
            self._call(
                "LGBM_BoosterPredictForMat",
                *(self._handle, data, _FLOAT64, len(rows), self.features, 1, kind, 0, -1, _PARAMETERS),
                *(ctypes.byref(self._length), out),
            )
            if self._length.value != scores.size:
                raise ModelError(f"LightGBM gave {self._length.value} scores for {scores.size}")
        return scores

    def _number(self, function: str) -> int:
        number = ctypes.c_int()
        self._call(function, self._handle, ctypes.byref(number))
        return number.value

    def _call(self, function: str, *arguments: Any) -> None:
        if getattr(self._library, function)(*arguments):
            raise self._failure()

    def _failure(self) -> ModelError:
        return ModelError(f"LightGBM: {self._library.LGBM_GetLastError().decode()}")


@functools.cache
def _quick_calls() -> ctypes.PyDLL:
    """Return the library for calls of a few microseconds, which keep the interpreter's lock."""
    return ctypes.PyDLL(str(_path()))


@functools.cache
def _path() -> Path:
    """Find LightGBM's library without its Python package, whose import takes a second."""
    spec = importlib.util.find_spec("lightgbm")
    folders = [Path(place) for place in (spec.submodule_search_locations or ())] if spec else []
    found = [path for folder in folders for path in sorted(folder.rglob("lib_lightgbm.*"))]
    if not found:
        raise ModelError("LightGBM is not installed with its library: install the package lightgbm")
    return found[0]


@functools.cache
def _library() -> ctypes.CDLL:
    """Load LightGBM's library and say what its functions take."""
    library = ctypes.CDLL(str(_path()))
    pointer, number, out = ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(ctypes.c_int64)
    library.LGBM_GetLastError.restype = ctypes.c_char_p
    library.LGBM_GetLastError.argtypes = []
    text, row, place = ctypes.c_char_p, ctypes.c_int32, ctypes.POINTER(pointer)
    signatures: dict[str, list[Any]] = {
        "LGBM_BoosterLoadModelFromString": [text, ctypes.POINTER(number), place],
        "LGBM_BoosterGetNumFeature": [pointer, ctypes.POINTER(number)],
        "LGBM_BoosterGetNumClasses": [pointer, ctypes.POINTER(number)],
        "LGBM_BoosterNumberOfTotalModel": [pointer, ctypes.POINTER(number)],
        "LGBM_BoosterPredictForMat": [pointer, pointer, number, row, row, *[number] * 4, text, out, pointer],
        "LGBM_BoosterPredictForMatSingleRowFastInit": [pointer, *[number] * 4, row, text, place],
        "LGBM_BoosterPredictForMatSingleRowFast": [pointer, pointer, out, pointer],
        "LGBM_FastConfigFree": [pointer],
        "LGBM_BoosterFree": [pointer],
    }
    for name, arguments in signatures.items():
        function = getattr(library, name)
        function.argtypes, function.restype = arguments, number
    return library
