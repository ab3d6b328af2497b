"""The shape of the repository: who imports whom, what is packaged, how long things are."""

from __future__ import annotations

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

MAY_IMPORT = {
    "features_sql": set[str](),
    "models": {"features_sql"},
    "catalog": {"features_sql"},
    "runtime": {"features_sql", "catalog", "models"},
    "examples": {"features_sql"},
    "cli.py": {"features_sql", "catalog", "models", "runtime", "examples"},
}
PACKAGES = ("features_sql", "models", "catalog", "runtime", "examples")
NOT_PACKAGED = ("tests", "benchmarks", "docs", "build", "dist")
LONGEST_FILE = 399
LONGEST_FUNCTION = 40
# "path" or "path:function", each with its reason beside it.
MAY_BE_LONGER: frozenset[str] = frozenset()


def modules() -> list[Path]:
    """Every module that the wheel holds, relative to the root."""
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    found += [path for path in (ROOT / "__init__.py", ROOT / "cli.py") if path.exists()]
    return sorted(path.relative_to(ROOT) for path in found)


def own_imports(module: Path, tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield (line, top-level name of ours) for every import of headrace; an absolute one yields ``headrace``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, "headrace") for alias in node.names if alias.name.split(".")[0] == "headrace")
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            if (node.module or "").split(".")[0] == "headrace":
                yield node.lineno, "headrace"
        elif isinstance(node, ast.ImportFrom):
            folder = module.parent.parts[: len(module.parent.parts) - node.level + 1]
            for alias in node.names:
                target = (*folder, *(node.module or "").split("."), alias.name)
                yield node.lineno, next(part for part in target if part)


def import_offences(module: Path, text: str) -> list[str]:
    home = module.parts[0]
    found: list[str] = []
    for line, target in own_imports(module, ast.parse(text)):
        if target == "headrace":
            found.append(f"{module}:{line} imports headrace by name; imports inside the package are relative")
        elif target not in MAY_IMPORT.get(home, set()) | {home}:
            found.append(f"{module}:{line} imports {target}")
    return found


def lengths(module: Path, text: str) -> Iterator[tuple[str, int]]:
    """Yield (place, lines) of a module and of each of its functions, decorators included."""
    yield str(module), len(text.splitlines())
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            yield f"{module}:{node.name}", (node.end_lineno or first) - first + 1


def too_long(module: Path, text: str) -> list[str]:
    return [
        f"{place}: {lines} lines"
        for place, lines in lengths(module, text)
        if lines > (LONGEST_FUNCTION if ":" in place else LONGEST_FILE) and place not in MAY_BE_LONGER
    ]


def tracked_files() -> list[Path]:
    """Files that a commit would hold: git's list, or everything outside dot folders where git has none."""
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    try:
        listed = subprocess.run(git, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        outside = (path.relative_to(ROOT) for path in ROOT.glob("[!.]*/**/*") if "__pycache__" not in path.parts)
        listed = [str(path) for path in (*outside, *ROOT.glob("*"))]
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


# Written in pieces, or this file would be the first offender.
MACHINE_PATH = re.compile(r"(?<![\w.$}~/:-])/(?:home|Users|root|work|opt|srv|mnt|private|builds)" + r"/[\w.-]+")
REGISTRY = re.compile(
    r"https?://[^\s\"'>)]*(?:py" + r"pi|python" + r"hosted|/simple\b)|(?:extra-)?index" + r"[-_]url|--find" + r"-links",
    re.IGNORECASE,
)


def addresses(text: str) -> list[str]:
    return [match.group() for pattern in (MACHINE_PATH, REGISTRY) for match in pattern.finditer(text)]


@pytest.mark.parametrize("module", modules(), ids=str)
def test_imports_follow_the_rule(module: Path) -> None:
    assert import_offences(module, (ROOT / module).read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("module", "text"),
    [
        ("features_sql/a.py", "from ..runtime import loop"),
        ("features_sql/a.py", "from .. import catalog"),
        ("models/a.py", "def f():\n    from ..catalog.search import search"),
        ("catalog/a.py", "from ..models import scorer"),
        ("runtime/a/b.py", "from ...cli import main"),
        ("runtime/a.py", "import headrace.catalog"),
        ("runtime/a.py", "from headrace.runtime import loop"),
    ],
)
def test_the_rule_sees_an_offence(module: str, text: str) -> None:
    assert len(import_offences(Path(module), text)) == 1


def test_the_rule_allows_what_it_should() -> None:
    text = "import ast\nfrom . import loop\nfrom .state import log\nfrom ..catalog import search"
    assert import_offences(Path("runtime/a.py"), text) == []
    assert import_offences(Path("cli.py"), "from .runtime import Project\nfrom . import catalog") == []


def test_the_package_list_is_the_folders() -> None:
    folders = {
        path.parent.relative_to(ROOT)
        for path in ROOT.glob("[!.]*/**/__init__.py")
        if path.relative_to(ROOT).parts[0] not in NOT_PACKAGED
    }
    expected = {"headrace", *(".".join(("headrace", *folder.parts)) for folder in folders)}
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]
    assert set(settings["packages"]) == expected
    assert {"headrace.examples", "headrace.examples.flights"} <= expected
    assert settings["packages"] == sorted(settings["packages"])


@pytest.mark.parametrize("module", modules(), ids=str)
def test_files_and_functions_stay_short(module: Path) -> None:
    assert too_long(module, (ROOT / module).read_text("utf-8")) == []


def test_length_is_counted_with_decorators() -> None:
    function = "@decorated\ndef long():\n" + "    pass\n" * (LONGEST_FUNCTION - 2)
    assert too_long(Path("a.py"), function) == []
    assert too_long(Path("a.py"), function + "    pass\n") == ["a.py:long: 41 lines"]
    assert too_long(Path("a.py"), "\n" * 400) == ["a.py: 400 lines"]


def test_no_machine_path_and_no_registry_address() -> None:
    offences = {
        str(path.relative_to(ROOT)): found
        for path in tracked_files()
        if (found := addresses(path.read_bytes().decode("utf-8", "replace")))
    }
    assert offences == {}


@pytest.mark.parametrize(
    "text",
    [
        "open('/ho" + "me/ada/x.csv')",
        "cd /wo" + "rk/main",
        "https://py" + "pi.org/project/x",
        "--index" + "-url x",
    ],
)
def test_an_address_is_seen(text: str) -> None:
    assert len(addresses(text)) == 1


def test_relative_paths_and_urls_are_no_address() -> None:
    assert addresses("tests/work/x, ~/work/x, https://example.org/work/x, .headrace/opt/x, /tmp/x") == []
