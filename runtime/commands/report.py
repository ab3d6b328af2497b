"""What commands answer; ``report_catalog`` and ``report_explain`` hold the longer ones."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..json_answer import iso
from .report_differences import differences_data, differing
from .shown import Listing, Shown, cell, facts, short, table

if TYPE_CHECKING:
    import pyarrow as pa

    from ...catalog.plan import Change, Plan
    from ...features_sql.definitions import Definitions
    from ...features_sql.errors import StatementError
    from ..engine import RunReport
    from ..sources.push import Pushed
    from ..status import Status
    from ..verify import FeatureCheck, ViewCheck

# So many keys stand side by side, a feature on each line; more stand below each other.
_SIDE_BY_SIDE = 6


def created(folder: Path, files: Sequence[str], example: str | None) -> Shown:
    """What ``init`` made, and what to do next."""
    here = folder.absolute() == Path.cwd()
    steps = ["headrace apply --yes", "headrace run", "headrace verify"]
    if example is None:
        steps.insert(0, "headrace test")
    else:
        steps.insert(0, f"python -m headrace.examples.{example}.prepare .   # writes the data; see README.md")
    if not here:
        steps.insert(0, f"cd {shlex.quote(str(folder))}")
    made = "a project here" if here else folder
    lines = [f"Made {made} with {_count(len(files), 'file')}:", *(f"  {name}" for name in files)]
    lines += ["", "Next:", *(f"  {step}" for step in steps)]
    return Shown({"folder": str(folder), "files": list(files)}, ("\n".join(lines),))


def checked(definitions: Definitions) -> Shown:
    """What the project defines."""
    kinds = {
        "sources": definitions.sources,
        "tables": definitions.tables,
        "views": definitions.views,
        "services": definitions.services,
        "models": definitions.models,
        "streams": definitions.streams,
        "sinks": definitions.sinks,
    }
    data: dict[str, object] = {kind: sorted(held) for kind, held in kinds.items()}
    features = sum(len(view.features) for view in definitions.views.values())
    counts = [_count(len(held), kind.removesuffix("s")) for kind, held in kinds.items() if held]
    said = f"No mistakes: {', '.join([*counts, _count(features, 'feature')])}."
    return Shown(data | {"features": features}, (said,))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


_SINK_BECOMES = {"new": "rows of later epochs go there", "changed": "rows of later epochs go there"}
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
        (c.kind, c.object_kind, c.name, c.version, c.reason, _becomes(c)) for c in plan.changes if c.kind != "unchanged"
    ]
    same = len(plan.changes) - len(rows)
    drawn = table(("change", "kind", "name", "version", "what differs", "then"), rows)
    return Shown(data, (drawn, f"{same:,} unchanged.") if same else (drawn,))


def _becomes(change: Change) -> str:
    if change.object_kind == "sink":
        return _SINK_BECOMES.get(change.kind, "")
    return _BECOMES[change.kind] if change.version is not None else ""


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
        "reads": sum(check.reads for check in checks.values()),
        "mismatches": sum(check.mismatches for check in checks.values()),
        "views": {name: _check_data(check) for name, check in checks.items()},
    }
    drawn = _reads_too(checks) if any(check.reads for check in checks.values()) else _rows_only(checks)
    examples = [(name, check.examples) for name, check in checks.items() if check.examples]
    wrong = [differing(f"{name}: the first rows that differ from the batch program's", one) for name, one in examples]
    empty = any(not check.passed and not check.mismatches for check in checks.values())
    due = [_nothing_due(name, check) for name, check in checks.items() if _verdict(check) == _NOTHING_DUE]
    return Shown(data, (drawn, *wrong, *due, *((_NO_ROWS,) if empty else ())))


_NO_ROWS = "What has no rows was not compared; `headrace run` writes rows."
_NOTHING_DUE = "nothing due"
_WORST = ("worst feature", "its error", "")


def _rows_only(checks: Mapping[str, ViewCheck]) -> Listing:
    rows = [
        (name, check.rows, check.mismatches, check.missing, check.extra, *_worst(check.features), _verdict(check))
        for name, check in checks.items()
    ]
    columns = ("view or service", "rows", "mismatches", "missing", "extra", *_WORST)
    return table(columns, rows, drop=("missing", "extra", "its error"))


def _reads_too(checks: Mapping[str, ViewCheck]) -> Listing:
    rows = [
        (
            *(name, check.rows, check.reads, check.mismatches, check.missing, check.extra, check.wrong_reads),
            *(*_worst(check.features), _verdict(check)),
        )
        for name, check in checks.items()
    ]
    columns = ("view or service", "rows", "reads", "mismatches", "missing", "extra", "wrong reads", *_WORST)
    return table(columns, rows, drop=("missing", "extra", "wrong reads", "its error", "reads"))


def _check_data(check: ViewCheck) -> dict[str, object]:
    counts: dict[str, object] = {
        "rows": check.rows,
        "missing": check.missing,
        "extra": check.extra,
        "reads": check.reads,
        "wrong_reads": check.wrong_reads,
        "mismatches": check.mismatches,
    }
    if check.due is not None and not check.reads:
        counts |= {"nothing_due_up_to": iso(check.due)}
    examples = differences_data(check.examples) if check.examples else []
    return counts | {"passed": check.passed, "features": check.features, "examples": examples}


def _worst(features: Mapping[str, FeatureCheck]) -> tuple[str | None, float | None]:
    """The feature with the most mismatches, and of these the greatest error; nothing where all is exact."""
    ranked = max(features.items(), key=lambda item: (item[1].mismatches, item[1].worst_error), default=None)
    if ranked is None or not (ranked[1].mismatches or ranked[1].worst_error):
        return None, None
    return ranked[0], ranked[1].worst_error


def _nothing_due(name: str, check: ViewCheck) -> str:
    return f"{name}: nothing is due up to the watermark ({short(check.due)}), and nothing is written."


def _verdict(check: ViewCheck) -> str:
    if check.passed:
        return "ok" if check.rows or check.reads else _NOTHING_DUE
    return "DIFFERS" if check.mismatches else "NO ROWS"


def status(held: Status) -> Shown:
    """How far the project is."""
    # As for ``online``: commands that print no status do without what it takes.
    from ..status import status_data

    sources = [
        (name, s.accepted, s.late, s.repeated, s.rejected, short(s.greatest), s.ended)
        for name, s in held.sources.items()
    ]
    views = [(name, v.version, v.rows, short(v.newest), short(v.watermark)) for name, v in held.views.items()]
    counts = [
        ("epochs", held.epochs),
        ("events", held.events),
        ("events/s", round(held.events_per_second)),
        ("late", held.late),
        ("quarantined", held.quarantined),
    ]
    parts = (
        table(("source", "accepted", "late", "repeated", "rejected", "newest event", "ended"), sources),
        table(("view, service or stream", "version", "rows", "newest row", "watermark"), views),
        *_null_entities(held),
        *_learning(held),
        *((table(("sink", "epochs waiting"), held.sinks.items()),) if held.sinks else ()),
        *((table(("scored outside", "rows waiting"), held.unscored.items()),) if held.unscored else ()),
        facts(counts),
    )
    return Shown(status_data(held), parts)


def _null_entities(held: Status) -> tuple[Listing, ...]:
    rows = [(name, view.null_entities) for name, view in held.views.items() if view.null_entities]
    return (table(("view", "events whose entity is NULL"), rows),) if rows else ()


def _learning(held: Status) -> tuple[Listing, ...]:
    """A line for each model: scored = learned + withheld + expired + pending."""
    rows = [(name, m.scored, m.learned, m.withheld, m.expired, m.pending, m.state) for name, m in held.models.items()]
    columns = ("model", "scored", "learned", "withheld", "expired", "pending", "state")
    return (table(columns, rows, drop=("withheld",)),) if rows else ()


def pushed(done: Pushed) -> Shown:
    """How many events were handed in, and from which offset on they are kept."""
    said = f"{done.source}: {_count(done.rows, 'event')} kept, from offset {done.first:,} on."
    return Shown({"source": done.source, "rows": done.rows, "first": done.first}, (said,))


def materialized(name: str, rows: int) -> Shown:
    """How many rows stand in the stretch that was replaced."""
    return Shown({"name": name, "rows": rows}, (f"{name}: {_count(rows, 'row')} written by the batch program.",))


def online(answer: pa.Table) -> Shown:
    """The row of each key; a few keys stand side by side, a feature on each line."""
    # What a command does not print of rows, it does not import pyarrow for.
    from ..json_texts import records_of

    rows: list[dict[str, Any]] = records_of(answer)
    if len(rows) > _SIDE_BY_SIDE:
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
            "message": one.message,
            "hint": one.hint,
        }
        for one in error.diagnostics
    ]
    return Shown({"errors": found}, (str(error),))
