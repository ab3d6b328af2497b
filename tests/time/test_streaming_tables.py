"""CREATE TABLE ... WATERMARK: a joined stream of facts holds rows back until it has passed them."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from headrace.features_sql.groups import source_groups
from headrace.tests.time.desk import DAY, Desk, at

SOURCES = """CREATE SOURCE events (id BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 10 SECONDS,
  PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'files', 'path' = 'events/*.csv' {options});
CREATE TABLE rates (k VARCHAR, rate BIGINT, since TIMESTAMP, WATERMARK FOR since AS since - INTERVAL 10 SECONDS,
  PRIMARY KEY (k, since, rate) NOT ENFORCED) WITH ('connector' = 'files', 'path' = 'rates/*.csv' {options});
"""
VIEWS = """CREATE FEATURE VIEW rated ENTITY k AS
  SELECT id, r.rate AS rate, sum(r.rate) OVER (GLOBAL) AS paid
  FROM events e ASOF LEFT JOIN rates r ON e.k = r.k AND e.ts >= r.since;
CREATE FEATURE VIEW changes ENTITY k AS SELECT rate, count(*) OVER (GLOBAL) AS n FROM rates;
CREATE FEATURE SERVICE priced AS SELECT id, rate FROM rated;
"""
EVENTS = [(1, "a", 5.0), (2, "a", 20.0), (3, "b", 20.0), (4, "a", 15.0), (5, "b", 40.0), (6, "a", 41.0)]
RATES = [("a", 10, 10.0), ("a", 11, 20.0), ("a", 12, 20.0), ("b", 20, 30.0), ("b", 21, 25.0), ("a", 13, 41.5)]
RATED = [(1, None), (2, 12), (3, None), (4, 10), (5, 20), (6, 12)]


class Rated(Desk):
    """A desk with a table of rates, too."""

    def __init__(self, folder: Path, options: str = "", batch_rows: int = 2) -> None:
        super().__init__(folder, SOURCES.format(options=options) + VIEWS, batch_rows=batch_rows)
        (folder / "rates").mkdir()

    def rate(self, rates: list[tuple[str, int, float]]) -> None:
        """Put rates into a file after those that are there."""
        number = len(list((self.folder / "rates").iterdir()))
        lines = [f"{k},{rate},{at(since)}" for k, rate, since in rates]
        (self.folder / "rates" / f"{number:04}.csv").write_text("\n".join(["k,rate,since", *lines, ""]))


@pytest.mark.parametrize("batch_rows", [1, 3, 100])
def test_each_event_is_joined_with_what_was_so_at_its_time(tmp_path: Path, batch_rows: int) -> None:
    desk = Rated(tmp_path, ", 'bounded' = 'true'", batch_rows)
    desk.add(EVENTS)
    desk.rate(RATES)
    desk.run()
    assert desk.rows("rated", "id, rate") == RATED
    assert desk.rows("changes", "k, rate, n") == [
        ("a", 10, 1), ("a", 11, 3), ("a", 12, 3), ("a", 13, 4), ("b", 20, 2), ("b", 21, 1),
    ]  # fmt: skip
    assert desk.mismatches() == {}
    (group,) = source_groups(desk.project.definitions())
    assert (group.sources, group.tables) == (("events", "rates"), ())


def test_rows_wait_until_the_tables_watermark_has_passed_them(tmp_path: Path) -> None:
    desk = Rated(tmp_path)
    desk.project.apply()
    desk.add([*EVENTS, (7, "a", 200.0)])
    desk.rate(RATES[:3])
    report = desk.project.run()
    assert desk.rows("rated", "id") == [(1,)]
    assert report.waiting == 9
    desk.rate([("b", 21, 25.0), ("b", 20, 30.0), ("b", 22, 60.0), ("b", 99, 35.0)])
    desk.project.run()
    assert desk.rows("rated", "id, rate") == [*RATED[:4], (5, 20), (6, 12)]
    assert desk.rows("rates$late", "rate, _lag_seconds") == [(99, 15.0)]
    assert desk.mismatches() == {}


@pytest.mark.parametrize("seed", range(3))
def test_cuts_restarts_and_the_batch_program_agree(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)

    def about(time: int) -> float:
        return float(time - chance.randint(0, 9))

    events = [(id, chance.choice("ab"), about(time)) for id, time in enumerate(range(10, 90, 2))]
    rates = [(chance.choice("ab"), number, about(time)) for number, time in enumerate(range(10, 95, 3))]
    desk = Rated(tmp_path, batch_rows=chance.choice([1, 3, 7]))
    desk.project.apply()
    while events or rates:
        taken = [chance.randint(0, 15), chance.randint(0, 15)]
        if events[: taken[0]]:
            desk.add(events[: taken[0]])
        if rates[: taken[1]]:
            desk.rate(rates[: taken[1]])
        del events[: taken[0]], rates[: taken[1]]
        desk.project.run()
    desk.add([(1000, "a", 500.0)])
    desk.rate([("a", 1000, 500.0)])
    desk.project.run()
    assert len(desk.rows("rated")) == 40
    assert desk.mismatches() == {}
    written = desk.rows("rated", "* EXCLUDE (_partition)")
    (tmp_path / "features.sql").write_text(SOURCES.format(options="") + VIEWS.replace("paid", "spent"))
    desk.project.apply()
    assert desk.rows("rated", "* EXCLUDE (_partition)") == written


def test_a_read_sees_the_rates_that_wait(tmp_path: Path) -> None:
    desk = Rated(tmp_path)
    desk.add([(1, "a", 5.0), (2, "a", 30.0)])
    desk.rate([("a", 10, 10.0), ("a", 11, 28.0), ("a", 12, 31.0)])
    desk.run()
    assert desk.rows("rated", "id") == [(1,)]
    for second, expected in ((30, 11), (25, None)):
        answer = desk.project.get_online_features(
            "priced", [{"k": "a"}], datetime.fromisoformat(f"{DAY} 00:00:{second}").replace(tzinfo=UTC)
        )
        assert answer.column("rate").to_pylist() == [expected]
    assert desk.project.run().epochs == 0
