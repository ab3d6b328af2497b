"""Scalar expressions: names, fields, lambdas, sharing, and the SQL that is printed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from headrace.features_sql.definitions import Definitions, View
from headrace.features_sql.functions import known_functions

Compile = Callable[..., Definitions]

SOURCE = """CREATE SOURCE s (
  id BIGINT, "Odd ""Name" VARCHAR, tags VARCHAR[], place STRUCT(city VARCHAR, lat DOUBLE), js JSON, at TIMESTAMP,
  twice BIGINT AS (id * 2), more DOUBLE AS (twice + 1),
  WATERMARK FOR at AS at
) WITH ('connector' = 'files', 'path' = 's.parquet');
"""


def _view(compile_sql: Compile, items: str, rest: str = "") -> View:
    return compile_sql(f"{SOURCE}CREATE FEATURE VIEW v ENTITY id AS SELECT {items} FROM s {rest};").views["v"]


PRINTED = {
    "place.city": "(r0).city",
    "s.place.lat": "(r0).lat",
    "(place).lat": "(r0).lat",
    "tags[1]": "r0[1]",
    "list_transform(tags, lambda tag: tag || place.city)": "list_transform(r0, lambda tag: tag || (r1).city)",
    "[tag || 'x' FOR tag IN tags IF tag <> place.city]": "[tag || 'x' FOR tag IN r0 IF tag <> (r1).city]",
    "js->>'$.a'": "r0->>'$.a'",
    "hour(at)": "hour(r0)",
    "at AT TIME ZONE 'Asia/Tokyo'": "r0 AT TIME ZONE 'Asia/Tokyo'",
    "extract(year FROM at)": "extract(year FROM r0)",
    'CASE id WHEN 1 THEN \'a\' ELSE "Odd ""Name" END': "CASE r0 WHEN 1 THEN 'a' ELSE r1 END",
    "id IS DISTINCT FROM twice": "r0 IS DISTINCT FROM r1",
    "ID  +\n  /* once */ Twice -- more": "r0 + r1",
    "-id": "-r0",
    "'größe ' || id": "'größe ' || r0",
    "at - INTERVAL 5 MINUTES": "r0 - INTERVAL 5 MINUTES",
    "id IN (1, 2) AND id BETWEEN 1 AND twice": "r0 IN (1, 2) AND r0 BETWEEN 1 AND r1",
    "TRY_CAST(tags[1] AS DECIMAL(12, 2))": "TRY_CAST(r0[1] AS DECIMAL(12, 2))",
    "{'k': id, 'l': [twice]}": "{'k': r0, 'l': [r1]}",
}


@pytest.mark.parametrize("text", PRINTED)
def test_printed(compile_sql: Compile, text: str) -> None:
    (feature,) = _view(compile_sql, f"{text}\n AS x").features
    assert feature.sql == PRINTED[text]


def test_names_are_stored_as_declared(compile_sql: Compile) -> None:
    view = _view(compile_sql, '"odd ""name", TAGS, s.PLACE AS Where_To')
    assert [feature.name for feature in view.features] == ['Odd "Name', "tags", "Where_To"]
    assert view.terms[0].sql == '"s"."Odd ""Name"'


def test_entity_and_time_lead_by_themselves(compile_sql: Compile) -> None:
    view = _view(compile_sql, "id, s.at, id AS copy, at AS Moment, tags")
    assert [feature.name for feature in view.features] == ["copy", "Moment", "tags"]
    assert [column.name for column in view.columns] == ["id", "at", "copy", "Moment", "tags"]


def test_computed_columns_hold_each_others_expressions(compile_sql: Compile) -> None:
    columns = {column.name: column for column in compile_sql(SOURCE).sources["s"].columns}
    assert columns["twice"].computed == '"s"."id" * 2'
    assert columns["more"].computed == 'CAST(("s"."id" * 2) + 1 AS DOUBLE)'


def test_equal_measures_are_shared(compile_sql: Compile) -> None:
    view = _view(
        compile_sql,
        "Sum(ID) OVER w + sum( id ) OVER W AS a, sum(id + 1) OVER w AS b, sum(id+1) OVER w AS c,"
        " sum(id) FILTER (WHERE id > 0) OVER w AS d, sum(DISTINCT id) OVER w AS e, count() OVER w AS f,"
        " count(*) OVER w AS g, mean(id) OVER w AS h, avg(id) OVER w AS i, last_n(id, 2) OVER w AS j,"
        " last_n(id, 3) OVER w AS k, rate(id, '1 s') OVER w AS l, rate(id, '1 minute') OVER w AS m",
        "WINDOW w AS (SLIDING SIZE 1 DAY)",
    )
    assert [feature.sql for feature in view.features] == (
        ["m0 + m0", "m1", "m1", "m2", "m3", "m4", "m4", "m5", "m5", "m6", "m7", "m8", "m9"]
    )
    assert [(term.id, term.sql) for term in view.terms] == [
        ("x0", '"s"."id"'),
        ("x1", '"s"."id" + 1'),
        ("f0", '"s"."id" > 0'),
    ]


def test_arguments_and_filters(compile_sql: Compile) -> None:
    view = _view(
        compile_sql,
        "quantile_cont(more, [0.25, 0.5]) OVER w AS a, string_agg(tags[1], ', ') OVER w AS b, corr(id, more) OVER w"
        " AS c, since_last(id > 1) FILTER (WHERE twice > 0) OVER w AS d, sum(1) OVER w AS e, count(DISTINCT id) OVER w"
        " AS f",
        "WINDOW w AS (SLIDING SIZE 1 DAY)",
    )
    measures = {measure.id: measure for measure in view.measures}
    assert measures["m0"].arguments == ("x0", "[0.25, 0.5]")
    assert measures["m0"].type == "DOUBLE[]"
    assert measures["m1"].arguments == ("x1", "', '")
    assert measures["m2"].arguments == ("x2", "x0")
    assert measures["m3"].arguments == ()
    assert view.term(measures["m3"].filter or "").sql == '("s"."id" > 1) AND ("s"."twice" > 0)'
    assert view.term(measures["m4"].arguments[0]).sql == "1"
    assert measures["m5"].distinct


def test_the_entity_in_an_expression_on_close(compile_sql: Compile) -> None:
    view = _view(
        compile_sql, "id, 'k' || id || count(*) OVER w AS a", "WINDOW w AS (TUMBLING SIZE 1 DAY) EMIT ON WINDOW CLOSE"
    )
    (feature,) = view.features
    assert feature.sql == "'k' || _k0 || m0"
    assert [(measure.function, measure.window) for measure in view.measures] == [("count", "w")]


def test_where_is_qualified(compile_sql: Compile) -> None:
    view = _view(compile_sql, "tags", "AS z WHERE id <> 0 AND z.tags IS NOT NULL")
    assert view.where == '"z"."id" <> 0 AND "z"."tags" IS NOT NULL'


def test_bare_names_are_the_sources_first(compile_sql: Compile) -> None:
    view = compile_sql("""CREATE FEATURE VIEW v ENTITY card_id AS
        SELECT merchant_id AS a, risk AS b, valid_from AS c FROM transactions t
        ASOF LEFT JOIN merchants m ON m.valid_from < t.ts AND merchant_id = m.merchant_id;""").views["v"]
    assert [term.sql for term in view.terms] == ['"t"."merchant_id"', '"m"."risk"', '"m"."valid_from"']
    assert view.joins[0].strict
    assert view.joins[0].equalities == (('"t"."merchant_id"', "merchant_id"),)


def test_functions_that_depend_on_anything_else_are_not_allowed() -> None:
    scalar = known_functions().scalar
    refused = "now today random uuid getenv getvariable current_setting version nextval sleep_ms write_log error"
    assert not scalar & set(refused.split())
    assert {"lower", "strptime", "date_trunc", "list_transform", "greatest", "+", "nullif", "split_part"} <= scalar
