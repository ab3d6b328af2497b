"""A small life of a model, which compiles the kernels that every model uses."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..features_sql.model_settings import BaseSettings, LiveSettings
from .live_model import LiveModel
from .matrix import learn_inputs
from .registry import Registry
from .scorer import Scorer
from .trainer import train

_ROWS = 1_000
_SECOND = 1_000_000


def rehearse() -> None:
    """Train a model, score with it and correct it by labels, so that its kernels are compiled and kept on disk.

    A process that comes later then loads them; where they are kept already this takes about a second.
    """
    rng = np.random.default_rng(0)
    at, x = np.arange(_ROWS) * _SECOND, rng.normal(size=_ROWS)
    rows = pa.table({"x": x, "_t": at, "_known_at": at + _SECOND, "_label": x + rng.normal(size=_ROWS) > 0})
    trained = train(rows, learn_inputs(rows, ("x",)), BaseSettings(num_iterations=5))
    keys = pa.array(np.arange(_ROWS))
    scored = pa.table({"x": x, "_t": at, "_key0": keys})
    labels = pa.table({"_key0": keys, "_label": rows.column("_label"), "_known_at": rows.column("_known_at")})
    with tempfile.TemporaryDirectory() as folder:
        registry = Registry(Path(folder))
        registry.write("rehearsed", trained, created="", sql_hash="", label_rule="")
        settings = LiveSettings(quarantine_labels=100, admission="at once")
        base = registry.load("rehearsed", 1)
        with Scorer(base.text) as scorer:
            scorer.one(np.zeros(1))
        model = LiveModel(base, settings, within=_SECOND, unlabelled="drop", key_types=(pa.int64(),))
        try:
            model.advance(scored, labels, (_ROWS + 2) * _SECOND)
        finally:
            model.close()
