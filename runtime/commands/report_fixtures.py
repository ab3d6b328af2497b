"""How feature tests ended, for people and for pipes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from .report_differences import differences_data, differing
from .shown import Listing, Shown, table

if TYPE_CHECKING:
    from ..fixtures import Expectation, FixtureCheck


def tested(checks: Sequence[FixtureCheck]) -> Shown:
    """A line for each test, and below them every row that is not as expected."""
    failed = [check for check in checks if not check.passed]
    lines = [(check.path, check.description, _rows(check), "ok" if check.passed else "FAILED") for check in checks]
    parts: list[Listing | str] = [table(("test", "says", "rows", ""), lines, drop=("says",))]
    for check in failed:
        parts += [_drawn(check.path, one) for one in check.expectations if one.differences.rows]
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
    return differing(f"{path}:{one.line}: {one.name}", one.differences)


def _set_aside(check: FixtureCheck) -> Iterable[str]:
    """What became of rows given that no window has seen: often the reason of what differs."""
    for name, source in check.sources.items():
        for count, word in ((source.late, "late"), (source.repeated, "repeats"), (source.rejected, "rejected")):
            if count:
                why = "; ".join(check.reasons.get(name, ())) if word == "rejected" else ""
                said = f"of the rows given to {name}, {count} {'is' if count == 1 else 'are'} {word}"
                yield f"{said}: {why}" if why else said


def _data(check: FixtureCheck) -> Mapping[str, object]:
    expectations = [
        {
            "name": one.name,
            "line": one.line,
            "rows": one.rows,
            "differences": differences_data(one.differences),
        }
        for one in check.expectations
    ]
    aside = {
        name: {"late": s.late, "repeated": s.repeated, "rejected": s.rejected} for name, s in check.sources.items()
    }
    return {"passed": check.passed, "expectations": expectations, "sources": aside}
