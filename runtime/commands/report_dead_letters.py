"""What the commands about dead letters answer."""

from __future__ import annotations

from collections.abc import Sequence

from ..sources.dead_letters import Letter, Replayed
from .shown import Shown, table

# Of a row that came; why it failed is never cut.
_LONGEST = 60


def listed(letters: Sequence[Letter]) -> Shown:
    """Quarantined rows, in the order in which they came."""
    data = [vars(letter) | {"raw": letter.raw.decode("utf-8", "backslashreplace")} for letter in letters]
    rows = [
        (letter.id, letter.origin, letter.offset, letter.reason, _cut(one["raw"]), letter.replay)
        for letter, one in zip(letters, data, strict=True)
    ]
    if not rows:
        return Shown(data, ("No dead letters.",))
    return Shown(data, (table(("number", "origin", "offset", "reason", "row", "replay"), rows, drop=("row",)),))


def replayed(done: Replayed) -> Shown:
    """Rows handed in again by source, and why others were not."""
    refused = [{"id": letter.id, "origin": letter.origin, "why": why} for letter, why in done.refused]
    lines = [f"{source}: {rows:,} handed in again; the next run reads them." for source, rows in done.rows.items()]
    parts = [*lines] or ["Nothing was handed in again."]
    drawn = [table(("number", "origin", "why not"), [tuple(one.values()) for one in refused])] if refused else []
    return Shown({"replayed": dict(done.rows), "refused": refused}, ("\n".join(parts), *drawn))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."
