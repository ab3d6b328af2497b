"""EMIT ON EVENT IMMEDIATELY beside a source whose late rows are let in: what was written on arrival stays as it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from headrace.tests.meaning.folders import Folder, everything_verified
from headrace.tests.time.desk import at

SQL = """CREATE SOURCE taps (i BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS)
  WITH ('connector' = 'push');
CREATE SOURCE sales (n BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts - INTERVAL 5 SECONDS)
  LATE ROWS ACCEPT WITHIN 40 SECONDS WITH ('connector' = 'push');
CREATE TABLE levels (k VARCHAR, level BIGINT, since TIMESTAMP)
  WITH ('connector' = 'files', 'path' = 'levels/*.csv');
CREATE FEATURE VIEW tapped ENTITY k AS SELECT i, l.level, sum(l.level) OVER (SLIDING SIZE 20 SECONDS) AS taps
  FROM taps t ASOF LEFT JOIN levels l ON t.k = l.k AND t.ts >= l.since EMIT ON EVENT IMMEDIATELY;
CREATE FEATURE VIEW of_taps ENTITY k AS SELECT i, sum(level) OVER (SLIDING SIZE 20 SECONDS) AS levels FROM tapped;
CREATE FEATURE VIEW sold ENTITY k AS SELECT n, sum(n) OVER (SLIDING SIZE 30 SECONDS) AS n30 FROM sales;
CREATE FEATURE VIEW tens ENTITY k AS SELECT sum(n) OVER (TUMBLING SIZE 10 SECONDS) AS n FROM sales
  EMIT ON WINDOW CLOSE;
CREATE FEATURE VIEW leveled ENTITY k AS SELECT sum(l.level) OVER (SLIDING SIZE 40 SECONDS) AS levels
  FROM taps t ASOF LEFT JOIN levels l ON t.k = l.k AND t.ts >= l.since EMIT ON DEMAND;
CREATE FEATURE SERVICE at_tap AS SELECT t.i, t.taps, v.levels, s.n30, c.n AS closed, c.as_of AS closed_at
  FROM tapped t JOIN leveled v USING (k) JOIN sold s USING (k) JOIN tens c USING (k);
"""
DELAY, WITHIN = 5, 40
Row = tuple[int, str, int]


@dataclass
class Meant:
    """What has been accepted so far, and what a tap then says; times are whole seconds."""

    high: dict[str, int] = field(default_factory=dict[str, int])
    rows: dict[str, list[Row]] = field(default_factory=lambda: {"taps": [], "sales": []})
    levels: list[int] = field(default_factory=list[int])
    passed: list[int | None] = field(default_factory=list[int | None])
    late: int = 0

    def arrive(self, source: str, row: Row) -> bool:
        """Take in a row, unless it is too late."""
        lag = self.high.get(source, row[2]) - DELAY - row[2]
        self.high[source] = max(self.high.get(source, row[2]), row[2])
        taken = lag <= (WITHIN if source == "sales" else 0)
        if taken:
            self.rows[source].append(row)
            self.late += lag > 0
        return taken

    def tap(self, row: Row, level: int, written: int | None) -> tuple[int | None, ...]:
        """The service's row of a tap that has just come; ``written``: the watermark before it came."""
        now = max(ts for _, _, ts in self.rows["taps"])
        self.levels.append(level)
        self.passed.append(None)
        taps = zip(self.rows["taps"], self.levels, strict=True)
        # A read joins what waits for the watermark with what is in force now.
        read = [
            (k, ts, level if held is None else held)
            for (_, k, ts), held in zip(self.rows["taps"], self.passed, strict=True)
        ]
        seen = [held for k, ts, held in read if k == row[1] and now - 40 < ts <= now]
        mine = [(n, ts) for n, k, ts in self.rows["sales"] if k == row[1]]
        close, closed = None, None
        for end in range(0, now + 1, 10):
            inside = [n for n, ts in mine if end - 10 <= ts < end]
            if inside and written is not None and end < written:
                close, closed = end, sum(inside)
        recent = [held for (_, k, ts), held in taps if k == row[1] and now - 20 < ts <= now]
        sold = [n for n, ts in mine if now - 30 < ts <= now]
        return (
            row[0],
            sum(recent) if recent else None,
            sum(seen) if seen else None,
            sum(sold) if sold else None,
            closed,
            close,
        )

    def pass_on(self, level: int) -> None:
        """Let the watermark pass what it has come to, joined with what is in force."""
        for place, (_, _, ts) in enumerate(self.rows["taps"]):
            if self.passed[place] is None and self.watermark is not None and ts < self.watermark:
                self.passed[place] = level

    @property
    def watermark(self) -> int | None:
        return min(self.high.values()) - DELAY if len(self.high) == len(self.rows) else None


def put_levels(path: Path, level: int) -> None:
    (path / "levels").mkdir(exist_ok=True)
    lines = "".join(f"{k},{level},2024-01-01\n" for k in "ab")
    (path / "levels" / "all.csv").write_text(f"k,level,since\n{lines}")


def test_what_was_written_on_arrival_stays(tmp_path: Path) -> None:
    """Each step is a process of its own that starts from a snapshot, and cuts the stream otherwise than the last."""
    folder, random, meant = Folder(tmp_path, SQL, batch_rows=1, snapshot_epochs=2), Random(5), Meant()
    expected, now, level = list[tuple[int | None, ...]](), 40, 1
    put_levels(tmp_path, level)
    folder.project.apply()
    for number in range(14):
        now += random.choice([0, 3, 8])
        if number == 7:
            level = 100
            put_levels(tmp_path, level)
        source = ("sales", "taps")[number % 2]
        back = [0, 3, 18, 30] if source == "sales" else [0, 4]
        rows = [(10 * number + place, random.choice("ab"), now - random.choice(back)) for place in range(len(back) - 1)]
        written = meant.watermark
        for row in rows:
            if meant.arrive(source, row) and source == "taps":
                expected.append(meant.tap(row, level, written))
        names = ("n" if source == "sales" else "i", "k", "ts")
        folder.project.push(source, [dict(zip(names, (n, k, at(ts)), strict=True)) for n, k, ts in rows])
        (tmp_path / "headrace.toml").write_text(f"batch_rows = {random.choice([1, 100])}\nsnapshot_epochs = 2\n")
        folder.project.run()
        meant.pass_on(level)
    rows = folder.rows("at_tap")
    found = [tuple(row[name] for name in ("i", "taps", "levels", "n30", "closed", "closed_at")) for row in rows]
    seconds = [(*row[:5], None if row[5] is None else row[5] // 1_000_000 % 86_400) for row in found]
    assert seconds == expected
    assert "_revision" not in rows[0]
    assert {row["_revision"] for row in folder.rows("tens")} >= {0, 1}
    assert meant.late > 2
    checked = everything_verified(folder.project)
    assert checked["at_tap"] == checked["tapped"] == len(expected) > 5
