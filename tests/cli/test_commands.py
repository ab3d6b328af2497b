"""Commands that do something, and how they end: help, usage, mistakes, init, apply, run."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import tomllib
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
import typer
from headrace import cli
from headrace.runtime.stores.layout import Layout
from headrace.runtime.stores.lock import writer_lock

from .command_line import fail, headrace, succeed

ROOT = Path(__file__).resolve().parents[2]
MODULE = (sys.executable, "-P", "-m", "headrace.cli")
COMMANDS = (
    *("init", "check", "explain", "plan", "apply", "run", "materialize", "get-online-features"),
    *("get-historical-features", "verify", "status", "demo", "catalog", "sql", "test"),
)
MISTAKE = "CREATE FEATURE VIEW broken ENTITY visitor_id AS SELECT count(*) OVER nowhere AS n FROM page_views;\n"


def test_help_names_every_command_and_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom headrace.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n"
        "    heavy = {'numba', 'lightgbm', 'river', 'duckdb', 'pyarrow', 'numpy', 'sqlglot'}\n"
        "    print('LOADED', *heavy & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "LOADED"
    assert [command for command in COMMANDS if command not in done.stdout] == []
    assert "Usage: headrace" in done.stdout


@pytest.mark.parametrize("command", [*([name] for name in COMMANDS), ["catalog", "lineage"]], ids=" ".join)
def test_each_command_says_what_it_does(command: list[str]) -> None:
    assert "Usage: headrace" in succeed(Path(), *command, "--help").out


def parameters(group: Any, *path: str) -> list[tuple[str, Any]]:
    """Every command's parameters, each with the words that reach its command."""
    commands = getattr(group, "commands", {}).items()
    below = [found for name, one in commands for found in parameters(one, *path, name)]
    return [*((" ".join(path), one) for one in group.params), *below]


def test_every_parameter_has_help() -> None:
    found = parameters(typer.main.get_command(cli.app))
    assert len(found) > 40
    assert [(path, one.name) for path, one in found if not one.help] == []


def test_version_is_that_of_the_package() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert succeed(Path(), "--version").out == f"headrace {declared}\n"


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["status", "--format", "yaml"],
        ["materialize", "visits", "--start", "yesterday", "--end", "2026-01-07"],
        ["materialize", "visits", "--start", "2026-01-07"],
        ["run", "--until", "2026-13-01"],
        ["get-online-features", "shopper", "--key", "ada"],
        ["get-online-features", "shopper"],
        ["get-historical-features", "shopper", "--spine", "spine.txt", "-o", "out.csv"],
        ["get-historical-features", "shopper", "--spine", "spine.csv", "-o", "out.xlsx"],
        ["init", "new", "--example", "trains"],
        ["explain"],
        ["catalog", "nonsense"],
    ],
    ids=" ".join,
)
def test_bad_usage_exits_with_2(ran: Path, words: list[str]) -> None:
    done = headrace(ran, *words)
    assert (done.status, done.out) == (2, "")
    assert "Usage: headrace" in done.err


def test_no_command_is_bad_usage(tmp_path: Path) -> None:
    done = headrace(tmp_path)
    assert done.status == 2
    assert "A command is missing" in done.err


class TestInit:
    def test_the_project_runs_as_its_last_words_say(self, tmp_path: Path) -> None:
        made = succeed(tmp_path, "init", "a shop").out
        assert f"cd '{tmp_path / 'a shop'}'" in made
        steps = ["headrace test", "headrace apply --yes", "headrace run", "headrace verify"]
        assert [line.strip() for line in made.splitlines()][-4:] == steps
        # In the folder itself, as a user's shell is.
        for step in steps:
            done = subprocess.run(
                [*MODULE, *step.split()[1:]], cwd=tmp_path / "a shop", capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr

    def test_files_and_json(self, tmp_path: Path) -> None:
        made = succeed(tmp_path, "init", "shop", "--format", "json").json
        assert made == {
            "folder": str(tmp_path / "shop"),
            "files": [".gitignore", "events/2026-01.csv", "features/shop.sql", "headrace.toml", "tests/visits.sql"],
        }
        assert (
            sorted(str(p.relative_to(tmp_path / "shop")) for p in tmp_path.rglob("*") if p.is_file()) == made["files"]
        )
        assert tomllib.loads((tmp_path / "shop" / "headrace.toml").read_text())["name"] == "shop"

    def test_a_folder_with_something_in_it_is_left_alone(self, tmp_path: Path) -> None:
        (tmp_path / "mine.txt").write_text("keep")
        assert "has something in it" in fail(Path(), "init", tmp_path)
        assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
        assert "has something in it" in fail(Path(), "init", tmp_path / "mine.txt")

    def test_a_project_is_not_made_inside_another(self, tmp_path: Path) -> None:
        (tmp_path / "headrace.toml").touch()
        assert f"lies in the project {tmp_path}" in fail(Path(), "init", tmp_path / "features" / "new")
        assert [path.name for path in tmp_path.iterdir()] == ["headrace.toml"]

    def test_an_empty_folder_is_filled_in_place(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "shop").mkdir()
        before = (tmp_path / "shop").stat().st_ino
        monkeypatch.chdir(tmp_path / "shop")
        assert "cd " not in succeed(Path(), "init", ".").out
        assert (tmp_path / "shop").stat().st_ino == before
        assert (tmp_path / "shop" / "headrace.toml").exists()
        assert [path.name for path in tmp_path.iterdir()] == ["shop"]

    def test_a_full_disk_leaves_nothing(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write = Path.write_text

        def full(self: Path, *arguments: Any, **named: Any) -> int:
            if self.suffix == ".csv":
                raise OSError(28, "No space left on device")
            return write(self, *arguments, **named)

        monkeypatch.setattr(Path, "write_text", full)
        assert fail(tmp_path, "init", "shop") == f"error: {tmp_path / 'shop'} cannot be made: No space left on device\n"
        assert list(tmp_path.iterdir()) == []

    def test_the_flights_example_is_copied_and_compiles(self, tmp_path: Path) -> None:
        made = succeed(tmp_path, "init", "flights", "--example", "flights").out
        assert "headrace.examples.flights.prepare ." in made
        for copied in ("README.md", "headrace.toml", "features/service.sql"):
            original = (ROOT / "examples" / "flights" / copied).read_text("utf-8")
            assert (tmp_path / "flights" / copied).read_text("utf-8") == original
        assert not list(tmp_path.rglob("*.py"))
        checked = succeed(tmp_path / "flights", "check", "--format", "json").json
        assert checked["services"] == ["flight_features"]
        assert checked["models"] == [f"arrival_late{kind}" for kind in ("", "_linear", "_live", "_raw")]
        assert checked["streams"] == ["scored_flights"]


class TestMistakes:
    def test_a_folder_that_is_no_project(self, tmp_path: Path) -> None:
        assert "headrace init" in fail(tmp_path, "status")
        assert "headrace init" in fail(tmp_path / "absent", "check")

    def test_every_mistake_is_shown_at_its_place(self, fresh: Path) -> None:
        (fresh / "features" / "a.sql").write_text(MISTAKE + "CREATE NONSENSE;\n")
        for command in (["check"], ["plan"], ["apply", "--yes"], ["run"], ["explain", "visits"]):
            said = fail(fresh, *command)
            assert "features/a.sql:1:70: unknown window nowhere" in said
            assert "\n" + " " * (4 + 69) + "^^^^^^^\n" in said
            assert "features/a.sql:2:" in said
            assert said.endswith("\n\n2 mistakes\n")

    def test_nothing_is_applied(self, fresh: Path) -> None:
        for command in (
            ["status"],
            ["materialize", "visits", "--start", "2026-01-01", "--end", "2026-01-02"],
            ["status"],
        ):
            assert "run `headrace apply` first" in fail(fresh, *command)

    def test_check_gives_its_findings_as_json(self, fresh: Path) -> None:
        (fresh / "features" / "a.sql").write_text(MISTAKE)
        done = headrace(fresh, "check", "--format", "json")
        assert done.status == 1
        (found,) = done.json["errors"]
        assert (found["file"], found["line"], found["column"]) == ("features/a.sql", 1, 70)

    def test_check_finds_what_only_river_knows(self, fresh: Path) -> None:
        (fresh / "features" / "a.sql").write_text(
            "CREATE SOURCE sold (visitor_id VARCHAR, ok BOOLEAN, ts TIMESTAMP, WATERMARK FOR ts AS ts)"
            " WITH ('connector' = 'push');\n"
            "CREATE MODEL m PREDICT ok FROM shopper LABELS sold ON (visitor_id) WITHIN 1 DAY"
            " WITH ('provider' = 'river', 'algorithm' = 'tree.Nope');\n"
        )
        said = fail(fresh, "check")
        assert "River has no tree.Nope" in said
        assert said == fail(fresh, "plan")

    def test_nothing_is_applied_yet(self, fresh: Path) -> None:
        for command in (["run"], ["verify"], ["status"], ["catalog", "list"], ["catalog", "query", "SELECT 1"]):
            assert "headrace apply" in fail(fresh, *command)

    def test_a_change_is_not_applied_yet(self, project: Path) -> None:
        change(project, "30 MINUTES", "20 MINUTES")
        for command in (["run"], ["verify"], ["get-online-features", "shopper", "--key", "visitor_id=ada"]):
            assert "visits (changed)" in fail(project, *command)

    def test_another_writer(self, project: Path) -> None:
        with writer_lock(Layout(project).lock):
            done = headrace(project, "run")
            assert (done.status, done.out) == (3, "")
            assert f"error: this project is being written by pid {os.getpid()}" in done.err
            assert headrace(project, "apply", "--yes").status == 3
            succeed(project, "plan")
            succeed(project, "status")
            succeed(project, "verify", "visits")

    @pytest.mark.parametrize(
        ("words", "said"),
        [
            (["explain", "visit"], "did you mean visits?"),
            (["verify", "visit"], "there is no view or service 'visit'; did you mean visits?"),
            (["materialize", "visits", "--start", "2026-01-02", "--end", "2026-01-01"], "--end must lie past --start"),
            (["materialize", "visit", "--start", "2026-01-01", "--end", "2026-01-02"], "did you mean visits?"),
            (["get-online-features", "shoper", "--key", "visitor_id=ada"], "did you mean shopper?"),
            (["get-online-features", "visits", "--key", "visitor_id=ada"], "through a feature service: shopper"),
            (["get-online-features", "shopper", "--key", "card=1"], "a key must give visitor_id; got card"),
            (
                ["get-historical-features", "shopper", "--spine", "absent.csv", "-o", "o.csv"],
                "absent.csv cannot be read",
            ),
            (["catalog", "show", "visit"], "did you mean visits?"),
            (["catalog", "lineage", "visits.page"], "did you mean pages?"),
            (["catalog", "query", "SELECT nme FROM views"], "did you mean name?"),
            (["catalog", "query", "DELETE FROM views"], "one SELECT"),
        ],
        ids=lambda words: " ".join(words[:2]) if isinstance(words, list) else "",
    )
    def test_a_read_of_what_is_not_there(self, ran: Path, words: list[str], said: str) -> None:
        assert said in fail(ran, *words)


def change(project: Path, old: str, new: str) -> None:
    path = project / "features" / "shop.sql"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


class Terminal(io.StringIO):
    """A stdin that somebody sits at."""

    def isatty(self) -> bool:
        return True


class TestApply:
    def test_without_a_terminal_it_wants_yes(self, fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
        done = headrace(fresh, "apply")
        assert done.status == 2
        assert "--yes" in done.err
        assert not (fresh / ".headrace").exists()

    @pytest.mark.parametrize(("typed", "status"), [("n\n", 1), ("y\n", 0)])
    def test_on_a_terminal_it_asks(self, fresh: Path, monkeypatch: pytest.MonkeyPatch, typed: str, status: int) -> None:
        monkeypatch.setattr(sys, "stdin", Terminal(typed))
        done = headrace(fresh, "apply")
        assert done.status == status
        assert "computed from history" in done.out
        assert "Apply this?" in done.err
        assert (fresh / ".headrace").exists() == (status == 0)

    def test_plan_changes_nothing(self, fresh: Path) -> None:
        planned = succeed(fresh, "plan", "--format", "json").json
        assert not planned["empty"]
        kinds = [(change["kind"], change["object_kind"], change["name"]) for change in planned["changes"]]
        assert kinds == [
            ("new", "source", "page_views"),
            ("new", "view", "visitor_activity"),
            ("new", "view", "visits"),
            ("new", "service", "shopper"),
        ]
        assert not (fresh / ".headrace").exists()

    def test_applied_twice(self, project: Path) -> None:
        assert succeed(project, "plan").out == "Nothing to change.\n"
        again = succeed(project, "apply", "--format", "json").json
        assert (again["empty"], again["applied"]) == (True, True)

    def test_a_change_is_computed_from_history(self, project: Path) -> None:
        change(project, "SLIDING SIZE 7 DAYS", "SLIDING SIZE 6 DAYS")
        planned = {one["name"]: one for one in succeed(project, "plan", "--format", "json").json["changes"]}
        assert (planned["visitor_activity"]["kind"], planned["visitor_activity"]["version"]) == ("changed", 2)
        assert planned["visits"]["kind"] == "unchanged"
        assert "Applied.\n" in succeed(project, "apply", "-y").out
        assert succeed(project, "status", "--format", "json").json["views"]["visitor_activity"] == 31
        succeed(project, "verify")


class TestRun:
    def test_json_holds_the_counts_and_stdout_nothing_else(self, fresh: Path) -> None:
        succeed(fresh, "apply", "--yes")
        done = succeed(fresh, "run", "--format", "json")
        report = done.json
        seconds = report.pop("seconds")
        assert report.pop("events_per_second") == pytest.approx(31 / seconds)
        assert report == {
            "epochs": 1,
            "rows": 31,
            "views": {"shopper": 31, "visitor_activity": 31, "visits": 11},
            "late": 0,
            "quarantined": 0,
            "waiting": 0,
        }
        assert "running: epoch 1, 31 rows" in done.err
        nothing = succeed(fresh, "run", "--format", "json").json
        assert (nothing["rows"], nothing["views"]["shopper"]) == (0, 0)

    def test_the_table_ends_with_the_counts(self, fresh: Path) -> None:
        succeed(fresh, "apply", "--yes")
        lines = [line.split() for line in succeed(fresh, "run").out.splitlines()]
        assert ["visits", "11", "11"] in lines
        assert ["rows", "read", "31"] in lines
        assert [line[0] for line in lines[-3:]] == ["late", "quarantined", "waiting"]

    def test_until_stops_there_and_the_next_run_goes_on(self, fresh: Path, ran: Path) -> None:
        succeed(fresh, "apply", "--yes")
        first = succeed(fresh, "run", "--until", "2026-01-06T08:12:40Z", "--format", "json").json
        assert (first["views"]["visitor_activity"], first["waiting"]) == (13, 18)
        rest = succeed(fresh, "run", "--format", "json").json
        assert rest["views"]["visitor_activity"] == 18
        assert rows(fresh, "shopper") == rows(ran, "shopper")

    def test_late_and_quarantined_rows_are_counted(self, fresh: Path) -> None:
        events = fresh / "events" / "2026-01.csv"
        events.write_text(events.read_text() + "eve,home,,2026-01-01 00:00:00\neve,home,cheap,2026-01-14 00:00:00\n")
        succeed(fresh, "apply", "--yes")
        report = succeed(fresh, "run", "--format", "json").json
        assert (report["late"], report["quarantined"], report["views"]["visitor_activity"]) == (1, 1, 31)

    @pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
    def test_an_unbounded_source_is_watched_until_it_is_stopped(self, fresh: Path, stop: signal.Signals) -> None:
        change(fresh, ", 'bounded' = 'true'", "")
        succeed(fresh, "apply", "--yes")
        assert succeed(fresh, "run", "--once", "--format", "json").json["waiting"] == 1
        environment = os.environ | {"PYTHONUNBUFFERED": "1"}
        command = [*MODULE, "-C", str(fresh), "run", "--format", "json"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        ) as running:
            assert running.stderr is not None
            # Whatever goes wrong, the test ends.
            watchdog = threading.Timer(60, running.kill)
            watchdog.start()
            until_said(running.stderr, "waiting for new events")
            staged = fresh / "events" / ".new"
            staged.write_text("visitor_id,page,amount,viewed_at\nada,home,,2026-02-01 09:00:00\n")
            staged.rename(fresh / "events" / "2026-02.csv")
            until_said(running.stderr, "1 rows, up to 2026-02-01")
            running.send_signal(stop)
            out, err = running.communicate()
            watchdog.cancel()
        assert running.returncode == 0, err
        assert "Stopped." in err
        assert "Traceback" not in err
        assert (json.loads(out)["rows"], json.loads(out)["waiting"]) == (1, None)
        assert succeed(fresh, "run", "--once", "--format", "json").json["rows"] == 0


def until_said(stream: Any, words: str) -> None:
    heard: list[str] = []
    for line in stream:
        heard.append(line)
        if words in line:
            return
    raise AssertionError("".join(heard))


def rows(project: Path, name: str) -> list[dict[str, Any]]:
    files = sorted((project / "offline" / name).rglob("*.parquet"))
    read = [row for path in files for row in pq.ParquetFile(path).read().to_pylist()]
    return sorted(read, key=lambda row: (row["visitor_id"], row["viewed_at"], row["_offset"]))


def test_demo_gets_the_folder_and_gives_the_status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from headrace.examples.flights import demo as flights
    from headrace.examples.fraud import demo as fraud

    asked: list[tuple[str, Path | None]] = []

    def run(example: str, folder: Path | None) -> int:
        asked.append((example, folder))
        return 3

    monkeypatch.setattr(flights, "run", partial(run, "flights"))
    monkeypatch.setattr(fraud, "run", partial(run, "fraud"))
    assert headrace(Path(), "demo", tmp_path).status == 3
    assert headrace(Path(), "demo").status == 3
    assert headrace(Path(), "demo", "--example", "fraud").status == 3
    assert asked == [("flights", tmp_path), ("flights", None), ("fraud", None)]
