"""The flights example compiles as it ships."""

from __future__ import annotations

from pathlib import Path

from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText

FEATURES = Path(__file__).parents[2] / "examples" / "flights" / "features"


def test_flights() -> None:
    definitions = compile_project([SourceText(path.name, path.read_text()) for path in sorted(FEATURES.glob("*.sql"))])
    kinds = {window.kind for view in definitions.views.values() for window in view.windows}
    assert kinds == {"sliding", "tumbling", "hopping", "session", "global", "last", "range", "rows"}
    features = [feature for view in definitions.views.values() for feature in view.features]
    assert all(feature.description for feature in features)
    (service,) = definitions.services.values()
    assert len(service.columns) > 40
