"""The sessions of an entity, in SQL: where each begins, and where one with a MAX is cut.

A session with ``MAX m`` is cut at first + m, first + 2m ...: the piece of an event is the number of cuts before it.
"""

from __future__ import annotations

from .definitions import Window


def with_sessions(window: Window, relation: str, keys: str, name: str) -> str:
    """Return ``relation`` (SQL) with columns about the session, or the piece of one, that each event is in.

    ``relation`` offers the key columns ``keys``, ``_n`` (total order) and ``_t`` (µs). ``_opens_{name}`` tells whether
    the event is the first there; ``_cut_{name}`` (µs), of a session with a MAX, is where the piece ends at the latest.
    """
    order = f"OVER (PARTITION BY {keys} ORDER BY _n)"
    opens = f"coalesce(_t - lag(_t) {order} > {window.gap}, TRUE)"
    opened = f"SELECT *, {opens} AS _opens_{name} FROM ({relation})"
    if window.most is None:
        return opened
    running = f"OVER (PARTITION BY {keys} ORDER BY _n ROWS UNBOUNDED PRECEDING)"
    began = f"SELECT *, max(CASE WHEN _opens_{name} THEN _t END) {running} AS _began FROM ({opened})"
    cut = f"_began + ((_t - _began) // {window.most} + 1) * {window.most}"
    pieces = f"SELECT * EXCLUDE (_began), {cut} AS _cut_{name} FROM ({began})"
    opens = f"_opens_{name} OR _cut_{name} <> lag(_cut_{name}) {order}"
    return f"SELECT * REPLACE ({opens} AS _opens_{name}) FROM ({pieces})"
