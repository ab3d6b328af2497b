"""What the options of a model mean."""

from __future__ import annotations

import pytest
from headrace.features_sql.diagnostics import Findings
from headrace.features_sql.model_settings import (
    HOUR,
    BaseSettings,
    DriftSettings,
    LiveSettings,
    base_settings,
    live_settings,
)
from headrace.features_sql.source_text import SourceText, Span
from headrace.features_sql.statements import Name, Option


def options(**given: str) -> list[Option]:
    """Options as a parser would give them; ``__`` in a name stands for a dot."""
    made: list[Option] = []
    for name, value in given.items():
        key = name.replace("__", ".")
        source = SourceText("test.sql", f"'{key}' = '{value}'")
        place = Span(source, len(key) + 5, len(source.text))
        made.append(Option(Name(key, Span(source, 0, len(key) + 2)), value, place))
    return made


def test_defaults() -> None:
    findings = Findings()
    assert base_settings([], {}, findings) == BaseSettings()
    assert live_settings([], {}, findings, corrects=True) == LiveSettings()
    assert findings.diagnostics == []


def test_a_base() -> None:
    given = options(
        provider="lightgbm", objective="multiclass", num_leaves="63", valid__fraction="0.3", class__weight="balanced"
    )
    found = base_settings(given, {}, Findings())
    assert found == BaseSettings(
        "multiclass", valid_fraction=0.3, class_weight="balanced", parameters={"num_leaves": 63}
    )


def test_a_corrector() -> None:
    given = options(
        provider="river",
        algorithm="LeafCorrector",
        drift__detector="ADWIN",
        drift__delta="0.01",
        drift__on="amount",
        on__drift="retrain",
        retrain__after="2 hours",
        clip="1",
        quarantine="off",
    )
    found = live_settings(given, {}, Findings(), corrects=True)
    drift = DriftSettings("ADWIN", {"delta": 0.01}, "amount", on_drift="retrain", retrain_after=2 * HOUR)
    assert found == LiveSettings(clip=1.0, drift=drift, quarantine=False)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (options(num_leaves="many"), "'num_leaves' must be a whole number from 2 to 131072; got 'many'"),
        (options(num_leaves="1"), "'num_leaves' must be a whole number from 2 to 131072; got '1'"),
        (options(learning_rate="nan"), "'learning_rate' must be a number from 1e-06 to 1; got 'nan'"),
        (options(objective="binry"), "'objective' cannot be 'binry'"),
        (options(num_leafs="3"), "unknown option 'num_leafs'"),
        (options(provider="river"), "'provider' cannot be 'river'"),
    ],
)
def test_refusals_of_a_base(given: list[Option], message: str) -> None:
    findings = Findings()
    assert base_settings(given, {}, findings) is None
    assert [one.message for one in findings.diagnostics] == [message]


@pytest.mark.parametrize(
    ("given", "corrects", "message"),
    [
        (options(objective="binary"), True, "unknown option 'objective'"),
        (options(objective="multiclass"), False, "a multiclass model without a base must be told its classes"),
        (options(classes="a, b"), False, "'classes' is for the objective multiclass"),
        (options(clip="3"), False, "unknown option 'clip'"),
        (options(on__warning="accelerate"), True, "'on.warning' needs a detector"),
        (options(drift__detector="ADWIN", retrain__after="3 moons"), True, "unknown unit of time"),
        (options(update="weekly"), True, "'update' cannot be 'weekly'"),
    ],
)
def test_refusals_of_a_live_model(given: list[Option], corrects: bool, message: str) -> None:
    findings = Findings()
    assert live_settings(given, {}, findings, corrects=corrects) is None
    assert [one.message[: len(message)] for one in findings.diagnostics] == [message]


def test_every_wrong_option_is_reported() -> None:
    findings = Findings()
    assert base_settings(options(num_leaves="x", seed="y", objective="z"), {}, findings) is None
    assert len(findings.diagnostics) == 3
