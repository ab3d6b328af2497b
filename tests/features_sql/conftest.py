"""Compiling feature SQL in tests."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from headrace.features_sql.definitions import Definitions
from headrace.features_sql.diagnostics import Diagnostic
from headrace.features_sql.errors import StatementError
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText

Compile = Callable[..., Definitions]
Refuse = Callable[..., tuple[Diagnostic, ...]]

CASES = Path(__file__).parent / "cases"


@pytest.fixture
def cases() -> Path:
    """The folder of SQL fixtures."""
    return CASES


@pytest.fixture
def payments() -> list[SourceText]:
    """A source of payments and a table of merchants."""
    return [_read("payments_sources.sql")]


@pytest.fixture
def payment_views() -> list[SourceText]:
    """The views card_velocity and merchant_hourly and the service fraud_v1 over the payments."""
    return [_read("payments_views.sql")]


@pytest.fixture
def payment_models() -> list[SourceText]:
    """Labels of the payments, the models fraud, fraud_live and fraud_online, and the stream scored."""
    return [_read("payments_models.sql")]


@pytest.fixture
def compile_sql(payments: list[SourceText]) -> Compile:
    """Compile a text beside the payments' source and table."""

    def compile_(text: str, **environment: str) -> Definitions:
        return compile_project([*payments, SourceText("test.sql", text)], environment)

    return compile_


@pytest.fixture
def refuse_sql(payments: list[SourceText]) -> Refuse:
    """Compile a text that must be refused and return what is said of it."""

    def refuse(text: str, **environment: str) -> tuple[Diagnostic, ...]:
        with pytest.raises(StatementError) as caught:
            compile_project([*payments, SourceText("test.sql", text)], environment)
        return caught.value.diagnostics

    return refuse


def _read(name: str) -> SourceText:
    return SourceText(name, (CASES / name).read_text())
