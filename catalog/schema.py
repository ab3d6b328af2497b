"""The catalog's tables. Users read them with ``headrace catalog query``, so their names are an interface.

Lists are comma-separated text, ``columns`` and ``content`` are JSON, instants ending in ``_us`` are
microseconds from 1970-01-01T00:00Z and those ending in ``_at`` the same as text.
"""

from __future__ import annotations

FORMAT = 7


def as_text(column: str) -> str:
    """Return SQL for a microsecond column as ISO text in UTC; NULL outside SQLite's years."""
    fraction = f"(({column} % 1000000) + 1000000) % 1000000"
    seconds = f"({column} - ({fraction})) / 1000000"
    return f"strftime('%Y-%m-%dT%H:%M:%S', {seconds}, 'unixepoch') || printf('.%06dZ', {fraction})"


STATEMENTS = (
    """
CREATE TABLE IF NOT EXISTS sources (
  name TEXT PRIMARY KEY, kind TEXT NOT NULL CHECK (kind IN ('source', 'table')),
  connector TEXT NOT NULL, path TEXT NOT NULL, time TEXT, delay INTEGER, primary_key TEXT NOT NULL,
  columns TEXT NOT NULL, description TEXT NOT NULL, sql TEXT NOT NULL, hash TEXT NOT NULL, live INTEGER NOT NULL
) STRICT""",
    """
CREATE TABLE IF NOT EXISTS views (
  name TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('view', 'service', 'model', 'stream')),
  version INTEGER NOT NULL, hash TEXT NOT NULL, entity TEXT NOT NULL, time TEXT NOT NULL, emit TEXT NOT NULL,
  source TEXT NOT NULL, owner TEXT NOT NULL, tags TEXT NOT NULL, description TEXT NOT NULL, sql TEXT NOT NULL,
  live INTEGER NOT NULL, created_at TEXT NOT NULL, folder TEXT NOT NULL, PRIMARY KEY (name, version)
) STRICT""",
    "CREATE UNIQUE INDEX IF NOT EXISTS one_live_version ON views (name) WHERE live",
    """
CREATE TABLE IF NOT EXISTS features (
  view TEXT NOT NULL, version INTEGER NOT NULL, feature TEXT NOT NULL, position INTEGER NOT NULL,
  type TEXT NOT NULL, description TEXT NOT NULL, window TEXT NOT NULL, expression TEXT NOT NULL,
  inputs TEXT NOT NULL, window_step TEXT, cost TEXT, state_bytes INTEGER, owner TEXT NOT NULL, tags TEXT NOT NULL,
  PRIMARY KEY (view, version, feature), FOREIGN KEY (view, version) REFERENCES views (name, version)
) STRICT""",
    """
CREATE TABLE IF NOT EXISTS fed_columns (
  service TEXT NOT NULL, version INTEGER NOT NULL, feature TEXT NOT NULL, position INTEGER NOT NULL,
  PRIMARY KEY (service, version, feature), FOREIGN KEY (service, version) REFERENCES views (name, version)
) STRICT""",
    """
CREATE TABLE IF NOT EXISTS lineage (
  target TEXT NOT NULL, feature TEXT NOT NULL, input_relation TEXT NOT NULL, input_column TEXT NOT NULL,
  version INTEGER NOT NULL, PRIMARY KEY (target, version, feature, input_relation, input_column),
  FOREIGN KEY (target, version) REFERENCES views (name, version)
) STRICT""",
    f"""
CREATE TABLE IF NOT EXISTS stats (
  view TEXT NOT NULL, version INTEGER NOT NULL, rows INTEGER NOT NULL, first_us INTEGER, last_us INTEGER,
  first_at TEXT GENERATED ALWAYS AS ({as_text("first_us")}) VIRTUAL,
  last_at TEXT GENERATED ALWAYS AS ({as_text("last_us")}) VIRTUAL,
  updated_epoch INTEGER, PRIMARY KEY (view, version), FOREIGN KEY (view, version) REFERENCES views (name, version)
) STRICT""",
    """
CREATE TABLE IF NOT EXISTS feature_stats (
  view TEXT NOT NULL, version INTEGER NOT NULL, feature TEXT NOT NULL, nulls INTEGER NOT NULL,
  PRIMARY KEY (view, version, feature), FOREIGN KEY (view, version) REFERENCES views (name, version)
) STRICT""",
    """
CREATE TABLE IF NOT EXISTS definitions (
  hash TEXT NOT NULL, name TEXT NOT NULL, kind TEXT NOT NULL, sql TEXT NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (name, hash)
) STRICT""",
    f"""
CREATE TABLE IF NOT EXISTS model_versions (
  model TEXT NOT NULL, version INTEGER NOT NULL, parent INTEGER, live INTEGER NOT NULL, rows_fit INTEGER NOT NULL,
  rows_valid INTEGER NOT NULL, rows_dropped INTEGER NOT NULL, first_us INTEGER NOT NULL, last_us INTEGER NOT NULL,
  first_at TEXT GENERATED ALWAYS AS ({as_text("first_us")}) VIRTUAL,
  last_at TEXT GENERATED ALWAYS AS ({as_text("last_us")}) VIRTUAL,
  metrics TEXT NOT NULL, created_at TEXT NOT NULL, PRIMARY KEY (model, version)
) STRICT""",
    """
CREATE TABLE IF NOT EXISTS model_features (
  model TEXT NOT NULL, version INTEGER NOT NULL, feature TEXT NOT NULL, position INTEGER NOT NULL, gain REAL NOT NULL,
  splits INTEGER NOT NULL, PRIMARY KEY (model, version, feature)
) STRICT""",
    """
CREATE TABLE IF NOT EXISTS model_learning (
  model TEXT PRIMARY KEY, epoch INTEGER NOT NULL, scored INTEGER NOT NULL, learned INTEGER NOT NULL,
  withheld INTEGER NOT NULL, expired INTEGER NOT NULL, pending INTEGER NOT NULL, counts TEXT NOT NULL,
  weights TEXT NOT NULL, state TEXT NOT NULL
) STRICT""",
    """
CREATE TABLE IF NOT EXISTS model_scores (
  model TEXT NOT NULL, month TEXT NOT NULL, arm TEXT NOT NULL, metric TEXT NOT NULL, n INTEGER NOT NULL, value REAL,
  PRIMARY KEY (model, month, arm, metric)
) STRICT""",
    """
CREATE TABLE IF NOT EXISTS model_comparisons (
  model TEXT NOT NULL, arm TEXT NOT NULL, against TEXT NOT NULL, n INTEGER NOT NULL, effect REAL, low REAL, high REAL,
  e REAL, verdict TEXT NOT NULL, since_us INTEGER, PRIMARY KEY (model, arm, against)
) STRICT""",
    """
CREATE TABLE IF NOT EXISTS model_comparison_points (
  model TEXT NOT NULL, arm TEXT NOT NULL, n INTEGER NOT NULL, at_us INTEGER NOT NULL, effect REAL, low REAL, high REAL,
  PRIMARY KEY (model, arm, n)
) STRICT""",
    f"""
CREATE TABLE IF NOT EXISTS model_events (
  epoch INTEGER NOT NULL, model TEXT NOT NULL, at_us INTEGER NOT NULL,
  at TEXT GENERATED ALWAYS AS ({as_text("at_us")}) VIRTUAL,
  kind TEXT NOT NULL, arm TEXT NOT NULL, detail TEXT NOT NULL, value REAL
) STRICT""",
    """
CREATE VIEW IF NOT EXISTS live_features AS
SELECT f.*, v.kind, coalesce(s.rows, 0) AS rows, coalesce(n.nulls, 0) AS nulls,
  CAST(n.nulls AS REAL) / nullif(s.rows, 0) AS null_rate, s.last_us, s.last_at
FROM features f
JOIN views v ON v.name = f.view AND v.version = f.version AND v.live
LEFT JOIN stats s ON s.view = f.view AND s.version = f.version
LEFT JOIN feature_stats n ON n.view = f.view AND n.version = f.version AND n.feature = f.feature""",
)
