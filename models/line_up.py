"""Which arms a model has: the base, what corrects it, what may replace it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ..features_sql.errors import ModelError
from ..features_sql.model_settings import LiveSettings, Objective
from .arms import CONSTANT, MIXTURE, Arms
from .experts import Expert, FrozenExpert, LeafExpert, RefitExpert, RunningRate
from .leaf_kernel import OBJECTIVES, LeafSettings
from .matrix import Fed, Inputs
from .mixture import Mixture
from .pending import Pending
from .registry import Model
from .scorer import Scorer

LEAF_CORRECTOR = "LeafCorrector"


@dataclass
class LineUp:
    """The arms of a model and what they work on.

    ``classes`` are the labels by code, text without a base; then the categories of ``fed`` are ``growing``. ``served``
    is the name of the arm that a row's prediction comes from, ``shown`` are those that are reported.
    """

    objective: Objective
    fed: Fed
    classes: list[Any]
    growing: bool
    scorer: Scorer | None
    wants_leaves: bool
    refit: RefitExpert | None
    arms: Arms
    pending: Pending
    served: str
    shown: tuple[str, ...] = field(default=())

    def place(self, arm: str) -> int:
        """Return where an arm stands in ``pending.predicted``."""
        return self.arms.names.index(arm)

    def close(self) -> None:
        """Let go of the models."""
        for held in (self.scorer, self.refit):
            if held is not None:
                held.close()


def line_up(base: Model | None, settings: LiveSettings | None, inputs: Inputs | None) -> LineUp:
    """Return the arms of a base, of a base with a corrector, or of a model without a base, which needs ``inputs``."""
    if base is not None:
        return _on_base(base, settings)
    if settings is None or inputs is None:
        raise ModelError("a model without a base needs settings and inputs")
    from .river_expert import RiverExpert

    several = settings.objective == "multiclass"
    if several and len(settings.classes) < 2:
        raise ModelError("a multiclass model without a base must be told its classes; got none")
    classes: list[Any] = list(settings.classes) if several else [False, True]
    fed = Fed(inputs, frozenset({settings.user, settings.item}))
    online = RiverExpert(settings, fed, classes, None)
    width = len(classes) if several else 1
    mixture = Mixture(2, settings.eta, settings.alpha)
    arms = Arms(settings.objective, 1.0, (RunningRate(settings.objective, width), online), mixture, None, "at once")
    pending = Pending(len(inputs.columns), width, 0, len(arms.names))
    names = (CONSTANT, online.name)
    return LineUp(settings.objective, fed, classes, True, None, False, None, arms, pending, online.name, names)


def _on_base(base: Model, settings: LiveSettings | None) -> LineUp:
    manifest = base.manifest
    objective, reference = manifest.settings.objective, manifest.reference
    scorer = Scorer(base.text)
    experts: list[Expert] = [FrozenExpert(objective)]
    refit = None
    leaves = settings is not None and settings.algorithm == LEAF_CORRECTOR
    if settings is not None:
        experts.append(_corrector(base, settings, scorer))
        if settings.drift.on_drift == "retrain":
            refit = RefitExpert(objective)
            experts.append(refit)
    eta, alpha = (settings.eta, settings.alpha) if settings else (0.0, 0.0)
    rate = np.array(reference.rates if objective == "multiclass" else [reference.base_rate])
    admission = settings.admission if settings else "tested"
    arms = Arms(objective, reference.spread, experts, Mixture(len(experts), eta, alpha), rate, admission)
    trees = scorer.trees if leaves else 0
    pending = Pending(len(base.inputs.columns), scorer.classes, trees, len(arms.names))
    served = (experts[1].name if settings.served == "corrected" else MIXTURE) if settings else experts[0].name
    shown = tuple(name for name in arms.names if settings or name != MIXTURE)
    classes = list(manifest.classes)
    return LineUp(objective, Fed(base.inputs), classes, False, scorer, leaves, refit, arms, pending, served, shown)


def _corrector(base: Model, settings: LiveSettings, scorer: Scorer) -> Expert:
    manifest = base.manifest
    if settings.algorithm == LEAF_CORRECTOR:
        objective = OBJECTIVES[manifest.settings.objective]
        spread = manifest.reference.spread
        told = LeafSettings(objective, settings.learning_rate, settings.decay, settings.clip, spread)
        return LeafExpert(told, scorer.leaf_counts())
    from .river_expert import RiverExpert

    return RiverExpert(settings, Fed(base.inputs), list(manifest.classes), manifest)
