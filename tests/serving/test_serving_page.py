"""docs/serving.md, run: each request gets the answer that stands below it."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from headrace.runtime.project import Project
from headrace.runtime.serving.feature_server import feature_app
from headrace.tests.inference.serving import listening
from headrace.tests.pages import ROOT, blocks

PAGE = blocks("docs/serving.md")
REQUEST = re.compile(r"^\$ (curl .*?)\n(?=\{\")(.*)", re.DOTALL)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """The project of the page."""
    (tmp_path / "headrace.toml").touch()
    (sql,) = (block.body for block in PAGE if block.kind == "sql")
    (tmp_path / "features.sql").write_text(sql)
    made = Project(tmp_path)
    made.apply()
    return made


def test_each_request_has_its_answer(project: Project) -> None:
    asked = [found for block in PAGE if block.kind == "console" and (found := REQUEST.match(block.body))]
    assert len(asked) == 2
    with listening(feature_app(project)) as url:
        for request, answer in (found.groups() for found in asked):
            _, _, place, _, header, _, body = shlex.split(request)
            name, _, value = header.partition(": ")
            got = httpx.post(f"{url}{urlsplit(f'//{place}').path}", content=body, headers={name: value})
            assert got.json() == json.loads(answer)
            project.run()


def test_each_place_answers(project: Project) -> None:
    page = (ROOT / "docs/serving.md").read_text()
    places = re.findall(r"^\| `GET (\S[^`]*)`", page, re.MULTILINE)
    assert len(places) == 6
    with listening(feature_app(project)) as url:
        for place in places:
            assert httpx.get(f"{url}{place}").status_code == 200, place
