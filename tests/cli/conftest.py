"""The project that ``init`` makes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from .command_line import succeed


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project, applied and run; tests only read it."""
    folder = tmp_path_factory.mktemp("projects") / "shop"
    succeed(Path(), "init", folder)
    succeed(folder, "apply", "--yes")
    succeed(folder, "run")
    return folder


@pytest.fixture
def project(ran: Path, tmp_path: Path) -> Path:
    """A copy of the small project, applied and run, to change."""
    return Path(shutil.copytree(ran, tmp_path / "shop", symlinks=True))


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """The small project, neither applied nor run."""
    succeed(tmp_path, "init", "shop")
    return tmp_path / "shop"
