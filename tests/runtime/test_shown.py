"""Values as JSON and as cells, and tables that fit the line they get."""

from __future__ import annotations

import io
import json
import math
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import pytest
from headrace.runtime.commands.shown import cell, short, table
from headrace.runtime.json_answer import iso, json_text
from headrace.runtime.status import SourceStatus
from rich.console import Console


def drawn(listing: object, width: int) -> list[str]:
    out = io.StringIO()
    Console(file=out, width=width).print(listing)
    return [line.rstrip() for line in out.getvalue().splitlines()]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02T03:04:05Z"),
        (datetime(2026, 1, 2, 3, 4, 5, 6), "2026-01-02T03:04:05.000006Z"),
        (datetime(2026, 1, 2, 3, tzinfo=timezone(timedelta(hours=2))), "2026-01-02T01:00:00Z"),
        (datetime(2026, 1, 2, tzinfo=UTC), "2026-01-02T00:00:00Z"),
        (date(2026, 1, 2), "2026-01-02"),
        (time(3, 4), "03:04:00"),
        (Decimal("1.50"), "1.50"),
        (Decimal(12), "12"),
        (math.nan, None),
        (-math.inf, None),
        (1e300, 1e300),
        (True, True),
        (2**70, 2**70),
        (b"\x00\xff", "00ff"),
        ((1, [math.nan, None]), [1, [None, None]]),
        ({"a": {1: Decimal("0.1")}}, {"a": {"1": "0.1"}}),
        (Path("a/b"), "a/b"),
        (
            SourceStatus(1, 2, 0, 3, None, True),
            {"accepted": 1, "late": 2, "repeated": 0, "rejected": 3, "greatest": None, "ended": True},
        ),
        ("é \u2028 \x1b", "é \u2028 \x1b"),
    ],
    ids=repr,
)
def test_json_values(value: object, expected: object) -> None:
    assert json.loads(json_text({"held": value})) == {"held": expected}


def test_instants_held_as_text() -> None:
    assert iso("2026-01-02 03:04:05.000000") == "2026-01-02T03:04:05Z"
    assert iso("2026-01-02 03:04:05.250000") == "2026-01-02T03:04:05.250000Z"
    assert iso("12000-01-02 03:04:05.000000") == "12000-01-02T03:04:05Z"
    assert (iso("end of time"), iso(None)) == ("end of time", None)
    assert short("2026-01-02T03:04:05.000000Z") == "2026-01-02 03:04:05"
    assert short("2026-01-02 03:04:05.250000") == "2026-01-02 03:04:05.250000"
    assert short(None) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "-"),
        (1234567, "1,234,567"),
        (0.1 + 0.2, "0.3"),
        (False, "false"),
        (Decimal("10.00"), "10.00"),
        (["a", None, 2], "[a, -, 2]"),
        (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05"),
    ],
    ids=repr,
)
def test_cells(value: object, expected: str) -> None:
    assert cell(value) == expected


class TestListing:
    ROWS = (
        ("visits", 11, "a row for each visit that is over and done with"),
        ("shopper", 31_000, "[bold]not markup[/]"),
    )

    def test_numbers_stand_to_the_right(self) -> None:
        assert drawn(table(("name", "rows", "said"), self.ROWS), 100)[2:] == [
            "visits       11  a row for each visit that is over and done with",
            "shopper  31,000  [bold]not markup[/]",
        ]

    def test_a_short_line_drops_columns_in_order_and_only_as_many_as_it_must(self) -> None:
        listing = table(("name", "rows", "said"), self.ROWS, drop=("said", "rows"))
        assert drawn(listing, 50)[0].split() == ["name", "rows", "said"]
        assert drawn(listing, 30)[0].split() == ["name", "rows"]
        assert drawn(listing, 12)[0].split() == ["name"]

    @pytest.mark.parametrize("width", [60, 40, 24])
    def test_text_is_folded_and_never_cut(self, width: int) -> None:
        lines = drawn(table(("name", "rows", "said"), self.ROWS), width)
        assert max(map(len, lines)) <= width
        kept = "".join("".join(lines[2:]).split())
        assert sorted(kept) == sorted("".join("".join(cell(value) for row in self.ROWS for value in row).split()))

    def test_without_rows_the_head_stands(self) -> None:
        assert drawn(table(("a", "b"), []), 80)[0].split() == ["a", "b"]
