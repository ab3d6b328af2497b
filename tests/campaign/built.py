"""What is left of a project when everything that the compiler says is not built yet has been taken out of it."""

from __future__ import annotations

from dataclasses import dataclass

from headrace.features_sql.errors import StatementError
from headrace.tests.meaning.replay import definitions_of

from .projects import Project

NOT_BUILT = "not built yet"


@dataclass(frozen=True)
class Built:
    """A project that compiles, and why parts of the one asked for were taken out."""

    project: Project
    refused: tuple[str, ...]


class WronglyRefusedError(Exception):
    """The compiler refuses what the language allows, or the campaign writes what it does not."""


def built(project: Project) -> Built:
    """Leave out what is not built; raises WronglyRefusedError where the compiler refuses anything else."""
    refused: list[str] = []
    while project.views:
        try:
            definitions_of(project.sql)
        except StatementError as error:
            # Other findings may follow from the first kind.
            missing = [one for one in error.diagnostics if NOT_BUILT in one.message]
            if not missing:
                raise WronglyRefusedError(str(error)) from error
            refused += [one.message for one in missing]
            places = {project.at_line(one.span.line) for one in missing}
            for statement, part in sorted(places):
                project = project.without(statement, part)
        else:
            break
    return Built(project, tuple(refused))
