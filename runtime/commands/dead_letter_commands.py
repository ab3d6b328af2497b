"""Commands about dead letters: look at rows that were quarantined, and hand them in again."""

from __future__ import annotations

from typing import Annotated

import typer

from .command_line import SETTINGS, Format, FormatOption, argument, open_project, option, show

Numbers = Annotated[list[int] | None, argument("[NUMBER]...", "Only these, by their numbers in the list.")]
Origin = Annotated[str | None, option("--origin", metavar="NAME", said="Only those of this source, view or service.")]

dead_letters_app = typer.Typer(help="Look at quarantined rows, and hand them in again.", **SETTINGS)


@dead_letters_app.command("list")
def list_letters(context: typer.Context, origin: Origin = None, format: FormatOption = Format.TABLE) -> None:
    """List quarantined rows: where each stood, what is wrong with it, and whether it was handed in again."""
    from ..sources.dead_letters import letters
    from . import report_dead_letters

    with open_project(context).catalog() as store:
        show(report_dead_letters.listed(letters(store, origin=origin)), format)


@dead_letters_app.command("replay")
def replay_letters(
    context: typer.Context,
    numbers: Numbers = None,
    origin: Origin = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Hand quarantined rows in again, once the cause is mended: each once, read by the next `run`."""
    from . import report_dead_letters

    done = open_project(context).replay_dead_letters(numbers or (), origin)
    show(report_dead_letters.replayed(done), format)
    if done.refused and not done.rows:
        raise typer.Exit(1)
