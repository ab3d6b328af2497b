"""What every group of a project shares, and whoever reads the project's past."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from ..features_sql.definitions import Definitions
from .settings import Settings
from .stores.layout import Layout


@dataclass(frozen=True)
class Workplace:
    """A project at work: its folder, settings, definitions with their versions by name, store and connection."""

    layout: Layout
    settings: Settings
    definitions: Definitions
    versions: Mapping[str, int]
    store: sqlite3.Connection
    duck: duckdb.DuckDBPyConnection
