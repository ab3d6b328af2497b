"""Online reads: twenty features of one key and of 1,000 keys as of now, beside the same read as a DuckDB query."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from headrace.runtime.project import Project

from .agreement import check_same
from .card_project import run_project
from .cards import FILES, cards, source
from .figures import Figure
from .timing import seconds

MINUTES = (5, 15, 30, 60)
VALUES = {
    "n": "count(*){f}{w}",
    "total": "sum(amount){f}{w}",
    "mean": "avg(amount){f}{w}",
    "most": "max(amount){f}{w}",
    "failures": "count(*) FILTER (WHERE NOT ok{a}){w}",
}


def online_reads(events: int = 100_000, keys: int = 1_000, repeats: int = 21) -> Iterator[Figure]:
    """Yield the p50 of a read of one key, and of so many, in process; both count every event there is."""
    stream = cards(events)
    wanted = stream.column("card_id").unique().to_pylist()[:keys]
    with TemporaryDirectory() as folder, duckdb.connect(config={"threads": 1}) as connection:
        project = _run(Path(folder), stream)
        connection.register("stream", stream)
        connection.execute("CREATE TABLE cards AS FROM stream")
        now = stream.column("ts").to_numpy().max().item()
        with project.online_reader("card") as reader:
            for many in (wanted[:1], wanted):
                asked = [{"card_id": card} for card in many]
                connection.register("asked", pa.table({"card_id": many}))
                connection.execute(f"PREPARE read_{len(many)} AS {_in_duckdb(now)}")

                def ours(asked=asked) -> object:
                    return reader.read(asked) if len(asked) > 1 else reader.row(asked[0])

                def theirs(many=many) -> pa.Table:
                    return connection.sql(f"EXECUTE read_{len(many)}").to_arrow_table()

                check_same(reader.read(asked), theirs())
                assert reader.row(asked[0]) == reader.read(asked[:1]).to_pylist()[0]
                name = f"read of {len(many):,} key{'s' * (len(many) > 1)}, 20 features, p50"
                value, baseline = (seconds(work, repeats) * 1e3 for work in (ours, theirs))
                yield Figure(name, value, "ms", "DuckDB over the same events", baseline)


def _run(root: Path, stream: pa.Table) -> Project:
    """Bring a project whose event clock stands at the newest payment up to date."""
    pq.write_table(stream, root / "cards.parquet")
    chosen = [
        f"{value.format(f='', a='', w=f' OVER w{size}')} AS {name}_{size}"
        for size in MINUTES
        for name, value in VALUES.items()
    ]
    windows = ", ".join(f"w{size} AS (SLIDING SIZE {size} MINUTES)" for size in MINUTES)
    view = f"CREATE FEATURE VIEW spent ENTITY card_id AS SELECT {', '.join(chosen)} FROM cards WINDOW {windows};\n"
    service = "CREATE FEATURE SERVICE card AS SELECT spent.* FROM spent;\n"
    statements = source(FILES) + view + service
    return run_project(root / "project", statements, root / "cards.parquet", 'clock = "event"\n')


def _in_duckdb(now: datetime) -> str:
    instant = f"TIMESTAMP '{now}'"
    chosen: list[str] = []
    for size in MINUTES:
        within = f"ts > {instant} - INTERVAL {size} MINUTES"
        said = {"f": f" FILTER (WHERE {within})", "a": f" AND {within}", "w": ""}
        chosen += [f"{value.format(**said)} AS {name}_{size}" for name, value in VALUES.items()]
    columns = f"card_id, {instant} AS ts, {', '.join(chosen)}"
    return f"SELECT {columns} FROM asked JOIN cards USING (card_id) GROUP BY card_id"
