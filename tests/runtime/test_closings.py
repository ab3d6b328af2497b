import numpy as np
from headrace.features_sql.definitions import Window
from headrace.runtime.windows.closings import closings
from hypothesis import given, settings
from hypothesis import strategies as st

WINDOWS = [
    Window("w", "tumbling", size=5),
    Window("w", "hopping", size=6, advance=2),
    Window("w", "session", gap=3),
    Window("w", "session", gap=1),
    Window("w", "session", gap=4, most=6),
    Window("w", "session", gap=6, most=4),
    Window("w", "tumbling", size=5, offset=12),
]


def integers(values):
    return np.array(list(values), np.int64)


def all_closes(window, events):
    """(close, slot, first ts that counts) of all events, read from the language's table."""
    found = set()
    for slot in {slot for _, slot in events}:
        times = sorted(time for time, of in events if of == slot)
        if window.kind == "session":
            starts = [time for place, time in enumerate(times) if not place or time - times[place - 1] > window.gap]
            for place, start in enumerate(starts):
                whole = [one for one in times if one >= start and one not in starts[place + 1 :]]
                whole = [one for one in whole if place + 1 == len(starts) or one < starts[place + 1]]
                most = window.most or 1000
                for piece in {(one - start) // most for one in whole}:
                    held = [one for one in whole if (one - start) // most == piece]
                    found.add((min(held[-1] + window.gap, start + (piece + 1) * most), slot, held[0]))
            continue
        step = window.advance or window.size
        for time in times:
            for hop in range(window.size // step):
                offset = window.offset or 0
                close = ((time - offset) // step + 1 + hop) * step + offset
                found.add((close, slot, close - window.size))
    return found


@settings(deadline=None)
@given(
    st.sampled_from(WINDOWS),
    st.lists(st.tuples(st.integers(-20, 20), st.integers(0, 2)), max_size=25),
    st.lists(st.integers(-22, 40), max_size=6),
    st.booleans(),
)
def test_each_close_comes_once_when_the_watermark_has_passed_it(window, events, watermarks, again):
    events, whole = sorted(events), all_closes(window, events)
    made, start, before = closings(window), 0, -100
    for watermark in [*sorted(watermarks), 1000]:
        rows = [event for event in events[start:] if event[0] < watermark]
        start += len(rows)
        slots, times = integers(slot for _, slot in rows), integers(time for time, _ in rows)
        tiles, closed = made.process(slots, times, watermark)
        got = list(zip(closed.close.tolist(), closed.slots.tolist(), closed.first.tolist(), strict=True))
        assert got == sorted(one for one in whole if before <= one[0] < watermark)
        for (time, slot), tile in zip(rows, tiles.tolist(), strict=True):
            assert tile <= time
            assert any(first <= tile and time < close for close, of, first in whole if of == slot)
        before = watermark
        if again:
            saved = made.snapshot()
            made = closings(window)
            made.restore(saved)


def test_restoring_forgets_open_windows():
    for window in WINDOWS:
        made = closings(window)
        empty = made.snapshot()
        made.process(integers([0, 1]), integers([1, 2]), 2)
        made.restore(empty)
        assert len(made.process(integers([]), integers([]), 100)[1].close) == 0


def test_many_keys_that_come_in_any_order_close_in_theirs():
    random = np.random.default_rng(0)
    for window in WINDOWS:
        slots = random.permutation(3_000)
        times = np.sort(random.integers(0, 12, len(slots)))
        whole = all_closes(window, list(zip(times.tolist(), slots.tolist(), strict=True)))
        _, closed = closings(window).process(slots, times, 1000)
        got = zip(closed.close.tolist(), closed.slots.tolist(), closed.first.tolist(), strict=True)
        assert list(got) == sorted(whole), window
