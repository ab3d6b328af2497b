"""A picture of how a model's arms compare, as SVG: the effect of each with the interval that holds at every label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 860, 220, 76, 34, 30
_COLORS = ("#1f77b4", "#2ca02c", "#d62728", "#9467bd")


@dataclass(frozen=True)
class _Scale:
    """From labels and effects to the pixels of one panel."""

    labels: int
    least: float
    most: float
    top: int

    def x(self, labels: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - 20) * labels / self.labels

    def y(self, effect: float) -> float:
        share = (min(max(effect, self.least), self.most) - self.least) / (self.most - self.least)
        return self.top + _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1.0 - share)


def comparison_plot(model: str, points: Mapping[str, Sequence[Mapping[str, Any]]], said: Mapping[str, str]) -> str:
    """Return SVG with a panel per arm: its effect against the base by labels, and the interval round it.

    ``points`` are, by arm, rows with n, effect, low and high; ``said`` is the verdict on an arm, if any.
    """
    drawn = [(arm, held) for arm, held in points.items() if held]
    panels = [_panel(arm, held, said.get(arm, "undecided"), place) for place, (arm, held) in enumerate(drawn)]
    height = max(len(panels), 1) * _HEIGHT + 30
    title = f"{escape(model)}: how much smaller the loss is than the base's (nats a label, or half squared spreads)"
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" font-family="sans-serif">',
            f'<rect width="{_WIDTH}" height="{height}" fill="white"/>',
            f'<text x="{_LEFT}" y="20" font-size="14" font-weight="bold">{title}</text>',
            *(panels or [f'<text x="{_LEFT}" y="48" font-size="13">no arm has learned a label yet</text>']),
            "</svg>\n",
        ]
    )


def _panel(arm: str, points: Sequence[Mapping[str, Any]], said: str, place: int) -> str:
    effects = [float(point["effect"]) for point in points]
    # The interval of the first few labels is wide and says little: the scale is that of the later half.
    later = points[len(points) // 2 :]
    least = min(0.0, *effects, *(float(point["low"]) for point in later))
    most = max(0.0, *effects, *(float(point["high"]) for point in later))
    room = 0.05 * (most - least) or 0.01
    scale = _Scale(int(points[-1]["n"]), least - room, most + room, 30 + place * _HEIGHT)
    color = _COLORS[place % len(_COLORS)]
    upper = [(point["n"], point["high"]) for point in points]
    lower = [(point["n"], point["low"]) for point in reversed(points)]
    middle = _path([(point["n"], effect) for point, effect in zip(points, effects, strict=True)], scale)
    zero, floor, right = scale.y(0.0), scale.top + _HEIGHT - _BOTTOM, _WIDTH - 20
    labelled = [(_LEFT - 8, scale.y(value) + 4, f"{value:.3g}", "end") for value in (scale.least, 0.0, scale.most)]
    labelled += [(_LEFT, floor + 16, "0", "start"), (right, floor + 16, f"{scale.labels:,} labels", "end")]
    parts = [
        f'<text x="{_LEFT}" y="{scale.top + 22}" font-size="13" fill="{color}">{escape(f"{arm}: {said}")}</text>',
        f'<path d="{_path([*upper, *lower], scale)} Z" fill="{color}" fill-opacity="0.15"/>',
        f'<path d="{middle}" fill="none" stroke="{color}" stroke-width="1.6"/>',
        f'<path d="M {_LEFT} {zero:.1f} H {right}" stroke="#555" stroke-dasharray="4 3"/>',
    ]
    parts += [
        f'<text x="{x}" y="{y:.1f}" font-size="11" text-anchor="{anchor}">{text}</text>'
        for x, y, text, anchor in labelled
    ]
    return "\n".join(parts)


def _path(points: Sequence[tuple[float, float]], scale: _Scale) -> str:
    return "M " + " L ".join(f"{scale.x(labels):.1f} {scale.y(effect):.1f}" for labels, effect in points)
