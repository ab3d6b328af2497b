"""Documentation as test cases: the fenced blocks of a page, and rows as a page prints them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from headrace.runtime.engine import workplace
from headrace.runtime.project import Project
from headrace.runtime.stores import datasets
from headrace.runtime.stores.written import written_rows

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"^```(\w+) ?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: the word and the rest of its first line, and what it holds."""

    kind: str
    label: str
    body: str


def blocks(page: str) -> list[Block]:
    return [Block(*found) for found in BLOCK.findall((ROOT / page).read_text())]


def rows_of(project: Project, name: str) -> pa.Table:
    """The written rows of a view or service, without columns that headrace adds, by instant and entity."""
    with workplace(project.layout, project.settings, project.definitions(), write=False) as place:
        dataset = datasets.load(place.store, place.definitions, place.versions)[name]
        rows = written_rows(place.duck, place.layout, dataset)
    order = [(key, "ascending") for key in (dataset.time, *dataset.entity)]
    return rows.sort_by(order).select([column for column in rows.column_names if not column.startswith("_")])


def table(rows: pa.Table) -> str:
    """The rows as a page prints them: aligned, NULL as nothing, the date left out where all rows share it."""
    lines = [rows.column_names, *([shown(value) for value in row.values()] for row in rows.to_pylist())]
    days = {cell[:11] for line in lines[1:] for cell in line if re.match(r"\d{4}-\d\d-\d\d ", cell)}
    if len(days) == 1:
        lines = [[cell.removeprefix(*days) for cell in line] for line in lines]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    aligned = (
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
    return "\n".join(aligned) + "\n"


def shown(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list):
        return "[" + ", ".join(shown(item) or "NULL" for item in value) + "]"
    return str(value)
