"""Faults that a campaign must find: one change of one line of the engine each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Fault:
    """``old`` stands once in ``file`` and becomes ``new``; ``is_compiled`` is True for a part of a numba kernel."""

    title: str
    file: str
    old: str
    new: str

    @property
    def is_compiled(self) -> bool:
        return self.file.startswith("runtime/fold/")

    def planted(self, root: Path = ROOT) -> str:
        """The source of the file with the fault in it; raises ValueError where the line has gone."""
        text = (root / self.file).read_text(encoding="utf-8")
        if text.count(self.old) != 1:
            raise ValueError(
                f"{self.title}: {self.file} must have {self.old!r} once; it has it {text.count(self.old)} times"
            )
        return text.replace(self.old, self.new)


EDGES = (
    Fault(
        "fold: a sliding window keeps 1 µs too much",
        "runtime/fold/windows.py",
        "return earlier(time, size - 1)",
        "return earlier(time, size)",
    ),
    Fault(
        "fold: an evicted row stays for one instant more",
        "runtime/fold/windows.py",
        "if log[here + E_TIME] >= low:",
        "if log[here + E_TIME] >= low - 1:",
    ),
    Fault(
        "fold: a gap of exactly g starts a session",
        "runtime/fold/windows.py",
        "time > later(state[at + LAST_TIME], plan.windows[w + W_SIZE])",
        "time >= later(state[at + LAST_TIME], plan.windows[w + W_SIZE])",
    ),
    Fault(
        "fold: a session is over at last + g",
        "runtime/fold/windows.py",
        "member > later(state[at + LAST_TIME], length)",
        "member >= later(state[at + LAST_TIME], length)",
    ),
    Fault(
        "query: a sliding window holds ts = t - s",
        "features_sql/evaluate.py",
        '{"lo": f"_m - {window.size}"}',
        '{"lo": f"_m - {window.size} - 1"}',
    ),
    Fault(
        "query: a bucket does not hold its first µs",
        "features_sql/evaluate.py",
        'f"_start_{name} - 1"',
        'f"_start_{name}"',
    ),
    Fault(
        "query: a RANGE frame is open at its start",
        "features_sql/evaluate.py",
        'f"_m - {window.start + 1}"',
        'f"_m - {window.start}"',
    ),
    Fault(
        "query: a session is over at last + g",
        "features_sql/evaluate.py",
        "t._m - newest._t <= {window.gap}",
        "t._m - newest._t < {window.gap}",
    ),
    Fault(
        "query: EXCLUDE CURRENT GROUP leaves the peers in",
        "features_sql/evaluate.py",
        'asked["_before"] = "_t - 1"',
        'asked["_before"] = "_t"',
    ),
    Fault(
        "tiles: a close reads the tile that begins at it",
        "runtime/windows/exported_tiles.py",
        "t._tile < c._t",
        "t._tile <= c._t",
    ),
    Fault(
        "tiles: a tile is forgotten one close too early",
        "runtime/windows/exported_tiles.py",
        "keep = tiles >= Buckets",
        "keep = tiles > Buckets",
    ),
    Fault(
        "folded tiles: an event at the close is in the window",
        "runtime/fold/tile_kernels.py",
        "batch.time[row] < batch.close[j]",
        "batch.time[row] <= batch.close[j]",
    ),
    Fault(
        "folded tiles: the oldest tile of a window is left out",
        "runtime/fold/tile_kernels.py",
        "        while entry != 0 and entries[entry * ENTRY_WORDS + E_TILE] >= batch.first[j]:",
        "        while entry != 0 and entries[entry * ENTRY_WORDS + E_TILE] > batch.first[j]:",
    ),
    Fault(
        "folded tiles: of two tiles the newer has the oldest row",
        "runtime/fold/tile_kernels.py",
        "copy_words(state, at, older, OLDEST_WORDS)",
        "pass",
    ),
    Fault(
        "closes: a session of last + g ends before its last event may join",
        "runtime/windows/closing_kernels.py",
        "time - last[slot] > gap",
        "time - last[slot] >= gap",
    ),
    Fault(
        "fold: a MAX cuts a session 1 µs late",
        "runtime/fold/windows.py",
        "(time - began) // most != (state",
        "(time - began - 1) // most != (state",
    ),
    Fault(
        "closes: a piece of a session lasts twice as long",
        "runtime/windows/closing_kernels.py",
        "(last - began) // most + 1) * most",
        "(last - began) // most + 2) * most",
    ),
    Fault(
        "closes: a bucket closes when W = t",
        "runtime/windows/closings.py",
        'watermark, side="left"',
        'watermark, side="right"',
    ),
    Fault(
        "closes: a value is taken at the boundary, not just before it",
        "runtime/windows/emission.py",
        "return np.where(self.own == UNSEEN, self.times - 1, self.times)",
        "return self.times",
    ),
)
TIME = (
    Fault(
        "a row at the watermark is late",
        "runtime/sources/lateness.py",
        "late = (gap > most) | (times < floor)",
        "late = (gap >= most) | (times <= floor)",
    ),
    Fault(
        "lateness is judged by the watermark at the start of a batch",
        "runtime/sources/lateness.py",
        "before[1:] = greatest[:-1]",
        "before[1:] = before[0]",
    ),
    Fault(
        "rows at W are released while peers may still come",
        "runtime/sources/reorder.py",
        'np.searchsorted(run.times, watermark, side="left")',
        'np.searchsorted(run.times, watermark, side="right")',
    ),
    Fault(
        "peers stand in order of arrival, not of their primary key",
        "runtime/sources/reorder.py",
        "columns = [self._time, *self._keys, ",
        "columns = [self._time, ",
    ),
    Fault("a NULL primary key comes first", "runtime/sources/reorder.py", '"at_end"', '"at_start"'),
    Fault("batch: a NULL primary key comes first", "features_sql/program.py", "ASC NULLS LAST", "ASC NULLS FIRST"),
)
ROWS = (
    Fault(
        "LAST n and ROWS keep a row too few between batches",
        "runtime/windows/recompute.py",
        "return _rank_from_newest(slots) <= kept",
        "return _rank_from_newest(slots) < kept",
    ),
    Fault(
        "a snapshot skips a retained row",
        "runtime/windows/recompute.py",
        'return {"retained": self._retained}',
        'return {"retained": self._retained.slice(1)}',
    ),
    Fault(
        "a snapshot skips an open session",
        "runtime/windows/closings.py",
        "slots = np.flatnonzero(self._last != NEVER)",
        "slots = np.flatnonzero(self._last != NEVER)[1:]",
    ),
    Fault(
        "on arrival: an event sees the one that arrives after it",
        "features_sql/immediately.py",
        '"e._a <= o._a"]',
        '"e._a <= o._a + 1"]',
    ),
    Fault(
        "on arrival: a snapshot skips the greatest time so far",
        "runtime/immediately.py",
        '"high": [self._high]',
        '"high": [BEGINNING]',
    ),
    Fault(
        "a probe sees the row before the one at its instant",
        "runtime/windows/newest.py",
        'question_keys = asked * span + np.searchsorted(instants, moments, side="right")',
        'question_keys = asked * span + np.searchsorted(instants, moments, side="left")',
    ),
    Fault(
        "a stored row is too old at exactly valid.for",
        "runtime/live_service.py",
        "stale = moments - at > view.valid_for",
        "stale = moments - at >= view.valid_for",
    ),
    Fault(
        "a spine does not see the events at its newest instant",
        "runtime/batch.py",
        "WHERE _t <= {newest}",
        "WHERE _t < {newest}",
    ),
    Fault(
        "an ASOF join leaves out a fact of the very instant",
        "features_sql/program.py",
        "{'>' if join.strict else '>='}",
        "{'>' if not join.strict else '>='}",
    ),
    Fault(
        "of facts that match equally the first is taken",
        "features_sql/program.py",
        'f"{quote(name)} DESC" for name in (*primary_key, "_offset")',
        'f"{quote(name)} ASC" for name in (*primary_key, "_offset")',
    ),
)
VALUES = (
    Fault(
        "query: since_last counts its own row",
        "features_sql/evaluate.py",
        'measure.function == "since_last" and (evaluation.worlds or window.exclude != "group")',
        'measure.function == "since_last" and (evaluation.worlds or window.exclude == "group")',
    ),
    Fault(
        "fold: count(x) counts NULLs",
        "runtime/fold/measures.py",
        'return Spec(COUNT, None, passes, Flag(argument, "valid"))',
        "return Spec(COUNT, None, passes)",
    ),
    Fault(
        "query: last skips a NULL",
        "features_sql/aggregates.py",
        'return f"{_BY_ORDER[function]}(struct_pack(x := {arguments[0]}), _n)"',
        'return f"{_BY_ORDER[function]}(CASE WHEN {arguments[0]} IS NOT NULL '
        'THEN struct_pack(x := {arguments[0]}) END, _n)"',
    ),
    Fault(
        "fold: infinity enters a sum and never leaves it",
        "runtime/fold/sums.py",
        "state[at + which] += sign",
        "state[at + which] += abs(sign)",
    ),
    Fault(
        "fold: sums are never made afresh, however much they lost",
        "runtime/fold/sums.py",
        "floats[at + DOUBT] += UNIT * abs(magnitude)",
        "floats[at + DOUBT] += 0.0 * UNIT",
    ),
    Fault(
        "fold: a tally keeps a value whose last row has left",
        "runtime/fold/tallies.py",
        "    if memory.arena[entry + 1] == 0:\n        drop(memory, at, cell, place)\n",
        "",
    ),
    Fault(
        "fold: a tally of a new bucket or session goes on with the old one's values",
        "runtime/fold/windows.py",
        "        let_go_all(plan, memory, a, base)\n",
        "        pass\n",
    ),
    Fault(
        "fold: values in order keep one whose row has left",
        "runtime/fold/sorted_values.py",
        "    memory.state[at + RING_PUSHED] -= 1\n    memory.state[at + RING_PROMISED] -= 1\n",
        "",
    ),
    Fault(
        "fold: quantile_disc takes the value before",
        "runtime/fold/sorted_values.py",
        "return max(held - above, 1) - 1",
        "return max(held - above - 1, 1) - 1",
    ),
    Fault(
        "fold: values counted over all history count once",
        "runtime/fold/counted_values.py",
        "        memory.arena[entry + 1] += 1\n",
        "",
    ),
    Fault(
        "fold: values counted over all history are told from a place too early",
        "runtime/fold/counted_values.py",
        "while below + memory.arena[entry + 1] <= place",
        "while below + memory.arena[entry + 1] < place",
    ),
    Fault(
        "fold: a median goes by one row too few",
        "runtime/fold/answers.py",
        "place = float(held - 1) * (",
        "place = float(max(held - 2, 0)) * (",
    ),
    Fault(
        "fold: the first values of a window that rows leave are one too few",
        "runtime/fold/list_answers.py",
        "while entry != 0 and place < end:",
        "while entry != 0 and place < end - 1:",
    ),
    Fault(
        "fold: a sum of integers loses its carry",
        "runtime/fold/sums.py",
        "state[at + HIGH] += (x >> 63) + carry",
        "state[at + HIGH] += (x >> 63) + 0 * carry",
    ),
    Fault(
        "fold: a rate at no length is 0",
        "runtime/fold/answers.py",
        "if n > 0 and length == 0:",
        "if n < 0 and length == 0:",
    ),
)
FAULTS = (*EDGES, *TIME, *ROWS, *VALUES)
