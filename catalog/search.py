"""Search over the live features."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass

# A match in a field is worth its weight, times 1.5 at the beginning of a word, 2 as a word, 3 as the whole text.
_WEIGHTS = {"feature": 8.0, "view": 4.0, "tags": 4.0, "description": 3.0, "owner": 2.0, "expression": 1.0}
_FIELDS = ("view", "feature", "description", "tags", "owner", "expression")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Found:
    """One feature of a view, or column of a service, that matches."""

    view: str
    kind: str
    feature: str
    type: str
    description: str
    owner: str
    tags: str
    score: float


def search(connection: sqlite3.Connection, words: str, limit: int = 50) -> tuple[Found, ...]:
    """Return the live features that match, best first, at most ``limit``.

    Every word must occur, in any case, in the name, view, description, tags, owner or expression of
    the feature; where no feature has them all, those with the most of them are returned. Ties go by
    view and place in it.
    """
    wanted = [word.casefold() for word in words.split()]
    query = (
        "SELECT view, feature, description, tags, owner, expression, kind, type FROM live_features"
        " ORDER BY view, position"
    )
    ranked: list[tuple[int, Found]] = []
    for *searched, kind, type in connection.execute(query):
        texts: dict[str, str] = dict(zip(_FIELDS, searched, strict=True))
        scores = [score for word in wanted if (score := _score(word, texts))]
        if scores:
            shown = {field: text for field, text in texts.items() if field != "expression"}
            ranked.append((len(scores), Found(**shown, kind=kind, type=type, score=sum(scores))))
    most = max((matched for matched, _ in ranked), default=0)
    best = sorted((found for matched, found in ranked if matched == most), key=lambda found: -found.score)
    return tuple(best[:limit])


def _score(word: str, texts: dict[str, str]) -> float:
    return sum(_WEIGHTS[field] * _closeness(word, text.casefold()) for field, text in texts.items())


def _closeness(word: str, text: str) -> float:
    if word not in text:
        return 0.0
    parts = _WORD.findall(text)
    if word == text:
        return 3.0
    if word in parts:
        return 2.0
    return 1.5 if any(part.startswith(word) for part in parts) else 1.0
