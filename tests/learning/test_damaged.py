"""Trained versions whose files were damaged: refused with a reason, and the last good one serves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from headrace.features_sql.errors import ModelError
from headrace.models.manifest import from_json, to_json
from headrace.models.matrix import Inputs

from .till import START, TAUGHT, Till

Damage = Callable[[Path], None]


def cut_short(version: Path) -> None:
    text = version / "model.txt"
    text.write_bytes(text.read_bytes()[: text.stat().st_size // 2])


def changed_byte(version: Path) -> None:
    data = bytearray((version / "model.txt").read_bytes())
    data[len(data) // 3] ^= 1
    (version / "model.txt").write_bytes(data)


def other_order(version: Path) -> None:
    """A manifest that is sound in itself, but feeds the columns in another order."""
    path = version / "manifest.json"
    manifest = from_json(path.read_bytes(), str(path))
    first, second, *rest = manifest.inputs.columns
    path.write_bytes(to_json(replace(manifest, inputs=Inputs((second, first, *rest)))))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut_short, "model.txt is damaged: its bytes are not those that were written"),
        (changed_byte, "model.txt is damaged: its bytes are not those that were written"),
        (other_order, "is fed"),
    ],
)
def test_the_last_good_version_serves(till: Till, damage: Damage, said: str, caplog: pytest.LogCaptureFixture) -> None:
    version = till.folder / ".headrace" / "models" / "fraud" / "2"
    damage(version)
    till.project.run(until=START + timedelta(minutes=TAUGHT + 40))
    (told,) = {
        record.getMessage() for record in caplog.records if "the last good version serves" in record.getMessage()
    }
    assert said in told
    late = [row for row in till.written("scored_leaves") if row["id"] > TAUGHT]
    assert {row["model_version"] for row in late} == {"1"}
    assert all(0.0 < row["prediction"] < 1.0 for row in late)
    with pytest.raises(ModelError, match=said):
        till.project.promote("fraud", 2)


def test_without_a_good_version_rows_are_written_with_no_prediction(
    till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    for version in ("1", "2"):
        cut_short(till.folder / ".headrace" / "models" / "fraud" / version)
    till.project.run(until=START + timedelta(minutes=TAUGHT + 40))
    assert any("no version of fraud can be used" in record.getMessage() for record in caplog.records)
    late = [row for row in till.written("scored_leaves") if row["id"] > TAUGHT]
    assert len(late) > 30
    assert {row["prediction"] for row in late} == {None}
    assert {row["prediction"] for row in till.written("scored_tree") if row["id"] > TAUGHT} != {None}
