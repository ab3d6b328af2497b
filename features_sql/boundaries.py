"""EMIT EVERY in plain SQL: the aligned boundaries of time at which a view writes a row of an entity.

An event stays inside a window for a stretch of boundaries. An entity's rows stand at the union of those of its
events, each made longer by one boundary: the one at which all windows have just become empty.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .buckets import bucket_start, with_closes
from .definitions import View, Window
from .sessions import with_sessions

_FOREVER = "_upto"


def boundaries_sql(view: View, keys: Sequence[str], rows: str = "_rows", horizon: str = "_horizon") -> str:
    """Return the instants of an EVERY view: keys, ``_i``, ``_m`` = T - 1, ``_t`` = T, ``_n`` = NULL.

    ``horizon`` holds one row, ``_upto``: the last µs at which a boundary may lie.
    """
    every, listed = view.emit.every or 1, ", ".join(keys)
    stays = [(rows, "_t", _FOREVER)] if view.emit.repeat else [_stay(window, listed, rows) for window in view.windows]
    spans = "\nUNION ALL\n".join(
        f"SELECT {listed}, {bucket_start(enter, every)} + {every} AS first, {bucket_start(leave, every)} AS last, _upto"
        f"\nFROM {relation}, {horizon}"
        for relation, enter, leave in stays
    )
    # Equal stretches might change places from one sort to the next: each is kept once.
    longer = f"SELECT DISTINCT {listed}, first, least(last + {every}, _upto) AS last"
    longer += f" FROM (\n{spans}\n) WHERE first <= last"
    order = f"PARTITION BY {listed} ORDER BY first, last ROWS BETWEEN UNBOUNDED PRECEDING AND"
    opens = f"first > coalesce(max(last) OVER ({order} 1 PRECEDING), first - 1)"
    opened = f"SELECT *, {opens} AS opens FROM (\n{longer}\n)"
    run = f"count(*) FILTER (WHERE opens) OVER ({order} CURRENT ROW)"
    runs = f"SELECT {listed}, min(first) AS first, max(last) AS last FROM (SELECT *, {run} AS run FROM (\n{opened}\n))"
    written = f"SELECT {listed}, UNNEST(range(first, last + 1, {every})) AS _t FROM (\n{runs} GROUP BY {listed}, run\n)"
    number = f"row_number() OVER (ORDER BY _t, {listed})"
    return f"SELECT {listed}, {number} AS _i, _t - 1 AS _m, _t, NULL::BIGINT AS _n\nFROM (\n{written}\n)"


def horizon_sql(view: View, times: Mapping[str, str]) -> str:
    """Return the query for the horizon where all sources have ended: the first boundary after their greatest time.

    ``times`` names, for each relation with a source's rows, the SQL of its event time.
    """
    every = view.emit.every or 1
    highs = "\nUNION ALL\n".join(f"SELECT max(epoch_us({time})) AS high FROM {name}" for name, time in times.items())
    return f"SELECT {bucket_start('high', every)} + {every} AS _upto FROM (SELECT max(high) AS high FROM (\n{highs}\n))"


def _stay(window: Window, keys: str, rows: str) -> tuple[str, str, str]:
    """The events that ever count in a window at a boundary T, and over these enter and leave: enter < T <= leave."""
    match window.kind:
        case "sliding":
            return rows, "_t", f"(_t + {window.size})"
        case "tumbling" | "hopping":
            # Of the closes of an event the last one counts; the stretches of the others lie inside its own.
            closes = with_closes(window, f"SELECT {keys}, _t FROM {rows}", "_t", "_close")
            return f"({closes})", "_t", "_close"
        case "session":
            leave = f"(_t + {(window.gap or 0) + 1})"
            if window.most is None:
                return rows, "_t", leave
            pieces = with_sessions(window, f"SELECT {keys}, _t, _n FROM {rows}", keys, "w")
            return f"({pieces})", "_t", f"least({leave}, _cut_w)"
        case "range":
            leave = _FOREVER if window.start is None else f"(_t + {window.start + 1})"
            return rows, f"(_t + {window.end})", leave
        case "rows":
            # A boundary is a virtual row after the newest event, so row k before it is there from the k-th event on.
            nearest = max(window.end or 0, 1)
            place = f"QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY _n) >= {nearest}"
            chosen = place if window.start != 0 else "WHERE FALSE"
            return f"(SELECT * FROM {rows} {chosen})", "_t", _FOREVER
        case "global" | "last":
            return rows, "_t", _FOREVER
