"""How the kernels of the models are compiled."""

# numba's own parts carry no types.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUntypedFunctionDecorator=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(function: Kernel) -> Kernel:
    """Compile a kernel on its first use, for the types it is used with, and keep it beside the source.

    Floats follow IEEE 754 to the letter: the same operations in the same order, so a stream cut into other batches
    gives the same bits.
    """
    return cast("Kernel", numba.njit(cache=True, nogil=True, error_model="numpy")(function))
