"""How the kernels of a fold are compiled."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(function: Kernel) -> Kernel:
    """Compile a part of a kernel, on its first use and for the types it is used with.

    Floats follow IEEE 754 to the letter: nothing is reassociated, and a division by zero gives inf or NaN.
    """
    return cast("Kernel", numba.njit(nogil=True, error_model="numpy", fastmath=False)(function))
