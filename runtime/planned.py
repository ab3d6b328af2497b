"""What applying a project would change: its definitions in the catalog, and where its rows go on to."""

from __future__ import annotations

import sqlite3

from ..catalog import plan
from ..catalog.plan import Plan
from ..features_sql.definitions import Definitions
from . import sinks


def planned(store: sqlite3.Connection, definitions: Definitions) -> Plan:
    """Compare a project with what was applied; change nothing. What is dropped comes last."""
    changes = (*plan.plan(store, definitions).changes, *sinks.changes(store, definitions.sinks.values()))
    return Plan(tuple(sorted(changes, key=lambda change: change.kind == "dropped")))
