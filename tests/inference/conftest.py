"""A shop whose model is trained, and a server that answers with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from headrace.models.registry import Registry

from ..brokers.conftest import fresh as fresh
from ..brokers.conftest import kafka as kafka
from ..brokers.conftest import redis as redis
from .serving import serving
from .shop import TAUGHT, Shop


@pytest.fixture(scope="session")
def taught(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("taught") / "shop"
    return Shop.taught(folder).folder


@pytest.fixture
def shop(taught: Path, tmp_path: Path) -> Shop:
    """A shop of the test's own, of which the model has learned."""
    folder = tmp_path / "shop"
    shutil.copytree(taught, folder, symlinks=True)
    return Shop(folder, TAUGHT)


@pytest.fixture(scope="session")
def url(taught: Path) -> Iterator[str]:
    with serving(Registry(taught / ".headrace" / "models")) as found:
        yield f"{found}/invocations"
