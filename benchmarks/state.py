"""State: the bytes that an idle key takes in a snapshot and in memory, beside those of the bare loop's arrays."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from .cards import cards, definitions
from .figures import Figure
from .in_memory import InMemory, batches
from .own_process import python
from .roll_call import roll_call

LOOP = 11 * 8
"""What the loop of ``card_peers`` keeps of a key: eleven numbers of 8 bytes."""
IN_PROCESS = f"import sys; from {__name__} import snapshot_bytes; print(snapshot_bytes(sys.argv[1], int(sys.argv[2])))"
REPEATS = 3


def state(few: int = 10_000, many: int = 1_000_000, repeats: int = REPEATS) -> Iterator[Figure]:
    """Yield the difference of so ``many`` keys and a ``few``, a key: each has had one event, long ago."""
    for query in ("Q4", "Q5"):
        grown = (snapshot_bytes(query, many) - snapshot_bytes(query, few)) / (many - few)
        yield Figure(f"state of a key, {query}, in a snapshot", grown, "bytes", "the bare loop's arrays (Q4)", LOOP)
        least, most = (
            median(python("-c", IN_PROCESS, query, str(keys)).peak for _ in range(repeats)) for keys in (few, many)
        )
        grown = (most - least) / (many - few)
        yield Figure(f"state of a key, {query}, peak memory", grown, "bytes", "the bare loop's arrays (Q4)", LOOP)


def snapshot_bytes(query: str, keys: int) -> int:
    """Return the bytes of the state of so many keys, their windows empty again."""
    with InMemory(definitions(query)) as engine:
        engine.feed(roll_call(keys))
        # Two hours later, so that no window holds an event of the roll call.
        engine.feed(batches(cards(1_000), 1_000, keys))
        return sum(table.nbytes for table in engine.group.snapshot().values())
