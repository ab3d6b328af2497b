"""Commands about models: train one, look at them, choose which version serves."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .command_line import SETTINGS, Format, FormatOption, argument, open_project, option, show, usage

Name = Annotated[str, argument("MODEL", "A model.")]
Version = Annotated[int, argument("VERSION", "The number of a trained version.")]
Plot = Annotated[Path | None, option("--plot", metavar="FILE", said="Draw the comparison into this file, as SVG.")]
Until = Annotated[str | None, option("--until", metavar="TS", said="Use what was known at this instant (UTC) only.")]

models_app = typer.Typer(help="Look at models and their versions, and choose which serves.", **SETTINGS)


def train(context: typer.Context, model: Name, until: Until = None, format: FormatOption = Format.TABLE) -> None:
    """Train a model on its service's rows and the labels known by now; the new version serves at once."""
    from . import inputs, report_models
    from .progress import Progress

    with usage():
        limit = inputs.instant(until) if until else None
    with Progress("training"):
        version = open_project(context).train(model, until=limit)
    show(report_models.trained(version), format)


@models_app.command("list")
def list_models(context: typer.Context, format: FormatOption = Format.TABLE) -> None:
    """List models: what each is, the version that serves, how far it has learned."""
    from ...catalog import models
    from . import report_models

    with open_project(context).catalog() as store:
        show(report_models.listed(models.entries(store)), format)


@models_app.command("show")
def show_model(context: typer.Context, model: Name, format: FormatOption = Format.TABLE) -> None:
    """Print everything known about a model: versions, what it is fed, how it did by month."""
    from ...catalog import models
    from . import report_models

    with open_project(context).catalog() as store:
        show(report_models.card(models.show(store, model)), format)


@models_app.command("compare")
def compare(context: typer.Context, model: Name, plot: Plot = None, format: FormatOption = Format.TABLE) -> None:
    """Compare a model's arms on every label: loss by month, and which is better since when."""
    from ...catalog import models
    from . import report_models

    with open_project(context).catalog() as store:
        card = models.show(store, model)
    if plot is not None:
        plot.write_text(report_models.picture(card))
    show(report_models.compared(card), format)


@models_app.command("promote")
def promote(context: typer.Context, model: Name, version: Version, format: FormatOption = Format.TABLE) -> None:
    """Let a trained version serve, from the next epoch on."""
    from . import report_models

    show(report_models.promoted(open_project(context).promote(model, version)), format)
