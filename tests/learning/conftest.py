"""A till that has been taught, and one that has run to its end."""

from __future__ import annotations

from pathlib import Path

import pytest

from .till import Till


@pytest.fixture(scope="session")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Till:
    """Its base has two versions; most payments are still to come. Tests take copies."""
    return Till.taught(tmp_path_factory.mktemp("taught") / "till")


@pytest.fixture(scope="session")
def undisturbed(taught: Till, tmp_path_factory: pytest.TempPathFactory) -> Till:
    """The same after one run that nothing disturbed; tests only read it."""
    till = taught.copy(tmp_path_factory.mktemp("undisturbed") / "till")
    till.project.run()
    return till


@pytest.fixture
def till(taught: Till, tmp_path: Path) -> Till:
    """A copy for a test of its own."""
    return taught.copy(tmp_path / "till")
