"""Pickles of River objects, read back only if they name nothing but what such objects are made of."""

from __future__ import annotations

import importlib
import io
import pickle
from typing import Any

import numpy as np
import numpy.typing as npt

from ..features_sql.errors import ModelError
from ..features_sql.names import words

_CLOSED = ("river.datasets", "river.stream", "river.checks", "river.test")
_BUILTINS = words("bool bytearray bytes complex dict float frozenset int list object range set slice str tuple type")
_COLLECTIONS = words("Counter OrderedDict defaultdict deque")
_NUMPY = words("ndarray dtype scalar _reconstruct _frombuffer MT19937 PCG64") | words(
    "__bit_generator_ctor __generator_ctor __randomstate_ctor __pyx_unpickle_SeedSequence"
)
_KNOWN = {"builtins": _BUILTINS, "collections": _COLLECTIONS, "numpy": _NUMPY}
_FUNCTIONS = (
    *(("copy", "deepcopy"), ("copyreg", "_reconstructor"), ("functools", "partial")),
    *(("random", "Random"), ("statistics", "NormalDist")),
)


def dump(value: object) -> npt.NDArray[np.uint8]:
    """Return a pickle as an array of bytes."""
    return np.frombuffer(pickle.dumps(value, protocol=5), np.uint8)


def load(data: npt.NDArray[np.uint8]) -> Any:
    """Return what ``dump`` pickled; raises ModelError if it names a class that no model's state needs."""
    return _Unpickler(io.BytesIO(data.tobytes())).load()


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        home = module.partition(".")[0]
        if (module, name) == ("builtins", "getattr"):
            return _method
        if (module, name) in _FUNCTIONS or name in _KNOWN.get(home, ()):
            return super().find_class(module, name)
        if home == "river" and not module.startswith(_CLOSED):
            found: Any = importlib.import_module(module)
            for part in name.split("."):
                found = getattr(found, part, None)
                # A name may reach through a module of River into whatever that has imported.
                if not (callable(found) and str(getattr(found, "__module__", "")).startswith("river.")):
                    break
            else:
                return found
        raise ModelError(f"the state of a model names {module}.{name}, which no model needs: it is not ours")


def _method(of: object, name: str) -> Any:
    """Return a method of a River object: all that its state may ask of ``getattr``."""
    if not type(of).__module__.startswith("river.") or name.startswith("__") or not callable(getattr(of, name, None)):
        raise ModelError(f"the state of a model asks for {type(of).__name__}.{name}: it is not ours")
    return getattr(of, name)
