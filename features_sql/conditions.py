"""The conditions of a view over its own features: EMIT WHEN and QUALIFY."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .binder import TypeProblem
from .calls import find_calls
from .definitions import Column
from .diagnostics import consequence, refuse
from .expressions import Reference, Replacement, analyse, print_sql
from .names import did_you_mean, listed
from .source_text import Span
from .statements import Fragment

if TYPE_CHECKING:
    from .features import Features


def condition_sql(fragment: Fragment, features: Features) -> str:
    """Return the SQL of a condition over term and measure ids, ``_k*`` and ``_t``.

    A name means a feature, then the instant, then a column as SELECT may use it; aggregates may stand in it.
    Refuses what is not BOOLEAN.
    """
    calls = find_calls(fragment)
    if any(features.windows.known_bad(call.over) for call in calls):
        raise consequence(fragment.span)
    scalar = analyse(fragment, features.measures.binder, [call.span for call in calls], "feature")
    replacements = [Replacement(call.span.start, call.span.end, features.measure(call).sql) for call in calls]
    replacements += [_replacement(reference, features) for reference in scalar.references]
    sql = print_sql(fragment, replacements)
    try:
        type_ = features.measures.binder.type_over(sql, _columns(features))
    except TypeProblem as problem:
        raise refuse(fragment.span, str(problem)) from None
    if type_ != "BOOLEAN":
        raise refuse(fragment.span, f"a condition must be BOOLEAN; got {type_}")
    return sql


def _columns(features: Features) -> list[Column]:
    known = [Column(f"_k{place}", column.type) for place, column in enumerate(features.entity)]
    known += [Column(term.id, term.type) for term in features.measures.terms.values()]
    known += [Column(measure.id, measure.type) for measure in features.measures.measures.values()]
    return [*known, Column("_t", "BIGINT")]


def _replacement(reference: Reference, features: Features) -> Replacement:
    name, scope = reference.parts[0].casefold(), features.measures.scope
    qualified = len(reference.parts) > 1 and any(one.alias.casefold() == name for one in scope.relations)
    if not qualified:
        for feature in features.features:
            if feature.name.casefold() == name:
                return Replacement(reference.span.start, reference.ends[0], f"({feature.sql})")
        if name == features.time.casefold():
            return Replacement(reference.span.start, reference.ends[0], "make_timestamp(_t)")
        if not any(relation.column(name) for relation in scope.relations):
            _refuse_unknown(reference, features)
    read = scope.resolve(reference)
    id_, _ = features.outside(read)
    return Replacement(read.start, read.end, id_ if read.bare else f"({id_})")


def _refuse_unknown(reference: Reference, features: Features) -> None:
    if not features.complete or not all(relation.complete for relation in features.measures.scope.relations):
        raise consequence(reference.span)
    known = [feature.name for feature in features.features]
    columns = [column.name for relation in features.measures.scope.relations for column in relation.columns]
    span = Span(reference.span.source, reference.span.start, reference.ends[0])
    hint = did_you_mean(reference.parts[0], [*known, *columns]) or f"the features are {listed(known)}"
    raise refuse(span, f"unknown feature {reference.parts[0]}", hint)
