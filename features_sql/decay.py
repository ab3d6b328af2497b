"""Decayed sums in SQL: stable over any length of event time.

An event weighs 2^(-(t - ts) / h), and over years no power of two fits a double. So time is cut into blocks
of 512 half-lives, an event is weighed relative to the end of its own block (2^-512 to 1), and the sum is
that of three *pieces*: the block of the newest event that counts, and the two before it, each scaled by an
exact 2^-512. What is older weighs less than 2^-1024 of that event. A result below 1e-200 is 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .buckets import bucket_start
from .definitions import Measure

BLOCK_HALF_LIVES = 512
PIECES = 3
NEGLIGIBLE = 1e-200
_SCALE = repr(2.0**-BLOCK_HALF_LIVES)


def block_size(measure: Measure) -> int:
    """Return the length of a decayed measure's blocks in µs."""
    return BLOCK_HALF_LIVES * (measure.per or 1)


def counted(measure: Measure, piece: int) -> str:
    """Return the name of the count of events before the block ``piece`` blocks before that of a row."""
    return f"_before{piece}_{measure.per}"


def counts_asked(measure: Measure) -> dict[str, str]:
    """Return the instants up to which events are counted for each event, by the name of the count."""
    size = block_size(measure)
    return {counted(measure, piece): f"{bucket_start('_t', size)} - {piece * size} - 1" for piece in range(PIECES)}


def newest(measure: Measure) -> str:
    """Return the aggregate that finds the newest event that counts: its time, and where its pieces begin."""
    fields = ", ".join(f"c{piece} := {counted(measure, piece)}" for piece in range(PIECES))
    return f"arg_max(struct_pack(t := _t, {fields}), _n)"


def argument(measure: Measure) -> str:
    """Return the SQL of what is weighed, as a double."""
    return f"CAST({measure.arguments[0]} AS DOUBLE)" if measure.arguments else "1e0"


def weighed(measure: Measure, value: str, block: str) -> str:
    """Return the aggregate of a piece: ``value`` where it is finite, by weight; ``block`` starts the event's block."""
    finite = f"CASE WHEN isfinite({value}) THEN {value} ELSE 0 END"
    return f"sum({finite} * pow(2.0, (_t - {block} - {block_size(measure)}) / {measure.per}.0))"


def total(pieces: list[str]) -> str:
    """Return the sum of the pieces, relative to the end of the newest event's block."""
    sql = pieces[-1]
    for piece in reversed(pieces[:-1]):
        sql = f"({piece} + {_SCALE} * {sql})"
    return sql


def value(measure: Measure, values: str, weights: str, block: str, clock: str, extremes: str) -> str:
    """Return the SQL of the measure from the totals of values and of weights.

    ``block`` starts the block of the newest event that counts; ``extremes`` is the plain sum of NaN and
    infinities in the window, which decide where there are any.
    """
    if measure.function == "ewma":
        sql = f"{values} / nullif({weights}, 0)"
    else:
        sql = f"{values} * pow(2.0, ({block} + {block_size(measure)} - {clock}) / {measure.per}.0)"
    bound = f"list_transform([{sql}], lambda v: CASE WHEN abs(v) < {NEGLIGIBLE} THEN 0 ELSE v END)[1]"
    return f"coalesce({extremes}, {bound})"


def tracked_sql(frames: Mapping[Measure, Frame]) -> str:
    """Return the query that adds, per measure, the newest event that counts (``_u<id>``) to ``_placed``."""
    named = {frame: f"decayed{place}" for place, frame in enumerate(dict.fromkeys(frames.values()))}
    columns = [
        f"{newest(measure)} FILTER (WHERE {counts(measure, frame.there)}) OVER {named[frame]} AS _u{measure.id}"
        for measure, frame in frames.items()
    ]
    windows = ", ".join(f"{name} AS {frame.whole}" for frame, name in named.items())
    return f"SELECT *, {', '.join(columns)}\nFROM _placed\nWINDOW {windows}"


def pieced_sql(lows: Mapping[Measure, str], partition: Sequence[str], probed: bool) -> str:
    """Return the query that adds the place at which each piece begins (``_p<piece>_<id>``) to ``_tracked``.

    ``lows`` names the column that counts the events before a measure's window.
    """
    columns, joins = ["t.*"], list[str]()
    for measure, low in lows.items():
        for piece in range(PIECES):
            number = f"greatest(t.{low}, t._u{measure.id}.c{piece}) + 1"
            place = f"_p{piece}_{measure.id}"
            if not probed:
                columns.append(f"{number} AS {place}")
                continue
            same = " AND ".join(f"j{place}.{column} = t.{column}" for column in partition)
            columns.append(f"j{place}._pos AS {place}")
            joins.append(f"LEFT JOIN _placed j{place} ON {same} AND j{place}._seq = {number}")
    return "\n".join([f"SELECT {', '.join(columns)}\nFROM _tracked t", *joins])


def counts(measure: Measure, there: str) -> str:
    """Return the SQL of which rows of the timeline a measure takes in: of those ``there``, what gives it a value."""
    conditions = [there, *([measure.filter] if measure.filter else [])]
    return " AND ".join([*conditions, *(f"{argument} IS NOT NULL" for argument in measure.arguments)])


@dataclass(frozen=True)
class Frame:
    """The parts of a window's frame: PARTITION BY, the column of its start, its end, and what it leaves out.

    ``there`` is the condition on the rows of the frame that count: events.
    """

    by: str
    start: str
    end: str
    tail: str = ""
    there: str = "_e"

    @property
    def whole(self) -> str:
        """The whole frame."""
        return self.between(self.start, self.end)

    def between(self, start: str, end: str) -> str:
        """Return the frame from column ``start`` on to ``end``."""
        low = f"greatest(_pos - {start}, 0) PRECEDING"
        return f"({self.by} ORDER BY _pos ROWS BETWEEN {low} AND {end}{self.tail})"


def value_over(measure: Measure, frame: Frame, weighs: str) -> str:
    """Return the measure's value at a row of ``_pieced``; ``weighs`` is what is weighed, a double."""
    size = block_size(measure)

    def over(start: str, end: str, aggregate: str) -> str:
        return f"{aggregate} FILTER (WHERE {counts(measure, frame.there)}) OVER {frame.between(start, end)}"

    def sums(value: str) -> str:
        aggregate, pieces = weighed(measure, value, bucket_start("_t", size)), list[str]()
        for piece in range(PIECES):
            start, later = f"_p{piece}_{measure.id}", f"_p{piece - 1}_{measure.id}"
            there = f"{start} IS NOT NULL" if piece == 0 else f"{start} < {later}"
            end = frame.end if piece == 0 else f"greatest(_pos - {later} + 1, 0) PRECEDING"
            pieces.append(f"CASE WHEN {there} THEN coalesce({over(start, end, aggregate)}, 0) ELSE 0 END")
        return total(pieces)

    extremes = over(frame.start, frame.end, f"sum(CASE WHEN NOT isfinite({weighs}) THEN {weighs} END)")
    weights = sums("1e0") if measure.function == "ewma" else ""
    return value(measure, sums(weighs), weights, bucket_start(f"_u{measure.id}.t", size), "_t", extremes)
