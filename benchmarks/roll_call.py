"""A roll call: one payment of every key, so that all of them are held, long before the payments that are measured."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from .cards import SECOND, START
from .in_memory import Batch, batches

HOUR = 3600 * SECOND
SIZE = 100_000


def roll_call(count: int) -> Iterator[Batch]:
    """Yield one payment of each of so many keys, in the hour that ends two hours before the others begin."""
    for first in range(0, count, SIZE):
        number = np.arange(first, min(first + SIZE, count))
        events = pa.table(
            {
                "event_id": number,
                # 7919 is a prime and divides no count that is asked for: every key comes once.
                "card_id": number * 7919 % count,
                "merchant_id": np.zeros(len(number), np.int64),
                "amount": np.full(len(number), 9.99),
                "ok": np.ones(len(number), bool),
                "ts": pa.array(START - 3 * HOUR + number * HOUR // count, pa.timestamp("us")),
            }
        )
        yield from batches(events, SIZE, first)
