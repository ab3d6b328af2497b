"""The explanation of a view or a service, as text and as JSON."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from ...catalog.window_text import duration, emit_text, window_text
from ...features_sql.definitions import Window
from ...features_sql.explain import Probe, Retention, ServiceProgram, Step, ViewProgram
from .shown import Listing, Shown, facts, table

_STEPS = {
    "tiles": "tiles: partial states for each key and tile, combined when the window closes",
    "fold": "fold: running values, one pass over the rows in time order",
    "recompute": "recompute: this query over the rows still inside a window and the batch",
}
_JUDGED = {"_true": "_true turns true for its entity", "_kept": "_kept is true"}


def explained(program: ViewProgram | ServiceProgram, *, batch: bool) -> Shown:
    """What a view or service compiles to; ``batch`` shows the batch program in place of the incremental one."""
    if isinstance(program, ViewProgram):
        return Shown(_view_data(program), (program.batch,) if batch else tuple(_view_parts(program)))
    parts: list[RenderableType] = []
    if batch:
        parts += [_headed(name, sql) for name, sql in program.batch]
    else:
        parts = list(_service_parts(program))
    return Shown(_service_data(program), tuple(parts))


def _view_parts(program: ViewProgram) -> Iterable[RenderableType]:
    yield Text(program.name, style="bold")
    yield facts(
        [
            ("entity", tuple(f"{column.name} {column.type}" for column in program.entity)),
            ("time", program.time),
            ("from", program.source),
            ("waits for late rows", duration(program.delay).lower() if program.delay else "no"),
            ("emit", emit_text(program.emit)),
        ]
    )
    columns = ("feature", "type", "window", "step", "cost", "state bytes", "inputs")
    features = [
        (f.name, f.type, _windows(f.windows), "+".join(f.steps) or "row", f.cost, f.state_bytes, ", ".join(f.inputs))
        for f in program.features
    ]
    yield table(columns, features, "Features (state bytes: for a key, without the rows or values inside a window)")
    if program.retention:
        kept = [(r.window.name, window_text(r.window), _reach(r), r.kept) for r in program.retention]
        yield table(("window", "is", "state reaches back", "kept as"), kept, "Retention")
    for place, (source, sql) in enumerate(program.branches):
        yield _headed(f"branch {place}: rows of {source} (_read) to rows of the union, by (time, branch, _n)", sql)
    yield _headed("prepare: source rows (_source_rows) to prepared rows", program.prepare)
    for step in program.steps:
        yield _headed(_STEPS[step.name], step.sql) if step.sql else _plan(step)
    judged = " and ".join(_JUDGED[name] for name in program.judged)
    written = f"; a row is written where {judged}" if judged else ""
    yield _headed(f"finish: evaluated rows (_evaluated) to the view's columns{written}", program.finish)


def _service_parts(program: ServiceProgram) -> Iterable[RenderableType]:
    yield Text(program.name, style="bold")
    yield facts(
        [
            ("driven by", f"{program.view} {program.alias}"),
            ("entity", tuple(f"{column.name} {column.type}" for column in program.entity)),
            ("time", program.time),
        ]
    )
    if program.probes:
        rows = [(p.view, p.alias, _matches(p, program.alias), _read(p)) for p in program.probes]
        yield table(("view", "alias", "probed at", "read as"), rows, f"Probes, at {program.alias}.{program.time}")
    columns = [(c.name, c.type, c.text, ", ".join(c.lineage)) for c in program.columns]
    yield table(("column", "type", "is", "inputs"), columns, "Columns")
    yield _headed("program: joined rows (_joined) to the service's columns", program.sql)


def _windows(windows: Iterable[Window]) -> str | None:
    return ", ".join(window_text(window) for window in windows) or None


def _headed(head: str, sql: str) -> Text:
    """SQL below a comment, so that both can be copied."""
    return Text.assemble((f"-- {head}", "bold"), "\n", sql)


def _plan(step: Step) -> Listing:
    columns = ("window", "measure", "gathers", "value", "type")
    rows = [(m.window, m.id, m.gathers, m.value, m.type) for m in step.measures]
    return table(columns, rows, _STEPS[step.name])


def _reach(held: Retention) -> str:
    if held.time is not None:
        return duration(held.time).lower()
    if held.rows is not None:
        return f"the newest {held.rows:,} events"
    return "the current session" if held.window.kind == "session" else "all of history"


def _matches(probe: Probe, driver: str) -> str:
    pairs = zip(probe.entity, probe.keys, strict=True)
    return ", ".join(f"{name} = {driver}.{key}" for name, key in pairs)


def _read(probe: Probe) -> str:
    if probe.read == "function":
        return f"f({', '.join(probe.entity)}, instant)"
    valid = "" if probe.valid_for is None else f", valid for {duration(probe.valid_for).lower()}"
    return f"the newest stored row{valid}"


def _view_data(program: ViewProgram) -> dict[str, object]:
    data = _fields(program)
    data["emit"] = emit_text(program.emit)
    data["branches"] = [{"source": source, "sql": sql} for source, sql in program.branches]
    data["features"] = [
        {**_fields(feature), "windows": [window_text(window) for window in feature.windows]}
        for feature in program.features
    ]
    data["retention"] = [
        {**_fields(held), "window": held.window.name, "is": window_text(held.window)} for held in program.retention
    ]
    return data


def _service_data(program: ServiceProgram) -> dict[str, object]:
    columns = [
        {"name": c.name, "type": c.type, "text": c.text, "description": c.description, "inputs": c.lineage}
        for c in program.columns
    ]
    return {**_fields(program), "columns": columns, "batch": dict(program.batch)}


def _fields(held: object) -> dict[str, object]:
    return {field.name: getattr(held, field.name) for field in dataclasses.fields(held)}  # pyright: ignore[reportArgumentType]
