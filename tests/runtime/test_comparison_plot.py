"""The picture of a comparison is SVG that holds what was measured."""

from __future__ import annotations

import re
from xml.etree import ElementTree

from headrace.runtime.commands.comparison_plot import comparison_plot

POINTS = [{"n": 10 * k, "effect": 0.01 * k, "low": 0.01 * k - 1 / k, "high": 0.01 * k + 1 / k} for k in range(1, 11)]
SVG = "{http://www.w3.org/2000/svg}"


def test_a_panel_per_arm_from_the_first_label_to_the_last() -> None:
    drawn = comparison_plot("fraud", {"corrected": POINTS, "a<b": POINTS}, {"corrected": "better than frozen"})
    root = ElementTree.fromstring(drawn)
    words = [text.text for text in root.iter(f"{SVG}text")]
    assert "corrected: better than frozen" in words
    assert "a<b: undecided" in words
    assert words.count("100 labels") == 2
    line = next(path.get("d") or "" for path in root.iter(f"{SVG}path") if path.get("fill") == "none")
    places = [(float(x), float(y)) for x, y in re.findall(r"([\d.]+) ([\d.]+)", line)]
    assert len(places) == len(POINTS)
    assert places == sorted(places)
    # More effect is higher up.
    assert [y for _, y in places] == sorted((y for _, y in places), reverse=True)


def test_before_any_label() -> None:
    assert "no arm has learned a label yet" in comparison_plot("fraud", {"corrected": []}, {})
