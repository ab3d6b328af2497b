"""How feature tests ended, for people and for pipes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from .shown import Listing, Shown, cell, table

if TYPE_CHECKING:
    from .fixtures import Expectation, FixtureCheck
    from .row_differences import RowDifference


def tested(checks: Sequence[FixtureCheck]) -> Shown:
    """A line for each test, and below them every row that is not as expected."""
    failed = [check for check in checks if not check.passed]
    lines = [(check.path, check.description, _rows(check), "ok" if check.passed else "FAILED") for check in checks]
    parts: list[Listing | str] = [table(("test", "says", "rows", ""), lines, drop=("says",))]
    for check in failed:
        parts += [_drawn(check.path, one) for one in check.expectations if one.differences]
        parts += [f"{check.path}: {said}" for said in _set_aside(check)]
    parts.append(f"{len(failed)} of {len(checks)} failed." if failed else f"{len(checks)} passed.")
    data = {
        "passed": len(checks) - len(failed),
        "failed": len(failed),
        "tests": {check.path: _data(check) for check in checks},
    }
    return Shown(data, tuple(parts))


def _rows(check: FixtureCheck) -> int:
    return sum(one.rows for one in check.expectations)


def _drawn(path: str, one: Expectation) -> Listing:
    rows = [(*_cells(difference, len(one.columns)), _said(difference)) for difference in one.differences]
    return table((*one.columns, ""), rows, title=f"{path}:{one.line}: {one.name}")


def _cells(difference: RowDifference, columns: int) -> Iterable[str]:
    row = difference.found if difference.expected is None else difference.expected
    assert row is not None
    for place in range(columns):
        if difference.differs(place):
            assert difference.found is not None
            yield f"{_exact(row[place])}, got {_exact(difference.found[place])}"
        else:
            yield cell(row[place])


def _exact(value: object) -> str:
    """A value with every digit, so that two that differ look different."""
    if value is None:
        return "NULL"
    return repr(value) if isinstance(value, float) else cell(value)


def _said(difference: RowDifference) -> str:
    if difference.found is None:
        return "no such row"
    return "not expected" if difference.expected is None else "differs"


def _set_aside(check: FixtureCheck) -> Iterable[str]:
    """What became of rows given that no window has seen: often the reason of what differs."""
    for name, source in check.sources.items():
        for count, word in ((source.late, "late"), (source.repeated, "repeats"), (source.rejected, "rejected")):
            if count:
                yield f"of the rows given to {name}, {count} {'is' if count == 1 else 'are'} {word}"


def _data(check: FixtureCheck) -> Mapping[str, object]:
    expectations = [
        {
            "name": one.name,
            "line": one.line,
            "rows": one.rows,
            "differences": [
                {
                    "expected": _named(one.columns, difference.expected),
                    "found": _named(one.columns, difference.found),
                }
                for difference in one.differences
            ],
        }
        for one in check.expectations
    ]
    aside = {
        name: {"late": s.late, "repeated": s.repeated, "rejected": s.rejected} for name, s in check.sources.items()
    }
    return {"passed": check.passed, "expectations": expectations, "sources": aside}


def _named(columns: Sequence[str], row: Sequence[object] | None) -> Mapping[str, object] | None:
    return None if row is None else dict(zip(columns, row, strict=True))
