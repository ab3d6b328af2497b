"""River models by name: an expression such as ``StandardScaler() | LogisticRegression(l2=0.01)`` made into a model."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Mapping
from typing import Any

from ..features_sql.errors import ModelError
from ..features_sql.names import did_you_mean

# Parts of River that read files, fetch data, or only serve tests.
_CLOSED = frozenset({"datasets", "checks", "test", "stream", "utils", "evaluate", "bench", "sketch"})


def make(algorithm: str, seed: int = 0) -> Any:
    """Make the River model that an expression names; what it draws at random is drawn from ``seed`` on.

    An expression is a dotted name (``tree.HoeffdingTreeClassifier``), a call of one with keyword or positional
    arguments (numbers, strings, booleans, None, lists, tuples, other expressions), or several joined by ``|`` into a
    pipeline. Names are those of River's modules. An argument ``seed`` of a class that is not given, or None, is the
    ``seed`` here: a run that is computed again must draw the same. Raises ModelError at what cannot be made.
    """
    try:
        tree = ast.parse(algorithm.strip(), mode="eval").body
    except SyntaxError as error:
        raise ModelError(
            f"the algorithm must be a River model such as linear_model.LogisticRegression(); got {algorithm}"
        ) from error
    made = _Maker(algorithm, seed).value(tree)
    if not callable(getattr(made, "learn_one", None)):
        raise ModelError(f"{algorithm} is no River model that learns")
    return made


def last_step(model: Any) -> Any:
    """Return the model at the end of a pipeline, or the model itself."""
    return list(model.steps.values())[-1] if hasattr(model, "steps") else model


def kind_of(model: Any) -> str:
    """Return ``classifier``, ``regressor`` or ``recommender``; raises ModelError for anything else."""
    from river import base, reco
    from river.active.base import ActiveLearningClassifier

    inner = last_step(model)
    if isinstance(inner, ActiveLearningClassifier):
        raise ModelError(f"{type(inner).__name__} answers whether it wants a label; name the model inside it")
    if isinstance(inner, (base.MultiTargetRegressor, base.MultiLabelClassifier)):
        raise ModelError(f"{type(inner).__name__} predicts several targets at once; a model here has one")
    if isinstance(inner, reco.base.Ranker):
        return "recommender"
    for one, name in ((base.Classifier, "classifier"), (base.Regressor, "regressor")):
        if isinstance(inner, one):
            return name
    raise ModelError(f"{type(inner).__name__} must be a classifier or a regressor to be a model here")


class _Maker:
    """Makes the parts of one expression, ``whole``."""

    def __init__(self, whole: str, seed: int) -> None:
        self._whole, self._seed = whole, seed

    def value(self, node: ast.expr) -> Any:
        """Return the model that a node names, or what it says otherwise."""
        found = self._read(node)
        return self._called(found, [], {}) if isinstance(found, type) else found

    def _read(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=value) if value is None or isinstance(value, (bool, int, float, str)):
                return value
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return -self._read(operand)
            case ast.List(elts=items) | ast.Tuple(elts=items):
                values = [self._read(item) for item in items]
                return values if isinstance(node, ast.List) else tuple(values)
            case ast.BinOp(left=left, op=ast.BitOr(), right=right):
                return self.value(left) | self.value(right)
            case ast.Call(func=function, args=arguments, keywords=named):
                given = {str(one.arg): self._read(one.value) for one in named}
                return self._called(self._read(function), [self._read(one) for one in arguments], given)
            case ast.Attribute() | ast.Name():
                return _named(ast.unparse(node))
            case _:
                raise ModelError(f"a River model cannot be made of {ast.unparse(node)!r}; in {self._whole}")

    def _called(self, made: Any, arguments: list[Any], named: Mapping[str, Any]) -> Any:
        if not isinstance(made, type):
            raise ModelError(f"only River classes can be called; in {self._whole}")
        known = [name for name in inspect.signature(made).parameters if name != "self"]
        if "seed" in known[len(arguments) :] and named.get("seed") is None:
            named = {**named, "seed": self._seed}
        try:
            return made(*arguments, **named)
        except (TypeError, ValueError, AttributeError, RuntimeError) as error:
            unknown = next((name for name in named if name not in known), None)
            hint = f"; {did_you_mean(unknown, known) or 'it takes ' + ', '.join(known)}" if unknown else ""
            raise ModelError(f"{made.__name__} cannot be made: {error}{hint}") from error


def _named(name: str) -> type:
    """Return the River class of a dotted name, or of its last part where only one module has it."""
    import river

    modules = {one.name for one in pkgutil.iter_modules(river.__path__)} - _CLOSED
    module, _, leaf = name.rpartition(".")
    if module.split(".")[0] in modules and leaf:
        try:
            found = getattr(importlib.import_module(f"river.{module}"), leaf, None)
        except ImportError:
            found = None
        if isinstance(found, type):
            return found
        known = [one for one in dir(importlib.import_module(f"river.{module.split('.')[0]}")) if one[0].isupper()]
        raise ModelError(f"River has no {name}; {did_you_mean(leaf, known) or 'it has ' + ', '.join(known[:12])}")
    every = {
        f"{one}.{leaf_name}"
        for one in sorted(modules)
        if not one.startswith("_")
        for leaf_name in getattr(importlib.import_module(f"river.{one}"), "__all__", ())
    }
    same = [one for one in sorted(every) if one.split(".")[1] == name]
    if len(same) == 1:
        return _named(same[0])
    hint = f"write {same[0]}" if same else did_you_mean(name, every)
    raise ModelError(
        f"River has no {name}; {hint or 'write module.Class, for example linear_model.LogisticRegression'}"
    )
