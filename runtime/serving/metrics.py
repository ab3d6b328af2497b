"""A project's status in Prometheus' text form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..status import Status

_VERDICTS = ("accepted", "late", "repeated", "rejected")
_FATES = ("scored", "learned", "withheld", "expired", "pending")

Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class _Metric:
    """One metric, ``kind`` gauge or counter, and its values by their labels."""

    name: str
    kind: str
    said: str
    values: Mapping[Labels, float]


def metrics(held: Status) -> str:
    """Return the metrics, a line each below those that describe it; instants are seconds since 1970."""
    return "".join(line for metric in _metrics(held) if metric.values for line in _lines(metric))


def _metrics(held: Status) -> Iterator[_Metric]:
    sources, views = held.sources.items(), held.views.items()
    yield _Metric("headrace_epochs_total", "counter", "Committed epochs.", {(): held.epochs})
    yield _Metric("headrace_dead_letters", "gauge", "Quarantined rows, not handed in again.", {(): held.quarantined})
    read = _parts("source", held.sources, "verdict", _VERDICTS)
    yield _Metric("headrace_source_rows_total", "counter", "Rows read of a source.", read)
    newest = _seconds("source", {name: one.greatest for name, one in sources})
    yield _Metric("headrace_source_newest_seconds", "gauge", "Greatest event time.", newest)
    written = _by("view", {name: one.rows for name, one in views})
    yield _Metric("headrace_view_rows_total", "counter", "Rows written.", written)
    reached = _seconds("view", {name: one.watermark for name, one in views})
    yield _Metric("headrace_view_watermark_seconds", "gauge", "Instants below it are written.", reached)
    fates = _parts("model", held.models, "fate", _FATES)
    yield _Metric("headrace_model_rows_total", "counter", "Rows scored, and what became of them.", fates)
    waiting = _by("sink", held.sinks)
    yield _Metric("headrace_sink_epochs_waiting", "gauge", "Committed epochs that have not arrived.", waiting)
    unscored = _by("stream", held.unscored)
    yield _Metric("headrace_stream_rows_waiting", "gauge", "Rows that wait for their score.", unscored)


def _by(label: str, values: Mapping[str, float]) -> dict[Labels, float]:
    return {((label, name),): value for name, value in values.items()}


def _parts(label: str, held: Mapping[str, object], part: str, parts: Sequence[str]) -> dict[Labels, float]:
    """Return the counts that these attributes are, by the name of what has them and their own."""
    return {((label, name), (part, one)): getattr(what, one) for name, what in held.items() for one in parts}


def _seconds(label: str, texts: Mapping[str, str | None]) -> dict[Labels, float]:
    """Return instants held as text in seconds; the ends of time, and what is not known yet, are left out."""
    known = {name: text for name, text in texts.items() if text is not None and text[:1].isdigit()}
    # Not by a datetime, which ends with the year 9999.
    return _by(label, {name: int(np.datetime64(text, "us").astype(np.int64)) / 1e6 for name, text in known.items()})


def _lines(metric: _Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.said}\n"
    yield f"# TYPE {metric.name} {metric.kind}\n"
    for labels, value in metric.values.items():
        told = ",".join(f'{name}="{_escaped(text)}"' for name, text in labels)
        yield f"{metric.name}{f'{{{told}}}' if told else ''} {value!r}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
