"""Names in the place of a service, a model, labels or what a sink sends: each stands for that, or is refused."""

from __future__ import annotations

import pytest
from headrace.features_sql.errors import StatementError
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText

EVERY_KIND = """CREATE SOURCE source_ (id BIGINT, k VARCHAR, x DOUBLE, ok BOOLEAN, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'push');
CREATE TABLE table_ (k VARCHAR, risk DOUBLE, since TIMESTAMP) WITH ('connector' = 'files', 'path' = 'n/*.csv');
CREATE FEATURE VIEW view_ ENTITY k AS SELECT id, x FROM source_;
CREATE FEATURE SERVICE service_ AS SELECT v.* FROM view_ v;
CREATE MODEL model_ PREDICT ok FROM service_ LABELS source_ ON (id) WITHIN 1 DAY WITH ('provider' = 'lightgbm');
CREATE STREAM stream_ AS SELECT id, prediction FROM ML_PREDICT(TABLE service_, MODEL model_);
CREATE SINK sink_ FROM stream_ WITH ('connector' = 'files', 'path' = 'sent');
"""
KINDS = ("source", "table", "view", "service", "model", "stream", "sink")
LABELLED = "LABELS {} ON (id) WITHIN 1 DAY WITH ('provider' = 'lightgbm');"
SCORED = "CREATE STREAM new AS SELECT id, prediction FROM ML_PREDICT(TABLE {}, MODEL {});"
PLACES = {
    "a model's service": ("CREATE MODEL new PREDICT ok FROM {} " + LABELLED.format("source_"), {"service"}),
    "labels": ("CREATE MODEL new PREDICT ok FROM service_ " + LABELLED, {"source"}),
    "a base": ("CREATE MODEL new CORRECTS {} WITH ('provider' = 'river', 'algorithm' = 'LeafCorrector');", {"model"}),
    "a stream's service": (SCORED.format("{}", "model_"), {"service"}),
    "a stream's model": (SCORED.format("service_", "{}"), {"model"}),
    "what is sent": (
        "CREATE SINK new FROM {} WITH ('connector' = 'files', 'path' = 'new');",
        {"view", "service", "stream"},
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_what_stands_for_something_else_is_refused_and_never_left_out(place: str) -> None:
    statement, taken = PLACES[place]
    for kind in (*KINDS, "new"):
        name = "new" if kind == "new" else f"{kind}_"
        source = SourceText("features.sql", EVERY_KIND + statement.format(name))
        if kind in taken:
            definitions = compile_project([source])
            assert "new" in {*definitions.models, *definitions.streams, *definitions.sinks}
            continue
        with pytest.raises(StatementError) as refused:
            compile_project([source])
        (finding,) = refused.value.diagnostics
        assert finding.span.text == name


def test_a_view_in_the_place_of_a_service_is_told_how_to_become_one() -> None:
    model = f"CREATE MODEL new PREDICT ok FROM View_ {LABELLED.format('source_')}"
    with pytest.raises(StatementError, match="View_ is a feature view, not a feature service") as refused:
        compile_project([SourceText("features.sql", EVERY_KIND + model)])
    assert "CREATE FEATURE SERVICE ... AS SELECT view_.* FROM view_" in str(refused.value)
