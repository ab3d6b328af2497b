"""The tables that tell the kernels of a fold what to compute, and the arrays that they compute on.

Every value of a fold is one 64-bit *word*: an integer, the bits of a float64, or the code of a value that
is kept in a dictionary. The row log holds one *entry* per event, ``[slot, t, successor]`` and a *body*
(flags, then columns), then the links of chains. An event's sequence number counts from 1; 0 means none.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Words = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bytes = npt.NDArray[np.uint8]

# Kinds of window. The first two evict events one by one as time goes on, LAST does as rows arrive.
SLIDING, HOPPING, TUMBLING, SESSION, GLOBAL, LAST = range(6)

# Kinds of accumulator, and the words of state each one takes.
# VISIT keeps nothing of its own: it stands for the words of a session.
(
    COUNT,
    INTEGER_SUM,
    FLOAT_SUM,
    SQUARE_SUM,
    DECAYED_SUM,
    BEST,
    OLDEST,
    CHAIN,
    NEWEST,
    PASSED,
    RECENT,
    UNIQUE,
    EARLY,
    VISIT,
    TALLY,
    SORTED,
    COUNTED,
) = range(17)
ACCUMULATOR_WORDS = (1, 3, 8, 11, 12, 2, 3, 2, 4, 5, 4, 4, 4, 0, 4, 4, 4)

# The words of a window: [open, bucket] of TUMBLING, [open, first, last, began, number] of SESSION (``first`` is of its
# newest piece, ``began`` of the whole), [seen, added] of LAST.
OPEN, BUCKET, FIRST_TIME, LAST_TIME, BEGAN, NUMBER, SEEN, ADDED = 0, 1, 1, 2, 3, 4, 0, 1

# What an output makes of its accumulator.
(
    OUT_COUNT,
    OUT_COUNT_RATE,
    OUT_INTEGER_SUM,
    OUT_INTEGER_AVG,
    OUT_INTEGER_RATE,
    OUT_FLOAT_SUM,
    OUT_FLOAT_AVG,
    OUT_FLOAT_RATE,
    OUT_VAR_SAMP,
    OUT_VAR_POP,
    OUT_STDDEV_SAMP,
    OUT_STDDEV_POP,
    OUT_BEST,
    OUT_OLDEST,
    OUT_CHAIN,
    OUT_NEWEST,
    OUT_PASSED,
    OUT_RECENT,
    OUT_EARLY,
    OUT_CHAINED,
    OUT_DECAYED_SUM,
    OUT_EWMA,
    OUT_SESSION_INDEX,
    OUT_SESSION_DURATION,
    OUT_DISTINCT,
    OUT_ENTROPY,
    OUT_MODE,
    OUT_TOP,
    OUT_ESTIMATE,
    OUT_NEAREST,
    OUT_BETWEEN,
    OUT_BETWEEN_WHOLE,
) = range(32)

# The tables of a plan are flat, and a row of a table is known by the place of its first word there.

# Columns of Plan.windows. W_ADDED and W_EVICTED are the window's cursors. [W_ACC, W_ACC_MID) are accumulators
# whose content must leave them, by eviction or by a reset: of the words [W_RESET, W_RESET_END), and, from W_HELD on,
# of the arena. Those in [W_ACC_MID, W_ACC_END) hold the place of each value instead. W_KNOTS knots of a clock start
# at W_CLOCK of Plan.knots.
(
    W_KIND,
    W_SIZE,
    W_STEP,
    W_ROWS,
    W_DEFER,
    W_EVICT,
    W_WORDS,
    W_RESET,
    W_RESET_END,
    W_ACC,
    W_HELD,
    W_ACC_MID,
    W_ACC_END,
    W_OUT,
    W_OUT_END,
    W_HEAD,
    W_RING,
    W_OWN_FREE,
    W_ADDED,
    W_EVICTED,
    W_OFFSET,
    W_MONTHS,
    W_CLOCK,
    W_KNOTS,
    WINDOW_COLUMNS,
) = range(25)

# Columns of Plan.accumulators. A row counts if the bits A_PASS of flag word A_PASS_WORD and the bits A_GIVEN of
# flag word A_GIVEN_WORD are set. Offsets of columns and links count from the start of a body.
(
    A_KIND,
    A_STATE,
    A_PASS_WORD,
    A_PASS,
    A_GIVEN_WORD,
    A_GIVEN,
    A_VALID_WORD,
    A_VALID,
    A_COLUMN,
    A_FLOAT_MASK,
    A_REVERSE,
    A_KEEP,
    A_LINK,
    A_RING,
    A_WEIGHT,
    A_BLOCK,
    A_RANKED,
    ACCUMULATOR_COLUMNS,
) = range(18)

# Columns of Plan.rings: where each slot's four ring words are, the entries kept, the words of an entry, the
# condition on which a row enters, the columns of the log (Plan.copied) that an entry of a row ring copies, and
# whether it is a tally.
R_STATE, R_ROWS, R_STRIDE, R_PASS_WORD, R_PASS, R_COPY, R_COPY_END, R_FREE, R_TALLY, RING_COLUMNS = range(10)
RING_OFFSET, RING_CAPACITY, RING_PUSHED, RING_PROMISED = range(4)

# Columns of Plan.outputs and Plan.factors.
O_OP, O_ACC, O_PLACE, O_WORD, O_LIST, O_MOST, O_FACTORS, OUTPUT_COLUMNS = range(8)
F_DIVISOR, F_PER, FACTOR_COLUMNS = range(3)

# Plan.sizes: the words of a slot's state, of a log entry, of its flags and of its columns; those of the tables of
# windows and of rings; outputs and their words.
S_STATE, S_ENTRY, S_FLAGS, S_COLUMNS, S_WINDOWS, S_RINGS, S_OUTPUTS, S_WORDS = range(8)

# Log entries and cursors.
E_SLOT, E_TIME, E_NEXT, E_BODY = range(4)
C_BASE, C_END, C_SLOTS, C_TOP, C_ARENA, C_MASK, C_TABLE, C_TALLIED, C_WINDOWS = range(9)

# Places where the code of an interned value may be: a word of a state row, of a ring entry, of a log entry.
IN_STATE, IN_RING, IN_LOG = range(3)
CELL_COLUMNS = 3

# Decayed sums cut time into blocks of so many half-lives.
BLOCK_HALF_LIVES = 512

# A sketch of distinct values has 1,024 registers; the run of a hash takes 6 bits beside its register.
REGISTER_BITS, RUN_BITS = 10, 6
REGISTERS, RUN_MASK = 1 << REGISTER_BITS, (1 << RUN_BITS) - 1
LONGEST_RUN = 64 - REGISTER_BITS

# Size classes of ring blocks: 2**0 to 2**39 entries.
CLASSES = 40
SMALLEST_BLOCK = 4


# numba compiles a function anew for each literal it is called with, but not for numbers of numpy.
ZERO, PLUS, MINUS, LOG_ORIGIN = np.int64(0), np.int64(1), np.int64(-1), np.int64(E_BODY)


class Plan(NamedTuple):
    """What to compute: one row per window, accumulator, ring and output, in the columns above.

    Python holds this, ``Memory``, ``Instants`` and ``Answers`` as arrays; inside a kernel the same fields are bare
    pointers, because counting the references to an array costs more than most of what is done with it.
    """

    windows: Words
    accumulators: Words
    rings: Words
    outputs: Words
    factors: Floats
    copied: Words
    knots: Words
    sizes: Words


class Memory(NamedTuple):
    """The state of a fold. Each of the float arrays is the same memory as its namesake of words.

    ``state`` has one row of words per slot. ``log`` is circular, its capacity a power of two. ``arena`` holds
    the blocks of the rings; ``free`` heads, per ring and size class, a list of blocks to use again. ``table`` finds
    the entries of tallies. ``cursors`` holds the log's first and next sequence number, the number of slots, the arena's
    first unused word and its size, the log's capacity less one, the table's cells less one, what is promised to all
    tallies, then for each window the sequence number of the next event to add, then for each that of the next to evict.
    """

    state: Words
    state_floats: Floats
    log: Words
    log_floats: Floats
    arena: Words
    arena_floats: Floats
    free: Words
    table: Words
    cursors: Words


class Instants(NamedTuple):
    """Where values are asked for, in the order of ``member``."""

    slot: Words
    member: Words
    clock: Words
    row: Words


class Answers(NamedTuple):
    """What the kernels write: ``words`` by (instant, word), ``valid`` by (instant, output).

    A list is a start and a length in ``words`` and that run of ``items``; ``ends`` holds, per list output,
    where its next list starts. ``ranks`` is only read: where the
    codes of each ranked term start, then for each code the place of its value in order.
    """

    words: Words
    floats: Floats
    valid: Bytes
    items: Words
    items_valid: Bytes
    ends: Words
    ranks: Words
