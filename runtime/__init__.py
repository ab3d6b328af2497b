"""The engine: sources, watermarks, window steps, state, epochs, stores and the loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .project import Project

__all__ = ["Project"]


def __getattr__(name: str) -> object:
    """Import the Python face when it is asked for: the command line's help must not wait for DuckDB."""
    if name == "Project":
        from .project import Project

        return Project
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
