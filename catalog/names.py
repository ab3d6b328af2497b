"""Names that a user may have meant."""

from __future__ import annotations

from collections.abc import Iterable

from ..features_sql.names import did_you_mean, listed


def hint(name: str, known: Iterable[str]) -> str:
    """Return the end of a sentence: the nearest of the known names, else all of them, else nothing."""
    names = sorted(set(known))
    if near := did_you_mean(name, names):
        return f"; {near}"
    return f"; there are: {listed(names)}" if names else ""
