"""SIGKILL to a real ``headrace run``: what it writes in the end is what an undisturbed one writes, and no row twice."""

import os
import random
import re
import signal
import threading
import time
from pathlib import Path

import duckdb
import headrace.runtime
import pyarrow.parquet as pq
import pytest

CHAINS, KILLS = 5, 4
#: Runs are killed one after the other at these points of one project; each but the first has a crash to recover from.
FAILPOINTS = {
    "early": "intent:1 promised:1 staging:1 commit:1 committed:1 rename:1 write:2 snapshot:1 link:1",
    "late": "intent:6 promised:5 staging:20 commit:4 committed:4 rename:12 snapshot:20 write:30",
    "twice": "promised:9 staging:4 commit:1 committed:1 rename:1 rename:2 write:5 snapshot:33 snapshot:2 commit:2",
}

#: Points that this project does not reach: what reaches them has kills in tests of its own.
ELSEWHERE = {"asked", "delivered", "fetched", "forgetting", "kept", "replay", "replayed"}
ELSEWHERE |= {"append", "synced", "appended"}

#: What the project writes: every one of these has rows.
DATASETS = [
    "card_payments",
    "card_sessions",
    "card_visits",
    "page_visits",
    "payment_features",
    "payments$late",
    "shop_payments",
    "shop_quarters",
    "visits$late",
]


class Reader(threading.Thread):
    """Reads ``offline`` every 20 ms as anybody may; notes a row that is there twice or is taken back."""

    def __init__(self, folder):
        super().__init__()
        self.folder = folder
        self.files = {}
        self.rows = {}
        self.looks = 0
        self.trouble = []
        self._stopped = threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error):
        self._stopped.set()
        self.join()

    def run(self):
        try:
            while not self._stopped.wait(0.02):
                self.look()
                if self.looks % 50 == 0:
                    self.count()
        except Exception as error:
            self.trouble.append(f"{type(error).__name__}: {error}")

    def look(self):
        """Look at every file by its name, and into those that are new."""
        found = {entry.path: entry.inode() for entry in files_below(self.folder / "offline")}
        for path, node in self.files.items():
            if found.get(path) != node:
                self.trouble.append(f"{path} is gone or another file")
        for path in found.keys() - self.files.keys():
            dataset = Path(path).relative_to(self.folder / "offline").parts[0]
            known, fresh = self.rows.setdefault(dataset, set()), identities(path)
            if len(set(fresh)) < len(fresh) or known & set(fresh):
                self.trouble.append(f"{path} holds a row for the second time")
            known.update(fresh)
        self.files |= found
        self.looks += 1

    def count(self):
        """Count with one query what DuckDB sees: no row twice, and none of those that were there missing."""
        known = len(self.rows.get("card_payments", ()))
        if known:
            files = f"{self.folder}/offline/card_payments/**/*.parquet"
            with duckdb.connect(config={"threads": 1}) as connection:
                sql = f"SELECT count(*), count(DISTINCT _offset) FROM read_parquet('{files}')"
                rows, distinct = connection.execute(sql).fetchall()[0]
            if rows != distinct or rows < known:
                self.trouble.append(f"{rows} rows, {distinct} of them different, {known} before")


def files_below(folder):
    """Yield the Parquet files below a folder and behind the links in it: what the glob ``**/*.parquet`` matches."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from files_below(entry.path)
            elif entry.name.endswith(".parquet"):
                yield entry


def identities(path):
    """Return what identifies each row of a file: the event behind it, else the entity and the instant."""
    file = pq.ParquetFile(path)
    names = ["_offset"] if "_offset" in file.schema_arrow.names else file.schema_arrow.names[:2]
    return list(zip(*(column.to_pylist() for column in file.read(names).columns), strict=True))


def kill_at(shop, process, epochs, chance):
    """Kill a run within the epoch that follows the given number of commits; return how many there were."""
    begun, since = shop.committed(), time.monotonic()
    with shop.reading() as store:
        while (committed := shop.committed(store)) < epochs:
            assert process.poll() is None
            if committed == begun:
                # Until its first commit a process only starts up.
                since = time.monotonic()
            time.sleep(0.005)
    usual = (time.monotonic() - since) / (committed - begun) if committed > begun else 0.02
    time.sleep(chance.uniform(0, min(usual, 1.0)))
    process.kill()
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    return shop.committed()


def assert_recovered(shop, undisturbed, reader, assert_same):
    shop.done("run")
    reader.look()
    assert reader.trouble == []
    assert reader.looks > 20
    assert_same(shop, undisturbed)
    assert {name: len(rows) for name, rows in reader.rows.items()} == {
        name: len(rows) for name, rows in undisturbed.offline().items()
    }


def test_the_project_is_worth_killing(undisturbed):
    assert undisturbed.committed() >= 30
    assert undisturbed.query("SELECT count(*) FROM snapshots")[0][0] == 2
    assert {name: len(rows) > 0 for name, rows in undisturbed.offline().items()} == dict.fromkeys(DATASETS, True)
    assert {origin for (origin,) in undisturbed.query("SELECT origin FROM dead_letters")} == {
        "card_payments",
        "payments",
        "visits",
    }
    assert undisturbed.done("verify").status == 0


@pytest.mark.parametrize("chain", range(CHAINS))
def test_killed_at_random(shop, undisturbed, chain, assert_same):
    chance = random.Random(chain)
    total = undisturbed.committed()
    targets = sorted(chance.sample(range(1, total - 5), KILLS))
    with Reader(shop.folder) as reader:
        committed = [kill_at(shop, shop.start("run"), target, chance) for target in targets]
        assert all(target <= found < total for target, found in zip(targets, committed, strict=True))
        assert_recovered(shop, undisturbed, reader, assert_same)
    assert shop.mismatches() == {}


@pytest.mark.parametrize("points", FAILPOINTS.values(), ids=FAILPOINTS)
def test_killed_at_failpoints(shop, undisturbed, points, assert_same):
    with Reader(shop.folder) as reader:
        for point in points.split():
            assert shop.ran("run", failpoint=f"{point}:kill").status == -signal.SIGKILL, point
            assert shop.committed() < undisturbed.committed()
        assert_recovered(shop, undisturbed, reader, assert_same)


def test_every_failpoint_is_killed_at():
    texts = [path.read_text() for path in Path(headrace.runtime.__path__[0]).rglob("*.py")]
    named = {name for text in texts for name in re.findall(r'failpoints\.reach\("(\w+)"\)', text)}
    here = {point.partition(":")[0] for points in FAILPOINTS.values() for point in points.split()}
    assert named == here | ELSEWHERE
