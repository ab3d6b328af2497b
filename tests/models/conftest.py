"""Labelled rows, and small models trained on them once."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.model_settings import BaseSettings
from headrace.models.matrix import Inputs, learn_inputs
from headrace.models.trainer import Trained, train

FED = ("amount", "count", "ok", "price", "kind")


def labelled(rows: int = 3000, seed: int = 0) -> pa.Table:
    """Rows whose label follows from amount and kind; a second of event time apart, labels 100 rows late."""
    rng = np.random.default_rng(seed)
    amount, count = rng.normal(size=rows), rng.integers(0, 50, rows)
    kind = rng.choice(["air", "rail", "road"], rows)
    label = amount + 1.5 * (kind == "rail") + rng.logistic(size=rows) > 0
    at = np.arange(rows, dtype=np.int64) * 1_000_000
    return pa.table(
        {
            "amount": pa.array(amount, mask=rng.random(rows) < 0.1),
            "count": count,
            "ok": pa.array(rng.random(rows) < 0.5),
            "price": pa.array(rng.integers(0, 9999, rows), pa.int64()).cast(pa.decimal128(19, 0)),
            "kind": pa.array(kind, mask=rng.random(rows) < 0.05),
            "_t": at,
            "_known_at": at + 100_000_000,
            "_label": label,
        }
    )


def relabel(rows: pa.Table, values: pa.Array) -> pa.Table:
    """Return the rows with other labels."""
    return rows.set_column(rows.column_names.index("_label"), "_label", values)


@pytest.fixture(scope="session")
def rows() -> pa.Table:
    return labelled()


@pytest.fixture(scope="session")
def inputs(rows: pa.Table) -> Inputs:
    return learn_inputs(rows, FED)


@pytest.fixture(scope="session")
def trained(rows: pa.Table, inputs: Inputs) -> Trained:
    return train(rows, inputs, BaseSettings(num_iterations=30))


@pytest.fixture(scope="session")
def classes_model(rows: pa.Table, inputs: Inputs) -> Trained:
    amount = np.nan_to_num(rows.column("amount").to_numpy())
    values = pa.array(np.array(["low", "mid", "top"])[np.digitize(amount, (-0.5, 0.5))])
    return train(relabel(rows, values), inputs, BaseSettings(objective="multiclass", num_iterations=10))


@pytest.fixture(scope="session")
def values_model(rows: pa.Table, inputs: Inputs) -> Trained:
    amount = np.nan_to_num(rows.column("amount").to_numpy())
    return train(relabel(rows, pa.array(3 * amount + 10)), inputs, BaseSettings("regression", num_iterations=10))
