"""Mutants of the engine: the same source with one comparison made strict, or no longer so."""

from __future__ import annotations

import ast
import importlib
import io
import re
import sys
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

SWAPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "left": "right", "right": "left"}
# Comparisons of Python, those of SQL inside strings (but for what braces hold), and the sides of a binary search.
IN_TEXT = re.compile(r"\{[^{}]*\}|(?<![<>=-])[<>]=?(?![<>=])|(?<=\")(?:left|right)(?=\")")


@dataclass(frozen=True)
class Mutant:
    """``source`` is that of ``module`` with one comparison of ``line`` changed, the one at ``column``."""

    module: str
    function: str
    line: str
    column: int
    source: str

    def __str__(self) -> str:
        return f"{self.module.rpartition('.')[2]}.{self.function}: {self.line} @{self.column}"

    def load(self) -> ModuleType:
        """Run the changed source as a module of its own, which nothing imports yet."""
        module = ModuleType(self.module)
        module.__package__ = self.module.rpartition(".")[0]
        original = sys.modules[self.module]
        sys.modules[self.module] = module  # Its dataclasses look themselves up.
        try:
            exec(compile(self.source, str(self), "exec"), module.__dict__)
        finally:
            sys.modules[self.module] = original
        return module


def mutants(module: str, *functions: str) -> Iterator[Mutant]:
    """Yield one mutant for each comparison in these functions or methods of a module."""
    path = importlib.import_module(module).__file__
    assert path is not None
    text = Path(path).read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    spans = {name: _span(ast.parse(text), name) for name in functions}
    for row, column, length, new in _comparisons(text):
        for name, (first, last) in spans.items():
            if first <= row <= last:
                line = lines[row - 1]
                changed = [*lines[: row - 1], line[:column] + new + line[column + length :], *lines[row:]]
                yield Mutant(module, name, line.strip(), column, "".join(changed))


def _span(tree: ast.Module, name: str) -> tuple[int, int]:
    """The first and last line of the body of ``function`` or ``Class.method``."""
    node: Any = tree
    for part in name.split("."):
        node = next(one for one in node.body if getattr(one, "name", None) == part)
    first = node.body[1 if ast.get_docstring(node) else 0]
    return first.lineno, node.end_lineno


def _comparisons(text: str) -> Iterator[tuple[int, int, int, str]]:
    """Yield (line, column, length, what to write instead) of each comparison; docstrings hold none."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        row, column = token.start
        if token.type == tokenize.OP and token.string in SWAPPED:
            yield row, column, len(token.string), SWAPPED[token.string]
        if token.type == tokenize.STRING and token.end[0] == row:
            for found in IN_TEXT.finditer(token.string):
                if found[0] in SWAPPED:
                    yield row, column + found.start(), len(found[0]), SWAPPED[found[0]]
