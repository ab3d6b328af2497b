"""What commands answer, in two forms: tables for people and JSON for pipes."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import math
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from ..catalog.plan import Plan
    from ..features_sql.definitions import Definitions
    from ..features_sql.errors import StatementError
    from .engine import RunReport
    from .status import Status
    from .verify import FeatureCheck, ViewCheck

# Wide enough for any row: what reads a pipe wants a row on one line.
_PIPE_WIDTH = 10_000
# Text longer than this may be folded.
_FOLDED = 28
_TRANSPOSED = 6


@dataclasses.dataclass(frozen=True)
class Shown:
    """An answer in both forms: ``data`` for ``json_text``, ``parts`` for a console, one below the other."""

    data: object
    parts: tuple[RenderableType, ...]


def show(shown: Shown, *, as_json: bool) -> None:
    """Print an answer to stdout in one of its forms."""
    if as_json:
        sys.stdout.write(json_text(shown.data) + "\n")
        return
    terminal = sys.stdout.isatty()
    console = Console() if terminal else Console(width=_PIPE_WIDTH)
    for place, part in enumerate(shown.parts):
        with contextlib.nullcontext() if terminal else console.capture() as captured:
            if place:
                console.print()
            console.print(part, markup=False, highlight=False, soft_wrap=isinstance(part, str | Text))
        if captured is not None:
            # Cells are padded to the width of their column; in a pipe that only costs.
            sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())


def json_text(data: object) -> str:
    """Return JSON: instants in ISO 8601 with a Z, decimals as strings, bytes as hex, NaN and infinities as null."""
    return json.dumps(_plain(data), indent=2, ensure_ascii=False, allow_nan=False)


def rows_of(table: pa.Table) -> list[dict[str, Any]]:
    """Return the rows of a table by column name."""
    return table.to_pylist()


def _plain(value: Any) -> object:
    match value:
        case None | bool() | int() | str():
            return value
        case float():
            return value if math.isfinite(value) else None
        case datetime():
            return _instant(value)
        case date() | time():
            return value.isoformat()
        case bytes():
            return value.hex()
        case Mapping():
            return {str(key): _plain(held) for key, held in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case list() | tuple():
            return [_plain(held) for held in value]  # pyright: ignore[reportUnknownVariableType]
        case _ if dataclasses.is_dataclass(value):
            return {held.name: _plain(getattr(value, held.name)) for held in dataclasses.fields(value)}
        case _:
            return str(value)


def _instant(value: datetime) -> str:
    naive = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return naive.isoformat() + "Z"


def iso(text: str | None) -> str | None:
    """Return an instant that the status holds as text in ISO 8601; the ends of time keep their names."""
    if text is None or not text[:1].isdigit():
        return text
    return _instant(datetime.fromisoformat(text))


def cell(value: object) -> str:
    """Return a value as a table shows it; NULL is a dash."""
    match value:
        case None:
            return "-"
        case bool():
            return str(value).lower()
        case int():
            return f"{value:,}"
        case float():
            return f"{value:.6g}"
        case datetime():
            return _instant(value).replace("T", " ").removesuffix("Z")
        case str() | Decimal():
            return str(value)
        case list() | tuple():
            return "[" + ", ".join(cell(held) for held in value) + "]"  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        case _:
            return str(_plain(value))


@dataclasses.dataclass(frozen=True)
class Listing:
    """A table of values. Where a line is too short for it, the columns ``drop`` go first and then text is folded.

    A column of numbers only is set to the right; no text is ever cut.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]
    title: str | None
    drop: tuple[str, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the table as it fits."""
        kept = list(range(len(self.columns)))
        for name in self.drop:
            if self._least(kept) <= options.max_width:
                break
            kept = [place for place in kept if self.columns[place] != name]
        yield self._drawn(kept, fits=self._least(kept) <= options.max_width)

    def _width(self, place: int) -> int:
        return max(len(self.columns[place]), *(len(cell(row[place])) for row in self.rows), 0)

    def _least(self, kept: Sequence[int]) -> int:
        return sum(min(self._width(place), _FOLDED) + 2 for place in kept)

    def _drawn(self, kept: Sequence[int], fits: bool) -> Table:
        drawn = Table(box=box.SIMPLE_HEAD, title=self.title, title_justify="left", title_style="bold")
        drawn.show_edge, drawn.pad_edge, drawn.padding = False, False, (0, 1, 0, 0)
        for place in kept:
            values = [row[place] for row in self.rows if row[place] is not None]
            numeric = bool(values) and all(isinstance(value, int | float | Decimal) for value in values)
            justify = "right" if numeric else "left"
            whole = numeric or (fits and self._width(place) <= _FOLDED)
            drawn.add_column(Text(self.columns[place]), justify=justify, no_wrap=whole, overflow="fold")
        for row in self.rows:
            drawn.add_row(*(Text(cell(row[place])) for place in kept))
        return drawn


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], title: str | None = None, drop: Sequence[str] = ()
) -> Listing:
    """Return a table of values."""
    return Listing(tuple(columns), tuple(tuple(row) for row in rows), title, tuple(drop))


def facts(pairs: Iterable[tuple[str, object]]) -> Table:
    """Return names and values side by side, without those that are empty."""
    drawn = Table(box=None, show_header=False, pad_edge=False)
    drawn.add_column(style="bold", no_wrap=True)
    drawn.add_column(overflow="fold")
    for name, value in pairs:
        if value not in (None, "", ()):
            drawn.add_row(Text(name), Text(", ".join(map(str, value)) if isinstance(value, tuple) else cell(value)))  # pyright: ignore[reportUnknownArgumentType]
    return drawn


def created(folder: Path, files: Sequence[str], example: str | None) -> Shown:
    """What ``init`` made, and what to do next."""
    steps = [f"cd {shlex.quote(str(folder))}", "headrace apply --yes", "headrace run", "headrace verify"]
    if example is not None:
        steps.insert(1, f"python -m headrace.examples.{example}.prepare .   # writes the data; see README.md")
    lines = [f"Made {folder} with {_count(len(files), 'file')}:", *(f"  {name}" for name in files)]
    lines += ["", "Next:", *(f"  {step}" for step in steps)]
    return Shown({"folder": str(folder), "files": list(files)}, ("\n".join(lines),))


def checked(definitions: Definitions) -> Shown:
    """What the project defines."""
    kinds = {
        "sources": definitions.sources,
        "tables": definitions.tables,
        "views": definitions.views,
        "services": definitions.services,
    }
    data: dict[str, object] = {kind: sorted(held) for kind, held in kinds.items()}
    features = sum(len(view.features) for view in definitions.views.values())
    counts = [_count(len(held), kind.removesuffix("s")) for kind, held in kinds.items() if held]
    said = f"No mistakes: {', '.join([*counts, _count(features, 'feature')])}."
    return Shown(data | {"features": features}, (said,))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


_BECOMES = {
    "new": "computed from history",
    "changed": "new version, computed from history",
    "metadata": "keeps version, rows and state",
    "dropped": "no longer computed; its files stay",
    "unchanged": "",
}


def planned(plan: Plan, applied: bool | None = None) -> Shown:
    """What applying changes; ``applied`` says in JSON whether it was done."""
    data: dict[str, object] = {"empty": plan.empty, "changes": plan.changes}
    if applied is not None:
        data["applied"] = applied
    if plan.empty:
        return Shown(data, ("Nothing to change.",))
    rows = [
        (c.kind, c.object_kind, c.name, c.version, c.reason, _BECOMES[c.kind] if c.version is not None else "")
        for c in plan.changes
        if c.kind != "unchanged"
    ]
    same = len(plan.changes) - len(rows)
    drawn = table(("change", "kind", "name", "version", "what differs", "then"), rows)
    return Shown(data, (drawn, f"{same:,} unchanged.") if same else (drawn,))


def ran(report: RunReport, interrupted: bool, before: Status, after: Status) -> Shown:
    """What a run did: its own counts, and rows of each view in the run and in all.

    How many rows wait for the watermark is not known of a run that was interrupted.
    """
    waiting = None if interrupted else report.waiting
    written = {
        name: view.rows - (before.views[name].rows if name in before.views else 0) for name, view in after.views.items()
    }
    late, quarantined = after.late - before.late, after.quarantined - before.quarantined
    data: dict[str, object] = {
        "epochs": report.epochs,
        "rows": report.rows,
        "seconds": report.seconds,
        "events_per_second": report.events_per_second,
        "views": written,
        "late": late,
        "quarantined": quarantined,
        "waiting": waiting,
    }
    rows = [(name, written[name], view.rows) for name, view in after.views.items()]
    views = table(("view or service", "written", "in all"), rows)
    counts = facts(
        [
            ("epochs", report.epochs),
            ("rows read", report.rows),
            ("seconds", round(report.seconds, 3)),
            ("events/s", round(report.events_per_second)),
            ("late", late),
            ("quarantined", quarantined),
            ("waiting", waiting),
        ]
    )
    return Shown(data, (views, counts))


def verified(checks: Mapping[str, ViewCheck]) -> Shown:
    """How written rows compare with the batch programs."""
    data = {
        "rows": sum(check.rows for check in checks.values()),
        "mismatches": sum(check.mismatches for check in checks.values()),
        "views": {name: _check_data(check) for name, check in checks.items()},
    }
    rows = [
        (name, check.rows, check.mismatches, check.missing, check.extra, *_worst(check.features), _verdict(check))
        for name, check in checks.items()
    ]
    columns = ("view or service", "rows", "mismatches", "missing", "extra", "worst feature", "its error", "")
    return Shown(data, (table(columns, rows, drop=("missing", "extra", "its error")),))


def _check_data(check: ViewCheck) -> dict[str, object]:
    counts: dict[str, object] = {
        "rows": check.rows,
        "missing": check.missing,
        "extra": check.extra,
        "mismatches": check.mismatches,
    }
    return counts | {"passed": check.passed, "features": check.features}


def _worst(features: Mapping[str, FeatureCheck]) -> tuple[str | None, float | None]:
    """The feature with the most mismatches, and of these the greatest error; nothing where all is exact."""
    ranked = max(features.items(), key=lambda item: (item[1].mismatches, item[1].worst_error), default=None)
    if ranked is None or not (ranked[1].mismatches or ranked[1].worst_error):
        return None, None
    return ranked[0], ranked[1].worst_error


def _verdict(check: ViewCheck) -> str:
    if check.passed:
        return "ok"
    return "DIFFERS" if check.mismatches else "NO ROWS"


def status(held: Status) -> Shown:
    """How far the project is."""
    watermarks = {view.watermark for view in held.views.values()}
    data: dict[str, object] = {
        "epochs": held.epochs,
        "events": held.events,
        "seconds": held.seconds,
        "events_per_second": held.events_per_second,
        "views": {name: view.rows for name, view in held.views.items()},
        "late": held.late,
        "quarantined": held.quarantined,
        "watermark": iso(min(watermarks, key=_in_time, default=None)),
        "sources": {name: {**vars(one), "greatest": iso(one.greatest)} for name, one in held.sources.items()},
        "details": {
            name: {**vars(one), "newest": iso(one.newest), "watermark": iso(one.watermark)}
            for name, one in held.views.items()
        },
    }
    sources = [(name, s.accepted, s.late, s.rejected, short(s.greatest), s.ended) for name, s in held.sources.items()]
    views = [(name, v.version, v.rows, short(v.newest), short(v.watermark)) for name, v in held.views.items()]
    parts = (
        table(("source", "accepted", "late", "rejected", "newest event", "ended"), sources),
        table(("view or service", "version", "rows", "newest row", "watermark"), views),
        facts(
            [
                ("epochs", held.epochs),
                ("events", held.events),
                ("events/s", round(held.events_per_second)),
                ("late", held.late),
                ("quarantined", held.quarantined),
            ]
        ),
    )
    return Shown(data, parts)


def _in_time(watermark: str) -> tuple[int, str]:
    order = {"beginning of time": 0, "end of time": 2}
    return order.get(watermark, 1), watermark


def short(instant: str | None) -> str | None:
    """Return an instant held as text, as a table shows it: without a fraction of nothing."""
    return None if instant is None else instant.replace("T", " ").removesuffix("Z").removesuffix(".000000")


def materialized(name: str, rows: int) -> Shown:
    """How many rows stand in the stretch that was replaced."""
    return Shown({"name": name, "rows": rows}, (f"{name}: {_count(rows, 'row')} written by the batch program.",))


def online(answer: pa.Table) -> Shown:
    """The row of each key; a few keys stand side by side, a feature on each line."""
    rows = rows_of(answer)
    if len(rows) > _TRANSPOSED:
        return Shown(rows, (table(answer.column_names, [list(row.values()) for row in rows]),))
    heads = ("column", *(f"key {place + 1}" for place in range(len(rows)))) if len(rows) > 1 else ("column", "value")
    lines = [(name, *(cell(row[name]) for row in rows)) for name in answer.column_names]
    return Shown(rows, (table(heads, lines),))


def historical(answer: pa.Table, given: int, path: Path) -> Shown:
    """Where the training set is; ``given`` columns came with the spine."""
    data = {"rows": len(answer), "columns": answer.column_names, "output": str(path)}
    added = answer.num_columns - given
    said = f"{path}: {_count(len(answer), 'row')}, {_count(added, 'column')} beside the spine's {given}."
    return Shown(data, (said,))


def diagnostics(error: StatementError) -> Shown:
    """The findings of a compile that failed, by place."""
    found = [
        {
            "file": one.span.source.path,
            "line": one.span.line,
            "column": one.span.column,
            "kind": one.kind,
            "message": one.message,
            "hint": one.hint,
        }
        for one in error.diagnostics
    ]
    return Shown({"errors": found}, (str(error),))
