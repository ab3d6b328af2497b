import numpy as np
import pyarrow as pa
from headrace.runtime.windows.keys import UNSEEN
from headrace.runtime.windows.newest import Newest
from hypothesis import given, settings
from hypothesis import strategies as st

SCHEMA = pa.schema([("value", pa.int64())])
ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=10)
ASKED = st.lists(st.tuples(st.integers(-1, 4), st.integers(0, 4)), max_size=6)


def integers(values):
    return np.array(list(values), np.int64)


def ask(newest, rows, asked):
    table = pa.table({"value": pa.array([value for _, _, value in rows], pa.int64())}, schema=SCHEMA)
    answer = newest.ask(
        table,
        integers(time for time, _, _ in rows),
        integers(slot for _, slot, _ in rows),
        integers(slot for slot, _ in asked),
        integers(moment for _, moment in asked),
    )
    return answer.column("value").to_pylist()


def expected(rows, slot, moment):
    found = [value for time, of, value in rows if of == slot and time <= moment]
    return found[-1] if found else None


@settings(deadline=None)
@given(st.lists(st.tuples(ROWS, ASKED, st.booleans()), max_size=6))
def test_the_newest_row_at_or_before_each_moment(turns):
    newest, seen, clock = Newest(SCHEMA), [], 0
    for steps, asked, again in turns:
        rows = []
        for step, slot in steps:
            clock += step
            rows.append((clock, slot, len(seen) + len(rows)))
        start = seen[-1][0] if seen else 0
        questions = [(slot, start + later) for slot, later in asked]
        seen += rows
        assert ask(newest, rows, questions) == [expected(seen, slot, moment) for slot, moment in questions]
        if again:
            saved = newest.snapshot()
            newest = Newest(SCHEMA)
            newest.restore(saved)
    slots = [slot for slot in range(4) if any(of == slot for _, of, _ in seen)]
    part = newest.restrict(integers(slots[:2]))
    assert ask(part, [], [(slot, clock) for slot in range(4)]) == [
        expected(seen, slot, clock) if slot in slots[:2] else None for slot in range(4)
    ]
    assert ask(newest, [], [(slot, clock) for slot in range(4)]) == [expected(seen, slot, clock) for slot in range(4)]


def test_an_unseen_slot_has_no_row():
    assert ask(Newest(SCHEMA), [(1, 0, 7)], [(UNSEEN, 5), (3, 5), (0, 0), (0, 1)]) == [None, None, None, 7]
