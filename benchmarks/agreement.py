"""Agreement: both sides of a comparison must give the same rows before either is timed."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


def check_same(ours: pa.Table, theirs: pa.Table) -> None:
    """Raise AssertionError unless both hold the same rows in any order: doubles to 1e-6 of their size, others exactly.

    The columns of ``theirs`` name what is compared; its first two columns tell a row from the others.
    """
    names = theirs.column_names
    by = [(name, "ascending") for name in names[:2]]
    assert len(ours) == len(theirs), f"{len(ours)} rows beside {len(theirs)}"
    ours, theirs = ours.select(names).sort_by(by), theirs.sort_by(by)
    for name in names:
        mine, other = ours.column(name), theirs.column(name)
        assert mine.is_null().equals(other.is_null()), f"{name} is NULL in other rows"
        if pa.types.is_floating(other.type):
            pair = pc.fill_null(mine, 0.0).to_numpy(), pc.fill_null(other, 0.0).to_numpy()
            # Deviations of nearly equal values cancel, which DuckDB does not mend.
            assert np.allclose(*pair, rtol=1e-6, atol=1e-6), f"{name} differs"
        else:
            assert mine.cast(other.type).equals(other), f"{name} differs"
