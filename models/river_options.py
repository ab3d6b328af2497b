"""What only River can say of a model's options: said before the model is applied, at the user's own place."""

from __future__ import annotations

import re

from ..features_sql.definitions import Definitions, Model
from ..features_sql.diagnostics import Findings, refuse
from ..features_sql.errors import ModelError, StatementError
from ..features_sql.model_settings import LiveSettings
from ..features_sql.source_text import Span
from .line_up import LEAF_CORRECTOR


def check(definitions: Definitions) -> None:
    """Refuse algorithms and drift detectors that River has not, or that do not fit their model.

    Raises StatementError with every one of them.
    """
    findings = Findings()
    for model in definitions.models.values():
        if isinstance(model.settings, LiveSettings):
            with findings.collecting():
                _check(model, model.settings)
    if findings.diagnostics:
        raise StatementError(*findings.diagnostics)


def _check(model: Model, settings: LiveSettings) -> None:
    key = "algorithm"
    try:
        if settings.algorithm != LEAF_CORRECTOR:
            from .river_expert import fitting

            fitting(settings, [column.name for column in model.features], based=model.base is not None)
        elif model.base is None:
            raise ModelError("LeafCorrector corrects a model of trees and cannot stand alone")
        if settings.drift.detector:
            from .drift import detector

            key = "drift.detector"
            detector(settings.drift.detector, settings.drift.parameters)
    except ModelError as error:
        message, _, hint = str(error).partition("; ")
        raise refuse(_value(model, key), message, hint) from None


def _value(model: Model, key: str) -> Span:
    """Return where an option's value stands in its statement; the statement's first words where it is not written."""
    span = model.span
    written = re.search(rf"'{re.escape(key)}'\s*=\s*('(?:[^']|'')*')", span.text)
    begin, end = written.span(1) if written else (0, len("CREATE MODEL"))
    return Span(span.source, span.start + begin, span.start + end)
