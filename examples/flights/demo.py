"""The demo: the flights example from raw files to verified features and corrected scores, in a fresh folder."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from rich.console import Console

from ...features_sql.errors import HeadraceError
from ..walkthrough import fresh_project, headrace
from .prepare import find_raw, prepare
from .report import MODEL, RAW, draw, judge, read_report, show

HERE = Path(__file__).parent
SERVICE = "flight_features"

# What a user who wants a training set brings: some flights and when they were due, in UTC.
SPINE = """origin,scheduled_at,carrier,tailnum,dest
EWR,2013-07-10 16:37:00,UA,N54711,ATL
JFK,2013-07-10 16:45:00,AA,N3GVAA,BOS
LGA,2013-07-10 16:30:00,DL,N938DL,MIA
EWR,2013-07-10 23:06:00,UA,N54711,BOS
JFK,2013-07-10 23:55:00,MQ,N815MQ,RDU
LGA,2013-07-10 23:59:00,DL,N917DE,PIT
"""

STEPS = (
    "SELECT window_step, count(*) AS features, round(100 * avg(null_rate), 1) AS percent_null "
    "FROM live_features WHERE kind = 'view' GROUP BY window_step"
)
TRAINED = "2013-02-28 23:59:59"
# Each run leaves its figures in a file of this name.
RUNS = ("january_and_february", "march_to_december")
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("apply", "--yes"),
    ("run", "--until", TRAINED, "--format", "json", ">", f"{RUNS[0]}.json"),
    ("train", "arrival_late"),
    ("train", RAW, "--format", "json", ">", "trained.json"),
    ("run", "--format", "json", ">", f"{RUNS[1]}.json"),
    ("verify", "--format", "json", ">", "verify.json"),
    ("catalog", "list"),
    ("catalog", "show", "carrier_landings.late_share_6h"),
    ("catalog", "search", "delay"),
    ("catalog", "query", STEPS),
    ("get-online-features", SERVICE, "--key", "origin=JFK"),
    ("get-historical-features", SERVICE, "--spine", "spine.csv", "-o", "training.parquet"),
    ("models", "list"),
    ("models", "compare", "arrival_late_linear"),
    ("models", "compare", RAW, "--format", "json", ">", f"{RAW}.json"),
    ("models", "compare", MODEL, "--format", "json", ">", f"{MODEL}.json"),
    ("status", "--format", "json", ">", "status.json"),
)

NEXT = (
    ("headrace catalog lineage flight_features", "what each feature is made from"),
    ("headrace models show arrival_late_live", "versions, the mixture's weights, what befell the model"),
    ("headrace explain aircraft_landings", "the program of a view, and the window step of each feature"),
    ("headrace get-online-features flight_features --key origin=LGA,carrier=DL,dest=ATL", "ask about a flight"),
    ("headrace plan", "after a change to a file in features/: what it would rebuild"),
    (
        "python -c \"import duckdb; print(duckdb.read_parquet('offline/flight_features/**/*.parquet').limit(5))\"",
        "the offline store is Parquet for any tool",
    ),
)


def run(folder: Path | None = None) -> int:
    """Run the demo in ``folder`` and return its exit status.

    ``folder`` must be empty or absent; None makes a new one among the temporary files. The status is 1 where
    the folder cannot be used or a figure is not what it must be (see ``judge``),
    and a failing command's own status otherwise. ``report.json`` is written in the folder once all commands ran.
    """
    console = Console()
    try:
        raw = find_raw()
        project = fresh_project(HERE, folder)
    except HeadraceError as error:
        Console(stderr=True).print(str(error), style="red", markup=False, highlight=False)
        return 1
    (project / "spine.csv").write_text(SPINE)
    _prepare(project, raw, console)
    for command in COMMANDS:
        status = headrace(command, project, console)
        # verify's mismatches belong on the last screen.
        if status and not (command[0] == "verify" and status == 1 and _has_json(project / "verify.json")):
            console.print(f"headrace {command[0]} ended with status {status}; the project is in {project}", style="red")
            return status
    report = read_report(project, RUNS)
    (project / "report.json").write_text(json.dumps(asdict(report), indent=2) + "\n")
    show(report, draw(project), console)
    _what_next(project, console)
    return judge(report, console)


def _prepare(project: Path, raw: Path, console: Console) -> None:
    console.print(
        f"[bold]The flights of 2013[/bold], from {raw.parent.name}, in {project}", highlight=False, soft_wrap=True
    )
    with console.status("reading the raw files") as status:
        counts = prepare(project, raw, lambda part: status.update(f"writing {part}"))
    console.print(
        f"departures/ {counts.departures:,} rows, landings/ {counts.landings:,}, "
        f"tables/ {counts.weather:,} of weather and {counts.planes:,} planes",
        highlight=False,
        soft_wrap=True,
    )


def _has_json(path: Path) -> bool:
    try:
        json.loads(path.read_text())
    except ValueError:
        return False
    return True


def _what_next(project: Path, console: Console) -> None:
    console.print(f"\n[bold]What to try next[/bold]  (cd {project})", highlight=False, soft_wrap=True)
    for command, use in NEXT:
        console.print(f"  [dim]# {use}[/dim]\n  {command}", highlight=False, soft_wrap=True)
