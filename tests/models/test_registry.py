"""The registry: whole versions, checks before a load, the switch of what serves."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from headrace.features_sql.errors import ModelError
from headrace.models.matrix import Inputs
from headrace.models.registry import Registry
from headrace.models.trainer import Trained

FACTS: dict[str, Any] = {
    "created": "2026-01-01T00:00:00Z",
    "sql_hash": "abc",
    "label_rule": "the newest within 30 days",
}


@pytest.fixture
def registry(tmp_path: Path, trained: Trained) -> Registry:
    """One version that serves, and a second that does not."""
    made = Registry(tmp_path / "models")
    assert made.write("fraud", trained, **FACTS) == 1
    made.promote("fraud", 1)
    assert made.write("fraud", trained, **FACTS, parent=1) == 2
    return made


def change(path: Path, found: str, put: str) -> None:
    text = path.read_text()
    assert found in text
    path.write_text(text.replace(found, put, 1))


def test_a_version_comes_back_as_it_was(registry: Registry, trained: Trained, inputs: Inputs) -> None:
    model = registry.load("fraud", sql_hash="abc", inputs=inputs)
    assert model.text == trained.text
    assert model.version == 1
    for field in dataclasses.fields(Trained):
        if field.name != "text":
            assert getattr(model.manifest, field.name) == getattr(trained, field.name), field.name
    assert (model.manifest.label_rule, model.manifest.parent) == ("the newest within 30 days", None)
    assert registry.manifest("fraud", 2).parent == 1


def test_what_is_there(registry: Registry, tmp_path: Path) -> None:
    assert registry.names() == ("fraud",)
    assert registry.versions("fraud") == (1, 2)
    assert Registry(tmp_path / "none").names() == ()
    assert sorted(path.name for path in (tmp_path / "models/fraud").iterdir()) == ["1", "2", "live"]


def test_promotion_switches_what_serves(registry: Registry, tmp_path: Path) -> None:
    registry.promote("fraud", 2)
    assert registry.live("fraud") == 2
    assert registry.load("fraud").version == 2
    assert (tmp_path / "models/fraud/live/model.txt").read_text() == registry.load("fraud").text


@pytest.mark.parametrize(
    ("file", "damage"),
    [
        ("model.txt", lambda text: text[: len(text) // 2]),
        ("model.txt", lambda text: text.replace("leaf_value=", "leaf_value= ", 1)),
        ("model.txt", lambda text: ""),
        ("manifest.json", lambda text: text[:100]),
        ("manifest.json", lambda text: text.replace('"version": 1', '"version": 3')),
        ("manifest.json", lambda text: re.sub(r'"sha256": ".', '"sha256": "0', text)),
        ("manifest.json", lambda text: "[]"),
        ("manifest.json", lambda text: text.replace('"format": 1', '"format": 9')),
    ],
)
def test_damage_is_refused_and_the_last_good_version_serves(registry: Registry, file: str, damage: object) -> None:
    path = registry.folder / "fraud" / "1" / file
    changed = damage(path.read_text())  # pyright: ignore[reportCallIssue]
    assert changed != path.read_text()
    path.write_text(changed)
    with pytest.raises(ModelError, match=re.escape(str(path))):
        registry.load("fraud")
    model, refused = registry.load_last_good("fraud")
    assert model.version == 2
    assert len(refused) == 1
    assert str(path) in refused[0]


def test_a_missing_file_is_refused(registry: Registry) -> None:
    (registry.folder / "fraud" / "1" / "model.txt").unlink()
    with pytest.raises(ModelError, match=r"model\.txt cannot be read: No such file"):
        registry.load("fraud")


def test_a_damaged_version_cannot_be_promoted(registry: Registry) -> None:
    (registry.folder / "fraud" / "2" / "model.txt").write_text("x")
    with pytest.raises(ModelError, match="is damaged"):
        registry.promote("fraud", 2)
    assert registry.live("fraud") == 1


def test_other_features_are_refused(registry: Registry, inputs: Inputs) -> None:
    swapped = Inputs((inputs.columns[1], inputs.columns[0], *inputs.columns[2:]))
    with pytest.raises(ModelError, match="must be fed amount double as feature 1; got count int64"):
        registry.load("fraud", inputs=swapped)
    with pytest.raises(ModelError, match="must be fed kind string as feature 5; got nothing"):
        registry.load("fraud", inputs=Inputs(inputs.columns[:-1]))
    with pytest.raises(ModelError, match=r"other feature SQL \(abc\) than the project has now \(xyz\)"):
        registry.load("fraud", sql_hash="xyz")


def test_a_model_whose_own_order_differs_is_refused(tmp_path: Path, trained: Trained) -> None:
    text = trained.text.replace("feature_names=amount count", "feature_names=count amount")
    assert text != trained.text
    registry = Registry(tmp_path)
    registry.write("fraud", dataclasses.replace(trained, text=text), **FACTS)
    with pytest.raises(ModelError, match=r"is fed count, amount.* its manifest says amount, count"):
        registry.load("fraud", 1)


def test_unknown_names_and_versions(registry: Registry, trained: Trained) -> None:
    with pytest.raises(ModelError, match="no trained model is named frau; did you mean fraud"):
        registry.load("frau")
    with pytest.raises(ModelError, match="no version 7; it has 1, 2"):
        registry.load("fraud", 7)
    registry.write("other", trained, **FACTS)
    with pytest.raises(ModelError, match="no version of the model other serves yet: promote one of 1"):
        registry.load("other")


def test_every_version_damaged(registry: Registry) -> None:
    for version in registry.versions("fraud"):
        (registry.folder / "fraud" / str(version) / "model.txt").write_text("x")
    with pytest.raises(ModelError, match=r"1/model\.txt is damaged.*2/model\.txt is damaged"):
        registry.load_last_good("fraud")
