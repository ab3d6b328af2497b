"""The command ``test``."""

from __future__ import annotations

from typing import Annotated

import typer

from .command_line import Format, FormatOption, argument, open_project, show

Files = Annotated[list[str] | None, argument("[FILE]...", "Only these: tests/visits.sql, or visits.")]


def run_tests(context: typer.Context, files: Files = None, format: FormatOption = Format.TABLE) -> None:
    """Run the project's own feature tests: rows given and rows expected, in tests/*.sql."""
    from . import progress
    from .report_fixtures import tested

    checks = progress.test(open_project(context), files or ())
    show(tested(checks), format)
    if not all(check.passed for check in checks):
        raise typer.Exit(1)
