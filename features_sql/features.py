"""The selected expressions of a view as features."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .binder import TypeProblem
from .calls import Call, find_calls
from .conditions import condition_sql
from .definitions import Column, Emit, Feature, Measure, Window
from .diagnostics import Findings, Refusal, consequence, refuse
from .expressions import Reference, Replacement, analyse, print_sql
from .folds import has_fold
from .measures import Measured, Measures
from .names import check_new
from .options import ViewOptions
from .scope import Resolved, Typed, lineage
from .source_text import Span
from .statements import Fragment, Item, Name, ViewStatement
from .storable import refuse_unstorable
from .windows import Windows

_BOUNDS = ("window_start", "window_end")


@dataclass
class _Parts:
    """What an expression is made of: the texts put in place of its words, the columns these name, what it reads."""

    replacements: list[Replacement] = field(default_factory=list[Replacement])
    columns: dict[str, Column] = field(default_factory=dict[str, Column])
    windows: list[str] = field(default_factory=list[str])
    reads: list[tuple[int, Resolved]] = field(default_factory=list[tuple[int, Resolved]])


class Features:
    """Resolves the items of one view; ``collect`` fills ``features``, ``emit``, ``qualify`` and ``time``."""

    def __init__(
        self,
        statement: ViewStatement,
        entity: Sequence[Column],
        event_time: str,
        windows: Windows,
        measures: Measures,
        options: ViewOptions,
        findings: Findings,
    ) -> None:
        self.windows, self.measures, self.features = windows, measures, list[Feature]()
        self.emit = Emit("event")
        self.qualify: str | None = None
        self.complete = True
        self.entity = entity
        self._statement, self._findings = statement, findings
        self._event_time, self._options = event_time, options

    @property
    def time(self) -> str:
        """The name under which a row's instant is written."""
        return self._event_time if self.emit.kind == "event" else "as_of"

    def collect(self) -> None:
        """Resolve every item; what is refused is reported and left out."""
        select, calls = self._statement.select, dict[int, tuple[Call, ...]]()
        before = self._findings.refusals
        for i, item in enumerate(select.items):
            with self._findings.collecting():
                calls[i] = find_calls(item.expression)
                for call in calls[i]:
                    if not self.windows.known_bad(call.over):
                        self.windows.use(call.over)
        self._emit()
        for i, item in enumerate(select.items):
            with self._findings.collecting():
                if i in calls and any(self.windows.known_bad(call.over) for call in calls[i]):
                    self._check(item, calls[i])
                elif i in calls:
                    self._item(item, calls[i])
        self.complete = self._findings.refusals == before
        self._conditions()
        if not select.items or self.features or self._findings.refusals:
            return
        hint = "the entity and the event time lead every row by themselves"
        self._findings.add(refuse(self._statement.name.span, f"view {self._statement.name.text} has no feature", hint))

    def _emit(self) -> None:
        """Resolve EMIT, now that every inline window is known, of which one may be the window that closes."""
        statement = self._statement.select.emit
        with self._findings.collecting():
            self.emit = self.windows.emit(statement)
        if statement is not None and statement.kind != "event" and self.emit.kind == "event":
            self.emit = Emit("close")
        if statement is not None and self.emit.kind == "immediately":
            with self._findings.collecting():
                self._lead_with_time(statement.span)
        for name in self._statement.entity:
            if self.emit.kind != "event" and name.key == "as_of":
                hint = "rename the column of the source"
                self._findings.add(refuse(name.span, "as_of is the time of every row that is not ON EVENT", hint))

    def _lead_with_time(self, span: Span) -> None:
        """Let a row that is written on arrival carry the time of its event as well, as the first feature."""
        source = self.measures.scope.source
        column = source.column(self._event_time)
        if column is None:
            raise consequence(span)
        if column.name.casefold() == "as_of":
            hint = "rename the column of the source"
            raise refuse(span, "as_of is the instant of a row on arrival, beside the event's own time", hint)
        read = Resolved(source, column, span.start, span.end, span, bare=True)
        id_, type_ = self.outside(read)
        self.features.append(Feature(column.name, id_, type_, column.name, "", (), (), read.lineage, span))

    def _conditions(self) -> None:
        """Resolve the conditions over features, and see that EVERY has a window to look at."""
        select = self._statement.select
        if select.qualify is not None:
            with self._findings.collecting():
                self.qualify = condition_sql(select.qualify, self)
        if select.emit is not None and select.emit.condition is not None:
            with self._findings.collecting():
                sql, text = condition_sql(select.emit.condition, self), print_sql(select.emit.condition)
                self.emit = replace(self.emit, condition=sql, text=text)
        if self.complete and select.emit is not None and select.emit.every and not self.measures.measures:
            hint = "select an aggregate OVER a window"
            message = "EMIT EVERY writes while a window is not empty, and no feature has one"
            self._findings.add(refuse(select.emit.span, message, hint))

    def _item(self, item: Item, calls: tuple[Call, ...]) -> None:
        scalar = analyse(item.expression, self.measures.binder, [call.span for call in calls], "feature")
        bounds = tuple(one for one in scalar.references if self._is_bound(one))
        others = tuple(one for one in scalar.references if one not in bounds)
        reads = self.measures.scope.reads(replace(scalar, references=others))
        self.measures.scope.check_constants(scalar, reads, self.measures.binder)
        bare = len(reads) == 1 and reads[0].bare and reads[0].span == item.expression.span
        name = item.alias or (Name(reads[0].column.name, item.expression.span) if bare else None)
        if name is None and bounds and bounds[0].span == item.expression.span:
            name = Name(bounds[0].parts[0].lower(), item.expression.span)
        if name is None:
            raise refuse(item.span, "this feature has no name", "add AS and a name")
        if bare and self._leads(name.text, reads[0]):
            return
        check_new(name, "a feature's name")
        self._check_free(name)
        feature = self._feature(item, name.text, self._parts(calls, reads, bounds))
        self.features.append(feature)

    def _check(self, item: Item, calls: tuple[Call, ...]) -> None:
        """Refuse what is wrong with an item apart from its windows, one of which is refused already."""
        holes = [call.span for call in calls]
        scalar = analyse(item.expression, self.measures.binder, holes, "feature")
        columns = tuple(one for one in scalar.references if not self._is_bound(one))
        self.measures.scope.reads(replace(scalar, references=columns))
        for call in calls:
            self.measures.check(call)

    def _leads(self, name: str, read: Resolved) -> bool:
        """Tell whether a bare column is one that leads every row anyway."""
        source = self.measures.scope.source
        leading = [column.name for column in self.entity]
        if self.emit.each_event:
            leading.append(self._event_time)
        return (
            read.relation is source and read.column.name in leading and name.casefold() == read.column.name.casefold()
        )

    def _check_free(self, name: Name) -> None:
        if name.key == self.time.casefold() or any(column.name.casefold() == name.key for column in self.entity):
            raise refuse(
                name.span, f"{name.text} is the name of a column that leads every row", "choose another name: AS ..."
            )
        if any(feature.name.casefold() == name.key for feature in self.features):
            raise refuse(name.span, f"two columns are called {name.text}", "choose another name: AS ...")

    def _is_bound(self, reference: Reference) -> bool:
        """Tell whether a name is a word for an end of the window that closes; a column of that name goes first."""
        word = reference.parts[0].casefold()
        known = any(relation.column(word) for relation in self.measures.scope.relations)
        return self.emit.kind == "close" and len(reference.parts) == 1 and word in _BOUNDS and not known

    def _feature(self, item: Item, name: str, parts: _Parts) -> Feature:
        sql = print_sql(item.expression, parts.replacements)
        type_ = self._bind(sql, list(parts.columns.values()), item.expression)
        return Feature(
            name=name,
            sql=sql,
            type=type_,
            text=print_sql(item.expression),
            description=item.description,
            windows=tuple(dict.fromkeys(parts.windows)),
            measures=tuple(name for name in parts.columns if name.startswith("m")),
            lineage=lineage([read for _, read in sorted(parts.reads, key=lambda pair: pair[0])]),
            span=item.span,
        )

    def _parts(self, calls: tuple[Call, ...], reads: tuple[Resolved, ...], bounds: tuple[Reference, ...]) -> _Parts:
        parts = _Parts()
        for call in calls:
            found = self.measure(call)
            for measure in found.measures:
                parts.columns[measure.id] = Column(measure.id, measure.type)
                parts.windows.append(measure.window)
            parts.replacements.append(Replacement(call.span.start, call.span.end, found.sql))
            parts.reads += [(read.start, read) for read in found.reads]
        for reference in bounds:
            if self.emit.window is None:
                raise consequence(reference.span)
            measure = self.measures.plain(reference.parts[0].casefold(), (), self.emit.window, "TIMESTAMP")
            parts.columns[measure.id] = Column(measure.id, measure.type)
            parts.windows.append(measure.window)
            parts.replacements.append(Replacement(reference.span.start, reference.span.end, measure.id))
        for read in reads:
            id_, type_ = self.outside(read)
            parts.columns[id_] = Column(id_, type_)
            parts.replacements.append(Replacement(read.start, read.end, id_ if read.bare else f"({id_})"))
            parts.reads.append((read.start, read))
        return parts

    def _bind(self, sql: str, columns: Sequence[Column], fragment: Fragment) -> str:
        try:
            type_ = self.measures.binder.type_over(sql, columns)
        except TypeProblem as problem:
            raise refuse(fragment.span, str(problem), problem.hint) from None
        refuse_unstorable(type_, fragment.span)
        return type_

    def measure(self, call: Call) -> Measured:
        """Return what an aggregate call is made of."""
        try:
            window = self.windows.use(call.over)
        except Refusal:
            with self._findings.collecting():
                self.measures.check(call)
            raise
        parts = self.windows.parts(window)
        if parts and self.emit.kind in ("close", "every"):
            message = f"{parts[0].column.name} has no single value in a row that no event drives"
            raise refuse(call.over.span, message, "a view whose ENTITY names it too has such windows")
        found = self.measures.measure(call, window)
        for measure in found.measures:
            self._check_fold(call, measure, window)
        return replace(found, reads=(*found.reads, *parts))

    def outside(self, read: Resolved) -> tuple[str, str]:
        """Return the id and type of what stands for a column outside aggregates."""
        if self.emit.each_event:
            term = self.measures.term("r", Typed(read.sql, read.sql, read.column.type, (read,)))
            return term.id, term.type
        if read.relation is self.measures.scope.source and read.column in self.entity:
            return f"_k{list(self.entity).index(read.column)}", read.column.type
        when = "when a window closes" if self.emit.kind == "close" else "in a row that is not ON EVENT"
        hint = f"last({read.span.text}) OVER w"
        raise refuse(read.span, f"{read.column.name} has no single value {when}", hint)

    def _check_fold(self, call: Call, measure: Measure, window: Window) -> None:
        unbounded = window.kind == "global" or (window.kind in ("range", "rows") and window.start is None)
        unbounded = unbounded or (measure.function == "session_index" and self.emit.kind == "immediately")
        if not unbounded or not (self.emit.each_event or self.emit.kind == "when") or self._options.recompute_allowed:
            return
        # On arrival nothing runs along: an event may come before those that are known.
        if self.emit.kind == "immediately" or not has_fold(
            measure.function, self.measures.argument_types(measure), measure.distinct, window
        ):
            hint = "choose a window with a length, or allow it: WITH ('recompute' = 'allowed')"
            if measure.function == "sum" and self.measures.argument_types(measure) == ("BOOLEAN",):
                hint = "count_if(x) OVER w counts truths"
            what = f"{call.name.text} over all history would be computed anew for each event"
            raise refuse(call.span, what, hint)
