"""``headrace serve`` over a real socket: it answers as the commands do, and follows the project."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from headrace.features_sql.errors import ConfigError, ReadError
from headrace.runtime.json_answer import json_text
from headrace.runtime.json_texts import records_of
from headrace.runtime.project import Project
from headrace.runtime.serving.feature_server import feature_app, serve_project
from headrace.tests.inference.serving import listening

SQL = """
CREATE SOURCE payments (id BIGINT, card VARCHAR, amount DECIMAL(8,2), note VARCHAR, ts TIMESTAMP,
  WATERMARK FOR ts AS ts - INTERVAL 1 MINUTE, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'push');
CREATE FEATURE VIEW spending ENTITY card AS
SELECT amount, sum(amount) OVER w AS spent, last_n(amount, 2) OVER w AS lately, avg(amount / 0) OVER w AS none
FROM payments WINDOW w AS (SLIDING SIZE 1 HOUR) EMIT ON EVENT;
CREATE FEATURE SERVICE checks AS SELECT spending.* FROM spending;
"""
EVENTS = [
    {"id": 1, "card": "a", "amount": 9.9, "ts": "2026-03-01 08:00:00"},
    {"id": 2, "card": "b", "amount": 1.5, "note": "é", "ts": "2026-03-01 08:10:00"},
    {"id": 3, "card": "a", "amount": 0.1, "ts": "2026-03-01 08:30:00"},
]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose events are pushed, with nothing in it yet."""
    (tmp_path / "headrace.toml").write_text('clock = "event"\n')
    (tmp_path / "features.sql").write_text(SQL)
    made = Project(tmp_path)
    made.apply()
    return made


@pytest.fixture
def url(project: Project) -> Iterator[str]:
    """Where the project answers."""
    with listening(feature_app(project)) as found:
        yield found


def rows_of(url: str, *cards: str, **more: str) -> object:
    answer = httpx.post(f"{url}/features/checks", json={"keys": [{"card": card} for card in cards], **more})
    assert answer.status_code == 200, answer.text
    return answer.json()["rows"]


def printed(project: Project, *cards: str, as_of: datetime | None = None) -> object:
    table = project.get_online_features("checks", [{"card": card} for card in cards], as_of)
    return httpx.Response(200, text=json_text(records_of(table))).json()


def test_pushed_events_reach_features_as_commands_have_them(project: Project, url: str) -> None:
    pushed = httpx.post(f"{url}/push/payments", json={"rows": EVENTS}).json()
    assert pushed == {"source": "payments", "rows": 3, "first": 0}
    project.run()
    rows = rows_of(url, "a", "unseen", "b")
    assert rows == printed(project, "a", "unseen", "b")
    assert [row["spent"] for row in rows] == ["10.00", None, "1.50"]  # type: ignore[index]
    assert rows_of(url, "a", as_of="2026-03-01T08:15:00") == printed(project, "a", as_of=datetime(2026, 3, 1, 8, 15))
    later = {"id": 4, "card": "b", "amount": 2, "ts": "2026-03-01 08:40:00"}
    assert httpx.post(f"{url}/push/payments", json={"rows": [later | {"note": None}]}).json()["first"] == 3
    project.run()
    assert rows_of(url, "b") == printed(project, "b")
    status = httpx.get(f"{url}/status").json()
    assert (status["events"], status["views"]["spending"]) == (4, 3)
    told = httpx.get(f"{url}/metrics").text
    assert 'headrace_source_rows_total{source="payments",verdict="accepted"} 4\n' in told
    assert 'headrace_view_watermark_seconds{view="spending"} 1772354340.0\n' in told
    for line in told.splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) headrace_\w+ .+|headrace_\w+(\{(\w+="[^"]*",?)+\})? [\d.]+', line), line


def test_what_was_applied_since_is_answered(project: Project, url: str) -> None:
    project.push("payments", EVENTS)
    project.run()
    assert rows_of(url, "a") == printed(project, "a")
    (project.layout.root / "features.sql").write_text(SQL.replace("sum(amount)", "max(amount)"))
    project.apply()
    rows = rows_of(url, "a")
    assert rows == printed(project, "a")
    assert rows[0]["spent"] == "9.90"  # type: ignore[index]


def test_a_run_in_memory_that_has_begun_anew_is_answered(project: Project) -> None:
    (project.layout.root / "headrace.toml").write_text('clock = "event"\ndurability = "memory"\n')
    kept = Project(project.layout.root)
    with listening(feature_app(kept)) as url:
        for events in (EVENTS, EVENTS[1:]):
            with kept.session():
                kept.push("payments", events)
                kept.run()
                assert rows_of(url, "a") == printed(kept, "a")
            asked = httpx.post(f"{url}/features/checks", json={"keys": [{"card": "a"}]})
            assert (asked.status_code, "no run" in asked.json()["message"]) == (400, True)


def test_the_catalog_is_asked(url: str) -> None:
    listed = httpx.get(f"{url}/catalog").json()
    assert [entry["name"] for entry in listed] == ["payments", "spending", "checks"]
    found = httpx.get(f"{url}/catalog", params={"search": "spent"}).json()
    assert {(one["view"], one["feature"]) for one in found} == {("spending", "spent"), ("checks", "spent")}
    assert httpx.get(f"{url}/catalog/spending.spent").json()["type"] == "DECIMAL(38,2)"


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("features/checks", {}, "the body must have keys"),
        ("features/checks", [], "must be an object with keys"),
        ("features/checks", {"keys": [], "asof": 1}, "no field asof; did you mean as_of?"),
        ("features/checks", {"keys": [{"card": "a"}], "as_of": "soon"}, "as_of: 'soon' is no instant"),
        ("features/checks", {"keys": "a"}, "keys must be a list of mappings"),
        ("features/checks", {"keys": [{"cart": "a"}], "as_of": "2026-03-01"}, "a key must give card; got cart"),
        ("features/check", {"keys": [{"card": "a"}]}, "did you mean checks?"),
        ("push/payments", {"rows": [1]}, "rows must be a list of objects"),
        ("features/checks", {"keys": [{"card": "a"}]}, "no event has been read yet"),
        ("push/payments", {"rows": [{"id": 1, "card": "a"}]}, "must have a column amount"),
        ("push/payment", {"rows": []}, "there is no source 'payment'; did you mean payments?"),
    ],
)
def test_a_mistake_is_told(url: str, path: str, body: object, said: str) -> None:
    response = httpx.post(f"{url}/{path}", json=body)
    assert (response.status_code, response.json()["error_code"]) == (400, "BAD_REQUEST")
    assert said in response.json()["message"]


def test_a_page_in_a_browser_gets_nowhere(project: Project, url: str) -> None:
    plain = httpx.post(f"{url}/push/payments", content=b'{"rows": []}', headers={"content-type": "text/plain"})
    assert plain.status_code == 415
    assert httpx.get(f"{url}/status", headers={"host": "example.com"}).status_code == 403
    with listening(feature_app(project, token="secret")) as guarded:
        bearer = {"host": "example.com", "authorization": "Bearer secret"}
        assert httpx.get(f"{guarded}/status", headers=bearer).status_code == 200
        for path in ("status", "metrics", "catalog", "catalog/spending"):
            assert httpx.get(f"{guarded}/{path}").status_code == 401
        for path in ("features/checks", "push/payments"):
            assert httpx.post(f"{guarded}/{path}", json={}).status_code == 401
        assert httpx.get(f"{guarded}/ping").status_code == 200


def test_where_others_reach_it_a_token_is_needed(project: Project, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="set HEADRACE_TOKEN"):
        serve_project(project, "0.0.0.0", 0, None, print)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "headrace.toml").touch()
    with pytest.raises(ReadError, match="apply"):
        serve_project(Project(empty), "127.0.0.1", 0, None, print)


def test_the_command_answers_until_it_is_interrupted(project: Project) -> None:
    project.push("payments", EVENTS)
    project.run()
    command = [sys.executable, "-P", "-m", "headrace.cli", "-C", str(project.layout.root), "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = re.search(r"answers at (http://\S+)/features/SERVICE", process.stdout.readline())
            assert said is not None
            assert rows_of(said[1], "a") == printed(project, "a")
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(30) in (0, 130)
