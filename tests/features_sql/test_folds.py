"""Which aggregates have a fold."""

from __future__ import annotations

from typing import Any

import pytest
from headrace.features_sql.definitions import Window
from headrace.features_sql.folds import has_fold, share_of

SLIDING = Window("w", "sliding", size=5)
GLOBAL = Window("w", "global")
LAST = Window("w", "last", rows=3)
WINDOWS = [
    SLIDING,
    GLOBAL,
    LAST,
    Window("w", "tumbling", size=5),
    Window("w", "hopping", size=6, advance=2),
    Window("w", "session", gap=5),
    Window("w", "sliding", size=5, exclude="group"),
]


@pytest.mark.parametrize("window", WINDOWS, ids=lambda window: f"{window.kind}-{window.exclude}")
@pytest.mark.parametrize(
    ("function", "types"),
    [
        ("count", ()),
        ("count", ("VARCHAR",)),
        ("count_if", ("BOOLEAN",)),
        ("sum", ("TINYINT",)),
        ("sum", ("DECIMAL(18,2)",)),
        ("avg", ("FLOAT",)),
        ("stddev_samp", ("UINTEGER",)),
        ("var_pop", ("DOUBLE",)),
        ("min", ("BOOLEAN",)),
        ("max", ("TIMESTAMP",)),
        ("min", ("DECIMAL(4,1)",)),
        ("first", ("VARCHAR",)),
        ("last", ("INTEGER[]",)),
        ("last_n", ("STRUCT(a INTEGER)",)),
        ("first_n", ("INTEGER[]",)),
        ("approx_count_distinct", ("INTEGER[]", "UBIGINT")),
        ("since_last", ()),
        ("decayed_count", ()),
        ("decayed_sum", ("DECIMAL(12,2)",)),
        ("ewma", ("DOUBLE",)),
        ("last_n_distinct", ("VARCHAR",)),
        ("entropy", ("VARCHAR",)),
        ("mode", ("BOOLEAN",)),
        ("top_n", ("DECIMAL(12,2)",)),
        ("mode", ("VARCHAR",)),
    ],
)
def test_served(window: Window, function: str, types: tuple[str, ...]) -> None:
    assert has_fold(function, types, False, window)


@pytest.mark.parametrize(
    ("function", "types", "window"),
    [
        ("median", ("FLOAT",), SLIDING),
        ("median", ("VARCHAR",), SLIDING),
        ("median", ("DATE",), SLIDING),
        ("mad", ("DOUBLE",), SLIDING),
        ("quantile_cont", ("DECIMAL(12,2)", "0.9"), SLIDING),
        ("quantile_cont", ("DOUBLE", "[0.1, 0.9]"), SLIDING),
        ("quantile_cont", ("DOUBLE", "1.5"), SLIDING),
        ("quantile_cont", ("DOUBLE", "-0.5"), SLIDING),
        ("quantile_disc", ("DOUBLE", "9e-1"), SLIDING),
        ("quantile_disc", ("VARCHAR", "0.5"), SLIDING),
        ("approx_quantile", ("DOUBLE", "0.5"), SLIDING),
        ("last_n_distinct", ("INTEGER[]",), GLOBAL),
        ("top_n", ("VARCHAR[]",), GLOBAL),
        ("mode", ("HUGEINT",), SLIDING),
        ("entropy", ("INTEGER[]",), SLIDING),
        ("any_value", ("DOUBLE",), SLIDING),
        ("sum", ("DECIMAL(19,2)",), SLIDING),
        ("sum", ("HUGEINT",), SLIDING),
        ("sum", ("UBIGINT",), SLIDING),
        ("sum", ("BOOLEAN",), SLIDING),
        ("sum", (), SLIDING),
        ("avg", ("INTERVAL",), SLIDING),
        ("min", ("VARCHAR",), SLIDING),
        ("max", ("TIMESTAMP WITH TIME ZONE",), SLIDING),
        ("arg_max", ("DOUBLE", "DOUBLE"), SLIDING),
        ("rate", (), GLOBAL),
        ("rate", ("DOUBLE",), LAST),
        ("rate", ("VARCHAR",), SLIDING),
        ("count", (), Window("w", "range", start=5, end=0)),
        ("count", (), Window("w", "rows", start=5, end=0)),
        ("count", (), Window("w", "sliding", size=5, exclude="row")),
        ("last_n", ("DOUBLE",), Window("w", "last", rows=3, exclude="row")),
    ],
)
def test_not_served(function: str, types: tuple[str, ...], window: Any) -> None:
    assert not has_fold(function, types, False, window)


@pytest.mark.parametrize("type", ["VARCHAR", "DOUBLE", "DECIMAL(12,2)", "BOOLEAN"])
def test_distinct_values_are_counted(type: str) -> None:
    assert has_fold("count", (type,), True, GLOBAL)
    assert has_fold("count", (type,), True, SLIDING)
    assert not has_fold("sum", (type,), True, GLOBAL)
    assert not has_fold("count", (f"{type}[]",), True, GLOBAL)


@pytest.mark.parametrize("kind", ["sliding", "last", "session"])
def test_since_last_never_counts_its_own_row_so_it_may_be_excluded(kind: Any) -> None:
    assert has_fold("since_last", (), False, Window("w", kind, size=5, gap=5, rows=5, exclude="row"))


@pytest.mark.parametrize("kind", ["sliding", "hopping", "tumbling", "session", "last", "global"])
@pytest.mark.parametrize(
    ("function", "types"),
    [
        ("median", ("BIGINT",)),
        ("median", ("DECIMAL(12,2)",)),
        ("quantile_cont", ("DECIMAL(12,2)", "0.75")),
        ("quantile_cont", ("DOUBLE", ".9")),
        ("quantile_disc", ("DECIMAL(12,2)", "0.999")),
        ("quantile_disc", ("TIMESTAMP", "1")),
        ("quantile_disc", ("FLOAT", "0.0")),
    ],
)
def test_quantiles_of_numbers(kind: Any, function: str, types: tuple[str, ...]) -> None:
    assert has_fold(function, types, False, Window("w", kind, size=5, gap=5, rows=5))


@pytest.mark.parametrize(
    ("constant", "share"),
    [
        ("0", (0, 1)),
        ("1", (1, 1)),
        ("0.25", (25, 100)),
        (".5", (5, 10)),
        ("1.0", (10, 10)),
        ("1.1", None),
        ("", None),
        (".", None),
    ],
)
def test_the_share_of_a_quantile_as_a_fraction(constant: str, share: tuple[int, int] | None) -> None:
    assert share_of("quantile_disc", (constant,)) == share


def test_rate_is_per_length_of_time() -> None:
    assert has_fold("rate", (), False, SLIDING)
    assert has_fold("rate", ("INTEGER",), False, Window("w", "session", gap=5))
