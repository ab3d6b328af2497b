"""The evaluation query: a view's measures at any instants, in plain DuckDB SQL.

A window over one entity is an interval of that entity's events in total order, so the query numbers
the events of each entity (``_seq`` = 1, 2, ...), places events and instants on one timeline, finds for
every row and window the interval ``(lo, hi]`` of sequence numbers, and aggregates over those rows. The
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
from textwrap import indent

from . import aggregates, decay
from .buckets import is_even, with_bucket
from .definitions import Measure, View, Window
from .sessions import with_sessions
from .with_clause import with_clause


@dataclass(frozen=True)
class Evaluation:
    """What to evaluate: measures of a view by partition columns; ``carried`` terms are yielded too.

    ``scales`` adds ``s<id>`` beside each inexact measure: the magnitude its float error is judged by.
    ``worlds``: each partition has one instant, past all its rows, whose own row is the one with ``_own``.
    """

    view: View
    measures: tuple[Measure, ...]
    partition: tuple[str, ...]
    carried: tuple[str, ...] = ()
    scales: bool = False
    worlds: bool = False

    @property
    def windows(self) -> tuple[Window, ...]:
        """The windows that the measures use, in the view's order."""
        used = {measure.window for measure in self.measures}
        return tuple(window for window in self.view.windows if window.name in used)


def evaluation_sql(evaluation: Evaluation, rows: str = "_rows", instants: str | None = "_instants") -> str:
    """Return the query over relations ``rows`` and ``instants`` (None: events alone are evaluated)."""
    probed = instants is not None
    steps = {
        "_events": _events(evaluation, rows),
        "_timeline": _timeline(evaluation, instants),
        "_marks": _marks(evaluation),
        "_counts": _counts(evaluation),
        "_ranked": _ranked(evaluation),
        "_bounded": _bounded(evaluation),
        "_placed": _placed(evaluation, probed),
        **_decayed_steps(evaluation, probed),
        "_measured": _measured(evaluation),
    }
    indented = {name: indent(sql, "  ") for name, sql in steps.items()}
    return f"{with_clause(indented)}\n{_final(evaluation)}"


def _terms(evaluation: Evaluation) -> list[str]:
    used = {name for measure in evaluation.measures for name in (*measure.arguments, measure.filter)}
    return [term.id for term in evaluation.view.terms if term.id in used]


def _by(evaluation: Evaluation) -> str:
    return "PARTITION BY " + ", ".join(evaluation.partition)


def _events(evaluation: Evaluation, rows: str) -> str:
    columns = [*evaluation.partition, "_n", "_t", *_terms(evaluation), *evaluation.carried]
    columns += ["_own"] if evaluation.worlds else []
    order = f"OVER ({_by(evaluation)} ORDER BY _n)"
    columns.append(f"row_number() {order} AS _seq")
    events = f"SELECT {', '.join(columns)}\nFROM {rows}"
    for window in _sessions(evaluation):
        # The first event of a session carries its own number, and every later one the greatest before it.
        name = window_id(evaluation, window)
        events = with_sessions(window, events, ", ".join(evaluation.partition), name)
        running = f"OVER ({_by(evaluation)} ORDER BY _n ROWS UNBOUNDED PRECEDING)"
        columns = [f"max(CASE WHEN _opens_{name} THEN _seq END) {running} AS _opened_{name}"]
        if _is_counted(evaluation, window):
            columns.append(f"count(*) FILTER (WHERE _opens_{name}) {running} AS _index_{name}")
        events = f"SELECT * EXCLUDE (_opens_{name}), {', '.join(columns)} FROM ({events})"
    return events


def _timeline(evaluation: Evaluation, instants: str | None) -> str:
    terms = [*_terms(evaluation), *(["_own"] if evaluation.worlds else [])]
    keys = ", ".join(evaluation.partition)
    listed = "".join(f", {term}" for term in terms)
    placed = f"SELECT {keys}, _n, NULL::BIGINT AS _i, TRUE AS _e, _t AS _m, _t, _seq{listed} FROM _events"
    if instants is not None:
        nulls = "".join(f", NULL AS {term}" for term in terms)
        placed += f"\nUNION ALL\nSELECT {keys}, NULL, _i, FALSE, _m, _t, NULL{nulls} FROM {instants} WHERE _n IS NULL"
    timeline = f"SELECT *, row_number() OVER () AS _row\nFROM (\n{placed}\n)"
    for window in _bucketed(evaluation):
        name = window_id(evaluation, window)
        timeline = with_bucket(window, timeline, "_m", f"_start_{name}", f"_end_{name}")
    return timeline


def _bounds_asked(evaluation: Evaluation) -> dict[str, str]:
    """The instants up to which events must be counted, by the name of the count."""
    asked = {"_peers": "_m"}
    if any(window.exclude == "group" for window in evaluation.windows):
        asked["_before"] = "_t - 1"
    for window in evaluation.windows:
        name = window_id(evaluation, window)
        for end, bound in _range_bounds(window, name).items():
            asked[f"_{end}_{name}"] = bound
    for measure in _decayed(evaluation):
        asked |= decay.counts_asked(measure)
    return asked


def _decayed(evaluation: Evaluation) -> list[Measure]:
    return [measure for measure in evaluation.measures if measure.function in aggregates.DECAYED]


def _decayed_steps(evaluation: Evaluation, probed: bool) -> dict[str, str]:
    """The steps between places and measures that find where the pieces of decayed sums begin."""
    frames, lows = dict[Measure, decay.Frame](), dict[Measure, str]()
    for measure in _decayed(evaluation):
        window = evaluation.view.window(measure.window)
        frames[measure] = _frame_parts(evaluation, window, _keeps_place(window))
        lows[measure] = f"lo_{window_id(evaluation, window)}"
    if not frames:
        return {}
    return {"_tracked": decay.tracked_sql(frames), "_pieced": decay.pieced_sql(lows, evaluation.partition, probed)}


def _marks(evaluation: Evaluation) -> str:
    """Events and bounds in one order of time, an event before a bound at the same instant.

    A running maximum then counts the events up to each bound. RANGE frames with an offset would say it
    shorter, but those of DuckDB 2.0 now and then miss a peer.
    """
    keys = ", ".join(evaluation.partition)
    marks = [f"SELECT {keys}, _t AS _at, 0 AS _after, _seq, NULL::BIGINT AS _row, NULL AS _bound FROM _events"]
    marks += [
        f"SELECT {keys}, {bound}, 1, NULL, _row, {number} FROM _timeline"
        for number, bound in enumerate(_bounds_asked(evaluation).values())
    ]
    return "\nUNION ALL\n".join(marks)


def _counts(evaluation: Evaluation) -> str:
    running = f"max(_seq) OVER ({_by(evaluation)} ORDER BY _at, _after ROWS UNBOUNDED PRECEDING)"
    columns = [
        f"coalesce(max(_count) FILTER (WHERE _bound = {number}), 0) AS {name}"
        for number, name in enumerate(_bounds_asked(evaluation))
    ]
    counted = f"SELECT _row, _bound, {running} AS _count FROM _marks"
    return f"SELECT _row, {', '.join(columns)}\nFROM ({counted})\nWHERE _row IS NOT NULL\nGROUP BY _row"


def _ranked(evaluation: Evaluation) -> str:
    """The counts beside each row; for sessions, also where that of the newest event starts and if it is current."""
    columns = ["t.*", "c.* EXCLUDE (_row)"]
    for window in _sessions(evaluation):
        name = window_id(evaluation, window)
        columns.append(f"coalesce(newest._opened_{name}, 1) - 1 AS _opened_{name}")
        cut = "" if window.most is None else f" AND t._m < newest._cut_{name}"
        columns.append(f"coalesce(t._m - newest._t <= {window.gap}{cut}, FALSE) AS _current_{name}")
        if _is_counted(evaluation, window):
            columns.append(f"newest._index_{name}")
    joined = f"SELECT {', '.join(columns)}\nFROM _timeline t JOIN _counts c ON c._row = t._row"
    if not _sessions(evaluation):
        return joined
    same = " AND ".join(f"newest.{column} = t.{column}" for column in evaluation.partition)
    return f"{joined}\nLEFT JOIN _events newest ON {same} AND newest._seq = c._peers"


def window_id(evaluation: Evaluation, window: Window) -> str:
    """Return a short name of the window for columns of this query."""
    return f"w{evaluation.windows.index(window)}"


def _range_bounds(window: Window, name: str) -> dict[str, str]:
    """The instants up to which events lie before the window (``lo``), and for RANGE inside it (``hi``)."""
    if window.kind == "sliding":
        return {"lo": f"_m - {window.size}"}
    if window.kind in {"tumbling", "hopping"}:
        return {"lo": f"_start_{name} - 1"}
    if window.kind == "range":
        last = {"hi": f"_m - {window.end or 0}"}
        return last if window.start is None else {"lo": f"_m - {window.start + 1}", **last}
    return {}


def _bounds(evaluation: Evaluation, window: Window) -> tuple[str, str]:
    """The SQL of ``lo`` and ``hi``: the window holds the events with lo < _seq <= hi."""
    name = window_id(evaluation, window)
    own = "1" if evaluation.worlds else "CASE WHEN _e THEN 1 ELSE 0 END"
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
    rank = "CASE WHEN _e THEN _seq ELSE _peers END"
    if evaluation.worlds:
        # Where its sub-entity is NULL the own row is not among those it sees.
        rank = f"coalesce(max(_seq) FILTER (WHERE _own) OVER ({_by(evaluation)}), _peers)"
    return f"SELECT *{listed}\nFROM (SELECT *, {rank} AS _rank FROM _ranked)"


def _reaches_peers(window: Window) -> bool:
    """Tell whether the window may hold events that come after the current row in total order."""
    closed = window.kind == "range" and bool(window.end)
    return window.exclude != "group" and not closed and window.kind not in {"last", "rows"}


def _placed(evaluation: Evaluation, probed: bool) -> str:
    """Turn sequence numbers into places on the timeline: without probes they are the same."""
    if not probed:
        places = "".join(
            f", lo_{name} + 1 AS start_{name}, hi_{name} AS end_{name}" for name in _window_ids(evaluation)
        )
        return f"SELECT *, _seq AS _pos{places}\nFROM _bounded"
    keys = ", ".join(evaluation.partition)
    order = "ORDER BY _m, _e DESC, _n"
    columns, joins = ["t.*"], list[str]()
    for name in _window_ids(evaluation):
        columns.append(
            f"coalesce(s_{name}._pos, t._pos) AS start_{name}, coalesce(e_{name}._pos, t._pos) AS end_{name}"
        )
        for side, number in (("s", f"t.lo_{name} + 1"), ("e", f"t.hi_{name}")):
            same = " AND ".join(f"{side}_{name}.{column} = t.{column}" for column in evaluation.partition)
            joins.append(f"LEFT JOIN numbered {side}_{name} ON {same} AND {side}_{name}._seq = {number}")
    numbered = f"SELECT *, row_number() OVER (PARTITION BY {keys} {order}) AS _pos FROM _bounded"
    joined = "\n".join(joins)
    return f"WITH numbered AS ({numbered})\nSELECT {', '.join(columns)}\nFROM numbered t\n{joined}"


def _window_ids(evaluation: Evaluation) -> list[str]:
    return [window_id(evaluation, window) for window in evaluation.windows]


def _frame_parts(evaluation: Evaluation, window: Window, exclude_row: bool) -> decay.Frame:
    name = window_id(evaluation, window)
    reaches = _reaches_peers(window)
    high = f"greatest(end_{name} - _pos, 0) FOLLOWING" if reaches else f"greatest(_pos - end_{name}, 0) PRECEDING"
    if exclude_row and evaluation.worlds:
        return decay.Frame(_by(evaluation), f"start_{name}", high, there="_e AND NOT _own")
    return decay.Frame(_by(evaluation), f"start_{name}", high, " EXCLUDE CURRENT ROW" if exclude_row else "")


def _keeps_place(window: Window) -> bool:
    """Tell whether the window leaves out the current row, which keeps its place between the others."""
    return window.exclude == "row" and window.kind != "last"


def _measured(evaluation: Evaluation) -> str:
    frames: dict[str, str] = {}
    columns = [*evaluation.partition, "_n", "_i", "_e", "_m", "_t", "_rank"]
    types = {term.id: term.type for term in evaluation.view.terms}
    for measure in evaluation.measures:
        window = evaluation.view.window(measure.window)
        # The own row of a world may be older than the group that is left out.
        others = measure.function == "since_last" and (evaluation.worlds or window.exclude != "group")
        exclude_row = _keeps_place(window) or others
        frame = f"frame_{window_id(evaluation, window)}{'_others' if exclude_row else ''}"
        parts = _frame_parts(evaluation, window, exclude_row)
        frames[frame], there = parts.whole, parts.there
        if measure.function in aggregates.DECAYED:
            columns += _decayed_columns(evaluation, measure, window)
            continue
        columns.append(f"{_value(evaluation, measure, window, frame, there)} AS {measure.id}")
        magnitude = aggregates.scale(measure, types) if evaluation.scales else None
        if magnitude:
            columns.append(f"{_over(magnitude, measure, frame, there)} AS s{measure.id}")
    named = ",\n  ".join(f"{name} AS {sql}" for name, sql in frames.items())
    windows = f"\nWINDOW {named}" if frames else ""
    return f"SELECT {', '.join(columns)}\nFROM {'_pieced' if _decayed(evaluation) else '_placed'}{windows}"


def _decayed_columns(evaluation: Evaluation, measure: Measure, window: Window) -> list[str]:
    frame, name = _frame_parts(evaluation, window, _keeps_place(window)), window_id(evaluation, window)
    columns, weighs = list[str](), decay.argument(measure)
    for column, weighed in {measure.id: weighs, f"s{measure.id}": f"abs({weighs})"}.items():
        if column == measure.id or evaluation.scales:
            full = decay.value_over(measure, frame, weighed)
            value = f"CASE WHEN lo_{name} < hi_{name} THEN {full} END"
            value = value if measure.function == "ewma" else f"coalesce({value}, 0)"
            columns.append(f"CAST({value} AS DOUBLE) AS {column}")
    return columns


def _over(aggregate: str, measure: Measure, frame: str, there: str) -> str:
    asked = aggregates.condition(measure)
    condition = f"{there} AND {asked}" if asked else there
    return f"{aggregate} FILTER (WHERE {condition}) OVER {frame}"


def _gathered(evaluation: Evaluation, measure: Measure, window: Window, frame: str, there: str) -> str:
    """What the events of the window come to; the words about a window read its ends."""
    name = window_id(evaluation, window)
    first, last = (_over(f"{side}(_t)", measure, frame, there) for side in ("min", "max"))
    if measure.function == "session_duration":
        return f"({last} - {first})"
    if measure.function == "session_index":
        return f"_index_{name}"
    if measure.function in {"window_start", "window_end"}:
        return f"_start_{name}" if window in _bucketed(evaluation) else first
    return _over(aggregates.aggregate(measure), measure, frame, there)


def _value(evaluation: Evaluation, measure: Measure, window: Window, frame: str, there: str) -> str:
    name = window_id(evaluation, window)
    gathered, nothing = _gathered(evaluation, measure, window, frame, there), "NULL::BIGINT"
    if measure.function not in aggregates.WINDOW_WORDS:
        nothing = f"(SELECT {aggregates.aggregate(measure)} FROM _events WHERE FALSE)"
    length = str(aggregates.window_length(window))
    if window.kind == "session":
        length = f"nullif(_t - min(_t) FILTER (WHERE {there}) OVER {frame}, 0)"
    elif window in _bucketed(evaluation) and not is_even(window):
        length = f"(_end_{name} - _start_{name})"
    full = aggregates.value(measure, gathered, "_t", length)
    empty = aggregates.value(measure, nothing, "_t", "1")
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


def _is_counted(evaluation: Evaluation, window: Window) -> bool:
    return any(held.function == "session_index" and held.window == window.name for held in evaluation.measures)


def _bucketed(evaluation: Evaluation) -> list[Window]:
    return [window for window in evaluation.windows if window.kind in {"tumbling", "hopping"}]


def _sessions(evaluation: Evaluation) -> list[Window]:
    return [window for window in evaluation.windows if window.kind == "session"]
