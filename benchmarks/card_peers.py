"""The same queries by polars, over the whole stream at once, and Q1 and Q4 by bare numba loops."""

# polars and numba carry no complete types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
import polars as pl
import pyarrow as pa

from .cards import SECOND


def in_polars(query: str, events: pa.Table) -> list[pl.DataFrame]:
    """Run one query, or Q5: all four, over the events in order of time."""
    frame = pl.from_arrow(events)
    assert isinstance(frame, pl.DataFrame)
    held = frame.lazy().sort("ts")
    return [made(held).collect() for made in ([POLARS[query]] if query in POLARS else POLARS.values())]


def _tumbling(events: pl.LazyFrame) -> pl.LazyFrame:
    amount = pl.col("amount")
    numbers = (
        pl.len(),
        amount.sum().alias("s"),
        amount.mean().alias("a"),
        amount.min().alias("l"),
        amount.max().alias("m"),
    )
    return events.group_by("card_id", pl.col("ts").dt.truncate("1m")).agg(*numbers)


def _hopping(events: pl.LazyFrame) -> pl.LazyFrame:
    amount = pl.col("amount")
    tiles = events.group_by("card_id", pl.col("ts").dt.truncate("5m").alias("tile")).agg(
        pl.len().alias("n"), amount.sum().alias("s")
    )
    hops = pl.LazyFrame({"hop": range(1, 13)})
    later = pl.duration(minutes=5 * pl.col("hop"))
    closes = tiles.join(hops, how="cross").with_columns((pl.col("tile") + later).alias("close"))
    mean = (pl.col("s").sum() / pl.col("n").sum()).alias("mean")
    return closes.group_by("card_id", "close").agg(pl.col("n").sum(), mean)


def _sessions(events: pl.LazyFrame) -> pl.LazyFrame:
    opens = (pl.col("ts").diff() > pl.duration(minutes=10)).fill_null(value=False).cum_sum().over("card_id")
    numbers = (pl.len(), pl.col("amount").sum(), (pl.col("ts").max() - pl.col("ts").min()).alias("d"))
    return events.with_columns(opens.alias("visit")).group_by("card_id", "visit").agg(*numbers)


def _sliding(events: pl.LazyFrame) -> pl.LazyFrame:
    amount, failed = pl.col("amount"), (~pl.col("ok")).cast(pl.Int64)
    return events.with_columns(pl.lit(1).alias("one"), failed.alias("failed")).select(
        "event_id",
        pl.col("one").rolling_sum_by("ts", "5m").over("card_id").alias("n"),
        amount.rolling_sum_by("ts", "5m").over("card_id").alias("s"),
        amount.rolling_mean_by("ts", "1h").over("card_id").alias("a"),
        amount.rolling_std_by("ts", "1h").over("card_id").alias("d"),
        pl.col("ts").diff().over("card_id").alias("idle"),
        pl.col("failed").rolling_sum_by("ts", "1h").over("card_id").alias("f"),
    )


POLARS: dict[str, Callable[[pl.LazyFrame], pl.LazyFrame]] = {
    "Q1": _tumbling,
    "Q2": _hopping,
    "Q3": _sessions,
    "Q4": _sliding,
}


def in_numba(query: str, events: pa.Table) -> tuple[np.ndarray[Any, Any], ...]:
    """Run one query of ``LOOPS`` over the events in order of time: what a program made for it alone can do."""
    times = events.column("ts").cast(pa.int64()).to_numpy()
    order = np.argsort(times, kind="stable")
    cards = events.column("card_id").to_numpy()[order]
    failed = ~events.column("ok").to_numpy(zero_copy_only=False)[order]
    return LOOPS[query](cards, times[order], events.column("amount").to_numpy()[order], failed, int(cards.max()) + 1)


@numba.njit(cache=True)
def _minutes(cards: Any, times: Any, amounts: Any, failed: Any, keys: int) -> Any:
    rows, used = len(times), 0
    open_until, place = np.zeros(keys, np.int64), np.empty(keys, np.int64)
    close, card, count = np.empty(rows, np.int64), np.empty(rows, np.int64), np.empty(rows, np.int64)
    total, least, most = np.empty(rows), np.empty(rows), np.empty(rows)
    for row in range(rows):
        key, amount = cards[row], amounts[row]
        ends = (times[row] // (60 * SECOND) + 1) * 60 * SECOND
        if open_until[key] == ends:
            at = place[key]
            count[at] += 1
            total[at] += amount
            least[at] = min(least[at], amount)
            most[at] = max(most[at], amount)
        else:
            open_until[key], place[key] = ends, used
            close[used], card[used], count[used] = ends, key, 1
            total[used], least[used], most[used] = amount, amount, amount
            used += 1
    return close[:used], card[:used], count[:used], total[:used], total[:used] / count[:used], least[:used], most[:used]


@numba.njit(cache=True)
def _on_event(cards: Any, times: Any, amounts: Any, failed: Any, keys: int) -> Any:
    rows = len(times)
    following = np.full(rows, -1, np.int64)
    newest, first_5m, first_1h = np.full(keys, -1, np.int64), np.full(keys, -1, np.int64), np.full(keys, -1, np.int64)
    n_5m, n_1h, f_1h = np.zeros(keys, np.int64), np.zeros(keys, np.int64), np.zeros(keys, np.int64)
    s_5m, s_1h, q_1h = np.zeros(keys), np.zeros(keys), np.zeros(keys)
    count, total, mean, spread = np.empty(rows, np.int64), np.empty(rows), np.empty(rows), np.empty(rows)
    idle, failures = np.empty(rows), np.empty(rows, np.int64)
    for row in range(rows):
        card, time, amount = cards[row], times[row], amounts[row]
        before = newest[card]
        if before >= 0:
            following[before] = row
        newest[card] = row
        if first_5m[card] < 0:
            first_5m[card] = row
        if first_1h[card] < 0:
            first_1h[card] = row
        while times[first_5m[card]] <= time - 300 * SECOND:
            s_5m[card] -= amounts[first_5m[card]]
            n_5m[card] -= 1
            first_5m[card] = following[first_5m[card]]
        while times[first_1h[card]] <= time - 3600 * SECOND:
            gone = first_1h[card]
            s_1h[card] -= amounts[gone]
            q_1h[card] -= amounts[gone] * amounts[gone]
            n_1h[card] -= 1
            f_1h[card] -= failed[gone]
            first_1h[card] = following[gone]
        n_5m[card] += 1
        s_5m[card] += amount
        n_1h[card] += 1
        s_1h[card] += amount
        q_1h[card] += amount * amount
        f_1h[card] += failed[row]
        count[row], total[row], mean[row] = n_5m[card], s_5m[card], s_1h[card] / n_1h[card]
        rest = q_1h[card] - s_1h[card] * mean[row]
        spread[row] = np.sqrt(max(rest, 0.0) / (n_1h[card] - 1)) if n_1h[card] > 1 else np.nan
        idle[row] = (time - times[before]) / 1e6 if before >= 0 else np.nan
        failures[row] = f_1h[card]
    return count, total, mean, spread, idle, failures


LOOPS = {"Q1": _minutes, "Q4": _on_event}
