"""Commands that answer: verify, status, reads, explain, catalog; as tables and as JSON."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from .command_line import fail, headrace, succeed


class TestVerify:
    def test_json_adds_up(self, ran: Path) -> None:
        verified = succeed(ran, "verify", "--format", "json").json
        views = succeed(ran, "status", "--format", "json").json["views"]
        assert (verified["rows"], verified["mismatches"]) == (sum(views.values()), 0)
        assert {name: view["rows"] for name, view in verified["views"].items()} == views
        assert verified["views"]["shopper"]["features"]["spent_7d"] == {"mismatches": 0, "worst_error": 0.0}

    def test_only_what_is_named(self, ran: Path) -> None:
        assert list(succeed(ran, "verify", "visits", "--format", "json").json["views"]) == ["visits"]
        lines = succeed(ran, "verify", "visits").out.splitlines()
        assert lines[-1].split() == ["visits", "11", "0", "0", "0", "-", "-", "ok"]

    def test_a_changed_value_fails(self, project: Path) -> None:
        (path,) = (project / "offline" / "visits").rglob("*.parquet")
        table = pq.ParquetFile(path).read()
        place = table.column_names.index("pages")
        pages = [table.column("pages")[0].as_py() + 1, *table.column("pages").to_pylist()[1:]]
        path.unlink()
        pq.write_table(table.set_column(place, "pages", pa.array(pages, pa.int64())), path)
        done = headrace(project, "verify", "--format", "json")
        assert done.status == 1
        assert (done.json["mismatches"], done.json["views"]["visits"]["features"]["pages"]["mismatches"]) == (1, 1)
        done = headrace(project, "verify", "visits")
        assert done.status == 1
        lines = [line.split() for line in done.out.splitlines()]
        assert lines[2] == ["visits", "11", "1", "0", "0", "pages", "0", "DIFFERS"]
        assert lines[4:6] == [
            ["visits:", "the", "first", "rows", "that", "differ", "from", "the", "batch", "program's"],
            ["visitor_id", "as_of", "pages"],
        ]
        (differs,) = lines[7:]
        assert (differs[-4].rstrip(","), differs[-3:]) == (str(pages[0] - 1), ["got", str(pages[0]), "differs"])

    def test_rows_missing_and_rows_too_many_are_shown(self, project: Path) -> None:
        (path,) = (project / "offline" / "visits").rglob("*.parquet")
        table = pq.ParquetFile(path).read()
        path.unlink()
        pq.write_table(pa.concat_tables([table.slice(1), table.slice(1, 1)]), path)
        done = headrace(project, "verify", "visits", "--format", "json")
        (missing, extra) = sorted(done.json["views"]["visits"]["examples"], key=lambda one: one["expected"] is None)
        first, second = table.to_pylist()[:2]
        assert (missing["expected"]["visitor_id"], missing["found"]) == (first["visitor_id"], None)
        assert (extra["found"]["spent"], extra["expected"]) == (second["spent"] and str(second["spent"]), None)

    def test_a_view_with_nothing_due_passes_and_says_so(self, fresh: Path) -> None:
        (path,) = (fresh / "features").glob("*.sql")
        path.write_text(path.read_text().replace("EMIT ON EVENT;", "QUALIFY pages_in_visit > 99 EMIT ON EVENT;", 1))
        succeed(fresh, "apply", "--yes")
        succeed(fresh, "run")
        done = succeed(fresh, "verify", "visitor_activity")
        assert done.out.splitlines()[-1].startswith("visitor_activity: nothing is due up to the watermark (")
        assert "NO ROWS" not in done.out
        view = succeed(fresh, "verify", "--format", "json").json["views"]["visitor_activity"]
        assert (view["rows"], view["passed"], view["nothing_due_up_to"]) == (0, True, "end of time")

    def test_a_view_without_rows_fails(self, fresh: Path) -> None:
        succeed(fresh, "apply", "--yes")
        done = headrace(fresh, "verify")
        assert done.status == 1
        assert done.out.count("NO ROWS") == 3
        assert "`headrace run` writes rows" in done.out


def test_a_project_without_models_says_so(ran: Path) -> None:
    assert succeed(ran, "models", "list").out == "No models.\n"
    assert succeed(ran, "models", "list", "--format", "json").json == []


def test_status_is_what_the_store_holds(ran: Path) -> None:
    held = succeed(ran, "status", "--format", "json").json
    assert held["events_per_second"] == pytest.approx(31 / held.pop("seconds"))
    assert held["views"] == {"shopper": 31, "visitor_activity": 31, "visits": 11}
    assert (held["epochs"], held["events"], held["late"], held["quarantined"]) == (1, 31, 0, 0)
    assert held["watermark"] == "end of time"
    assert held["sources"]["page_views"] == {
        "accepted": 31,
        "late": 0,
        "repeated": 0,
        "rejected": 0,
        "greatest": "2026-01-13T20:00:00Z",
        "ended": True,
    }
    assert held["details"]["visits"] == {
        "version": 1,
        "rows": 11,
        "null_entities": 0,
        "newest": "2026-01-13T20:30:00Z",
        "watermark": "end of time",
    }
    assert ["visits", "1", "11", "2026-01-13", "20:30:00", "end", "of", "time"] in [
        line.split() for line in succeed(ran, "status").out.splitlines()
    ]


def test_materialize_replaces_a_stretch(project: Path) -> None:
    stretch = ("materialize", "visits", "--start", "2026-01-06", "--end", "2026-01-07T00:00:00Z")
    assert succeed(project, *stretch, "--format", "json").json == {"name": "visits", "rows": 3}
    assert succeed(project, *stretch).out == "visits: 3 rows written by the batch program.\n"
    succeed(project, "verify")


class TestReads:
    def test_online_as_of_now_is_the_newest_event(self, ran: Path) -> None:
        (row,) = succeed(ran, "get-online-features", "shopper", "--key", "visitor_id=ada", "--format", "json").json
        assert row == {
            "visitor_id": "ada",
            "viewed_at": "2026-01-13T20:00:00Z",
            "page": "shoes",
            "pages_in_visit": 0,
            "last_pages": None,
            "carts_24h": 0,
            "spent_7d": "32.00",
            "seconds_since_page": 125_520.0,
            "last_visit_pages": 2,
            "last_visit_spent": None,
        }

    def test_online_for_several_keys_as_of_then(self, ran: Path) -> None:
        keys = ("--key", "visitor_id=ada", "--key", "visitor_id=nobody")
        asked = ("get-online-features", "shopper", *keys, "--as-of", "2026-01-06T21:20:00")
        ada, nobody = succeed(ran, *asked, "--format", "json").json
        assert (ada["last_pages"], ada["last_visit_spent"]) == (["home", "books", "books"], "59.90")
        assert (nobody["visitor_id"], nobody["pages_in_visit"], nobody["spent_7d"]) == ("nobody", 0, None)
        lines = [line.split() for line in succeed(ran, *asked).out.splitlines()]
        assert lines[0] == ["column", "key", "1", "key", "2"]
        assert ["pages_in_visit", "3", "0"] in lines

    @pytest.mark.parametrize("kind", ["csv", "parquet"])
    def test_a_training_set_from_and_to_a_file(self, ran: Path, tmp_path: Path, kind: str) -> None:
        spine = tmp_path / "spine.csv"
        spine.write_text("label,visitor_id,viewed_at\n7,ada,2026-01-06 21:20:00\n,0042,2026-01-08T12:00:00\n")
        output = tmp_path / f"training.{kind}"
        asked = ("get-historical-features", "shopper", "--spine", spine, "-o", output)
        said = succeed(ran, *asked, "--format", "json").json
        assert said["rows"] == 2
        assert said["columns"][:4] == ["label", "visitor_id", "viewed_at", "page"]
        assert sorted(path.name for path in tmp_path.iterdir()) == sorted(["spine.csv", output.name])
        if kind == "csv":
            lines = output.read_text().splitlines()
            assert lines[1].startswith('7,"ada",2026-01-06 21:20:00')
            assert '"[""home"", ""books"", ""books""]"' in lines[1]
            assert lines[2].startswith(',"0042",')
        else:
            # The type of a key is the view's, not a guess: 0042 is no number.
            first, second = pq.ParquetFile(output).read().to_pylist()
            assert (first["label"], first["last_pages"]) == (7, ["home", "books", "books"])
            assert (second["label"], second["visitor_id"], second["pages_in_visit"]) == (None, "0042", 0)

    def test_a_spine_in_parquet_with_a_time_column_of_its_own(self, ran: Path, tmp_path: Path) -> None:
        at = pa.array(["2026-01-06 21:20:00"]).cast(pa.timestamp("us"))
        pq.write_table(pa.table({"visitor_id": ["ada"], "asked_at": at}), tmp_path / "spine.parquet")
        asked = ("get-historical-features", "shopper", "--spine", tmp_path / "spine.parquet")
        assert "time column" in fail(ran, *asked, "-o", tmp_path / "t.csv")
        succeed(ran, *asked, "-o", tmp_path / "t.csv", "--time", "asked_at")
        assert (tmp_path / "t.csv").read_text().splitlines()[1].startswith('"ada",2026-01-06 21:20:00')

    def test_an_output_that_cannot_be_written(self, ran: Path, tmp_path: Path) -> None:
        spine = tmp_path / "spine.csv"
        spine.write_text("visitor_id,viewed_at\nada,2026-01-06 21:20:00\n")
        output = tmp_path / "absent" / "t.parquet"
        said = fail(ran, "get-historical-features", "shopper", "--spine", spine, "-o", output)
        assert f"error: {output} cannot be written" in said

    def test_a_spine_that_is_no_table(self, ran: Path, tmp_path: Path) -> None:
        (tmp_path / "spine.parquet").write_text("not parquet")
        asked = ("get-historical-features", "shopper", "--spine", tmp_path / "spine.parquet", "-o", tmp_path / "t.csv")
        assert "spine.parquet cannot be read" in fail(ran, *asked)
        assert not (tmp_path / "t.csv").exists()


class TestExplain:
    def test_a_view_as_text(self, ran: Path) -> None:
        said = succeed(ran, "explain", "visitor_activity").out
        lines = [line.split() for line in said.splitlines()]
        assert ["carts_24h", "BIGINT", "SLIDING", "SIZE", "1", "DAY", "fold", "O(1)", "per", "event"] in [
            line[:10] for line in lines
        ]
        assert ["visit", "SESSION", "GAP", "30", "MINUTES", "the", "current", "session", "values"] in lines
        assert "\nFROM _source_rows AS " in said
        assert "count(*) FILTER (WHERE f0)" in said

    def test_a_view_as_json(self, ran: Path) -> None:
        said = succeed(ran, "explain", "visits", "--format", "json").json
        assert (said["emit"], said["delay"]) == ("ON WINDOW CLOSE visit", 300_000_000)
        assert said["features"][0]["windows"] == ["SESSION GAP 30 MINUTES"]
        assert said["retention"][0]["is"] == "SESSION GAP 30 MINUTES"
        assert [step["name"] for step in said["steps"]] == ["tiles"]

    def test_a_service(self, ran: Path) -> None:
        said = succeed(ran, "explain", "shopper").out
        assert "visitor_id = a.visitor_id  the newest stored row, valid for 30 days" in said
        assert said.endswith("FROM _joined\n")
        assert set(succeed(ran, "explain", "shopper", "--format", "json").json["batch"]) == {
            *("visitor_activity", "v", "shopper")
        }
        batch = succeed(ran, "explain", "shopper", "--batch").out
        assert [line for line in batch.splitlines() if line.startswith("-- ")] == [
            *("-- visitor_activity", "-- v", "-- shopper")
        ]

    def test_the_batch_program_is_all_that_batch_prints(self, ran: Path) -> None:
        said = succeed(ran, "explain", "visits", "--batch").out
        assert said.startswith("WITH _numbered AS (")
        assert said == succeed(ran, "explain", "visits", "--format", "json").json["batch"] + "\n"


class TestCatalog:
    def test_list(self, ran: Path) -> None:
        listed = succeed(ran, "catalog", "list", "--format", "json").json
        assert [(one["kind"], one["name"], one["rows"]) for one in listed] == [
            *(("source", "page_views", None), ("view", "visitor_activity", 31)),
            *(("view", "visits", 11), ("service", "shopper", 31)),
        ]
        assert "The shop's page views." in succeed(ran, "catalog", "list").out

    @pytest.mark.parametrize("name", ["page_views", "visits", "shopper", "visits.pages", "shopper.spent_7d"])
    def test_show(self, ran: Path, name: str) -> None:
        shown = succeed(ran, "catalog", "show", name, "--format", "json").json
        assert name in (shown.get("name"), f"{shown.get('view')}.{shown.get('feature')}")
        assert succeed(ran, "catalog", "show", name).out.splitlines()[0] == name

    def test_show_tells_all_of_a_feature(self, ran: Path) -> None:
        said = succeed(ran, "catalog", "show", "visitor_activity.spent_7d").out
        for part in ("money spent in seven days", "SLIDING SIZE 7 DAYS", "18 (58.1%)", "page_views.amount", "fold"):
            assert part in said

    def test_search(self, ran: Path) -> None:
        found = succeed(ran, "catalog", "search", "money", "seven", "--format", "json").json
        assert {f"{one['view']}.{one['feature']}" for one in found} == {"visitor_activity.spent_7d", "shopper.spent_7d"}
        assert succeed(ran, "catalog", "search", "zebra").out == "Nothing matches.\n"
        assert succeed(ran, "catalog", "search", "zebra", "--format", "json").json == []

    def test_lineage(self, ran: Path) -> None:
        up = succeed(ran, "catalog", "lineage", "shopper.last_visit_spent", "--format", "json").json
        assert up["direction"] == "upstream"
        spent = up["columns"][0]["children"][0]
        assert (spent["relation"], spent["column"]) == ("visits", "spent")
        assert (spent["children"][0]["relation"], spent["children"][0]["column"]) == ("page_views", "amount")
        down = succeed(ran, "catalog", "lineage", "page_views.amount").out
        assert "-> shopper.last_visit_spent  (service)" in down
        assert down == succeed(ran, "catalog", "lineage", "page_views.amount", "--downstream").out
        assert "-> shopper.spent_7d" in succeed(ran, "catalog", "lineage", "visitor_activity", "--downstream").out

    def test_query(self, ran: Path) -> None:
        sql = "SELECT window_step, count(*) AS n FROM features WHERE view = 'visits' GROUP BY 1"
        assert succeed(ran, "catalog", "query", sql, "--format", "json").json == [{"window_step": "tiles", "n": 2}]
        assert succeed(ran, "catalog", "query", sql).out.splitlines()[-1].split() == ["tiles", "2"]
