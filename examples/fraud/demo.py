"""The fraud demo: a whole model life on simulated payments, in a fresh folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from rich.console import Console

from ...features_sql.errors import HeadraceError
from ..walkthrough import fresh_project, headrace
from .prepare import prepare

HERE = Path(__file__).parent
MODEL = "fraud_live"

# Trained on the payments of seven weeks; thieves change their ways in the middle of March.
TRAINED = "2025-02-24 23:59:59"
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("apply", "--yes"),
    ("run", "--until", TRAINED),
    ("train", "fraud"),
    ("run",),
    ("models", "list"),
    ("models", "show", MODEL),
    ("models", "compare", MODEL),
    ("models", "compare", "fraud_online"),
    ("catalog", "query", f"SELECT at, kind, arm, detail FROM model_events WHERE model = '{MODEL}' ORDER BY at_us"),
    ("get-online-features", "payment_features", "--key", "card_id=c0007"),
    ("verify",),
    ("models", "compare", MODEL, "--format", "json", ">", "compared.json"),
)


def run(folder: Path | None = None) -> int:
    """Run the demo in ``folder`` and return its exit status.

    ``folder`` must be empty or absent; None makes a new one among the temporary files. The status is that of the first
    command that fails, and 1 where the folder cannot be used or what was served in the last month is no better than the
    model that was trained.
    """
    console = Console()
    try:
        project = fresh_project(HERE, folder)
    except HeadraceError as error:
        Console(stderr=True).print(str(error), style="red", markup=False, highlight=False)
        return 1
    console.print(f"[bold]Card payments[/bold], simulated, in {project}", highlight=False, soft_wrap=True)
    counts = prepare(project)
    console.print(
        f"{counts.payments:,} payments, {counts.frauds:,} of them fraud, {counts.chargebacks:,} charged back later; "
        "none of it is real",
        highlight=False,
        soft_wrap=True,
    )
    for command in COMMANDS:
        status = headrace(command, project, console)
        if status:
            console.print(f"headrace {command[0]} ended with status {status}; the project is in {project}", style="red")
            return status
    return _judge(json.loads((project / "compared.json").read_text()), console)


def _judge(compared: dict[str, Any], console: Console) -> int:
    """Say what learning was worth in the last month; return 1 where it was worth nothing."""
    # A line over all months may end them.
    month = max(score["month"] for score in compared["months"] if score["month"][:1].isdigit())
    lost = {score["arm"]: score["log_loss"] for score in compared["months"] if score["month"] == month}
    console.print(
        f"\n[bold]In {month}[/bold] the model that was trained in February has a log-loss of {lost['frozen']:.4f}, "
        f"what is served {lost['mixture']:.4f}, a guess by the rate of fraud {lost['constant']:.4f}.",
        highlight=False,
        soft_wrap=True,
    )
    return 0 if lost["mixture"] < lost["frozen"] else 1
