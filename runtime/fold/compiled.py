"""How the kernels of a fold are compiled."""

# numba's own parts carry no types.
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownParameterType=false
# pyright: reportUnknownArgumentType=false, reportUntypedFunctionDecorator=false, reportMissingParameterType=false
# pyright: reportMissingTypeStubs=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

import numba
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from .layout import Answers, Instants, Memory, Plan

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(function: Kernel) -> Kernel:
    """Compile a part of a kernel, on its first use and for the types it is used with.

    Floats follow IEEE 754 to the letter: nothing is reassociated, and a division by zero gives inf or NaN.
    """
    return cast("Kernel", numba.njit(nogil=True, error_model="numpy")(function))


def merged(function: Kernel) -> Kernel:
    """Compile a part of a kernel as if it were written out in the one place that calls it."""
    return cast("Kernel", numba.njit(nogil=True, error_model="numpy", inline="always")(function))


def inlined(function: Kernel) -> Kernel:
    """Compile a part of a kernel into each place that calls it: halves the cost of an event, adds to compile time."""
    return cast("Kernel", numba.njit(nogil=True, error_model="numpy", forceinline=True)(function))


def ahead(entry: Callable[..., Any], signature: Any) -> Callable[..., Any]:
    """Compile an entry point for one signature, or take it from the cache on disk where there can be one."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        return cast("Callable[..., Any]", numba.njit(signature, cache=True, **options)(entry))
    except RuntimeError as error:
        # Neither the package's folder nor the user's cache can be written to.
        if "cannot cache" not in str(error):
            raise
        return cast("Callable[..., Any]", numba.njit(signature, **options)(entry))


def _pointer(typing_context, array):
    def generate(context, builder, signature, arguments):
        return context.make_array(array)(context, builder, arguments[0]).data

    return types.CPointer(array.dtype)(array), generate


pointer = cast("Callable[[Any], Any]", intrinsic(_pointer))
"""The address of an array's first element, to be indexed like the array, which must outlive it."""


def _fetch(typing_context, held, index):
    def generate(context, builder, signature, arguments):
        first = arguments[0]
        if isinstance(held, types.Array):
            first = context.make_array(held)(context, builder, first).data
        number, octets = ir.IntType(32), ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [octets, number, number, number])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [octets], kind)
        place = builder.bitcast(builder.gep(first, [arguments[1]]), octets)
        # To read or write: 0; to stay in all caches: 3; data: 1.
        builder.call(prefetch, [place, *(ir.Constant(number, one) for one in (0, 3, 1))])
        return context.get_dummy_value()

    return types.void(held, index), generate


fetch = cast("Callable[[Any, int], None]", intrinsic(_fetch))
"""Let the processor bring an element of an array, or what lies behind a pointer, closer meanwhile; any index does."""


def _fma(typing_context, a, b, c):
    def generate(context, builder, signature, arguments):
        return builder.fma(*arguments)

    return types.float64(types.float64, types.float64, types.float64), generate


fma = cast("Callable[[float, float, float], float]", intrinsic(_fma))
"""Return a * b + c, rounded once."""


@compiled
def plan_pointers(plan: Plan) -> Plan:
    """Return the tuple with the address of each array."""
    return Plan(
        pointer(plan.windows),
        pointer(plan.accumulators),
        pointer(plan.rings),
        pointer(plan.outputs),
        pointer(plan.factors),
        pointer(plan.copied),
        pointer(plan.knots),
        pointer(plan.sizes),
    )


@compiled
def memory_pointers(memory: Memory) -> Memory:
    """Return the tuple with the address of each array."""
    return Memory(
        pointer(memory.state),
        pointer(memory.state_floats),
        pointer(memory.log),
        pointer(memory.log_floats),
        pointer(memory.arena),
        pointer(memory.arena_floats),
        pointer(memory.free),
        pointer(memory.table),
        pointer(memory.cursors),
    )


@compiled
def answers_pointers(answers: Answers) -> Answers:
    """Return the tuple with the address of each array."""
    return Answers(
        pointer(answers.words),
        pointer(answers.floats),
        pointer(answers.valid),
        pointer(answers.items),
        pointer(answers.items_valid),
        pointer(answers.ends),
        pointer(answers.ranks),
    )


@compiled
def instants_pointers(instants: Instants) -> Instants:
    """Return the tuple with the address of each array."""
    return Instants(pointer(instants.slot), pointer(instants.member), pointer(instants.clock), pointer(instants.row))
