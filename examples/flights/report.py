"""What the demo found: the figures that its commands left in files, its last screen, and whether they are right."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from . import picture
from .scores import OVERALL, Scores, read_scores

STREAM = "scored_flights"
MODEL = "arrival_late_live"
RAW = "arrival_late_raw"
PICTURE = "scores.png"
# What a corrected model must save of the frozen one's log-loss, and windows must give beyond the flight's own columns.
LEAST_SAVED = 0.04
LEAST_AUC = 0.70

_ARMS = ("constant", "frozen", "corrected", "mixture")


@dataclass(frozen=True)
class Verified:
    """What ``headrace verify`` compared."""

    rows: int
    mismatches: int


@dataclass(frozen=True)
class Labels:
    """What came of the scored rows' labels: scored = learned + expired + pending."""

    scored: int
    learned: int
    expired: int
    pending: int


@dataclass(frozen=True)
class Report:
    """The figures of one demo; ``report.json`` holds the same.

    ``events_per_second`` is over both runs, ``features_per_second`` over the first, before any model serves. ``rows``
    are by view and service; ``scored`` are the stream's. ``log_loss`` and ``auc`` are of March to December, each row
    scored before its label was learned.
    """

    events_per_second: float
    features_per_second: float
    events: int
    seconds: float
    rows: Mapping[str, int]
    scored: int
    late: int
    quarantined: int
    verify: Verified
    log_loss: Mapping[str, float]
    auc: Mapping[str, float]
    labels: Labels


def read_report(project: Path, runs: Sequence[str]) -> Report:
    """Put together what ``runs``, ``verify``, ``status`` and ``models compare`` left in JSON files."""
    status, verified = _read(project, "status"), _read(project, "verify")
    ran = [_read(project, name) for name in runs]
    live, raw = read_scores(project / f"{MODEL}.json"), read_scores(project / f"{RAW}.json")
    rows: dict[str, int] = dict(sorted(status["views"].items()))
    learned: dict[str, int] = status["models"][MODEL]
    events, seconds = sum(one["rows"] for one in ran), sum(one["seconds"] for one in ran)
    return Report(
        events_per_second=events / seconds,
        features_per_second=ran[0]["events_per_second"],
        events=status["events"],
        seconds=seconds,
        scored=rows.pop(STREAM),
        rows=rows,
        late=status["late"],
        quarantined=status["quarantined"],
        verify=Verified(verified["rows"], verified["mismatches"]),
        log_loss={arm: live.log_loss[arm][OVERALL] for arm in _ARMS},
        auc={
            "raw_columns": raw.auc["frozen"][OVERALL],
            **{arm: live.auc[arm][OVERALL] for arm in ("frozen", "mixture")},
        },
        labels=Labels(*(learned[name] for name in ("scored", "learned", "expired", "pending"))),
    )


def _read(project: Path, name: str) -> dict[str, Any]:
    return json.loads((project / f"{name}.json").read_text())


def draw(project: Path) -> Scores:
    """Draw the picture into the project's folder and return what it shows."""
    scores = read_scores(project / f"{MODEL}.json")
    picture.save(scores, project / PICTURE)
    return scores


def show(report: Report, scores: Scores, console: Console) -> None:
    """Print the last screen: rows and checks, then how the models did."""
    table = Table("view or service", "rows", box=None, pad_edge=False)
    table.columns[1].justify = "right"
    for name, rows in report.rows.items():
        table.add_row(name, f"{rows:,}")
    console.print()
    console.print(Panel(table, title="rows written", expand=False))
    differ = report.verify.mismatches
    mismatches = f"[red]{differ:,} differ[/red]" if differ else "[green]none differ[/green]"
    console.print(
        f"[bold]{report.features_per_second:,.0f} events/s[/bold] before a model serves, "
        f"{report.events_per_second:,.0f} over all {report.events:,} events with four models that score and learn, "
        f"first read to last durable commit\n"
        f"late {report.late:,}, quarantined {report.quarantined:,}\n"
        f"verify: {report.verify.rows:,} rows against one batch query a view, {mismatches}\n",
        highlight=False,
    )
    labels = report.labels
    console.print(picture.terminal(scores), highlight=False)
    console.print(
        f"\n[bold]{labels.scored:,} flights scored[/bold] = {labels.learned:,} learned + {labels.expired:,} expired "
        f"(cancelled) + {labels.pending:,} pending\n"
        f"AUC {report.auc['raw_columns']:.3f} by the flight's own columns, {report.auc['frozen']:.3f} with windows, "
        f"{report.auc['mixture']:.3f} corrected\n"
        f"log-loss {report.log_loss['frozen']:.4f} frozen, {report.log_loss['mixture']:.4f} as served: "
        f"[bold]{scores.saved('mixture'):.1%} less[/bold]; the picture is {PICTURE}",
        highlight=False,
    )


def judge(report: Report, console: Console) -> int:
    """Return 0 where the demo's figures are what they must be; say what is not and return 1 otherwise."""
    written = sum(report.rows.values())
    labels, losses = report.labels, report.log_loss
    after = labels.learned + labels.expired + labels.pending
    saved = 1.0 - losses["mixture"] / losses["frozen"]
    faults = (
        (report.late > 0, f"{report.late:,} rows came late; none may"),
        (report.quarantined > 0, f"{report.quarantined:,} rows were quarantined; none may be"),
        (report.verify.mismatches > 0, f"{report.verify.mismatches:,} rows differ from the batch program"),
        (report.verify.rows != written, f"verify compared {report.verify.rows:,} rows of {written:,}"),
        (labels.scored != after, f"{labels.scored:,} rows were scored; labels account for {after:,}"),
        (
            saved < LEAST_SAVED,
            f"the mixture saves {saved:.1%} of the frozen model's log-loss; it must {LEAST_SAVED:.0%}",
        ),
        (report.auc["frozen"] < LEAST_AUC, f"the frozen model's AUC is {report.auc['frozen']:.3f} with windows"),
    )
    found = [fault for wrong, fault in faults if wrong]
    for fault in found:
        console.print(fault, style="red")
    return 1 if found else 0
