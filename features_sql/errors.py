"""The errors of headrace: one root, one child for each kind of trouble.

Every package may import this module. A user's mistake always surfaces as one of these, never as a
traceback of DuckDB, pyarrow or sqlglot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .diagnostics import Diagnostic


class HeadraceError(Exception):
    """Root of every error that headrace raises on purpose."""


class StatementError(HeadraceError):
    """Feature SQL that is refused.

    ``diagnostics`` holds every finding of the project, in file and line order; each prints its
    file, line, column, the line itself with carets, and a hint.
    """

    def __init__(self, *diagnostics: Diagnostic) -> None:
        self.diagnostics = diagnostics
        super().__init__("\n\n".join(str(diagnostic) for diagnostic in diagnostics))


class ConfigError(HeadraceError):
    """A project folder or ``headrace.toml`` that cannot be used."""


class SourceError(HeadraceError):
    """Input that cannot be read as its source declares: a missing file, a wrong column, a changed file."""


class StoreError(HeadraceError):
    """State or output that cannot be written or read back: a full disk, a damaged file, a newer format."""


class SinkError(HeadraceError):
    """A place outside the project that rows go to cannot take them: a broker is away, a topic is missing."""


class BusyError(HeadraceError):
    """Another process writes this project; the message says which."""


class ReadError(HeadraceError):
    """A read that asks for what is not there: an unknown service or key column, an instant past the watermark."""


class ModelError(HeadraceError):
    """A model that cannot be trained, loaded or used as asked: a damaged file, an unknown algorithm, no labels."""
