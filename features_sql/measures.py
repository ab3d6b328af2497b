"""Aggregate calls to shared terms and measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from .arguments import check_shape, duration, whole_number, within_group
from .binder import Binder, TypeProblem
from .calls import Call
from .composites import COMPOSITES
from .definitions import Column, Measure, Term, Window
from .diagnostics import refuse
from .expressions import analyse, print_sql
from .folds import HASHED
from .functions import check_aggregate
from .names import listed, words
from .scope import Resolved, Scope, Typed
from .signatures import SIGNATURES
from .statements import Fragment

HasFold = Callable[[str, tuple[str, ...], bool, Window], bool]

_RATE_KINDS = ("sliding", "tumbling", "hopping", "session", "range")
# Of DISTINCT values these are what they are of all.
_SAME_OF_DISTINCT = words(
    "min max bool_and bool_or bit_and bit_or first any_value approx_count_distinct arg_max arg_min arg_max_null "
    "arg_min_null arg_max_nulls_last arg_min_nulls_last"
)
_SESSION_TYPES = {"session_duration": "DOUBLE", "session_index": "BIGINT"}
_LISTS = words("first_n last_n last_n_distinct top_n")


@dataclass(frozen=True)
class Measured:
    """An aggregate call as SQL over its measures, and the columns it reads."""

    sql: str
    type: str
    measures: tuple[Measure, ...]
    reads: tuple[Resolved, ...]


@dataclass
class Measures:
    """The terms and measures of one view, each kept once, numbered in order of first use."""

    scope: Scope
    binder: Binder
    terms: dict[str, Term] = field(default_factory=dict[str, Term])
    measures: dict[tuple[object, ...], Measure] = field(default_factory=dict[tuple[object, ...], Measure])

    def term(self, prefix: str, typed: Typed) -> Term:
        """Return the term of an expression: ``prefix`` r, x or f."""
        key = f"{prefix} {typed.key}"
        if key not in self.terms:
            number = sum(known.startswith(f"{prefix} ") for known in self.terms)
            self.terms[key] = Term(f"{prefix}{number}", typed.sql, typed.type)
        return self.terms[key]

    def measure(self, call: Call, window: Window) -> Measured:
        """Return what an aggregate call over a window is made of."""
        call = within_group(call)
        function = check_aggregate(call.name.key, call.name.span)
        check_shape(call, function)
        if function in _SESSION_TYPES:
            _check_session(call, window)
        columns, constants = self._split(call, function)
        typed = [self.scope.typed(fragment, self.binder, "argument") for fragment in columns]
        condition, conditions = self._filter(call, function, typed)
        reads = tuple(read for one in (*conditions, *(() if function == "since_last" else typed)) for read in one.reads)
        if function in COMPOSITES:
            return self._composite(call, function, typed, condition, window, reads)
        if function == "since_last":
            typed = []
        held = self._one(call, function, typed, constants, condition, window)
        return Measured(held.id, held.type, (held,), reads)

    def check(self, call: Call) -> None:
        """Refuse what is wrong with an aggregate call, whatever its window is."""
        call = within_group(call)
        function = check_aggregate(call.name.key, call.name.span)
        check_shape(call, function)
        columns, _ = self._split(call, function)
        self._filter(call, function, [self.scope.typed(one, self.binder, "argument") for one in columns])

    def _split(self, call: Call, function: str) -> tuple[Sequence[Fragment], Sequence[Fragment]]:
        """The columns and the constants among the arguments of a call."""
        signature = SIGNATURES[function]
        columns = 0 if call.star or not signature.columns else min(signature.columns, len(call.arguments))
        return call.arguments[:columns], call.arguments[columns:]

    def _one(
        self,
        call: Call,
        function: str,
        typed: Sequence[Typed],
        constants: Sequence[Fragment],
        condition: str | None,
        window: Window,
    ) -> Measure:
        arguments = tuple(self.term("x", one).id for one in typed)
        signature, count, per, texts = SIGNATURES[function], None, None, tuple[str, ...]()
        if constants and signature.constant == "whole":
            count = whole_number(constants[0], call, function)
        elif constants and signature.constant == "time":
            per = self._per(call, constants[0], function, window)
        else:
            texts = tuple(self._constant(fragment, function) for fragment in constants)
        distinct = call.distinct and function not in _SAME_OF_DISTINCT
        if function in ("min", "max") and count is not None:
            function, distinct = f"{function}_n", call.distinct
        type_ = self._type(call, function, (*arguments, *texts), count, distinct)
        if function == HASHED:
            arguments = (*arguments, self.term("x", _hash(typed[0])).id)
        key = (function, (*arguments, *texts), distinct, condition, window.name, count, per)
        if key not in self.measures:
            id_ = f"m{len(self.measures)}"
            held = Measure(id_, function, (*arguments, *texts), distinct, condition, window.name, type_, count, per)
            self.measures[key] = held
        return self.measures[key]

    def _composite(
        self,
        call: Call,
        function: str,
        typed: Sequence[Typed],
        condition: str | None,
        window: Window,
        reads: tuple[Resolved, ...],
    ) -> Measured:
        composite, parts = COMPOSITES[function], list[Measure]()
        for part in composite.parts:
            sql, key = (part.argument.format(*texts) for texts in ([t.sql for t in typed], [t.key for t in typed]))
            relations = [(relation.bound, relation.alias) for relation in self.scope.relations]
            try:
                argument = Typed(sql, key, self.binder.type(sql, relations), ())
            except TypeProblem:
                given = ", ".join(one.type for one in typed)
                raise refuse(call.span, f"there is no {call.name.text}({given})", SIGNATURES[function].form) from None
            parts.append(self._one(call, part.function, [argument], (), condition, window))
        value = composite.value.format(*(part.id for part in parts))
        type_ = self.binder.type_over(value, [Column(part.id, part.type) for part in parts])
        return Measured(f"({value})" if " " in value else value, type_, tuple(dict.fromkeys(parts)), reads)

    def plain(self, function: str, arguments: tuple[str, ...], window: str, type: str) -> Measure:
        """Return the measure of a word that stands without OVER."""
        key = (function, arguments, False, None, window, None, None)
        if key not in self.measures:
            id_ = f"m{len(self.measures)}"
            self.measures[key] = Measure(id_, function, arguments, False, None, window, type)
        return self.measures[key]

    def argument_types(self, measure: Measure) -> tuple[str, ...]:
        """Return the types of a measure's arguments; of a constant, its SQL."""
        types = {term.id: term.type for term in self.terms.values()}
        return tuple(types.get(argument, argument) for argument in measure.arguments)

    def _filter(self, call: Call, function: str, typed: Sequence[Typed]) -> tuple[str | None, list[Typed]]:
        """The term of the condition under which an event counts, and the conditions that the user wrote."""
        given = [self.scope.condition(call.filter, self.binder, "argument")] if call.filter else []
        if function == "since_last":
            given = [*(self.scope.condition(one, self.binder, "argument") for one in call.arguments), *given]
        every = list(given)
        if call.nulls is not None and call.nulls.text.upper().startswith("IGNORE"):
            every.append(Typed(f"({typed[0].sql}) IS NOT NULL", f"({typed[0].key}) IS NOT NULL", "BOOLEAN", ()))
        if len(every) < 2:
            return (self.term("f", every[0]).id if every else None), given
        sql, key = (
            " AND ".join(f"({text})" for text in texts) for texts in ([t.sql for t in every], [t.key for t in every])
        )
        return self.term("f", Typed(sql, key, "BOOLEAN", ())).id, given

    def _constant(self, fragment: Fragment, function: str) -> str:
        if analyse(fragment, self.binder, place="argument").references:
            raise refuse(fragment.span, f"this argument of {function} must be a constant")
        return print_sql(fragment)

    def _type(self, call: Call, function: str, arguments: Sequence[str], count: int | None, distinct: bool) -> str:
        if function == "since_last":
            return "DOUBLE"
        if function in _SESSION_TYPES:
            return _SESSION_TYPES[function]
        columns = [Column(term.id, term.type) for term in self.terms.values() if term.id in arguments]
        if function in _LISTS:
            return f"{columns[0].type}[]"
        bound = "sum" if function in ("rate", "decayed_sum", "ewma") else function.removesuffix("_n")
        inside = ", ".join(arguments) if arguments else "*"
        if function == "decayed_count" or (function == "rate" and not arguments):
            return "DOUBLE"
        more = f", {count}" if count is not None else ""
        sql = f"{bound}({'DISTINCT ' if distinct else ''}{inside}{more})"
        try:
            type_ = self.binder.type_over(sql, columns)
        except TypeProblem as problem:
            raise refuse(call.span, str(problem).replace(f" {bound}(", f" {call.name.text}("), problem.hint) from None
        # Arrow has no bits: a BIT would come back with its padding.
        type_ = "VARCHAR" if type_ == "BIT" else type_
        return "DOUBLE" if bound != function and bound == "sum" else type_

    def _per(self, call: Call, fragment: Fragment, function: str, window: Window) -> int:
        if function == "rate" and (window.kind not in _RATE_KINDS or (window.kind == "range" and not _length(window))):
            hint = f"use one of {listed(_RATE_KINDS)}"
            raise refuse(call.span, f"rate needs a window with a length; {_shown(window)} has none", hint)
        return duration(fragment, function)


def _hash(value: Typed) -> Typed:
    """The hash that DuckDB's sketch of distinct values is made of; NULL where there is no value."""
    sql, key = (f"CASE WHEN ({text}) IS NOT NULL THEN hash({text}) END" for text in (value.sql, value.key))
    return Typed(sql, key, "UBIGINT", ())


def _check_session(call: Call, window: Window) -> None:
    if window.kind != "session":
        hint = "SESSION GAP 30 MINUTES"
        raise refuse(call.span, f"{call.name.text} needs a session window; {_shown(window)} is none", hint)
    if call.filter is not None:
        raise refuse(call.filter.span, f"{call.name.text} is about the whole session: it takes no FILTER")
    if window.exclude == "row" and call.name.key == "session_index":
        raise refuse(call.span, "session_index needs a window that holds its own row", "leave EXCLUDE CURRENT ROW out")


def _length(window: Window) -> int:
    return (window.start or 0) - (window.end or 0)


def _shown(window: Window) -> str:
    return window.kind if window.name.startswith("_") else f"{window.name} ({window.kind})"
