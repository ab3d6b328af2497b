"""What the options of a model mean: how it is trained, how it goes on learning, what guards it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from .diagnostics import Findings, refuse
from .durations import parse_duration
from .options import Options, known_options
from .statements import Option

Objective = Literal["binary", "multiclass", "regression"]
Unlabelled = Literal["drop", "negative"]
Admission = Literal["tested", "at once", "always"]

HOUR = 3_600_000_000

# Options that go to LightGBM under its own name, with the default here and the least and greatest value.
_LIGHTGBM: Mapping[str, tuple[float | int, float, float]] = {
    "num_leaves": (31, 2, 131_072),
    "learning_rate": (0.1, 1e-6, 1.0),
    "max_depth": (-1, -1, 1000),
    "min_data_in_leaf": (20, 0, 2**31 - 1),
    "min_sum_hessian_in_leaf": (1e-3, 0.0, 1e18),
    "min_gain_to_split": (0.0, 0.0, 1e18),
    "lambda_l1": (0.0, 0.0, 1e18),
    "lambda_l2": (0.0, 0.0, 1e18),
    "feature_fraction": (1.0, 1e-6, 1.0),
    "bagging_fraction": (1.0, 1e-6, 1.0),
    "bagging_freq": (0, 0, 2**31 - 1),
    "max_bin": (255, 2, 65_535),
    "scale_pos_weight": (1.0, 1e-9, 1e9),
    "cat_smooth": (10.0, 0.0, 1e9),
    "cat_l2": (10.0, 0.0, 1e9),
    "max_cat_threshold": (32, 1, 2**31 - 1),
}
_LEARNER_KEYS = ("provider", "objective", "unlabelled", "weight", "seed")
BASE_KEYS = (*_LEARNER_KEYS, "num_iterations", "early_stopping_round", "valid.fraction", "class.weight", *_LIGHTGBM)
_GUARD_KEYS = ("drift.detector", "drift.on", "quarantine", "quarantine.labels", "quarantine.shift")
_DRIFT_PARAMETERS = (
    *("drift.delta", "drift.clock", "drift.grace_period", "drift.min_window_length", "drift.threshold"),
    *("drift.alpha", "drift.min_instances", "drift.window_size", "drift.stat_size", "drift.warm_start"),
    *("drift.drift_confidence", "drift.warning_confidence", "drift.drift_threshold", "drift.warning_threshold"),
    *("drift.lambda_val",),
)
_CORRECTOR_KEYS = (
    *("on.warning", "on.drift", "accelerate.labels", "accelerate.factor"),
    *("retrain.after", "retrain.cooldown", "retrain.rows", "retrain.weight"),
    *("correction", "learning_rate", "decay", "clip", "mixture.eta", "mixture.alpha", "serve", "admission"),
)
LIVE_KEYS = (
    *(*_LEARNER_KEYS, "classes", "algorithm", "update", "batch.size", "user", "item"),
    *(*_CORRECTOR_KEYS, *_GUARD_KEYS, *_DRIFT_PARAMETERS),
)


@dataclass(frozen=True)
class BaseSettings:
    """How a LightGBM model is trained.

    ``parameters`` go to LightGBM as they are. ``valid_fraction`` of the rows, the latest, decide when to stop
    (0: no validation, every round is kept); ``weight`` names a column of the labels, or is "".
    ``class_weight`` 'balanced' weighs each class by the inverse of its frequency, which moves the probabilities.
    """

    objective: Objective = "binary"
    num_iterations: int = 100
    early_stopping_round: int = 20
    valid_fraction: float = 0.2
    unlabelled: Unlabelled = "drop"
    weight: str = ""
    class_weight: Literal["none", "balanced"] = "none"
    seed: int = 0
    parameters: Mapping[str, float | int] = field(default_factory=dict[str, float | int])


@dataclass(frozen=True)
class DriftSettings:
    """What is watched for drift, and what follows.

    ``detector`` is a River detector by name, "" for none; ``parameters`` are its own. ``watched`` is ``loss``
    (the prequential loss of the base, or of the model itself where there is none), ``score`` or a feature's name.
    After a warning the corrector learns ``factor`` times as fast for ``accelerate_labels`` labels. After a drift a
    new base is trained on the last ``retrain_rows`` labelled rows; it enters ``retrain_after`` µs of event time
    later, and no other is asked for within ``retrain_cooldown`` µs. The same happens once each time that the weight of
    the base in the mixture falls below ``retrain_weight``.
    """

    detector: str = ""
    parameters: Mapping[str, float] = field(default_factory=dict[str, float])
    watched: str = "loss"
    on_warning: Literal["none", "accelerate"] = "none"
    on_drift: Literal["none", "retrain"] = "none"
    accelerate_labels: int = 2000
    accelerate_factor: float = 2.0
    retrain_after: int = HOUR
    retrain_cooldown: int = 24 * HOUR
    retrain_rows: int = 50_000
    retrain_weight: float = 0.01


@dataclass(frozen=True)
class LiveSettings:
    """How a model goes on learning from labels.

    ``classes`` are the labels of a multiclass model without a base, as text.
    ``algorithm`` is ``LeafCorrector`` or a River expression such as
    ``preprocessing.StandardScaler() | linear_model.LogisticRegression(l2=0.01)``. ``correction`` says how a River
    model uses the base: fed its margin ('stacked'), or moving it ('offset'). ``clip`` bounds the move of the
    margin (regression: in standard deviations of the base's residual). ``served`` is what a row's prediction is.
    ``admission``: whether an arm must prove itself before it takes part ('tested') or is muted only once it is shown
    to be worse ('at once'); 'always' leaves both to the weights of the mixture.
    ``quarantine_shift`` is how far the rates of labels may move from their reference before learning is frozen,
    judged over ``quarantine_labels`` labels.
    """

    algorithm: str = "LeafCorrector"
    objective: Objective = "binary"
    classes: tuple[str, ...] = ()
    correction: Literal["stacked", "offset"] = "stacked"
    update: Literal["each", "mini_batch"] = "each"
    batch_size: int = 100
    learning_rate: float = 0.3
    decay: float = 1e-5
    clip: float = 3.0
    eta: float = 0.1
    alpha: float = 1e-3
    served: Literal["mixture", "corrected"] = "mixture"
    admission: Admission = "tested"
    drift: DriftSettings = DriftSettings()
    quarantine: bool = True
    quarantine_labels: int = 500
    quarantine_shift: float = 0.1
    unlabelled: Unlabelled = "drop"
    weight: str = ""
    user: str = ""
    item: str = ""
    seed: int = 0


def base_settings(options: Sequence[Option], environment: Mapping[str, str], findings: Findings) -> BaseSettings | None:
    """Read the options of a LightGBM model; None, with every reason reported, where they cannot be used."""
    before = findings.refusals
    read = _Reader(known_options(options, BASE_KEYS, environment, findings), findings)
    read.choice("provider", ("lightgbm",))
    parameters = {
        key: read.number(key, default, least, most)
        for key, (default, least, most) in _LIGHTGBM.items()
        if read.given(key)
    }
    settings = BaseSettings(
        objective=read.choice("objective", ("binary", "multiclass", "regression")),
        num_iterations=read.number("num_iterations", 100, 1, 100_000),
        early_stopping_round=read.number("early_stopping_round", 20, 0, 100_000),
        valid_fraction=read.number("valid.fraction", 0.2, 0.0, 0.9),
        unlabelled=read.choice("unlabelled", ("drop", "negative")),
        weight=read.text("weight"),
        class_weight=read.choice("class.weight", ("none", "balanced")),
        seed=read.number("seed", 0, 0, 2**31 - 1),
        parameters=parameters,
    )
    return settings if findings.refusals == before else None


def live_settings(
    options: Sequence[Option], environment: Mapping[str, str], findings: Findings, corrects: bool
) -> LiveSettings | None:
    """Read the options of a model that learns online; None, with every reason reported, where they cannot be used.

    ``corrects`` says whether it stands on a base, which then decides the objective and the rule for unlabelled rows.
    """
    before = findings.refusals
    decided = ("objective", "classes", "unlabelled", "weight") if corrects else _CORRECTOR_KEYS
    keys = tuple(key for key in LIVE_KEYS if key not in decided)
    read = _Reader(known_options(options, keys, environment, findings), findings)
    read.choice("provider", ("river",))
    settings = LiveSettings(
        algorithm=read.text("algorithm", "LeafCorrector"),
        objective=read.choice("objective", ("binary", "multiclass", "regression")),
        classes=_classes(read),
        correction=read.choice("correction", ("stacked", "offset")),
        update=read.choice("update", ("each", "mini_batch")),
        batch_size=read.number("batch.size", 100, 1, 1_000_000),
        learning_rate=read.number("learning_rate", 0.3, 1e-9, 100.0),
        decay=read.number("decay", 1e-5, 0.0, 0.5),
        clip=read.number("clip", 3.0, 0.0, 1e6),
        eta=read.number("mixture.eta", 0.1, 0.0, 10.0),
        alpha=read.number("mixture.alpha", 1e-3, 0.0, 0.5),
        served=read.choice("serve", ("mixture", "corrected")),
        admission=read.choice("admission", ("tested", "at once", "always")),
        drift=_drift_settings(read),
        quarantine=read.choice("quarantine", ("on", "off")) == "on",
        quarantine_labels=read.number("quarantine.labels", 500, 50, 1_000_000),
        quarantine_shift=read.number("quarantine.shift", 0.1, 1e-3, 1.0),
        unlabelled=read.choice("unlabelled", ("drop", "negative")),
        weight=read.text("weight"),
        user=read.text("user"),
        item=read.text("item"),
        seed=read.number("seed", 0, 0, 2**31 - 1),
    )
    return settings if findings.refusals == before else None


def _classes(read: _Reader) -> tuple[str, ...]:
    classes = tuple(dict.fromkeys(one.strip() for one in read.text("classes").split(",") if one.strip()))
    several = read.text("objective") == "multiclass"
    if several and len(classes) < 2:
        read.refuse("objective", "a multiclass model without a base must be told its classes", "add 'classes' = 'a, b'")
    if classes and not several:
        read.refuse("classes", "'classes' is for the objective multiclass")
    return classes


def _drift_settings(read: _Reader) -> DriftSettings:
    detector = read.text("drift.detector")
    parameters = {
        key.removeprefix("drift."): read.number(key, 0.0, 0.0, 1e12) for key in _DRIFT_PARAMETERS if read.given(key)
    }
    for key in (*_DRIFT_PARAMETERS, "drift.on", "on.warning", "on.drift"):
        if read.given(key) and not detector:
            read.refuse(key, f"'{key}' needs a detector", "add 'drift.detector' = 'ADWIN'")
    return DriftSettings(
        detector=detector,
        parameters=parameters,
        watched=read.text("drift.on", "loss"),
        on_warning=read.choice("on.warning", ("none", "accelerate")),
        on_drift=read.choice("on.drift", ("none", "retrain")),
        accelerate_labels=read.number("accelerate.labels", 2000, 1, 10**9),
        accelerate_factor=read.number("accelerate.factor", 2.0, 1.0, 100.0),
        retrain_after=read.duration("retrain.after", HOUR),
        retrain_cooldown=read.duration("retrain.cooldown", 24 * HOUR),
        retrain_rows=read.number("retrain.rows", 50_000, 100, 10**9),
        retrain_weight=read.number("retrain.weight", 0.01, 0.0, 1.0),
    )


class _Reader:
    """Reads one value after the other; a wrong one is reported at its place and its default taken."""

    def __init__(self, options: Options, findings: Findings) -> None:
        self._options = options
        self._findings = findings

    def given(self, key: str) -> bool:
        return key in self._options.values

    def text(self, key: str, default: str = "") -> str:
        return self._options.get(key, default).strip()

    def choice(self, key: str, allowed: Sequence[str]) -> Any:
        """Return one of ``allowed``, the first where the option is not given."""
        with self._findings.collecting():
            return self._options.one_of(key, allowed, allowed[0])
        return allowed[0]

    def number(self, key: str, default: float, least: float, most: float) -> Any:
        """Return a number of the default's type between ``least`` and ``most``."""
        if not self.given(key):
            return default
        kind = type(default)
        try:
            value = kind(self._options.get(key))
        except ValueError:
            value = None
        if value is None or not least <= value <= most:
            what = "a whole number" if kind is int else "a number"
            shown = self._options.shown(key)
            self.refuse(key, f"'{key}' must be {what} from {least:g} to {most:g}; got '{shown}'")
            return default
        return value

    def duration(self, key: str, default: int) -> int:
        """Return the microseconds of a length of time."""
        if self.given(key):
            with self._findings.collecting():
                return parse_duration(self._options.get(key), self._options.span(key))
        return default

    def refuse(self, key: str, message: str, hint: str = "") -> None:
        """Report what is wrong with the value of ``key``."""
        self._findings.add(refuse(self._options.span(key), message, hint))
