"""What counts as a score: a finite number, or a class of the label's type."""

from __future__ import annotations

import math

import pyarrow as pa
from headrace.runtime.scoring.scores import Form, scores


def test_numbers() -> None:
    found = scores(5, [0.5, 2, None, math.nan, "0.5"], "3")
    assert found.column("prediction").to_pylist() == [0.5, 2.0, None, None, None]
    assert found.column("reason").to_pylist() == [None, None, *["no prediction"] * 3]
    assert found.column_names == ["prediction", "model_version", "reason"]


def test_classes_have_the_type_of_the_label() -> None:
    shares = [[0.25, 0.75], [1.0], "much", [0.5, None], [1, math.inf]]
    texts = scores(5, ["a", "b", "c", 7, None], probabilities=shares, form=Form(pa.string()))
    assert texts.column("prediction").to_pylist() == ["a", "b", "c", None, None]
    assert texts.column("probabilities").to_pylist() == [[0.25, 0.75], [1.0], None, None, None]
    assert texts.column("reason").to_pylist() == [None, None, None, "no prediction", "no prediction"]
    numbers = scores(5, [1, "1", 1.5, 2**40, -3], form=Form(pa.int32()))
    assert numbers.column("prediction").to_pylist() == [1, None, None, None, -3]
    assert numbers.column("probabilities").null_count == 5
