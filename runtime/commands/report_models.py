"""What commands about models answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich.text import Text

from ...catalog.models import ModelCard, ModelEntry
from ...catalog.trained import TrainedVersion
from ...catalog.window_text import duration
from ..status import instant_text
from .comparison_plot import comparison_plot
from .shown import Listing, Shown, facts, table

# So many features and events are shown; JSON has all of them.
_MOST_FEATURES = 15
_MOST_EVENTS = 20


def trained(version: TrainedVersion) -> Shown:
    """What a training gave."""
    head = Text(f"{version.model} version {version.version} serves from the next epoch on", style="bold")
    counts = [
        ("rows fitted", version.rows_fit),
        ("rows validated", version.rows_valid),
        ("rows dropped", version.rows_dropped),
        ("first row", instant_text(version.first_us)),
        ("last row", instant_text(version.last_us)),
    ]
    measures = [(name.replace("_", " "), _rounded(value)) for name, value in version.metrics.items()]
    return Shown(version, (head, facts([*counts, *measures]), _importances(version)))


def promoted(version: TrainedVersion) -> Shown:
    """Which version serves now."""
    said = f"{version.model} version {version.version} serves from the next epoch on."
    return Shown({"model": version.model, "version": version.version}, (said,))


def listed(entries: Sequence[ModelEntry]) -> Shown:
    """A line for each model."""
    if not entries:
        return Shown(entries, ("No models.",))
    some = any(entry.learning is not None and entry.learning.withheld for entry in entries)
    counted = ("scored", "learned", *(("withheld",) if some else ()), "expired", "pending")
    columns = ("model", "learns by", "corrects", "version", *counted, "state")
    rows: list[tuple[object, ...]] = []
    for entry in entries:
        held = entry.learning
        counts = [getattr(held, name) if held else 0 for name in counted]
        state = held.state if held else "not run yet"
        rows.append((entry.name, entry.algorithm, entry.base or None, entry.version, *counts, state))
    return Shown(entries, (table(columns, rows, drop=("corrects",)),))


def card(held: ModelCard) -> Shown:
    """Everything about one model."""
    entry, learning = held.entry, held.entry.learning
    told = [
        ("description", entry.description),
        ("predicts", f"{held.labels}.{held.target} from {entry.service}"),
        ("labels", f"by {', '.join(held.keys)}, within {duration(held.within_us).lower()}"),
        ("learns by", entry.algorithm),
        ("corrects", entry.base or None),
        ("version", entry.version),
        ("fed", held.features),
    ]
    if learning is not None:
        told += [
            (name, learning.counts.get(name, 0)) for name in ("scored", "learned", "withheld", "expired", "pending")
        ]
        told += [("mixture", ", ".join(f"{arm} {weight:.3f}" for arm, weight in learning.weights.items()) or None)]
        told += [("state", learning.state)]
    parts: list[Any] = [Text(entry.name, style="bold"), facts(told)]
    if held.versions:
        parts += [_versions(held.versions)]
        serving = next((version for version in held.versions if version.live), held.versions[-1])
        parts += [_importances(serving)]
    if held.scores:
        parts += [_scores(held)]
    if held.events:
        newest = held.events[-_MOST_EVENTS:]
        shown = [(event["at"], event["kind"], event["arm"], event["detail"]) for event in newest]
        parts += [table(("at", "event", "arm", "detail"), shown, drop=("detail",))]
        before = len(held.events) - len(newest)
        parts += [f"{before:,} events before these: --format json has all."] if before else []
    return Shown(held, (*parts, held.sql))


def compared(held: ModelCard) -> Shown:
    """How the arms of a model did."""
    weights = dict(held.entry.learning.weights) if held.entry.learning else dict[str, float]()
    data: dict[str, object] = {
        "model": held.entry.name,
        "months": held.scores,
        "comparisons": held.comparisons,
        "weights": weights,
    }
    if not held.scores:
        return Shown(data, (f"{held.entry.name} has learned no label yet.",))
    columns = ("arm", "against", "labels", "better by", "from", "to", "now", "verdict", "since")
    rows = [
        (
            *(c["arm"], c["against"], c["n"], *(_rounded(c[name]) for name in ("effect", "low", "high"))),
            *(c["now"], c["verdict"], None if c["since_us"] is None else instant_text(c["since_us"])),
        )
        for c in held.comparisons
    ]
    parts = [_scores(held), table(columns, rows)] if rows else [_scores(held)]
    return Shown(data, tuple(parts))


def picture(held: ModelCard) -> str:
    """How each arm compared with the base as labels came, as SVG."""
    return comparison_plot(held.entry.name, held.points, {c["arm"]: _said(c) for c in held.comparisons})


def _said(compared: Mapping[str, Any]) -> str:
    """Return what is known of an arm, in words."""
    now, verdict = compared["now"], compared["verdict"]
    if verdict in ("undecided", now):
        return now if now == "undecided" else f"{now} than {compared['against']}"
    return f"{verdict} than {compared['against']} at first, {now} now"


def _scores(card: ModelCard) -> Listing:
    """A line per month, a column per arm and measure."""
    arms = list(dict.fromkeys(score["arm"] for score in card.scores))
    measures = [name for name in card.scores[0] if name not in ("month", "arm", "n")]
    by_month: dict[str, dict[tuple[str, str], object]] = {}
    counts: dict[str, int] = {}
    for score in card.scores:
        counts[score["month"]] = score["n"]
        for name in measures:
            by_month.setdefault(score["month"], {})[name, score["arm"]] = score[name]
    pairs = [(name, arm) for name in measures for arm in arms]
    rows = [
        (month, counts[month], *(_rounded(values.get(pair)) for pair in pairs)) for month, values in by_month.items()
    ]
    heads = [f"{name.replace('_', ' ')} {arm}" for name, arm in pairs]
    return table(("month", "labels", *heads), rows, drop=tuple(heads[len(arms) :]))


def _versions(versions: Sequence[TrainedVersion]) -> Listing:
    measures = list(dict.fromkeys(name for version in versions for name in version.metrics))
    rows = [
        (
            *(v.version, "serves" if v.live else None, v.rows_fit, instant_text(v.last_us), v.created_at),
            *(_rounded(v.metrics.get(name)) for name in measures),
        )
        for v in versions
    ]
    heads = ("version", "", "rows", "last row", "made", *(name.replace("_", " ") for name in measures))
    return table(heads, rows, drop=("made",))


def _importances(version: TrainedVersion) -> Listing:
    total = sum(gain for _, gain, _ in version.importances) or 1.0
    rows = [(name, f"{gain / total:.1%}", splits) for name, gain, splits in version.importances[:_MOST_FEATURES]]
    return table(("feature", "share of the gain", "splits"), rows)


def _rounded(value: object) -> object:
    return round(value, 4) if isinstance(value, float) else value
