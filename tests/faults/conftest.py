"""A shop that has everything in it that can break, a desk with one source, and the ways to run and compare them."""

import functools
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from headrace.runtime.project import Project

PROJECTS = Path(__file__).parent / "projects"
PAYMENTS, VISITS = 400, 240
START = datetime(2024, 1, 31, 22, 30)
#: Every table of the store that does not depend on how often a run was broken off, and what to leave out of each.
TABLES = {
    "epochs": "epoch, source_group, watermark, status",
    "epoch_ranges": 'epoch, source, "partition", from_file, from_row, to_file, to_row, rows, ended, high, floor, '
    "accepted, late, repeated, rejected",
    "epoch_tables": "*",
    "outputs": "epoch, name, path, rows, placed",
    "dead_letters": 'epoch, origin, "partition", "offset", raw, reason',
    "live": "*",
    "online": "*",
    "online_behind": "*",
    "stats": "*",
    "feature_stats": "*",
    "null_entities": "*",
}


@dataclass(frozen=True)
class Ran:
    """A command that has ended."""

    status: int
    output: str
    errors: str

    @property
    def message(self):
        """The one line that says what went wrong."""
        said = [line for line in self.errors.splitlines() if not line.startswith(("running", "applying", "verifying"))]
        assert len(said) == 1, self.errors
        assert said[0].startswith("error: ")
        return said[0].removeprefix("error: ")


class Shop:
    """The project in a folder, as a user at the command line has it."""

    def __init__(self, folder):
        self.folder = folder
        self.store = folder / ".headrace"
        self.database = self.store / "headrace.db"

    def start(self, *command, failpoint="", preexec=None):
        """Start a command as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "headrace.cli", "-C", str(self.folder), *command],
            env=os.environ | {"HEADRACE_FAILPOINT": failpoint, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=preexec,
        )

    def ran(self, *command, failpoint="", preexec=None):
        """Run a command to its end."""
        with self.start(*command, failpoint=failpoint, preexec=preexec) as process:
            output, errors = process.communicate(timeout=300)
        assert "Traceback" not in errors, errors
        return Ran(process.returncode, output, errors)

    @property
    def project(self):
        """The project's Python face, for what need not be a process of its own."""
        return Project(self.folder)

    def run(self):
        """Run the project to its end, in this process."""
        return self.project.run()

    def status(self):
        """Return the project's status, from this process."""
        return self.project.status()

    def mismatches(self):
        """Return what ``verify`` finds wrong, by view or service."""
        return {name: check.mismatches for name, check in self.project.verify().items() if not check.passed}

    def done(self, *command):
        """Run a command that must succeed."""
        ran = self.ran(*command)
        assert ran.status == 0, ran.errors
        return ran

    def reading(self):
        """Open the store for reading, as any process may at any time."""
        return closing(sqlite3.connect(f"{self.database.as_uri()}?mode=ro", uri=True))

    def query(self, sql):
        """Return what the store answers."""
        with self.reading() as store:
            return store.execute(sql).fetchall()

    def committed(self, store=None):
        """Return how many epochs are committed."""
        sql = "SELECT count(*) FROM epochs WHERE status = 'committed'"
        return (self.query(sql) if store is None else store.execute(sql).fetchall())[0][0]

    def offline(self):
        """Return every dataset's rows, sorted, as they lie under ``offline``."""
        return {link.name: rows_under(link) for link in sorted((self.folder / "offline").iterdir())}

    def tables(self):
        """Return the store's tables, but for wall-clock columns."""
        return {name: sorted(self.query(f"SELECT {columns} FROM {name}"), key=repr) for name, columns in TABLES.items()}

    def copy(self, folder):
        """Return a copy of the project under ``folder``."""
        shutil.copytree(self.folder, folder, symlinks=True)
        return Shop(folder)


def rows_under(folder):
    """Return the rows of a dataset's files, in an order that depends on nothing but the rows."""
    files = [pq.ParquetFile(path).read() for path in sorted(folder.glob("_date=*/*.parquet"))]
    if not files:
        return None
    rows = pa.concat_tables(files)
    order = sorted(range(len(rows)), key=[bits(row) for row in rows.to_pylist()].__getitem__)
    return rows.take(pa.array(order, pa.int64())).combine_chunks()


def bits(value):
    """Return text that is the same only for the same value, doubles to the last bit."""
    if isinstance(value, dict):
        return repr([(name, bits(part)) for name, part in value.items()])
    if isinstance(value, list):
        return repr([bits(part) for part in value])
    return value.hex() if isinstance(value, float) else repr(value)


def same_rows(found, expected):
    """Assert that two projects' datasets are equal: schema, rows, doubles by their bits."""
    assert found.keys() == expected.keys()
    for name, rows in expected.items():
        assert (found[name] is None) == (rows is None), name
        if rows is not None:
            assert found[name].schema.equals(rows.schema, check_metadata=True), name
            assert [bits(row) for row in found[name].to_pylist()] == [bits(row) for row in rows.to_pylist()], name


def same(found, expected):
    """Assert that two projects wrote the same, whatever happened on the way."""
    same_rows(found.offline(), expected.offline())
    tables, wanted = found.tables(), expected.tables()
    for name in TABLES:
        assert tables[name] == wanted[name], name


def payment_lines(chance):
    """Yield the lines of payments in the order of arrival: disordered, with late rows, bad rows and poison."""
    at = START
    for number in range(PAYMENTS):
        at += timedelta(seconds=chance.uniform(0, 60))
        behind = chance.uniform(200, 900) if number % 41 == 40 else chance.uniform(0, 110)
        ts = at - timedelta(seconds=behind)
        card = "" if number % 67 == 5 else f"c{chance.randrange(12)}"
        amount = f"{chance.uniform(0.01, 1e6) * 10 ** chance.randrange(-8, 9):.17g}"
        code = str(number)
        if number % 97 == 30:
            amount = "a lot"
        if number % 83 == 20:
            code = "none"
        line = f"{number},{card},s{chance.randrange(4)},{amount},{code},{ts:%Y-%m-%d %H:%M:%S.%f}"
        if number % 131 == 60:
            line += ",too,many"
        yield line.encode().replace(b"s3", b"s\xff") if number % 101 == 70 else line.encode()


def visit_lines(chance):
    """Yield the lines of visits in the order of arrival."""
    at = START
    for number in range(VISITS):
        at += timedelta(seconds=chance.uniform(0, 100))
        behind = chance.uniform(120, 600) if number % 37 == 36 else chance.uniform(0, 50)
        ts = (at - timedelta(seconds=behind)).isoformat()
        seconds = round(chance.uniform(0, 600), 2)
        card, page = f"c{chance.randrange(14)}", f"p{chance.randrange(3)}"
        visit = {"visit_id": number, "card": card, "page": page, "seconds": seconds, "ts": ts}
        text = json.dumps(visit)
        yield (text[:-9] if number % 71 == 33 else text).encode()


def write_project(folder):
    """Write the project: its SQL, and its sources as files."""
    chance = random.Random(20240131)
    shutil.copytree(PROJECTS / "shop", folder)
    for name in ("payments", "visits"):
        (folder / name).mkdir()
    payments, visits = list(payment_lines(chance)), list(visit_lines(chance))
    for place, start in enumerate(range(0, PAYMENTS, 150)):
        lines = [b"pay_id,card,shop,amount,code,ts", *payments[start : start + 150]]
        (folder / "payments" / f"{place}.csv").write_bytes(b"\n".join(lines) + b"\n")
    for place, start in enumerate(range(0, VISITS, 130)):
        lines = visits[start : start + 130]
        (folder / "visits" / f"{place}.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    shops = [f"s{shop},{chance.random()!r},{START + timedelta(hours=hour)}" for shop in range(4) for hour in range(4)]
    (folder / "shops.csv").write_text("shop,risk,known_at\n" + "\n".join(shops) + "\n")
    return Shop(folder)


class Orders:
    """Rows of the orders of a small project, and the ways to write them."""

    def __init__(self, start, count):
        self.rows = [
            {
                "id": number,
                "client": f"c{number * 7 % 5}",
                "amount": number * 1.1,
                "code": str(number % 100),
                "ts": datetime(2024, 5, 1) + timedelta(seconds=30 * number),
            }
            for number in range(start, start + count)
        ]

    def csv(self):
        """Return the rows as the bytes of a CSV file."""
        lines = [",".join(self.rows[0]), *(",".join(map(str, row.values())) for row in self.rows)]
        return "".join(f"{line}\n" for line in lines).encode()

    def jsonl(self):
        """Return the rows as JSON lines."""
        return "".join(json.dumps(row, default=str) + "\n" for row in self.rows).encode()

    def table(self):
        """Return the rows as an Arrow table."""
        return pa.Table.from_pylist(self.rows)


def write_desk(folder, format="csv", bounded=True):
    """Write a small project with one file of orders, numbered from 0 to 49."""
    shutil.copytree(PROJECTS / "desk", folder)
    (folder / "orders").mkdir()
    text = (folder / "desk.sql").read_text().replace("*.csv", f"*.{format}")
    (folder / "desk.sql").write_text(text if bounded else text.replace("'true'", "'false'"))
    (folder / "rates.csv").write_text("client,rate,since\nc1,1.5,2024-01-01\nc2,2.5,2024-05-01 00:10:00\n")
    orders = Orders(0, 50)
    if format == "parquet":
        pq.write_table(orders.table(), folder / "orders" / "a.parquet")
    else:
        (folder / "orders" / f"a.{format}").write_bytes(getattr(orders, format)())
    return Shop(folder)


@contextmanager
def quick_folder(fallback):
    """Give a folder for projects: in memory where there is room, for a kill loses nothing that is not synced."""
    memory = Path("/dev/shm")
    if not (os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > 1 << 29):
        yield fallback
        return
    with TemporaryDirectory(dir=memory, prefix="headrace-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def shelf(tmp_path_factory):
    """A folder for the projects that tests share."""
    with quick_folder(tmp_path_factory.mktemp("shelf")) as folder:
        yield folder


@pytest.fixture
def room(tmp_path):
    """A folder for the projects of one test."""
    with quick_folder(tmp_path) as folder:
        yield folder


@pytest.fixture(scope="session")
def applied(shelf):
    """The project, applied; nothing has run. Tests take copies."""
    shop = write_project(shelf / "applied")
    shop.done("apply", "--yes")
    return shop


@pytest.fixture(scope="session")
def undisturbed(applied, shelf):
    """The project after one run that nothing disturbed."""
    shop = applied.copy(shelf / "undisturbed")
    shop.done("run")
    return shop


@pytest.fixture
def shop(applied, room):
    """A copy of the applied project for a test of its own."""
    return applied.copy(room / "shop")


@pytest.fixture(scope="session")
def assert_same():
    return same


@pytest.fixture(scope="session")
def assert_same_rows():
    return same_rows


@pytest.fixture(scope="session")
def desks(shelf):
    """The function that gives the small project, applied, of a format; tests take copies."""

    @functools.cache
    def make(format, bounded):
        desk = write_desk(shelf / f"desk-{format}-{bounded}", format, bounded)
        desk.done("apply", "--yes")
        return desk

    return make


@pytest.fixture
def new_desk(desks, room):
    """The function that gives a copy of the small project, applied; nothing has run."""
    return lambda name="desk", format="csv", bounded=True: desks(format, bounded).copy(room / name)


@pytest.fixture
def desk(new_desk):
    """A copy of the small project with one CSV file, applied."""
    return new_desk()


@pytest.fixture(scope="session")
def orders():
    """The class that makes more orders."""
    return Orders


@pytest.fixture(scope="session")
def unapplied():
    """The function that writes the small project and does nothing with it."""
    return write_desk
