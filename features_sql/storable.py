"""Which values a written row can hold."""

from __future__ import annotations

import re

from .diagnostics import refuse
from .source_text import Span


def refuse_unstorable(type: str, span: Span) -> None:
    """Refuse a column of a type that Parquet, the form of written rows, does not have."""
    if found := re.search(r"\b(INTERVAL|UNION)\b", type):
        hint = "epoch(x) gives its seconds" if found[1] == "INTERVAL" else "choose one of its members"
        raise refuse(span, f"a written row holds no {found[1]}", hint)
