"""The relations an expression can see, and what its names mean there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from .binder import Binder, TypeProblem
from .calls import find_calls
from .definitions import Column
from .diagnostics import Refusal, consequence, refuse
from .expressions import Reference, Replacement, Scalar, analyse, print_sql
from .functions import CLOCK_WORDS, Place
from .names import did_you_mean, listed, quote
from .source_text import Span
from .statements import Fragment

_NESTED = ("STRUCT", "UNION", "MAP", "JSON", "VARIANT")


@dataclass(frozen=True)
class Relation:
    """Columns under an alias. ``bound`` is the binder's name for an empty relation with these columns.

    ``behind`` are the ``relation.column`` names behind a column of a union.
    ``complete`` is False where some column is refused: an unknown name may be that one, so nothing is said of it.
    """

    name: str
    alias: str
    columns: tuple[Column, ...]
    bound: str
    complete: bool = True
    behind: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def column(self, name: str) -> Column | None:
        """Return the column of that name, without case, or None."""
        key = name.casefold()
        return next((column for column in self.columns if column.name.casefold() == key), None)


@dataclass(frozen=True)
class Resolved:
    """A reference whose column is known; ``end`` is where the column's own words end (fields may follow)."""

    relation: Relation
    column: Column
    start: int
    end: int
    span: Span
    bare: bool

    @property
    def sql(self) -> str:
        """The column, qualified and quoted."""
        return f"{quote(self.relation.alias)}.{quote(self.column.name)}"

    @property
    def lineage(self) -> tuple[str, ...]:
        """``relation.column``, or those behind a column of a union."""
        return self.relation.behind.get(self.column.name, (f"{self.relation.name}.{self.column.name}",))


@dataclass(frozen=True)
class Typed:
    """An expression with its names resolved and its type bound."""

    sql: str
    key: str
    type: str
    reads: tuple[Resolved, ...]


@dataclass(frozen=True)
class Scope:
    """Relations in the order of FROM: a bare name means the first one's column, else the only other one's.

    ``features`` are the names, without case, that a view gives to what it selects: no expression can read them.
    """

    relations: tuple[Relation, ...]
    features: frozenset[str] = frozenset()

    @property
    def source(self) -> Relation:
        """The first relation."""
        return next(iter(self.relations))

    def resolve(self, reference: Reference) -> Resolved:
        """Return the column a reference means; refuse an unknown or ambiguous one with the nearest name."""
        name = reference.parts[0]
        first = name.casefold()
        relation = next((relation for relation in self.relations if relation.alias.casefold() == first), None)
        if relation is not None and len(reference.parts) > 1:
            return self._qualified(relation, reference)
        holders = [relation for relation in self.relations if relation.column(first)]
        if not holders:
            raise self._unknown(reference)
        if len(holders) > 1 and not self.source.column(first):
            names = " or ".join(f"{holder.alias}.{name}" for holder in holders)
            raise refuse(reference.span, f"{name} is ambiguous", f"write {names}")
        column = holders[0].column(first)
        assert column is not None
        if len(reference.parts) > 1 and not column.type.startswith(_NESTED):
            raise self._unknown(reference)
        return _resolved(holders[0], column, reference, 1)

    def _qualified(self, relation: Relation, reference: Reference) -> Resolved:
        column = relation.column(reference.parts[1])
        if column is None and not relation.complete:
            raise consequence(reference.span)
        if column is None:
            span = Span(reference.span.source, reference.span.start, reference.ends[1])
            hint = did_you_mean(reference.parts[1], [column.name for column in relation.columns])
            hint = hint or f"it has {listed(column.name for column in relation.columns)}"
            raise refuse(span, f"{relation.name} has no column {reference.parts[1]}", hint)
        return _resolved(relation, column, reference, 2)

    def _unknown(self, reference: Reference) -> Refusal:
        name = reference.parts[0]
        if name.casefold() in ("window_start", "window_end") and len(reference.parts) == 1:
            message = f"{name} is known only in a view that EMIT ON WINDOW CLOSE writes"
            return refuse(reference.span, message, "it belongs to the window that closes")
        if not all(relation.complete for relation in self.relations):
            return consequence(reference.span)
        if len(reference.parts) > 1:
            span = Span(reference.span.source, reference.span.start, reference.ends[0])
            plain = next((found for one in self.relations if (found := one.column(name))), None)
            if plain is not None:
                return refuse(reference.span, f"{plain.name} is {plain.type}: it has no fields")
            hidden = next((r for r in self.relations if r.name.casefold() == name.casefold()), None)
            aliases = [relation.alias for relation in self.relations]
            hint = f"it is called {hidden.alias} here" if hidden else did_you_mean(name, aliases)
            return refuse(span, f"unknown relation {name}", hint or f"one of {listed(aliases)}")
        if name.casefold() in CLOCK_WORDS:
            hint = "since_last() OVER w measures time"
            return refuse(reference.span, f"{name} reads the clock: a feature depends on its instant only", hint)
        if name.casefold() in self.features:
            hint = "features and WHERE read columns; QUALIFY and EMIT WHEN read features"
            return refuse(reference.span, f"{name} is a feature of this view, not a column", hint)
        known = [column.name for relation in self.relations for column in relation.columns]
        hint = did_you_mean(name, known)
        if not hint and reference.span.text.startswith('"'):
            hint = f"text is quoted '{name}', a name \"{name}\""
        return refuse(reference.span, f"unknown column {name}", hint or f"one of {listed(known)}")

    def reads(self, scalar: Scalar) -> tuple[Resolved, ...]:
        """Resolve every reference of an expression; no lambda in it may hide a relation."""
        for relation in self.relations:
            if relation.alias.casefold() in scalar.parameters:
                message = f"a lambda's value cannot be called {relation.alias}: that is a relation here"
                raise refuse(scalar.fragment.span, message, "choose another name")
        return tuple(self.resolve(reference) for reference in scalar.references)

    def check_constants(self, scalar: Scalar, reads: Sequence[Resolved], binder: Binder) -> None:
        """Refuse a text that stands for no value of the column it is compared with, and a column of texts with another.

        There DuckDB reads each text as the constant's type, and an event whose text is none would fail.
        """
        columns = {read.start: read.column for read in reads if read.bare}
        for one in scalar.compared:
            column, text = columns.get(one.reference), one.constant.text
            if column is None or column.type.endswith("]") or column.type.startswith(_NESTED):
                continue
            if (column.type == "VARCHAR") == (one.type == "VARCHAR"):
                continue
            if column.type == "VARCHAR":
                hint = f"write '{text}', or TRY_CAST({column.name} AS {one.type}), which is NULL of other texts"
                raise refuse(one.constant, f"{text} is no text, and {column.name} is VARCHAR", hint)
            if not binder.constant(f"TRY_CAST({text} AS {column.type}) IS NOT NULL"):
                raise refuse(one.constant, f"{text} is no {column.type}, the type of {column.name}")

    def typed(self, fragment: Fragment, binder: Binder, place: Place = "value") -> Typed:
        """Check, resolve and bind an expression over these relations."""
        if calls := find_calls(fragment):
            raise refuse(calls[0].span, "aggregates cannot stand here", "this is computed for each event by itself")
        scalar = analyse(fragment, binder, place=place)
        reads = self.reads(scalar)
        self.check_constants(scalar, reads, binder)
        replacements = [Replacement(read.start, read.end, read.sql) for read in reads]
        sql = print_sql(fragment, replacements)
        relations = [(relation.bound, relation.alias) for relation in self.relations]
        try:
            type_ = binder.type(sql, relations)
        except TypeProblem as problem:
            raise refuse(fragment.span, str(problem), problem.hint) from None
        return Typed(sql, print_sql(fragment, replacements, canonical=True), type_, reads)

    def condition(self, fragment: Fragment, binder: Binder, place: Place = "value") -> Typed:
        """Check, resolve and bind an expression that must be BOOLEAN."""
        typed = self.typed(fragment, binder, place)
        if typed.type != "BOOLEAN":
            raise refuse(fragment.span, f"a condition must be BOOLEAN; got {typed.type}")
        return typed


def _resolved(relation: Relation, column: Column, reference: Reference, parts: int) -> Resolved:
    bare = len(reference.parts) == parts
    return Resolved(relation, column, reference.span.start, reference.ends[parts - 1], reference.span, bare)


def lineage(reads: Sequence[Resolved]) -> tuple[str, ...]:
    """Return the ``relation.column`` names read, each once, in order."""
    return tuple(dict.fromkeys(name for read in reads for name in read.lineage))
