"""Aggregate calls to shared terms and measures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .binder import Binder, TypeProblem
from .calls import Call
from .definitions import Column, Measure, Term, Window
from .diagnostics import refuse
from .durations import parse_duration
from .expressions import analyse, print_sql
from .functions import OWN, check_aggregate
from .names import listed
from .scope import Resolved, Scope, Typed
from .source_text import Span
from .statements import Fragment

HasFold = Callable[[str, tuple[str, ...], bool, Window], bool]

# (least, most) arguments; the rest is left to DuckDB.
_COUNTS = {"last_n": (2, 2), "since_last": (0, 1), "rate": (2, 2), "count": (0, 1), "count_if": (1, 1)}
_CONSTANT_SECOND = frozenset(("quantile_cont", "quantile_disc", "string_agg"))
_RATE_KINDS = ("sliding", "tumbling", "hopping", "session", "range")
_FORMS = {
    "last_n": "last_n(x, 10) OVER w",
    "since_last": "since_last() OVER w or since_last(condition) OVER w",
    "rate": "rate(x, '1 minute') OVER w or rate(*, '1 minute') OVER w",
    "count": "count(*) OVER w or count(x) OVER w",
    "count_if": "count_if(condition) OVER w",
}


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

    def measure(self, call: Call, window: Window) -> tuple[Measure, tuple[Resolved, ...]]:
        """Return the measure of an aggregate call and the columns it reads."""
        function = check_aggregate(call.name.key, call.name.span)
        _check_shape(call, function)
        reads = list[Resolved]()
        condition = self._filter(call, function, reads)
        count, per, arguments = None, None, tuple[str, ...]()
        if function == "since_last":
            type_ = "DOUBLE"
        elif function == "last_n":
            count, (term,) = _whole_number(call.arguments[1]), self._terms(call.arguments[:1], reads)
            arguments, type_ = (term.id,), f"{term.type}[]"
        elif function == "rate":
            per = self._per(call, window)
            found = self._terms(call.arguments[:-1], reads)
            arguments, type_ = tuple(term.id for term in found), "DOUBLE"
            if found:
                self._bind(call, "sum", arguments, False)
        else:
            arguments = self._arguments(call, function, reads)
            type_ = self._bind(call, function, arguments, call.distinct)
        key = (function, arguments, call.distinct, condition, window.name, count, per)
        if key not in self.measures:
            id_ = f"m{len(self.measures)}"
            self.measures[key] = Measure(
                id_, function, arguments, call.distinct, condition, window.name, type_, count, per
            )
        return self.measures[key], tuple(reads)

    def argument_types(self, measure: Measure) -> tuple[str, ...]:
        """Return the types of a measure's term arguments."""
        types = {term.id: term.type for term in self.terms.values()}
        return tuple(types[argument] for argument in measure.arguments if argument in types)

    def _filter(self, call: Call, function: str, reads: list[Resolved]) -> str | None:
        conditions = [call.filter] if call.filter else []
        if function == "since_last":
            conditions = [*call.arguments, *conditions]
        typed = [self.scope.condition(condition, self.binder, "argument") for condition in conditions]
        for one in typed:
            reads.extend(one.reads)
        if not typed:
            return None
        if len(typed) == 1:
            return self.term("f", typed[0]).id
        sql, key = (
            " AND ".join(f"({text})" for text in texts) for texts in ([t.sql for t in typed], [t.key for t in typed])
        )
        return self.term("f", Typed(sql, key, "BOOLEAN", ())).id

    def _terms(self, fragments: tuple[Fragment, ...], reads: list[Resolved]) -> list[Term]:
        terms = list[Term]()
        for fragment in fragments:
            typed = self.scope.typed(fragment, self.binder, "argument")
            reads.extend(typed.reads)
            terms.append(self.term("x", typed))
        return terms

    def _arguments(self, call: Call, function: str, reads: list[Resolved]) -> tuple[str, ...]:
        if function not in _CONSTANT_SECOND or len(call.arguments) < 2:
            return tuple(term.id for term in self._terms(call.arguments, reads))
        first = self._terms(call.arguments[:1], reads)[0].id
        constants = list[str]()
        for fragment in call.arguments[1:]:
            if analyse(fragment, self.binder, place="argument").references:
                raise refuse(fragment.span, f"this argument of {function} must be a constant")
            constants.append(print_sql(fragment))
        return (first, *constants)

    def _bind(self, call: Call, function: str, arguments: tuple[str, ...], distinct: bool) -> str:
        columns = [Column(term.id, term.type) for term in self.terms.values() if term.id in arguments]
        inside = ", ".join(arguments) if arguments else "*"
        sql = f"{function}({'DISTINCT ' if distinct else ''}{inside})"
        try:
            return self.binder.type_over(sql, columns)
        except TypeProblem as problem:
            raise refuse(call.span, str(problem)) from None

    def _per(self, call: Call, window: Window) -> int:
        if window.kind not in _RATE_KINDS or (window.kind == "range" and not _length(window)):
            hint = f"use one of {listed(_RATE_KINDS)}"
            raise refuse(call.span, f"rate needs a window with a length; {_shown(window)} has none", hint)
        text, span = _string(call.arguments[-1], "rate's unit of time", "rate")
        per = parse_duration(text, span)
        if per <= 0:
            raise refuse(span, "rate's unit of time must be longer than nothing")
        return per


def _length(window: Window) -> int:
    return (window.start or 0) - (window.end or 0)


def _shown(window: Window) -> str:
    return window.kind if window.name.startswith("_") else f"{window.name} ({window.kind})"


def _check_shape(call: Call, function: str) -> None:
    star = call.star is not None
    form = _FORMS.get(function, f"{call.name.text}(x) OVER w")
    if star and function not in ("count", "rate"):
        assert call.star is not None
        raise refuse(call.star, "* may stand only in count(*) and rate(*, ...)", "name the column")
    if call.distinct and (function in OWN or star):
        raise refuse(call.span, f"{call.name.text} takes no DISTINCT", form)
    if call.distinct and not call.arguments:
        raise refuse(call.span, "DISTINCT needs a column", form)
    least, most = _COUNTS.get(function, (1, 9))
    given = len(call.arguments) + (star and function == "rate")
    if star and function == "count" and call.arguments:
        raise refuse(call.span, "count(*) takes nothing else", form)
    if not least <= given <= most:
        raise refuse(call.span, f"{call.name.text} cannot take {given} argument{'s' if given != 1 else ''}", form)


def _whole_number(fragment: Fragment) -> int:
    token = fragment.tokens[0]
    if (
        len(fragment.tokens) > 1
        or token.kind != "number"
        or not token.text.isdigit()
        or not 0 < int(token.text) < 10**9
    ):
        raise refuse(fragment.span, "last_n keeps a whole number of values, at least 1", _FORMS["last_n"])
    return int(token.text)


def _string(fragment: Fragment, what: str, function: str) -> tuple[str, Span]:
    token = fragment.tokens[0]
    if len(fragment.tokens) > 1 or not token.text.startswith("'"):
        raise refuse(fragment.span, f"{what} must be a quoted length of time", _FORMS[function])
    return token.text[1:-1], fragment.span
