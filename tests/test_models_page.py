"""docs/models.md, run: its project is made, each command is given, and what the page shows of an answer is checked."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from headrace.tests.cli.command_line import succeed
from headrace.tests.pages import blocks

PAGE = blocks("docs/models.md")
# Measures may differ in their last digits between machines.
NEAR = 0.02


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str, str]]:
    """Each command of the page in order, with what the page shows of its answer and what it answered."""
    folder = tmp_path_factory.mktemp("models")
    data: dict[str, list[str]] = {}
    for block in PAGE:
        if (block.kind, block.label) == ("python", "data"):
            exec(block.body, data)
    for name in ("payments", "verdicts"):
        (folder / f"{name}.csv").write_text("\n".join(data[name]) + "\n")
    sql = "".join(block.body for block in PAGE if (block.kind, block.label) == ("sql", "project"))
    (folder / "features.sql").write_text(sql)
    (folder / "headrace.toml").write_text('name = "models"\n')
    found: list[tuple[str, str, str]] = []
    for block in PAGE:
        if block.kind == "console":
            for command, shown in re.findall(r"^\$ headrace (.*)\n((?:(?!\$ ).*\n)*)", block.body, re.MULTILINE):
                found.append((command, shown, succeed(Path(folder), *shlex.split(command)).out))
    return found


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.strip("─ ")]


def alike(shown: str, found: str) -> bool:
    if re.fullmatch(r"-?\d+\.\d+", shown) and re.fullmatch(r"-?\d+\.\d+", found):
        return abs(float(shown) - float(found)) <= NEAR
    return shown == found


def test_the_page_shows_what_the_commands_answer(answers: list[tuple[str, str, str]]) -> None:
    assert [command.split()[0] for command, *_ in answers].count("train") == 2
    for command, shown, answer in answers:
        for expected, found in zip(words(shown), words(answer), strict=False):
            assert len(expected) == len(found), (command, expected, found)
            assert all(map(alike, expected, found)), (command, expected, found)
        assert len(words(shown)) <= len(words(answer)), command


def test_every_sql_block_is_run() -> None:
    assert {block.label for block in PAGE if block.kind == "sql"} == {"project"}
