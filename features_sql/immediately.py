"""EMIT ON EVENT IMMEDIATELY: each event evaluated when it arrives, over the events that have arrived by then.

An arrival's *world* holds the events of its entity up to itself in the order of arrival. Its instant, ``_as_of``, is
the greatest time of the source's events by then, so all of its world counts there. The evaluation is that of any other
instant, over a partition ``_w`` for each world.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .definitions import Source, View
from .names import quote
from .reach import reach_of_windows
from .sub_entities import measured_sql
from .with_clause import with_clause


def arrivals_sql(source: Source, origin: Sequence[str], relation: str) -> str:
    """Return the query that adds ``_n``, the place in the order of arrival, and ``_as_of`` to all events of a source.

    ``origin`` are the columns that order arrivals.
    """
    order = f"ORDER BY {', '.join(origin)}"
    as_of = f"max(epoch_us({quote(source.time)})) OVER ({order} ROWS UNBOUNDED PRECEDING) AS _as_of"
    return f"SELECT *, row_number() OVER ({order}) AS _n, {as_of}\nFROM {relation}"


def carried(source: Source) -> Mapping[str, str]:
    """Return what a prepared arrival has beside its place, by its name there: the instant, and what orders peers."""
    return {"_as_of": "_as_of"} | {f"_o{place}": name for place, name in enumerate(source.primary_key)}


def evaluated_on_arrival_sql(
    view: View, source: Source, keys: Sequence[str], terms: Sequence[str], *, scales: bool = False
) -> str:
    """Return the query from prepared arrivals to evaluated ones, laid out as ``program.evaluated_sql`` does.

    It reads ``_arrived``: prepared rows of which ``_n`` is the place in the order of arrival, the columns of
    ``carried`` and ``_asked``, whether a row is wanted. ``_i`` of a row is its place.
    """
    peers = "".join(f", _o{place} ASC NULLS LAST" for place in range(len(source.primary_key)))
    steps = {
        "_ordered": f"SELECT * RENAME (_n AS _a), row_number() OVER (ORDER BY _t{peers}, _n) AS _n\nFROM _arrived",
        "_rows": _worlds(view, keys),
        "_instants": "SELECT _a AS _w, _a AS _i, _as_of AS _m, _as_of AS _t, NULL::BIGINT AS _n\n"
        "FROM _ordered\nWHERE _asked",
        **measured_sql(view, ("_w",), terms, "_instants", scales=scales, worlds=True),
    }
    listed = ", ".join(f"o.{name}" for name in (*keys, "_partition", "_offset"))
    return f"{with_clause(steps)}\nSELECT m.*, {listed}\nFROM _measures m JOIN _ordered o ON o._a = m._i"


def _worlds(view: View, keys: Sequence[str]) -> str:
    """The events of every world; those that no window reaches are left out."""
    conditions = [*(f"e.{key} = o.{key}" for key in keys), "e._a <= o._a"]
    furthest = reach_of_windows(view.windows)
    if furthest is not None:
        conditions.append(f"(e._t >= o._as_of - {furthest} OR e._a = o._a)")
    return (
        "SELECT o._a AS _w, e._a = o._a AS _own, e.* EXCLUDE (_a, _as_of, _asked)\n"
        f"FROM _ordered o JOIN _ordered e ON {' AND '.join(conditions)}\nWHERE o._asked"
    )


def read_on_arrival_sql(view: View, keys: Sequence[str], terms: Sequence[str], *, scales: bool = False) -> str:
    """Return the query from prepared rows to what a view says at instants that each see what had arrived by then.

    ``_prepared`` holds prepared rows in total order and ``_a``, the place of each in the order of arrival;
    ``_asked`` holds ``_k*``, ``_i``, ``_t`` (the instant), and ``_a``, the last place that counts.
    """
    same = " AND ".join([*(f"e.{key} = i.{key}" for key in keys), "e._a <= i._a", "e._t <= i._t"])
    steps = {
        "_rows": f"SELECT i._i AS _w, e.* EXCLUDE (_a)\nFROM _asked i JOIN _prepared e ON {same}",
        "_instants": "SELECT _i AS _w, _i, _t AS _m, _t, NULL::BIGINT AS _n\nFROM _asked",
        **measured_sql(view, ("_w",), terms, "_instants", scales=scales),
    }
    listed = ", ".join(f"i.{key}" for key in keys)
    nulls = "NULL::BIGINT AS _partition, NULL::BIGINT AS _offset"
    return f"{with_clause(steps)}\nSELECT m.*, {listed}, {nulls}\nFROM _measures m JOIN _asked i ON i._i = m._i"
