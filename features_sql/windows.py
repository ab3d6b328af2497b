"""The windows of a view: declared ones, inline ones, and which of them closes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .definitions import Emit, Window
from .diagnostics import Findings, Refusal, consequence, refuse
from .keys import check_key
from .measures import Measures
from .names import check_new_simple, did_you_mean, listed
from .scope import Resolved, Typed
from .statements import EmitStatement, Name, WindowStatement

_CLOSING = ("tumbling", "hopping", "session")


class Windows:
    """A view's windows by name; an inline window gets a name of its own unless an equal one is known.

    ``time`` is the source's event time, empty where that is refused.
    """

    def __init__(self, measures: Measures, time: str, entity: Sequence[str]) -> None:
        self._source, self._time, self._measures = measures.scope.source, time, measures
        self._parts = dict[tuple[str, ...], tuple[Resolved, ...]]()
        self._entity = {name.casefold() for name in entity}
        self._by_key = dict[str, Window]()
        self._refused = set[str]()

    def declare(self, statements: Sequence[WindowStatement], unreadable: frozenset[str], findings: Findings) -> None:
        """Take the windows of a WINDOW clause; those that are refused are reported, but the unreadable ones."""
        self._refused.update(unreadable)
        for statement in statements:
            assert statement.name is not None
            name = statement.name
            with findings.collecting():
                check_new_simple(name, "a window's name")
                if name.key in self._by_key or name.key in self._refused:
                    raise refuse(name.span, f"window {name.text} is declared twice")
                self._refused.add(name.key)
                self._by_key[name.key] = self._window(statement, name.text)

    def use(self, over: Name | WindowStatement) -> Window:
        """Return the window that OVER names or holds."""
        if isinstance(over, Name):
            found = self._by_key.get(over.key)
            if found is None:
                raise self._unknown(over)
            return found
        window = self._window(over, "")
        for known in self._by_key.values():
            if replace(known, name="") == window:
                return known
        name = f"_w{sum(known.name.startswith('_') for known in self._by_key.values())}"
        self._by_key[name] = replace(window, name=name)
        return self._by_key[name]

    def known_bad(self, over: Name | WindowStatement) -> bool:
        """Tell whether a name is declared but its window is refused already."""
        return isinstance(over, Name) and over.key in self._refused and over.key not in self._by_key

    def emit(self, statement: EmitStatement | None) -> Emit:
        """Return when rows are written; every inline window must have been used before.

        The condition of WHEN is left out: it is over features, which are resolved later.
        """
        if statement is None:
            return Emit("event")
        if statement.kind != "close":
            return Emit(statement.kind, every=statement.every, repeat=statement.repeat, count=statement.count)
        return self._close(statement)

    def _close(self, statement: EmitStatement) -> Emit:
        closing = [window.name for window in self._by_key.values() if window.kind in _CLOSING and not window.by]
        if self._refused - self._by_key.keys() and (statement.window is None or self.known_bad(statement.window)):
            raise consequence(statement.span)
        if statement.window is None:
            if len(closing) == 1:
                return Emit("close", closing[0])
            if not closing:
                raise refuse(
                    statement.span,
                    "EMIT ON WINDOW CLOSE needs a window that closes",
                    "tumbling, hopping and session windows close",
                )
            raise refuse(
                statement.span, f"several windows close: {listed(closing)}", f"EMIT ON WINDOW CLOSE {closing[0]}"
            )
        window = self.use(statement.window)
        if window.kind not in _CLOSING:
            hint = f"closing windows: {listed(closing)}" if closing else "tumbling, hopping and session windows close"
            raise refuse(statement.window.span, f"window {window.name} never closes", hint)
        if window.by:
            hint = "a view whose ENTITY names those columns too writes on their closes"
            raise refuse(statement.window.span, f"window {window.name} closes for part of an entity", hint)
        return Emit("close", window.name)

    def parts(self, window: Window) -> tuple[Resolved, ...]:
        """Return the columns by which a window parts the entity."""
        return self._parts.get(window.by, ())

    def used(self, names: set[str]) -> tuple[Window, ...]:
        """Return the windows of these names, in order of declaration."""
        return tuple(window for window in self._by_key.values() if window.name in names)

    def _unknown(self, name: Name) -> Refusal:
        known = [window.name for window in self._by_key.values() if not window.name.startswith("_")]
        hint = did_you_mean(name.text, known) or (
            f"windows: {listed(known)}" if known else "declare it: WINDOW w AS (...)"
        )
        return refuse(name.span, f"unknown window {name.text}", hint)

    def _window(self, s: WindowStatement, name: str) -> Window:
        self._check_order(s)
        return self._parted(s, replace(s.window, name=name))

    def _parted(self, statement: WindowStatement, window: Window) -> Window:
        """The window of the sub-entity that PARTITION BY may name."""
        given = {name.key for name in statement.partition}
        if not given or given == self._entity:
            return window
        for name in statement.partition:
            if self._source.column(name.text) is None:
                hint = did_you_mean(name.text, [column.name for column in self._source.columns])
                raise refuse(name.span, f"PARTITION BY names an unknown column {name.text}", hint)
        first, last = statement.partition[0].span, statement.partition[-1].span
        if not given >= self._entity:
            span = replace(first, end=last.end)
            raise refuse(span, "PARTITION BY must name the view's entity", "leave it out: it is the default")
        reads = tuple(self._part(name) for name in statement.partition if name.key not in self._entity)
        terms = [self._measures.term("r", Typed(read.sql, read.sql, read.column.type, (read,))) for read in reads]
        by = tuple(term.id for term in terms)
        self._parts[by] = reads
        entity = [column.name for column in self._source.columns if column.name.casefold() in self._entity]
        return replace(window, partition=(*entity, *(read.column.name for read in reads)), by=by)

    def _part(self, name: Name) -> Resolved:
        column = self._source.column(name.text)
        assert column is not None
        if column.name == self._time:
            raise refuse(name.span, f"{column.name} is the event time: it cannot be part of an entity")
        check_key(column, name.span)
        return Resolved(self._source, column, name.span.start, name.span.end, name.span, True)

    def _check_order(self, statement: WindowStatement) -> None:
        names = statement.order
        if not names or not self._time:
            return
        right = names[-1].key == self._time.casefold()
        if len(names) == 2:
            right = right and names[0].key == self._source.alias.casefold()
        if not right:
            span = replace(names[0].span, end=names[-1].span.end)
            hint = f"leave it out: the default is ORDER BY {self._time}"
            raise refuse(span, "windows are ordered by event time only", hint)
