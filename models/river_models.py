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


def make(algorithm: str) -> Any:
    """Make the River model that an expression names.

    An expression is a dotted name (``tree.HoeffdingTreeClassifier``), a call of one with keyword or positional
    arguments (numbers, strings, booleans, None, lists, tuples, other expressions), or several joined by ``|`` into a
    pipeline. Names are those of River's modules. Raises ModelError at what cannot be made.
    """
    try:
        tree = ast.parse(algorithm.strip(), mode="eval").body
    except SyntaxError as error:
        raise ModelError(
            f"the algorithm must be a River model such as linear_model.LogisticRegression(); got {algorithm}"
        ) from error
    made = _value(tree, algorithm)
    if isinstance(made, type):
        made = _called(made, [], {}, algorithm)
    if not callable(getattr(made, "learn_one", None)):
        raise ModelError(f"{algorithm} is no River model that learns")
    return made


def kind_of(model: Any) -> str:
    """Return ``classifier``, ``regressor`` or ``recommender``; raises ModelError for anything else."""
    from river import base, reco

    inner: Any = getattr(model, "_last_step", model)
    if isinstance(inner, reco.base.Ranker):
        return "recommender"
    for one, name in ((base.Classifier, "classifier"), (base.Regressor, "regressor")):
        if isinstance(inner, one):
            return name
    raise ModelError(f"{type(inner).__name__} must be a classifier or a regressor to be a model here")


def _value(node: ast.expr, whole: str) -> Any:
    match node:
        case ast.Constant(value=value) if value is None or isinstance(value, (bool, int, float, str)):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, whole)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            values = [_value(item, whole) for item in items]
            return values if isinstance(node, ast.List) else tuple(values)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _instance(_value(left, whole), whole) | _instance(_value(right, whole), whole)
        case ast.Call(func=function, args=arguments, keywords=named):
            given = {str(one.arg): _value(one.value, whole) for one in named}
            return _called(_value(function, whole), [_value(one, whole) for one in arguments], given, whole)
        case ast.Attribute() | ast.Name():
            return _named(ast.unparse(node))
        case _:
            raise ModelError(f"a River model cannot be made of {ast.unparse(node)!r}; in {whole}")


def _instance(made: Any, whole: str) -> Any:
    return _called(made, [], {}, whole) if isinstance(made, type) else made


def _called(made: Any, arguments: list[Any], named: Mapping[str, Any], whole: str) -> Any:
    if not isinstance(made, type):
        raise ModelError(f"only River classes can be called; in {whole}")
    try:
        return made(*arguments, **named)
    except (TypeError, ValueError, AttributeError) as error:
        known = [name for name in inspect.signature(made).parameters if name != "self"]
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
