"""The demo's picture: the log-loss of each arm by month, as a file and on the terminal."""

from __future__ import annotations

from pathlib import Path

from rich.console import Group
from rich.table import Table
from rich.text import Text

from .scores import OVERALL, Scores

# Drawn in this order: what comes later covers what came before.
ARMS = (
    ("constant", "the constant rate", "│", "bright_black"),
    ("frozen", "frozen: trained on January and February", "○", "blue"),
    ("mixture", "mixture: what is served", "●", "green"),
)
_WIDTH = 64


def terminal(scores: Scores) -> Group:
    """Return the measures by month, and each arm's log-loss on a scale that all months share: 80 columns wide."""
    return Group(_measures(scores), Text(), _scales(scores))


def _measures(scores: Scores) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("month", no_wrap=True)
    for head in ("labels", "constant", "frozen", "corrected", "mixture", "saved", "AUC frozen", "AUC mixture"):
        table.add_column(head, justify="right", no_wrap=True)
    for month in (*scores.months, OVERALL):
        losses = [f"{scores.log_loss[arm][month]:.4f}" for arm in ("constant", "frozen", "corrected", "mixture")]
        areas = [f"{scores.auc[arm][month]:.3f}" for arm in ("frozen", "mixture")]
        table.add_row(month, f"{scores.labels[month]:,}", *losses, f"{scores.saved('mixture', month):.1%}", *areas)
    return table


def _scales(scores: Scores) -> Table:
    values = [scores.log_loss[arm][month] for arm, *_ in ARMS for month in scores.months]
    least, most = min(values), max(values)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("month", no_wrap=True)
    table.add_column(f"log-loss {least:.2f} to {most:.2f}: " + "  ".join(f"{mark} {arm}" for arm, _, mark, _ in ARMS))
    for month in scores.months:
        places = [(scores.log_loss[arm][month], mark, style) for arm, _, mark, style in ARMS]
        table.add_row(month, _scale(places, least, most))
    return table


def _scale(places: list[tuple[float, str, str]], least: float, most: float) -> Text:
    marks: list[tuple[str, str]] = [("·", "bright_black")] * _WIDTH
    for value, mark, style in places:
        share = (value - least) / (most - least) if most > least else 0.5
        marks[round(share * (_WIDTH - 1))] = (mark, style)
    return Text.assemble(*marks)


def save(scores: Scores, path: Path) -> None:
    """Draw log-loss and AUC by month into a PNG file."""
    # It takes a second to import, and the demo has it for this alone.
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 6), layout="constrained")
    losses, areas = figure.subplots(2, 1, sharex=True)
    colors = {"constant": "0.6", "frozen": "tab:blue", "mixture": "tab:green"}
    for arm, said, _, _ in ARMS:
        losses.plot(
            scores.months, [scores.log_loss[arm][month] for month in scores.months], "o-", c=colors[arm], label=said
        )
        if arm != "constant":
            areas.plot(scores.months, [scores.auc[arm][month] for month in scores.months], "o-", c=colors[arm])
    losses.set_ylabel("log-loss, less is better")
    losses.set_title("Flights that arrive 15 minutes late or more: each scored before its outcome was known")
    losses.legend()
    areas.set_ylabel("AUC, more is better")
    for axes in (losses, areas):
        axes.grid(alpha=0.3)
    figure.savefig(path, dpi=120)
