"""Windows over part of an entity: PARTITION BY with columns beyond it.

An instant's sub-entity is that of its own event, else that of the entity's newest event which counts there. The
evaluation of such windows is the same query over a finer partition; a sub-entity that is NULL has no events.
"""

from __future__ import annotations

from collections.abc import Sequence

from .definitions import Measure, View
from .evaluate import Evaluation, evaluation_sql


def sub_entities(view: View) -> tuple[tuple[str, ...], ...]:
    """Return what the view's windows are partitioned by beyond its entity: terms, each list of them once."""
    used = {measure.window for measure in view.measures}
    return tuple(dict.fromkeys(window.by for window in view.windows if window.by and window.name in used))


def measures_by(view: View, by: Sequence[str], measures: Sequence[Measure]) -> tuple[Measure, ...]:
    """Return those of ``measures`` whose windows are partitioned by the entity and ``by``."""
    return tuple(measure for measure in measures if view.window(measure.window).by == tuple(by))


def measured_sql(
    view: View,
    keys: Sequence[str],
    carried: Sequence[str],
    instants: str | None,
    *,
    scales: bool = False,
    worlds: bool = False,
) -> dict[str, str]:
    """Return the steps that end in ``_measures``: every measure of the view, laid out as ``evaluation_sql`` does.

    They read ``_rows`` and ``instants``; ``carried`` terms are yielded too. ``worlds``: see ``Evaluation``.
    """
    subs = sub_entities(view)
    whole = Evaluation(view, measures_by(view, (), view.measures), tuple(keys), tuple(carried), scales, worlds)
    if not subs:
        return {"_measures": evaluation_sql(whole, "_rows", instants)}
    steps, joined = {"_whole": evaluation_sql(whole, "_rows", instants)}, "SELECT w.*"
    joins = "\nFROM _whole w"
    for place, by in enumerate(subs):
        rows, asked, part = f"_rows_{place}", f"_asked_{place}", f"_part_{place}"
        given = " AND ".join(f"{term} IS NOT NULL" for term in by)
        columns = ", ".join([*keys, *by])
        steps[rows] = f"SELECT *\nFROM _rows\nWHERE {given}"
        # An event without a sub-entity is asked of like an instant that no event drives.
        steps[asked] = f"SELECT {columns}, {_place()} AS _i, _m, _t, NULL::BIGINT AS _n\nFROM _whole"
        steps[asked] += f"\nWHERE _i IS NOT NULL OR NOT ({given})"
        evaluation = Evaluation(view, measures_by(view, by, view.measures), (*keys, *by), scales=scales, worlds=worlds)
        steps[part] = evaluation_sql(evaluation, rows, asked)
        joined += f", p{place}.* EXCLUDE ({columns}, _n, _i, _m, _t)"
        joins += f"\nJOIN {part} p{place} ON {_place(f'p{place}.')} = {_place('w.')}"
    return {**steps, "_measures": joined + joins}


def _place(alias: str = "") -> str:
    """One number for an instant, below zero for an event's own."""
    return f"coalesce({alias}_i, -{alias}_n)"
