import numpy as np
import pyarrow as pa
from headrace.runtime.growing_rows import GrowingRows


def test_rows_stay_in_order_and_in_few_pieces_however_few_come_at_a_time():
    held, came = GrowingRows(pa.table({"value": pa.array([], pa.int64())})), 0
    for count in np.random.default_rng(1).integers(0, 3, 5_000).tolist():
        held.add(pa.table({"value": np.arange(came, came + count)}))
        came += count
        assert len(held) == came
    column = held.table.column("value")
    assert column.to_pylist() == list(range(came))
    assert column.num_chunks < 80
