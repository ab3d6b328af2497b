"""``serve-model`` over a real socket: the answers are those of the model, whatever is asked in whatever form."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.model_settings import BaseSettings
from headrace.models.matrix import learn_inputs, matrix
from headrace.models.registry import Registry
from headrace.models.scorer import Scorer
from headrace.models.trainer import train
from headrace.runtime.scoring.external_scoring import Endpoint, ExternalScorer

from .serving import serving

FACTS: dict[str, Any] = {"created": "2026-01-01T00:00:00Z", "sql_hash": "abc", "label_rule": "any"}


def rows(count: int, seed: int) -> pa.Table:
    random = np.random.default_rng(seed)
    amount = random.lognormal(3, 1, count)
    amount[::7] = np.nan
    cents = pa.array(np.round(random.uniform(0, 1000, count), 2)).cast(pa.decimal128(12, 2), safe=False)
    return pa.table(
        {
            "amount": pa.array(amount, from_pandas=False),
            "cents": cents,
            "many": random.integers(0, 2**60, count),
            "shop": random.choice(["bakery", "cinéma", "garage"], count),
            "ok": random.random(count) < 0.5,
        }
    )


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    """Two versions of one model, of which the first serves."""
    made = Registry(tmp_path_factory.mktemp("models"))
    for seed in (1, 2):
        table = rows(600, seed)
        label = np.nan_to_num(table.column("amount").to_numpy()) > 20
        moments = pa.array(np.arange(600))
        taught = table.append_column("_t", moments).append_column("_known_at", moments)
        taught = taught.append_column("_label", pa.array(label))
        made.write("fraud", train(taught, learn_inputs(table, table.column_names), BaseSettings()), **FACTS)
    made.promote("fraud", 1)
    return made


@pytest.fixture(scope="module")
def url(registry: Registry) -> Iterator[str]:
    with serving(registry) as found:
        yield found


def embedded(registry: Registry, version: int, table: pa.Table) -> list[float]:
    model = registry.load("fraud", version)
    with Scorer(model.text) as scorer:
        return scorer.predict(matrix(table, model.inputs)).tolist()


def test_an_external_score_is_the_embedded_one_to_the_bit(registry: Registry, url: str) -> None:
    table = rows(1000, 3)
    with closing(ExternalScorer(Endpoint(f"{url}/invocations", timeout=30.0, batch_size=64))) as scorer:
        answers = scorer.score(table)
    assert answers.column("prediction").to_pylist() == embedded(registry, 1, table)
    assert set(answers.column("model_version").to_pylist()) == {"1"}
    assert answers.column("reason").null_count == len(table)


def test_records_in_any_order_with_missing_fields(registry: Registry, url: str) -> None:
    record = {"shop": "garage", "amount": 12.5, "many": 3, "cents": 1.25, "ok": 1, "more": "is passed over"}
    answer = httpx.post(f"{url}/invocations", json={"dataframe_records": [record, {"amount": None}]}).json()
    asked = pa.table(
        {
            "amount": pa.array([12.5, None], pa.float64()),
            "cents": pa.array([1.25, None]).cast(pa.decimal128(12, 2)),
            "many": [3, None],
            "shop": ["garage", None],
            "ok": [True, None],
        }
    )
    assert answer == {"predictions": embedded(registry, 1, asked), "model": "fraud", "model_version": "1"}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "dataframe_split or dataframe_records"),
        ([], "must be an object"),
        ({"dataframe_split": {"columns": ["amount"], "data": [[1.0]]}}, "must have the feature cents"),
        ({"dataframe_split": {"columns": ["amount"], "data": [[1.0, 2.0]]}}, "a list of that many values per row"),
        ({"dataframe_records": [{"amount": "much", "cents": 1, "many": 1, "shop": "a", "ok": 0}]}, "feature amount"),
    ],
)
def test_what_cannot_be_scored_is_said(url: str, body: object, said: str) -> None:
    response = httpx.post(f"{url}/invocations", json=body)
    assert (response.status_code, response.json()["error_code"]) == (400, "BAD_REQUEST")
    assert said in response.json()["message"]


def test_bytes_that_are_no_json_and_bodies_without_end(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    headers = {"content-type": "application/json; charset=utf-8"}
    assert httpx.post(f"{url}/invocations", content=b"{", headers=headers).status_code == 400
    monkeypatch.setattr("headrace.runtime.serving.http.LARGEST", 100)
    assert httpx.post(f"{url}/invocations", content=b" " * 101, headers=headers).status_code == 413


def test_a_promotion_is_taken_over_and_a_damaged_version_is_not(registry: Registry, tmp_path: Path) -> None:
    table = rows(5, 4)
    with serving(registry) as url, closing(ExternalScorer(Endpoint(f"{url}/invocations", timeout=30.0))) as scorer:
        assert httpx.get(f"{url}/version").json()["model_version"] == "1"
        registry.promote("fraud", 2)
        try:
            assert scorer.score(table).column("prediction").to_pylist() == embedded(registry, 2, table)
            text = registry.folder / "fraud" / "1" / "model.txt"
            whole = text.read_bytes()
            text.write_bytes(whole[: len(whole) // 2])
            (registry.folder / "fraud" / "live").unlink()
            (registry.folder / "fraud" / "live").symlink_to("1")
            assert httpx.get(f"{url}/version").json()["model_version"] == "2"
            text.write_bytes(whole)
        finally:
            registry.promote("fraud", 1)


def test_a_token_is_asked_for(registry: Registry) -> None:
    with serving(registry, token="secret") as url:
        assert httpx.get(f"{url}/ping").status_code == 200
        assert httpx.get(f"{url}/version").status_code == 401
        assert httpx.get(f"{url}/version", headers={"Authorization": "Bearer other"}).status_code == 401
        assert httpx.get(f"{url}/version", headers={"Authorization": "Bearer secret"}).status_code == 200
