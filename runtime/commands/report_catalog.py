"""The catalog's answers as tables and trees."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ...catalog.lineage import Node
from ...catalog.query import Answer
from ...catalog.search import Found
from ...catalog.show import Entry, FeatureCard, SourceCard, ViewCard
from ...catalog.window_text import duration
from .shown import Listing, Shown, facts, short, table


def listed(entries: Sequence[Entry]) -> Shown:
    """A line for each source, table, view and service."""
    columns = ("kind", "name", "version", "entity", "features", "rows", "newest row", "owner", "tags", "description")
    rows = [
        (e.kind, e.name, e.version, e.entity, e.features, e.rows, short(e.freshness), e.owner, e.tags, e.description)
        for e in entries
    ]
    return Shown(entries, (_without_empty(columns, rows, ("version", "tags", "owner", "description", "features")),))


def card(held: ViewCard | FeatureCard | SourceCard) -> Shown:
    """Everything about one thing."""
    match held:
        case FeatureCard():
            return Shown(held, (Text(f"{held.view}.{held.feature}", style="bold"), _feature(held)))
        case ViewCard():
            columns = ("feature", "type", "window", "step", "nulls", "description")
            features = [
                (f.feature, f.type, f.window, f.window_step, _percent(f.null_rate), f.description)
                for f in held.features
            ]
            drawn = _without_empty(columns, features, ("nulls",))
            return Shown(held, (Text(held.name, style="bold"), _view(held), drawn, held.sql))
        case SourceCard():
            columns = ("column", "type", "computed")
            drawn = _without_empty(columns, [(c.name, c.type, c.computed) for c in held.columns])
            return Shown(held, (Text(held.name, style="bold"), _source(held), drawn, held.sql))


def found(features: Sequence[Found]) -> Shown:
    """The features that match, best first."""
    if not features:
        return Shown([], ("Nothing matches.",))
    columns = ("feature", "type", "description", "owner", "tags")
    rows = [(f"{f.view}.{f.feature}", f.type, f.description, f.owner, f.tags) for f in features]
    return Shown(features, (_without_empty(columns, rows, ("tags", "owner", "type")),))


def lineage(trees: Sequence[Node], direction: Literal["upstream", "downstream"]) -> Shown:
    """A tree for each column: what it is made from, or what is made of it."""
    arrow = "<-" if direction == "upstream" else "->"
    drawn: list[Tree] = []
    for node in trees:
        root = Tree(Text(node.name, style="bold"), guide_style="dim")
        _grow(root, node, arrow)
        drawn.append(root)
    return Shown({"direction": direction, "columns": trees}, tuple(drawn))


def answered(answer: Answer) -> Shown:
    """The rows of a catalog query."""
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return Shown(rows, (table(answer.columns, answer.rows),))


def _grow(tree: Tree, node: Node, arrow: str) -> None:
    for child in node.children:
        _grow(tree.add(Text(f"{arrow} {child.name}  ({child.kind})")), child, arrow)


def _without_empty(columns: Sequence[str], rows: Iterable[Sequence[object]], drop: Sequence[str] = ()) -> Listing:
    """A table without the columns in which nothing stands."""
    held = [[_stands(value) for value in row] for row in rows]
    used = [place for place in range(len(columns)) if any(row[place] is not None for row in held)]
    return table([columns[place] for place in used], [[row[place] for place in used] for row in held], drop=drop)


def _stands(value: object) -> object:
    return None if value == "" else value


def _feature(held: FeatureCard) -> Table:
    nulls = None if held.null_rate is None else f"{held.nulls:,} ({_percent(held.null_rate)})"
    return facts(
        [
            ("description", held.description),
            ("type", held.type),
            ("window", held.window),
            ("expression", held.expression),
            ("inputs", held.inputs),
            ("owner", held.owner),
            ("tags", held.tags),
            ("version", held.version),
            ("rows", held.rows),
            ("nulls", nulls),
            ("newest row", short(held.freshness)),
            ("window step", held.window_step),
            ("cost", held.cost),
            ("state", None if held.state_bytes is None else f"{held.state_bytes:,} bytes a key"),
        ]
    )


def _view(held: ViewCard) -> Table:
    return facts(
        [
            ("kind", held.kind),
            ("description", held.description),
            ("entity", held.entity),
            ("time", held.time),
            ("emit", held.emit),
            ("from", held.source),
            ("owner", held.owner),
            ("tags", held.tags),
            ("version", f"{held.version} (of {len(held.versions)}), made {held.created_at}"),
            ("rows", held.rows),
            ("oldest row", short(held.first)),
            ("newest row", short(held.freshness)),
            ("read by", held.readers),
            ("fed to models", held.fed),
            ("files", held.folder),
        ]
    )


def _source(held: SourceCard) -> Table:
    return facts(
        [
            ("kind", held.kind),
            ("description", held.description),
            ("files", held.path),
            ("time", held.time),
            ("delay", None if held.delay is None else duration(held.delay).lower()),
            ("primary key", held.primary_key),
            ("read by", held.readers),
        ]
    )


def _percent(share: float | None) -> str | None:
    return None if share is None else f"{share:.1%}"
