"""The wheel, as a user has it: built from a copy, alone in a new environment, beside folders of the same names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LEFT_OUT = (".*", "__pycache__", "build", "dist", "*.egg-info", "tests", "benchmarks", "flights-demo")
SHADOWS = ("models", "catalog", "runtime", "features_sql", "examples", "cli")


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Run a command with a bare environment; fail with everything it printed unless it exits with 0."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    done = subprocess.run(
        command, cwd=cwd, env=kept | environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the checkout, built outside it so that nothing generated is left here."""
    work = tmp_path_factory.mktemp("build")
    source = shutil.copytree(ROOT, work / "source", ignore=shutil.ignore_patterns(*LEFT_OUT))
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--no-index"]
    run(*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", work, source, cwd=work)
    (built,) = work.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bin folder of an environment whose only headrace is the wheel's.

    Its dependencies are this environment's, by a path file: the new environment's own site-packages,
    where the wheel lies, comes first on sys.path, before the checkout that is linked there.
    """
    folder = tmp_path_factory.mktemp("an environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder, cwd=folder)
    python = folder / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", str(python), "install"]
    run(*pip, "--no-index", "--no-deps", wheel, cwd=folder)
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    found = run(python, "-P", "-c", "import headrace.catalog; print(headrace.catalog.__file__)", cwd=folder)
    assert Path(found.strip()) == site / "headrace" / "catalog" / "__init__.py"
    return folder / "bin"


@pytest.fixture
def project(environment: Path, tmp_path: Path) -> Path:
    """A new project with packages and modules of its own under our names; importing any of them fails."""
    run(environment / "headrace", "init", "shop", cwd=tmp_path)
    for name in SHADOWS:
        folder = tmp_path / "shop" / name
        folder.mkdir(exist_ok=True)
        (folder / "__init__.py").write_text(f"raise RuntimeError('the {name} package of the user was imported')\n")
    (tmp_path / "shop" / "headrace.py").write_text(
        "raise RuntimeError('the headrace module of the user was imported')\n"
    )
    return tmp_path / "shop"


def test_the_wheel_holds_every_file_of_the_packages(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if not name.split("/")[0].endswith(".dist-info")}
    packages = ("features_sql", "models", "catalog", "runtime", "examples")
    files = [path for package in packages for path in (ROOT / package).rglob("*") if path.is_file()]
    tracked = {path.relative_to(ROOT) for path in files if "__pycache__" not in path.parts and path.name[0] != "."}
    expected = {f"headrace/{path.as_posix()}" for path in tracked | {Path("__init__.py"), Path("cli.py")}}
    assert names == expected


def test_it_runs_beside_a_users_packages_of_the_same_names(environment: Path, project: Path) -> None:
    assert "Usage" in run(environment / "headrace", "--help", cwd=project)
    run(environment / "headrace", "check", cwd=project)
    run(environment / "headrace", "-C", project, "check", cwd=project.parent)


def test_it_runs_with_a_users_packages_on_the_path(environment: Path, project: Path) -> None:
    (project / "headrace.py").unlink()
    run(environment / "headrace", "check", cwd=project, PYTHONPATH=str(project))


def test_help_imports_nothing_heavy(environment: Path, tmp_path: Path) -> None:
    listing = run(environment / "python", "-X", "importtime", environment / "headrace", "--help", cwd=tmp_path)
    imported = {line.rpartition("|")[2].strip().split(".")[0] for line in listing.splitlines() if "import time" in line}
    assert {"headrace", "typer"} <= imported
    assert not imported & {"numba", "lightgbm", "river", "scipy", "pandas", "sklearn"}
