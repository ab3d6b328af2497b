"""A reader that stays open answers as one that is opened for each read."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from headrace.features_sql.errors import ReadError
from headrace.runtime import batch, read_log
from headrace.runtime.project import Project
from headrace.tests.runtime.test_read_log import FIRST, SECOND, SQL, add

AT = [datetime(2026, 3, 1, 8, minute) for minute in (15, 25)]


def test_an_open_reader_follows_what_is_committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "headrace.toml").write_text('clock = "event"\n')
    (tmp_path / "features.sql").write_text(SQL)
    add(tmp_path, "1.csv", FIRST)
    project = Project(tmp_path)
    project.apply()
    project.run()
    keys = [{"card": card} for card in ("c2", "unseen", "c1", "c1")]
    seen: list[object] = []
    with project.online_reader("checks") as reader:
        # At first the later instant lies past the watermark; with the second file both lie below it.
        for lines in (SECOND, []):
            for instant in AT:
                expected = project.get_online_features("checks", keys, instant)
                for few in (0, batch.FEW_KEYS):
                    monkeypatch.setattr(batch, "FEW_KEYS", few)
                    assert reader.read(keys, instant) == expected
                seen.append(expected.to_pylist())
            add(tmp_path, f"{len(seen)}.csv", lines)
            project.run()
        assert seen[1] != seen[3]
        assert len(read_log.logged(project.layout, "checks", 1)) < 4 + 8, "not every read is logged"
        (tmp_path / "features.sql").write_text(SQL.replace("sum(amount)", "max(amount)"))
        project.apply()
        with pytest.raises(ReadError, match="open the reader again"):
            reader.read(keys, AT[0])
