"""The evaluation query: a view's measures at any instants, in plain DuckDB SQL.

A window over one entity is an interval of that entity's events in total order, so the query numbers
the events of each entity (``_seq`` = 1, 2, ...), places events and instants on one timeline, finds for
every row and window the interval ``(lo, hi]`` of sequence numbers, and aggregates over that frame. The
batch program and the recompute step run this same text.

Relations it reads:
    ``_rows``: partition columns, ``_n`` (total order), ``_t`` (µs), terms.
    ``_instants``: partition columns, ``_i``, ``_m`` (members have ts <= _m), ``_t`` (clock), ``_n`` (the
    instant's own row, or NULL). An own row needs no second place on the timeline: it is an event.
It yields, per timeline row, partition columns, ``_n``, ``_i``, ``_m``, ``_t``, the terms asked for and
the measures. Events carry ``_n`` and no ``_i``; the other instants carry ``_i`` and no ``_n``.
"""

from __future__ import annotations

from dataclasses import dataclass

from . import aggregates
from .definitions import Measure, View, Window


@dataclass(frozen=True)
class Evaluation:
    """What to evaluate: measures of a view by partition columns; ``carried`` terms are yielded too.

    ``scales`` adds ``s<id>`` beside each inexact measure: the magnitude its float error is judged by.
    """

    view: View
    measures: tuple[Measure, ...]
    partition: tuple[str, ...]
    carried: tuple[str, ...] = ()
    scales: bool = False

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows that the measures use, in the view's order."""
        used = {measure.window for measure in self.measures}
        return tuple(window for window in self.view.windows if window.name in used)


def bucket_start(instant: str, size: int) -> str:
    """Return SQL for the greatest multiple of ``size`` µs at or below ``instant``, below zero too."""
    return f"({instant} - (({instant} % {size}) + {size}) % {size})"


def evaluation_sql(evaluation: Evaluation, rows: str = "_rows", instants: str | None = "_instants") -> str:
    """Return the query over relations ``rows`` and ``instants`` (None: events alone are evaluated)."""
    steps = {
        "_events": _events(evaluation, rows),
        "_timeline": _timeline(evaluation, instants),
        "_ranked": _ranked(evaluation),
        "_bounded": _bounded(evaluation),
        "_measured": _measured(evaluation),
    }
    ctes = ",\n".join(f"{name} AS (\n{_indent(sql)}\n)" for name, sql in steps.items())
    return f"WITH {ctes}\n{_final(evaluation)}"


def _indent(sql: str) -> str:
    return "\n".join("  " + line for line in sql.splitlines())


def _terms(evaluation: Evaluation) -> list[str]:
    used = {name for measure in evaluation.measures for name in (*measure.arguments, measure.filter)}
    return [term.id for term in evaluation.view.terms if term.id in used]


def _by(evaluation: Evaluation) -> str:
    return "PARTITION BY " + ", ".join(evaluation.partition)


def _events(evaluation: Evaluation, rows: str) -> str:
    columns = [*evaluation.partition, "_n", "_t", *_terms(evaluation), *evaluation.carried]
    order = f"OVER ({_by(evaluation)} ORDER BY _n)"
    columns.append(f"row_number() {order} AS _seq")
    for window in _sessions(evaluation):
        previous = f"lag(_t) {order}"
        columns.append(f"coalesce(_t - {previous} > {window.gap}, TRUE) AS {_opens(evaluation, window)}")
    return f"SELECT {', '.join(columns)}\nFROM {rows}"


def _timeline(evaluation: Evaluation, instants: str | None) -> str:
    terms = [*_terms(evaluation), *(_opens(evaluation, window) for window in _sessions(evaluation))]
    keys = ", ".join(evaluation.partition)
    listed = "".join(f", {term}" for term in terms)
    events = f"SELECT {keys}, _n, NULL::BIGINT AS _i, TRUE AS _e, _t AS _m, _t, _seq{listed} FROM _events"
    if instants is None:
        return events
    nulls = "".join(f", NULL AS {term}" for term in terms)
    probes = f"SELECT {keys}, NULL, _i, FALSE, _m, _t, NULL{nulls} FROM {instants} WHERE _n IS NULL"
    return f"{events}\nUNION ALL\n{probes}"


def _ranked(evaluation: Evaluation) -> str:
    order = f"{_by(evaluation)} ORDER BY _m RANGE BETWEEN UNBOUNDED PRECEDING AND"
    columns = ["*", "coalesce(max(_seq) OVER upto, 0) AS _peers"]
    if any(window.exclude == "group" for window in evaluation.windows):
        columns.append(f"coalesce(max(_seq) OVER ({order} (_m - _t + 1) PRECEDING), 0) AS _before")
    for window in evaluation.windows:
        columns += [
            f"coalesce(max(_seq) OVER ({order} ({distance}) PRECEDING), 0) AS {name}_{window_id(evaluation, window)}"
            for name, distance in _distances(window).items()
        ]
        if window.kind == "session":
            name = window_id(evaluation, window)
            opened = f"max(CASE WHEN {_opens(evaluation, window)} THEN _seq END) OVER upto"
            current = f"_m - max(CASE WHEN _e THEN _m END) OVER upto <= {window.gap}"
            columns.append(f"coalesce({opened}, 1) - 1 AS _opened_{name}")
            columns.append(f"coalesce({current}, FALSE) AS _current_{name}")
    return f"SELECT {', '.join(columns)}\nFROM _timeline\nWINDOW upto AS ({order} CURRENT ROW)"


def window_id(evaluation: Evaluation, window: Window) -> str:
    """Return a short name of the window for columns of this query."""
    return f"w{evaluation.windows.index(window)}"


def _distances(window: Window) -> dict[str, str]:
    """How far below ``_m`` the last event outside the window lies, and for RANGE the last one inside."""
    if window.kind == "sliding":
        return {"_lo": f"{window.size}"}
    if window.kind == "tumbling":
        return {"_lo": f"_m - {bucket_start('_m', window.size or 1)} + 1"}
    if window.kind == "hopping":
        advance, size = window.advance or 1, window.size or 1
        return {"_lo": f"_m - {bucket_start('_m', advance)} - {advance} + {size} + 1"}
    if window.kind == "range":
        last = {"_hi": f"{window.end or 0}"}
        return last if window.start is None else {"_lo": f"{window.start + 1}", **last}
    return {}


def _bounds(evaluation: Evaluation, window: Window) -> tuple[str, str]:
    """The SQL of ``lo`` and ``hi``: the window holds the events with lo < _seq <= hi."""
    name = window_id(evaluation, window)
    own = "CASE WHEN _e THEN 1 ELSE 0 END"
    low, high = f"_lo_{name}", "_peers"
    if window.kind == "session":
        low, high = f"_opened_{name}", f"CASE WHEN _current_{name} THEN _peers ELSE 0 END"
    elif window.kind == "global":
        low = "0"
    elif window.kind == "range":
        low, high = ("0" if window.start is None else low), f"_hi_{name}"
    elif window.kind == "last":
        skip = own if window.exclude == "row" else "0"
        low, high = f"greatest(_rank - {window.rows} - {skip}, 0)", f"_rank - {skip}"
    elif window.kind == "rows":
        low = "0" if window.start is None else f"greatest(_rank - {window.start} - {own}, 0)"
        high = f"least(_rank, _rank - {window.end or 0} + 1 - {own})"
    if window.exclude == "group":
        high = f"least({high}, _before)"
    return low, high


def _bounded(evaluation: Evaluation) -> str:
    columns: list[str] = []
    for window in evaluation.windows:
        low, high = _bounds(evaluation, window)
        name = window_id(evaluation, window)
        columns += [f"{low} AS lo_{name}", f"{high} AS hi_{name}"]
    listed = "".join(f", {column}" for column in columns)
    return f"SELECT *{listed}\nFROM (SELECT *, CASE WHEN _e THEN _seq ELSE _peers END AS _rank FROM _ranked)"


def _reaches_peers(window: Window) -> bool:
    """Tell whether the window may hold events that come after the current row in total order."""
    closed = window.kind == "range" and bool(window.end)
    return window.exclude != "group" and not closed and window.kind not in {"last", "rows"}


def _frame(evaluation: Evaluation, window: Window, exclude_row: bool) -> str:
    name = window_id(evaluation, window)
    low = f"greatest(_rank - lo_{name} - 1, 0) PRECEDING"
    reaches = _reaches_peers(window)
    high = f"greatest(hi_{name} - _rank, 0) FOLLOWING" if reaches else f"greatest(_rank - hi_{name}, 0) PRECEDING"
    tail = " EXCLUDE CURRENT ROW" if exclude_row else ""
    return f"({_by(evaluation)} ORDER BY _rank RANGE BETWEEN {low} AND {high}{tail})"


def _measured(evaluation: Evaluation) -> str:
    frames: dict[str, str] = {}
    columns = [*evaluation.partition, "_n", "_i", "_e", "_m", "_t", "_rank"]
    types = {term.id: term.type for term in evaluation.view.terms}
    for measure in evaluation.measures:
        window = evaluation.view.window(measure.window)
        keeps_place = window.exclude == "row" and window.kind != "last"
        exclude_row = keeps_place or (measure.function == "since_last" and window.exclude != "group")
        frame = f"frame_{window_id(evaluation, window)}{'_others' if exclude_row else ''}"
        frames[frame] = _frame(evaluation, window, exclude_row)
        columns.append(f"{_value(evaluation, measure, window, frame)} AS {measure.id}")
        magnitude = aggregates.scale(measure, types) if evaluation.scales else None
        if magnitude:
            columns.append(f"{_over(magnitude, measure, frame)} AS s{measure.id}")
    named = ",\n  ".join(f"{name} AS {sql}" for name, sql in frames.items())
    windows = f"\nWINDOW {named}" if frames else ""
    return f"SELECT {', '.join(columns)}\nFROM _bounded{windows}"


def _over(aggregate: str, measure: Measure, frame: str) -> str:
    condition = f"_e AND {measure.filter}" if measure.filter else "_e"
    return f"{aggregate} FILTER (WHERE {condition}) OVER {frame}"


def _value(evaluation: Evaluation, measure: Measure, window: Window, frame: str) -> str:
    name = window_id(evaluation, window)
    aggregate = aggregates.aggregate(measure)
    first = f"min(_t) FILTER (WHERE _e) OVER {frame}"
    full = aggregates.value(measure, window, _over(aggregate, measure, frame), "_t", first)
    nothing = f"(SELECT {aggregate} FROM _events WHERE FALSE)"
    empty = aggregates.value(measure, window, nothing, "_t", "_t")
    return f"CASE WHEN lo_{name} < hi_{name} THEN {full} ELSE {empty} END"


def _final(evaluation: Evaluation) -> str:
    keys = [f"v.{column}" for column in evaluation.partition]
    measures = [f"v.{measure.id}" for measure in evaluation.measures]
    if evaluation.scales:
        types = {term.id: term.type for term in evaluation.view.terms}
        measures += [f"v.s{m.id}" for m in evaluation.measures if aggregates.scale(m, types)]
    carried = [f"newest.{term}" for term in evaluation.carried]
    columns = ", ".join([*keys, "v._n", "v._i", "v._m", "v._t", *carried, *measures])
    if not carried:
        return f"SELECT {columns}\nFROM _measured v"
    # An event carries its own terms; another instant those of the newest event it can see.
    same = " AND ".join(f"newest.{column} = v.{column}" for column in evaluation.partition)
    return f"SELECT {columns}\nFROM _measured v LEFT JOIN _events newest ON {same} AND newest._seq = v._rank"


def _sessions(evaluation: Evaluation) -> list[Window]:
    return [window for window in evaluation.windows if window.kind == "session"]


def _opens(evaluation: Evaluation, window: Window) -> str:
    return f"_opens_{window_id(evaluation, window)}"
