"""The base of the flights is as good as what a stock LightGBM script makes of the same rows."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path

import lightgbm
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from headrace.features_sql.definitions import Model
from headrace.features_sql.model_settings import BaseSettings
from headrace.models import metrics, trainer
from headrace.models.matrix import learn_inputs, matrix
from headrace.models.scorer import Scorer
from headrace.runtime import engine
from headrace.runtime.project import Project
from headrace.runtime.scoring.training_set import training_set

from .conftest import EXAMPLE

TRAINED = int(datetime(2013, 2, 1, tzinfo=UTC).timestamp() * 1e6)


def rows_of(folder: Path) -> tuple[Model, pa.Table, pa.Table]:
    """The model, what it is trained on, and the labelled rows after that."""
    base, end, _ = (EXAMPLE / "features" / "models.sql").read_text().partition(";")
    (folder / "features" / "base.sql").write_text(base + end)
    project = Project(folder)
    definitions = project.definitions()
    model = definitions.models["arrival_late"]
    with engine.workplace(project.layout, project.settings, definitions, write=False) as place:
        rows = training_set(place, model)
    times, known = rows.column("_t"), rows.column("_known_at")
    return model, rows.filter(pc.less_equal(known, TRAINED)), rows.filter(pc.greater(times, TRAINED))


def by_stock_lightgbm(model: Model, known: pa.Table, later: pa.Table) -> np.ndarray:
    """What a data scientist would write, with the same features and the same part to stop by."""
    names = [column.name for column in model.features]
    frame = pa.concat_tables([known, later]).select(names).to_pandas()
    for name in frame.columns[frame.dtypes.map(lambda one: not pd.api.types.is_numeric_dtype(one))]:
        frame[name] = frame[name].astype("category")
    labels = known.column("_label").to_numpy(zero_copy_only=False).astype(float)
    cut = int(len(known) * 0.8)
    fit = lightgbm.Dataset(frame[:cut], labels[:cut])
    valid = fit.create_valid(frame[cut : len(known)], labels[cut:])
    stop = lightgbm.early_stopping(20, verbose=False)
    booster = lightgbm.train(
        {"objective": "binary", "verbosity": -1, "num_threads": 1}, fit, 100, [valid], callbacks=[stop]
    )
    return np.asarray(booster.predict(frame[len(known) :]))


def test_the_base_is_within_one_percent_of_stock_lightgbm(two_months: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(two_months, tmp_path / "flights", symlinks=True))
    model, known, later = rows_of(folder)
    assert isinstance(model.settings, BaseSettings)
    assert len(known) > 25_000
    assert len(later) > 20_000
    inputs = learn_inputs(known, [column.name for column in model.features])
    with Scorer(trainer.train(known, inputs, model.settings).text) as scorer:
        ours = scorer.predict(matrix(later, inputs))
    labels = later.column("_label").to_numpy(zero_copy_only=False).astype(float)
    stock = metrics.log_loss(labels, by_stock_lightgbm(model, known, later))
    assert metrics.log_loss(labels, ours) < 1.01 * stock
    assert metrics.auc(labels, ours) > 0.70
