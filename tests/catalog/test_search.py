"""Search, best first."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

import pytest
from headrace.catalog.database import transaction
from headrace.catalog.registry import record
from headrace.catalog.search import search
from headrace.features_sql.definitions import Definitions


def names(connection: sqlite3.Connection, words: str) -> list[str]:
    return [f"{found.view}.{found.feature}" for found in search(connection, words)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # a name counts more than a column of a service that only reads it
        ("turnover", ["hourly.turnover", "fraud.shop_turnover"]),
        # description
        ("five minutes", ["velocity.n_5m"]),
        # any case, beginnings of words
        ("FIV min", ["velocity.n_5m"]),
        # expression
        ("nullif", ["velocity.avg_large_visit"]),
        # owner
        ("sales", ["hourly.turnover"]),
        # tags
        ("gold", ["velocity.merchant", "velocity.risk", "velocity.n_5m", "velocity.avg_large_visit"]),
        # a word that nothing has does not hide what the others find
        ("turnover zebra", ["hourly.turnover", "fraud.shop_turnover"]),
        ("zebra", []),
        ("%", []),
        ("", []),
    ],
)
def test_ranking(catalog: sqlite3.Connection, words: str, expected: list[str]) -> None:
    assert names(catalog, words) == expected


def test_a_word_in_the_name_comes_before_one_in_the_owner(catalog: sqlite3.Connection) -> None:
    assert names(catalog, "risk")[0] == "velocity.risk"
    assert set(names(catalog, "risk")[1:]) == {
        "velocity.merchant",
        "velocity.n_5m",
        "velocity.avg_large_visit",
        "fraud.n_5m",
        "fraud.shop_turnover",
    }


def test_a_feature_with_every_word_hides_those_with_some(catalog: sqlite3.Connection) -> None:
    assert set(names(catalog, "amount")) == {"velocity.avg_large_visit", "hourly.turnover"}
    assert names(catalog, "amount sales") == ["hourly.turnover"]


def test_what_is_found_is_described(catalog: sqlite3.Connection) -> None:
    (found,) = search(catalog, "five minutes")
    assert (found.kind, found.type, found.owner, found.tags) == ("view", "BIGINT", "risk", "tier:gold, fraud")
    assert found.description == "payments in the last five minutes"
    assert search(catalog, "gold", limit=2) == search(catalog, "gold")[:2]


def test_only_live_features_are_found(catalog: sqlite3.Connection, shop: Definitions) -> None:
    with transaction(catalog):
        record(catalog, replace(shop, services={}, views={"hourly": shop.views["hourly"]}), {})
    assert names(catalog, "turnover") == ["hourly.turnover"]
    assert names(catalog, "gold") == []
