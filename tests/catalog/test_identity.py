"""What changes a definition's hash, and what does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from headrace.catalog.identity import content, content_hash, differences
from headrace.features_sql.definitions import Definitions, Emit, Term, View, Window


def changed_view(shop: Definitions, view: View) -> Definitions:
    return replace(shop, views={**shop.views, view.name: view})


def view_hash(shop: Definitions, **changes: Any) -> str:
    view = replace(shop.views["velocity"], **changes)
    return content_hash(view, changed_view(shop, view))


def test_words_about_a_view_do_not_change_it(shop: Definitions) -> None:
    view = shop.views["velocity"]
    features = tuple(replace(feature, description="other", text="other") for feature in view.features)
    words = {"owner": "x", "tags": ("y",), "description": "z", "sql": "-- new comment", "features": features}
    assert view_hash(shop, **words) == content_hash(view, shop)
    assert view_hash(shop, recompute_allowed=True, valid_for=1) == content_hash(view, shop)


def test_names_of_windows_and_ids_do_not_change_a_view(shop: Definitions) -> None:
    view = shop.views["velocity"]
    windows = (replace(view.windows[1], name="stay"), replace(view.windows[0], name="short"))
    measures = (
        replace(view.measures[1], id="m0", window="stay", arguments=("x7",), filter="f3"),
        replace(view.measures[0], id="m1", window="short"),
    )
    terms = (
        Term("x7", view.terms[2].sql, "DOUBLE"),
        Term("f3", view.terms[3].sql, "BOOLEAN"),
        Term("r1", view.terms[0].sql, "VARCHAR"),
        Term("r0", view.terms[1].sql, "DOUBLE"),
    )
    sql = {"merchant": "r1", "risk": "r0", "n_5m": "m1", "avg_large_visit": "m0 / nullif(m1, 0)"}
    features = tuple(replace(feature, sql=sql[feature.name]) for feature in view.features)
    renamed = {"windows": windows, "measures": measures, "terms": terms, "features": features}
    assert view_hash(shop, **renamed) == content_hash(view, shop)


def variants(view: View) -> dict[str, dict[str, Any]]:
    first, second, *_ = view.measures
    n_5m, *others = (view.features[2], *view.features[:2], view.features[3])
    term = {"x": view.terms[2], "f": view.terms[3]}
    other_terms = view.terms[:2]
    return {
        "window size": {"windows": (replace(view.windows[0], size=1), *view.windows[1:])},
        "exclude": {"windows": (view.windows[0], replace(view.windows[1], exclude="none"))},
        "function": {"measures": (replace(first, function="count_if"), second)},
        "argument": {"terms": (*other_terms, replace(term["x"], sql="1"), term["f"])},
        "filter": {"terms": (*other_terms, term["x"], replace(term["f"], sql="true"))},
        "no filter": {"measures": (first, replace(second, filter=None))},
        "distinct": {"measures": (first, replace(second, distinct=True))},
        "where": {"where": None},
        "joins": {"joins": (replace(view.joins[0], strict=True),)},
        "emit": {"emit": Emit("close", "w5m")},
        "feature sql": {"features": (replace(n_5m, sql="m0 + 1"), *others)},
        "feature name": {"features": (replace(n_5m, name="n"), *others)},
        "feature type": {"features": (replace(n_5m, type="INTEGER"), *others)},
        "feature order": {"features": view.features[::-1]},
        "literal that looks like an id": {"features": (replace(n_5m, sql="m0 || 'm1'"), *others)},
        "another literal": {"features": (replace(n_5m, sql="m0 || 'm0'"), *others)},
        "entity": {"entity": (replace(view.entity[0], name="merchant"),)},
    }


def test_each_change_of_rows_changes_a_view(shop: Definitions) -> None:
    view = shop.views["velocity"]
    hashes = {name: view_hash(shop, **changes) for name, changes in variants(view).items()}
    hashes["as it was"] = content_hash(view, shop)
    assert len(set(hashes.values())) == len(hashes)


@pytest.mark.parametrize(
    "changes",
    [
        {"delay": 0},
        {"time": "at"},
        {"primary_key": ()},
        {"columns": ()},
    ],
    ids=str,
)
def test_a_changed_source_changes_its_views_and_their_services(shop: Definitions, changes: dict[str, Any]) -> None:
    source = replace(shop.sources["payments"], **changes)
    after = replace(shop, sources={"payments": source})
    for definition in (*shop.views.values(), *shop.services.values()):
        assert content_hash(definition, after) != content_hash(definition, shop)


def test_a_changed_connector_or_table_changes_the_views_that_read_it(shop: Definitions) -> None:
    table = shop.tables["merchants"]
    moved = replace(table, connector=replace(table.connector, path="elsewhere.parquet"))
    after = replace(shop, tables={"merchants": moved})
    assert content_hash(shop.views["velocity"], after) != content_hash(shop.views["velocity"], shop)
    assert content_hash(shop.views["hourly"], after) == content_hash(shop.views["hourly"], shop)


def test_a_service_depends_on_what_it_reads(shop: Definitions) -> None:
    service = shop.services["fraud"]
    before = content_hash(service, shop)
    hourly = shop.views["hourly"]
    valid = changed_view(shop, replace(hourly, valid_for=1))
    assert content_hash(service, valid) != before
    assert content_hash(hourly, valid) == content_hash(hourly, shop)
    wider = changed_view(shop, replace(hourly, windows=(Window("h", "tumbling", size=7),)))
    assert content_hash(service, wider) != before
    assert content_hash(replace(service, columns=service.columns[::-1]), shop) != before
    assert content_hash(replace(service, owner="x", description="y", sql="z"), shop) == before


def test_differences_name_the_parts(shop: Definitions) -> None:
    view = shop.views["velocity"]
    kept, n_5m, average = view.features[1], view.features[2], view.features[3]
    features = (kept, replace(average, sql="m1"), replace(n_5m, name="n_now"))
    after = replace(view, features=features, where=None, emit=Emit("close", "visit"))
    found = differences(content(view, shop), content(after, changed_view(shop, after)))
    assert found == (
        "where changed",
        "emit changed",
        "avg_large_visit changed",
        "+n_now",
        "-merchant",
        "-n_5m",
    )


def test_differences_of_inputs_and_order(shop: Definitions) -> None:
    view = shop.views["velocity"]
    source = replace(shop.sources["payments"], delay=0)
    slower = replace(shop, sources={"payments": source})
    assert differences(content(view, shop), content(view, slower)) == ("source payments changed",)
    assert differences(content(shop.sources["payments"], shop), content(source, slower)) == ("delay changed",)
    unjoined = replace(view, joins=())
    assert differences(content(view, shop), content(unjoined, shop)) == ("-table merchants", "joins changed")
    turned = replace(view, features=view.features[::-1])
    assert differences(content(view, shop), content(turned, shop)) == ("order of features changed",)
    assert differences(content(view, shop), content(view, shop)) == ()
