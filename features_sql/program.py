"""The SQL programs of a view and of a service.

A view has three queries. *prepare* turns source rows into prepared rows: entity, time and terms. The
*evaluation* (``evaluate.py``) yields its measures at instants. *finish* computes the features. The
incremental program runs prepare and finish on each batch and window steps in between; the batch
program chains the three over the whole history in one query. Both have the same meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from .aggregates import FLOATS, scale
from .boundaries import boundaries_sql, horizon_sql
from .buckets import with_closes
from .definitions import AsofJoin, Definitions, Service, Source, Stream, Union, Upstream, View, Window
from .groups import sources_of
from .immediately import arrivals_sql, carried, evaluated_on_arrival_sql
from .names import quote
from .row_columns import finished_columns, prepared_columns, service_columns
from .sessions import with_sessions
from .sub_entities import measured_sql
from .with_clause import with_clause

ORIGIN = ("_partition", "_offset")
NOTHING: Mapping[str, str] = MappingProxyType({})


def key_columns(view: View) -> tuple[str, ...]:
    """Return the names under which prepared rows carry the entity: ``_k0``, ``_k1`` ..."""
    return tuple(f"_k{position}" for position in range(len(view.entity)))


def row_terms(view: View) -> tuple[str, ...]:
    """Return the ids of the terms that features read straight from the event (``r*``)."""
    return tuple(term.id for term in view.terms if term.id.startswith("r"))


def join_relation(view: View, position: int) -> str:
    """Return the relation that holds the table of the view's join, deduplicated for that join."""
    return f"{view.name}.{view.joins[position].alias}"


def total_order(upstream: Upstream) -> str:
    """Return the ORDER BY list of the total order of a source's events, of a view's rows or of a union's.

    Rows of a view have the order of the events that drive them, which ``_i`` counts; those that no event
    drives are ordered by (instant, entity).
    """
    if isinstance(upstream, Source):
        keys = [upstream.time, *upstream.primary_key, *ORIGIN]
    elif isinstance(upstream, Union):
        keys = [upstream.time, "_branch", "_n"]
    elif is_event_driven(upstream):
        keys = ["_i"]
    else:
        keys = [upstream.time, *(column.name for column in upstream.entity)]
    return ", ".join(f"{quote(key)} ASC NULLS LAST" for key in keys)


def numbered_sql(upstream: Upstream, relation: str) -> str:
    """Return the query that adds ``_n``, the place of each row in the total order.

    ``relation`` holds a source's events with their origin, a view's rows as ``finish_sql`` gives them, or a union's
    as ``branch_sql`` gives them. A row that no event drives gets an origin: its place among the rows of its instant.
    """
    number = f"row_number() OVER (ORDER BY {total_order(upstream)}) AS _n"
    if isinstance(upstream, Source):
        return f"SELECT *, {number}\nFROM {relation}"
    columns = ", ".join(quote(column.name) for column in upstream.columns)
    origin = ", ".join(ORIGIN)
    if isinstance(upstream, View) and not is_event_driven(upstream):
        place = f"row_number() OVER (PARTITION BY {quote(upstream.time)} ORDER BY {total_order(upstream)})"
        origin = f"0::BIGINT AS _partition, {place} - 1 AS _offset"
    return f"SELECT {columns}, {origin}, {number}\nFROM {relation}"


def branch_sql(union: Union, place: int, relation: str) -> str:
    """Return the query of a branch of a union over the numbered rows of what it reads, in the order of ``_n``.

    It yields the union's columns, the origin, ``_branch`` and the branch's own ``_n``.
    """
    branch = union.branches[place]
    alias = quote(branch.alias)
    columns = [
        f"CAST({sql} AS {column.type}) AS {quote(column.name)}"
        for sql, column in zip(branch.columns, union.columns, strict=True)
    ]
    columns.append(f"{alias}._partition * {len(union.branches)} + {place} AS _partition")
    columns += [f"{alias}._offset", f"{place} AS _branch", f"{alias}._n"]
    where = f"\nWHERE ({branch.where})" if branch.where else ""
    return f"SELECT {', '.join(columns)}\nFROM {relation} AS {alias}{where}\nORDER BY {alias}._n"


def prepare_sql(
    view: View,
    upstream: Upstream,
    relation: str = "_source_rows",
    *,
    ordered: bool = True,
    carried: Mapping[str, str] = NOTHING,
) -> str:
    """Return the query from source rows (with ``_n``) to prepared rows, in the order of ``_n``.

    Rows with a NULL entity are left out: they are in no window. Without ``ordered`` the order is left to DuckDB, which
    keeps that of the rows where the view joins nothing. ``carried`` names more columns of the source rows, by what they
    are called in prepared ones.
    """
    alias = quote(view.alias)
    columns = [column.item for column in prepared_columns(view, upstream, ORIGIN)]
    columns += [f"{alias}.{quote(name)} AS {called}" for called, name in carried.items()]
    joins = "".join(f"\n{_join(view, position)}" for position in range(len(view.joins)))
    conditions = [f"{alias}.{quote(key.name)} IS NOT NULL" for key in view.entity]
    conditions += [f"({view.where})"] if view.where else []
    order = f"\nORDER BY {alias}._n" if ordered else ""
    return f"SELECT {', '.join(columns)}\nFROM {relation} AS {alias}{joins}\nWHERE {' AND '.join(conditions)}{order}"


def _join(view: View, position: int) -> str:
    join = view.joins[position]
    alias = quote(join.alias)
    on = [f"{left} = {alias}.{quote(right)}" for left, right in join.equalities]
    on.append(f"{join.left_time} {'>' if join.strict else '>='} {alias}.{quote(join.right_time)}")
    return f"ASOF LEFT JOIN {quote(join_relation(view, position))} AS {alias} ON {' AND '.join(on)}"


def join_table_sql(join: AsofJoin, primary_key: Sequence[str], relation: str) -> str:
    """Return the query that keeps, of the rows an ASOF join cannot tell apart, the last.

    ``relation`` holds the table's columns and ``_offset`` (file and row); last is by (primary key, file, row).
    """
    same = ", ".join(quote(name) for name in (*(right for _, right in join.equalities), join.right_time))
    order = ", ".join(f"{quote(name)} DESC" for name in (*primary_key, "_offset"))
    return (
        f"SELECT * EXCLUDE (_offset)\nFROM {relation}"
        f"\nQUALIFY row_number() OVER (PARTITION BY {same} ORDER BY {order}) = 1"
    )


def conditions(view: View) -> dict[str, str]:
    """Return the conditions on written rows by the column that holds each: WHEN ``_true``, QUALIFY ``_kept``."""
    named = {"_true": view.emit.condition, "_kept": view.qualify}
    return {name: condition for name, condition in named.items() if condition is not None}


def finish_sql(view: View, relation: str = "_evaluated", *, scales: bool = False, judged: bool = False) -> str:
    """Return the query from evaluated rows to the view's columns, then ``_i``, ``_partition``, ``_offset``.

    ``relation`` offers ``_k*``, ``_t``, ``r*``, ``m*``, ``_i`` and the two origin columns. ``judged`` adds a
    column for each of the view's conditions: rows are judged where they are written, never where they are read.
    """
    columns = [column.item for column in finished_columns(view, ORIGIN)]
    if scales:
        columns += [f"{sql} AS {quote('_scale_' + name)}" for name, sql in _feature_scales(view).items()]
    if judged:
        columns += [f"coalesce({sql}, FALSE) AS {name}" for name, sql in conditions(view).items()]
    return f"SELECT {', '.join(columns)}\nFROM ({typed_measures_sql(view, relation)})"


def typed_measures_sql(view: View, relation: str = "_evaluated") -> str:
    """Return the query of evaluated rows whose measures have the types that the view's features count on."""
    typed = ", ".join(f"CAST({measure.id} AS {measure.type}) AS {measure.id}" for measure in view.measures)
    return f"SELECT * REPLACE ({typed}) FROM {relation}" if typed else f"SELECT * FROM {relation}"


def chosen_sql(view: View, relation: str = "_finished") -> str:
    """Return the query that keeps, of finished rows that were judged, those that the view writes."""
    chosen = relation
    if view.emit.kind == "when":
        keys = ", ".join(quote(column.name) for column in view.entity)
        before = f"lag(_true, 1, FALSE) OVER (PARTITION BY {keys} ORDER BY _i)"
        turned = f"SELECT * FROM {chosen} QUALIFY _true AND NOT {before}"
        # Peers may turn it true more than once; the first of them stands for their instant.
        first = f"row_number() OVER (PARTITION BY {keys}, {quote(view.time)} ORDER BY _i) = 1"
        chosen = f"(SELECT * EXCLUDE (_true) FROM ({turned}) QUALIFY {first})"
    if view.qualify is not None:
        chosen = f"(SELECT * EXCLUDE (_kept) FROM {chosen} WHERE _kept)"
    return f"SELECT * FROM {chosen}"


def _feature_scales(view: View) -> dict[str, str]:
    """The magnitude by which each inexact feature's float error is judged, from its measures' scales."""
    types = {term.id: term.type for term in view.terms}
    inexact = {measure.id for measure in view.measures if scale(measure, types)}
    scales: dict[str, str] = {}
    for feature in view.features:
        if feature.type in FLOATS:
            used = [f"coalesce(s{measure}, 0)" for measure in feature.measures if measure in inexact]
            scales[feature.name] = f"greatest({', '.join(used)})" if used else "0::DOUBLE"
    return scales


def closes_sql(view: View, window: Window, rows: str = "_rows") -> str:
    """Return the instants at which ``window`` closes: keys, ``_i``, ``_m`` = T - 1, ``_t`` = T, ``_n`` = NULL."""
    keys = ", ".join(key_columns(view))
    if window.kind != "session":
        closing = with_closes(window, f"SELECT {keys}, _t FROM {rows}", "_t", "_close")
        closes = f"SELECT DISTINCT {keys}, _close AS _t\nFROM ({closing})"
    else:
        opened = with_sessions(window, f"SELECT {keys}, _t, _n FROM {rows}", keys, "w")
        running = f"count(*) FILTER (WHERE _opens_w) OVER (PARTITION BY {keys} ORDER BY _n)"
        end = f"max(_t) + {window.gap}" if window.most is None else f"least(max(_t) + {window.gap}, any_value(_cut_w))"
        closes = f"SELECT {keys}, {end} AS _t"
        closes += f"\nFROM (SELECT *, {running} AS _session FROM ({opened}))\nGROUP BY {keys}, _session"
    order = f"row_number() OVER (ORDER BY _t, {keys})"
    return f"SELECT {keys}, {order} AS _i, _t - 1 AS _m, _t, NULL::BIGINT AS _n\nFROM ({closes})"


def batch_sql(view: View, definitions: Definitions, *, at_instants: bool = False, scales: bool = False) -> str:
    """Return the batch program: one query over the history of the source, with the view's meaning.

    It reads the relation named like the source and those of its joins; the batch program of a view that it
    reads is part of it. ``at_instants`` evaluates the
    view at the rows of a relation ``_instants`` (``_k*``, ``_i``, ``_m``, ``_t``, ``_n`` NULL) in place
    of the instants at which the view writes. Rows are not ordered.
    """
    upstream = definitions.upstream(view)
    if view.emit.kind == "immediately" and isinstance(upstream, Source) and not at_instants:
        parts = _on_arrival(view, upstream, scales=scales)
    else:
        parts = {"_numbered": _history_sql(upstream, definitions), "_rows": prepare_sql(view, upstream, "_numbered")}
        if view.emit.kind == "every":
            parts["_horizon"] = _horizon_sql(view, definitions)
        parts["_evaluated"] = evaluated_sql(view, at_instants=at_instants, scales=scales)
    judged = bool(conditions(view)) and not at_instants
    finish = finish_sql(view, scales=scales, judged=judged)
    if judged:
        parts["_finished"], finish = finish, chosen_sql(view)
    return f"{with_clause(parts)}\n{finish}"


def _on_arrival(view: View, source: Source, *, scales: bool) -> dict[str, str]:
    """The steps up to ``_evaluated`` where every event is evaluated as it arrived."""
    return {
        "_numbered": arrivals_sql(source, ORIGIN, quote(source.name)),
        "_prepared": prepare_sql(view, source, "_numbered", carried=carried(source)),
        "_arrived": "SELECT *, TRUE AS _asked\nFROM _prepared",
        "_evaluated": evaluated_on_arrival_sql(view, source, key_columns(view), row_terms(view), scales=scales),
    }


def _history_sql(upstream: Upstream, definitions: Definitions) -> str:
    """Return the query of everything that a view reads, numbered."""
    if isinstance(upstream, Source):
        return numbered_sql(upstream, quote(upstream.name))
    if isinstance(upstream, View):
        return numbered_sql(upstream, f"(\n{batch_sql(upstream, definitions)}\n)")
    branches = [
        branch_sql(upstream, place, f"(\n{_history_sql(definitions.relation(branch.source), definitions)}\n)")
        for place, branch in enumerate(upstream.branches)
    ]
    together = "\nUNION ALL\n".join(f"({branch})" for branch in branches)
    return numbered_sql(upstream, f"(\n{together}\n)")


def evaluated_sql(view: View, *, at_instants: bool = False, at_rows: bool = False, scales: bool = False) -> str:
    """Return the query from prepared rows (``_rows``) to evaluated ones: the middle of the batch program.

    Where an EVERY view writes, it reads ``_horizon`` too (see ``boundaries_sql``). ``at_rows`` evaluates each event as
    the current row, whatever the view writes.
    """
    own = at_rows or (not at_instants and view.emit.kind not in {"close", "every"})
    instants = "_instants" if at_instants else None if own else "_boundaries"
    steps = {"_boundaries": _boundaries_sql(view)} if instants == "_boundaries" else {}
    steps |= measured_sql(view, key_columns(view), row_terms(view), instants, scales=scales)
    return f"{with_clause(steps)}\n{_with_origin('_measures', own, None if at_rows else view)}"


def _horizon_sql(view: View, definitions: Definitions) -> str:
    """The horizon of a whole history: its sources have ended."""
    times = {name: quote(definitions.sources[name].time) for name in sources_of(definitions, view.name)}
    return horizon_sql(view, {quote(name): time for name, time in times.items()})


def _boundaries_sql(view: View) -> str:
    if view.emit.window is None:
        return boundaries_sql(view, key_columns(view))
    return closes_sql(view, view.window(view.emit.window))


def _with_origin(relation: str, own: bool, view: View | None) -> str:
    """Events evaluated at themselves carry their origin and, as ``_i``, their place in total order."""
    if not own:
        nulls = ", ".join(f"NULL::BIGINT AS {name}" for name in ORIGIN)
        return f"SELECT *, {nulls}\nFROM {relation}\nWHERE _i IS NOT NULL"
    origins, chosen = "_rows", ""
    if view is not None and view.emit.kind == "count":
        place = f"row_number() OVER (PARTITION BY {', '.join(key_columns(view))} ORDER BY _n)"
        origins, chosen = f"(SELECT *, {place} AS _place FROM _rows)", f"\nWHERE o._place % {view.emit.count} = 0"
    if view is not None and view.emit.kind == "demand":
        chosen = "\nWHERE FALSE"
    joined = f"{relation} v JOIN {origins} o ON o._n = v._n{chosen}"
    return f"SELECT v.* REPLACE (v._n AS _i), o._partition, o._offset\nFROM {joined}"


def is_event_driven(view: View) -> bool:
    """Tell whether each written row stands for one event, and carries its origin."""
    return view.emit.from_events


def source_of_event(view: View, partition: int, definitions: Definitions) -> str | None:
    """Return the source of the event behind a row that a view reads, by the row's ``_partition``; None for a close."""
    name = view.source
    if view.union is not None:
        partition, place = divmod(partition, len(view.union.branches))
        name = view.union.branches[place].source
    if name in definitions.sources:
        return name
    below = definitions.views[name]
    return source_of_event(below, partition, definitions) if is_event_driven(below) else None


def is_stored(view: View) -> bool:
    """Tell whether a service reads the view as its newest written row (else as f(entity, instant))."""
    return view.emit.stored


def service_sql(service: Service, definitions: Definitions, relation: str = "_joined") -> str:
    """Return the query from joined rows to the service's columns.

    ``relation`` offers each column ``c`` of alias ``a`` as ``"a.c"``, and ``_i``, ``_partition``, ``_offset``.
    """
    columns = service_columns(service, definitions.views[service.view], ORIGIN)
    return f"SELECT {', '.join(column.item for column in columns)}\nFROM {relation}"


def stream_sql(stream: Stream, definitions: Definitions, relation: str = "_scored") -> str:
    """Return the query from scored rows to the stream's columns, of the rows that meet its WHERE.

    ``relation`` offers the service's columns, the prediction's, and ``_i``, ``_partition``, ``_offset``.
    """
    driver = definitions.driver(stream)
    columns = [quote(name) for name in (*(column.name for column in driver.entity), driver.time)]
    columns += [f"CAST({column.sql} AS {column.type}) AS {quote(column.name)}" for column in stream.columns]
    where = f"\nWHERE {stream.where}" if stream.where else ""
    return f"SELECT {', '.join([*columns, '_i', *ORIGIN])}\nFROM {relation} AS {quote(stream.service)}{where}"


def newest_stored_sql(view: View, relation: str, instants: str = "_instants", more: Sequence[str] = ()) -> str:
    """Return the query that finds, per instant, the view's newest written row with ``as_of`` <= the instant.

    ``relation`` holds the view's columns, ``more`` beside them, and ``_i``; ``instants`` holds ``_k*``, ``_i``,
    ``_t``. A row older than ``valid.for`` yields NULL in every column. Every instant yields one row.
    """
    on = [f"i.{key} = v.{quote(column.name)}" for key, column in zip(key_columns(view), view.entity, strict=True)]
    on.append(f"make_timestamp(i._t) >= v.{quote(view.time)}")
    age = f"i._t - epoch_us(v.{quote(view.time)})"
    fresh = "TRUE" if view.valid_for is None else f"{age} <= {view.valid_for}"
    if view.emit.kind == "count":
        # Peers may both be written: the later one in total order is the newer.
        keys = ", ".join(quote(column.name) for column in view.entity)
        last = f"row_number() OVER (PARTITION BY {keys}, {quote(view.time)} ORDER BY _i DESC) = 1"
        relation = f"(SELECT * FROM {relation} QUALIFY {last})"
    names = [quote(name) for name in (*(column.name for column in view.columns), *more)]
    columns = ", ".join(f"CASE WHEN {fresh} THEN v.{name} END AS {name}" for name in names)
    return f"SELECT i._i, {columns}\nFROM {instants} i ASOF LEFT JOIN {relation} v ON {' AND '.join(on)}"
