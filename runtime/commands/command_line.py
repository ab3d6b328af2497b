"""What every command shares: its options, the project that it works on, and how its answer is shown."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from ..project import Project
    from .shown import Shown

SETTINGS: dict[str, Any] = {"no_args_is_help": True, "add_completion": False, "pretty_exceptions_enable": False}


class Format(StrEnum):
    """The form of an answer."""

    TABLE = "table"
    JSON = "json"


def argument(metavar: str, said: str) -> Any:
    """Return an argument's name and help for ``Annotated``."""
    return typer.Argument(metavar=metavar, help=said, show_default=False)


def option(*names: str, metavar: str, said: str) -> Any:
    """Return an option's names and help for ``Annotated``."""
    return typer.Option(*names, metavar=metavar, help=said, show_default=False)


FormatOption = Annotated[Format, typer.Option("--format", help="Tables for people, JSON for pipes.")]


def show(shown: Shown, format: Format) -> None:
    """Print an answer in the form that was asked for."""
    from .shown import show as draw

    draw(shown, as_json=format is Format.JSON)


def open_project(context: typer.Context) -> Project:
    """Return the project that the command line names."""
    from ..project import Project

    return Project(context.obj)


@contextmanager
def usage() -> Generator[None]:
    """Turn a ValueError about what was typed into bad usage."""
    try:
        yield
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
