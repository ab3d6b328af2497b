"""What learning gains on streams that drift, and what it costs where labels lie."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from headrace.features_sql.model_settings import BaseSettings, DriftSettings, LiveSettings
from headrace.models.e_process import EProcess
from headrace.models.label_sanity import LabelSanity
from headrace.models.live_model import LiveModel
from headrace.models.matrix import learn_inputs
from headrace.models.metrics import log_loss
from headrace.models.operations import LEARN, Operations
from headrace.models.reference import Reference
from headrace.models.registry import Model, Registry
from headrace.models.trainer import train

from .figures import Figure
from .model_streams import SECOND, STREAMS, TRAINED, table

SEEDS = range(5)
WITHIN = 10**15
DRIFT = DriftSettings(
    *("ADWIN", {}, "loss", "accelerate", "retrain"),
    retrain_after=60 * SECOND,
    retrain_cooldown=0,
    retrain_rows=TRAINED,
)
SETTINGS = LiveSettings(drift=DRIFT)
#: The median ratio on a stream, where more than not to lose is asked for.
GAINS = {"SEA abrupt": 0.90, "Agrawal abrupt": 0.55}


def streams() -> Iterator[Figure]:
    """The mixture's log-loss beside the frozen base's, labels 500 events late or more."""
    for name in STREAMS:
        found = np.array([_ratio(name, seed) for seed in SEEDS])
        most = GAINS.get(name, 1.005)
        yield Figure(f"{name}: mixture / frozen, median", float(np.median(found)), "log-loss", "bound", most)
        yield Figure(f"{name}: mixture / frozen, worst", float(found.max()), "log-loss", "bound", 1.02)


def coin_flips() -> Iterator[Figure]:
    """Labels that are coin flips from one third on, judged by the true ones: the worst of all runs."""
    whole, last = [], []
    for name in ("SEA none", "Agrawal none", "Hyperplane"):
        for seed in SEEDS:
            rows, base = trained(name, seed)
            true = rows.column("_label").to_numpy(zero_copy_only=False)
            begin = len(rows) // 3
            coins = np.random.default_rng(seed + 5).random(len(rows)) < 0.5
            given = np.where(np.arange(len(rows)) < begin, true, coins)
            scores, _ = lived(base, replaced(rows, given))
            for place, found in ((0, whole), (len(rows) * 2 // 3, last)):
                frozen, mixture = (
                    log_loss(true[place:], scores.column(arm).to_numpy()[place:]) for arm in ("_frozen", "_mixture")
                )
                found.append(mixture / frozen)
    yield Figure("coin-flip labels: mixture / frozen, worst", max(whole), "log-loss", "bound", 1.08)
    yield Figure("coin-flip labels, last third: mixture / frozen, worst", max(last), "log-loss", "bound", 1.005)


def label_rates() -> Iterator[Figure]:
    """Labels until a rate that jumps by 0.1 is in quarantine, in 95 of 100 runs; runs in quarantine before it."""
    for rate in (0.05, 0.3, 0.5):
        found, false = [], 0
        for seed in range(100):
            rng = np.random.default_rng(seed)
            reference = Reference(rate, (1 - rate, rate), 0.5, rate, 1.0, 1.0, (0.0,) * 7, (1e9,) * 7, (), (), ())
            sanity = LabelSanity(500, 0.1, reference, "binary")
            before, after = rng.random(10_000) < rate, rng.random(2000) < rate + 0.1
            false += bool(sanity.watch(_labels(before), np.zeros(1, np.int64))[1])
            frozen, _ = sanity.watch(_labels(after), np.zeros(1, np.int64))
            found.append(int(frozen.argmax()) if frozen.any() else len(after))
        slow = float(np.quantile(found, 0.95))
        yield Figure(f"label rate {rate} + 0.1: to quarantine, 95 % of runs", slow, "labels", "bound", 1000)
        yield Figure(f"label rate {rate}: in quarantine within 10,000 good labels", false, "runs", "runs", 100)


def verdicts() -> Iterator[Figure]:
    """How often equal arms get a verdict, and how often a gain of 0.05 nats gets it in time."""
    rng = np.random.default_rng(0)
    null = sum(_verdict(rng.normal(0.0, 0.3, 10_000)) == "better" for _ in range(200))
    power = sum(_verdict(rng.normal(0.05, 0.3, 3000)) == "better" for _ in range(200)) / 200
    yield Figure("A/B: false promotions of 200 null runs of 10,000 labels", null, "runs", "bound", 2)
    yield Figure("A/B: a gain of 0.05 found within 3,000 labels", power, "of runs", "bound", 0.95)


def _ratio(name: str, seed: int) -> float:
    rows, base = trained(name, seed)
    _, losses = lived(base, rows)
    return losses["mixture"] / losses["frozen"]


@cache
def trained(name: str, seed: int) -> tuple[pa.Table, Model]:
    """Return the rows of a stream that follow the training, and the base that was trained on those before."""
    everything = table(STREAMS[name](seed), seed)
    begin, rest = everything.slice(0, TRAINED), everything.slice(TRAINED)
    inputs = learn_inputs(begin, [name for name in begin.column_names if name[0] != "_"])
    with TemporaryDirectory() as folder:
        registry = Registry(Path(folder))
        made = train(begin.filter(pc.less(begin.column("_known_at"), TRAINED * SECOND)), inputs, BaseSettings())
        registry.write("base", made, created="", sql_hash="", label_rule="")
        return rest, registry.load("base", 1)


def lived(base: Model, rows: pa.Table, settings: LiveSettings = SETTINGS) -> tuple[pa.Table, dict[str, float]]:
    """Return the scores of a model that lives through rows, and the log-loss of each arm on the labels it was given."""
    labels = rows.select(["_key0", "_label", "_known_at"]).sort_by("_known_at")
    model = LiveModel(base, settings, within=WITHIN, unlabelled="drop", key_types=(pa.int64(),))
    step = model.advance(rows.drop_columns(["_label", "_known_at"]), labels, 2**62)
    losses = {row["arm"]: row["log_loss"] for row in model.report().to_pylist()}
    model.close()
    return step.scores, losses


def replaced(rows: pa.Table, labels: np.ndarray) -> pa.Table:
    """Return the rows with other labels."""
    return rows.set_column(rows.column_names.index("_label"), "_label", pa.array(labels))


def _labels(values: np.ndarray) -> Operations:
    count = len(values)
    at = np.arange(count)
    kind = np.full(count, LEARN, np.int8)
    return Operations(kind, np.zeros(count, np.int64), values.astype(float), np.ones(count), at, at)


def _verdict(differences: np.ndarray) -> str:
    test, count = EProcess(), len(differences)
    kind, none = np.full(count, LEARN, np.int8), np.zeros(count, np.bool_)
    test.run(kind, np.arange(count), differences, np.zeros(count), none)
    return test.comparison().verdict
