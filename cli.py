"""The command line: each command asks the Python face and prints what it answers.

Exit status: 0 done, 1 the user's mistake or a failed check, 2 bad usage, 3 another process writes the project.
Whatever is slow to import is imported inside the commands, so that ``--help`` is instant.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .features_sql.errors import BusyError, ConfigError, HeadraceError, StatementError

if TYPE_CHECKING:
    from types import FrameType

    from .runtime.engine import RunReport, Tally
    from .runtime.project import Project
    from .runtime.report import Shown
    from .runtime.verify import ViewCheck


class Format(StrEnum):
    """The form of an answer."""

    TABLE = "table"
    JSON = "json"


class Example(StrEnum):
    """The examples that ``init`` can copy."""

    FLIGHTS = "flights"


app = typer.Typer(
    name="headrace",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
catalog_app = typer.Typer(no_args_is_help=True, help="Ask the feature catalog.")
app.add_typer(catalog_app, name="catalog")

FormatOption = Annotated[Format, typer.Option("--format", help="Tables for people, JSON for pipes.")]
Service = Annotated[str, typer.Argument(metavar="SERVICE", help="A feature service.", show_default=False)]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line (the process's own by default) and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets a stand-in, not a traceback.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        try:
            app(arguments if arguments is None else list(arguments))
        finally:
            sys.stdout.flush()
    except HeadraceError as error:
        _complain(error)
        raise SystemExit(3 if isinstance(error, BusyError) else 1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        # Whoever read the output has gone; the interpreter must not try to write the rest of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(1) from None


def _complain(error: HeadraceError) -> None:
    if isinstance(error, StatementError):
        count = len(error.diagnostics)
        print(f"{error}\n\n{count} mistake{'s' if count != 1 else ''}", file=sys.stderr)
    else:
        print(f"error: {error}", file=sys.stderr)


def _show(shown: Shown, format: Format) -> None:
    from .runtime.report import show

    show(shown, as_json=format is Format.JSON)


def _open(context: typer.Context) -> Project:
    from .runtime.project import Project

    return Project(context.obj)


def _instant(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no instant; write 2026-01-31 or 2026-01-31T12:30:00 (UTC)") from None


@app.callback(invoke_without_command=True)
def _global(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("-C", metavar="DIR", help="Work on the project in this folder.")] = Path(),
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Features from event streams, written in SQL: kept fresh, right at every instant, explained."""
    if version:
        print(f"headrace {_version()}")
        raise typer.Exit
    context.obj = folder
    if context.invoked_subcommand is None:
        raise typer.Exit(2)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as installed

    try:
        return installed("headrace")
    except PackageNotFoundError:
        import tomllib

        text = Path(__file__).with_name("pyproject.toml").read_text(encoding="utf-8")
        return tomllib.loads(text)["project"]["version"]


@app.command()
def init(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="An empty or new folder.", show_default=False)],
    example: Annotated[Example | None, typer.Option(help="Copy this example.", show_default=False)] = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Make a new project that runs."""
    from .runtime.new_project import create
    from .runtime.report import created

    target = context.obj / folder
    files = create(target, example)
    steps = [f"cd {target}", "headrace apply --yes", "headrace run", "headrace verify"]
    if example is not None:
        steps.insert(1, f"python -m headrace.examples.{example}.prepare .   # writes the data; see README.md")
    _show(created(target, files, steps), format)


@app.command()
def check(context: typer.Context, format: FormatOption = Format.TABLE) -> None:
    """Read all of the project's SQL and report every mistake in it."""
    from .runtime import report

    try:
        definitions = _open(context).definitions()
    except StatementError as error:
        if format is not Format.JSON:
            raise
        _show(report.diagnostics(error), format)
        raise typer.Exit(1) from None
    _show(report.checked(definitions), format)


@app.command()
def explain(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="VIEW|SERVICE", help="What to explain.", show_default=False)],
    batch: Annotated[bool, typer.Option("--batch", help="The batch program: one query over all of history.")] = False,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print what a view or service compiles to, and what each feature costs."""
    from .features_sql.explain import explain as explain_definition
    from .runtime.report_explain import explained

    _show(explained(explain_definition(_open(context).definitions(), name), batch=batch), format)


@app.command()
def plan(context: typer.Context, format: FormatOption = Format.TABLE) -> None:
    """Show what ``apply`` would change."""
    from .runtime.report import planned

    _show(planned(_open(context).plan()), format)


@app.command()
def apply(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    format: FormatOption = Format.TABLE,
) -> None:
    """Make the catalog what the SQL says; new and changed views are computed from history."""
    from .runtime.progress import Progress
    from .runtime.report import planned

    project = _open(context)
    changes = project.plan()
    if format is Format.TABLE:
        _show(planned(changes), format)
    if not changes.empty and not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("there is no terminal to ask on; --yes applies the plan without asking")
        if not typer.confirm("Apply this?", err=True):
            raise typer.Exit(1)
    with Progress("applying"):
        changes = project.apply()
    if format is Format.JSON:
        _show(planned(changes, applied=True), format)
    elif not changes.empty:
        print("Applied.")


@app.command()
def run(
    context: typer.Context,
    until: Annotated[
        datetime | None,
        typer.Option(parser=_instant, metavar="TS", help="Write every instant up to this one (UTC) and stop.", show_default=False),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Stop after the files that are there.")] = False,
    format: FormatOption = Format.TABLE,
) -> None:
    """Read events and write features: until bounded sources end, or else until Ctrl-C."""
    from .runtime.report import ran

    project = _open(context)
    sources = project.definitions().sources.values()
    once = once or until is not None or all(source.connector.bounded for source in sources)
    before = project.status()
    report = _run(project, until, once)
    _show(ran(report, before, project.status()), format)


def _run(project: Project, until: datetime | None, once: bool) -> RunReport:
    """Run, and then watch unless ``once``; a Ctrl-C stops either, and what is committed stays."""
    from .runtime.engine import EpochReport, RunReport, Tally
    from .runtime.progress import Progress, said_of_run, share_read

    tally = Tally()
    with Progress("running") as progress, _interruptible() as interrupted, project.catalog() as store:

        def note(report: EpochReport) -> None:
            tally.add(report)
            if progress.due:
                progress.show(said_of_run(tally, report), share_read(store))

        try:
            report = project.run(until=until, once=True, on_epoch=note)
            if not once:
                progress.show("waiting for new files; Ctrl-C ends it")
                project.run(once=False, on_epoch=note)
            return report
        except BaseException:
            if not interrupted:
                raise
    print("Stopped. What is committed stays, and the next run goes on from there.", file=sys.stderr)
    return RunReport(tally.epochs, tally.rows, time.perf_counter() - tally.started, 0)


@contextmanager
def _interruptible() -> Iterator[list[bool]]:
    """Note in the list given whether Ctrl-C was pressed: libraries turn it into errors of their own."""
    pressed: list[bool] = []

    def note(signum: int, frame: FrameType | None) -> None:
        pressed.append(True)
        raise KeyboardInterrupt

    previous = signal.signal(signal.SIGINT, note)
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, previous)


@app.command()
def materialize(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="VIEW", help="A view or service.", show_default=False)],
    start: Annotated[datetime, typer.Option(parser=_instant, metavar="TS", help="The first instant (UTC).", show_default=False)],
    end: Annotated[datetime, typer.Option(parser=_instant, metavar="TS", help="The first instant left alone.", show_default=False)],
    format: FormatOption = Format.TABLE,
) -> None:
    """Replace the rows of a stretch of time by those of the batch program, in one step."""
    from .runtime.report import materialized

    _show(materialized(name, _open(context).materialize(name, start, end)), format)


@app.command()
def get_online_features(
    context: typer.Context,
    service: Service,
    key: Annotated[
        list[str],
        typer.Option(
            "--key",
            metavar="NAME=VALUE",
            help="A key; origin=JFK,dest=LAX or two --key name both parts. A name that comes again begins another key.",
            show_default=False,
        ),
    ],
    as_of: Annotated[
        datetime | None, typer.Option(parser=_instant, metavar="TS", help="As of this instant (UTC), not now.", show_default=False)
    ] = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print a service's values for given keys, as of now."""
    from .runtime.report import online

    _show(online(_open(context).get_online_features(service, _keys(key), as_of)), format)


def _keys(options: Sequence[str]) -> list[dict[str, object]]:
    """Return the keys that ``--key`` options spell; a part without ``=`` belongs to the value before it."""
    keys: list[dict[str, object]] = [{}]
    for option in options:
        last = ""
        for place, part in enumerate(option.split(",")):
            name, equals, value = part.partition("=")
            if not equals and place:
                keys[-1][last] = f"{keys[-1][last]},{part}"
                continue
            if not equals or not name.strip():
                raise typer.BadParameter(f"a key is NAME=VALUE, such as card_id=42; got {option!r}")
            last = name.strip()
            if last in keys[-1]:
                keys.append({})
            keys[-1][last] = value
    return keys


@app.command()
def get_historical_features(
    context: typer.Context,
    service: Service,
    spine: Annotated[Path, typer.Option(metavar="FILE", help="Keys and instants: .csv or .parquet.", show_default=False)],
    output: Annotated[Path, typer.Option("-o", "--output", metavar="FILE", help="The training set: .csv or .parquet.", show_default=False)],
    time: Annotated[str | None, typer.Option(metavar="COL", help="The spine's time column.", show_default=False)] = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Write a training set: the spine, and beside each row the service's values at its instant."""
    from .runtime import table_files
    from .runtime.report import historical

    project = _open(context)
    table_files.require_known(output)
    table = table_files.read(spine, project.spine_types(service))
    answer = project.get_historical_features(table, service, time)
    table_files.write(output, answer)
    _show(historical(answer, table.num_columns, output), format)


@app.command()
def verify(
    context: typer.Context,
    views: Annotated[list[str] | None, typer.Argument(metavar="[VIEW]...", help="Only these.", show_default=False)] = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Compare every written row with the batch program over history; fail on any difference."""
    from .runtime.progress import Progress
    from .runtime.report import verified

    project = _open(context)
    total = len(views) if views else len(project.status().views)
    with Progress("verifying") as progress:
        done: dict[str, ViewCheck] = {}

        def note(name: str, check: ViewCheck) -> None:
            done[name] = check
            progress.show(f"{name}: {check.rows:,} rows, {check.mismatches:,} mismatches", len(done) / max(total, 1))

        checks = project.verify(*views or (), on_view=note)
    _show(verified(checks), format)
    if not all(check.passed for check in checks.values()):
        raise typer.Exit(1)


@app.command()
def status(context: typer.Context, format: FormatOption = Format.TABLE) -> None:
    """Print how far the project is: rows, watermarks, late and quarantined."""
    from .runtime import report

    _show(report.status(_open(context).status()), format)


@app.command()
def demo(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="An empty or new folder; a temporary one by default.", show_default=False)] = None,
) -> None:
    """Run the flights example from nothing: a year of real flights, features, a catalog."""
    from .examples.flights.demo import run as run_demo

    raise typer.Exit(run_demo(folder))


@catalog_app.command("list")
def catalog_list(context: typer.Context, format: FormatOption = Format.TABLE) -> None:
    """List sources, tables, views and services."""
    from .catalog.show import entries
    from .runtime.report_catalog import listed

    with _open(context).catalog() as store:
        _show(listed(entries(store)), format)


@catalog_app.command("show")
def catalog_show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A view, service, source, table or view.feature.", show_default=False)],
    format: FormatOption = Format.TABLE,
) -> None:
    """Print everything known about one thing."""
    from .catalog.show import show
    from .runtime.report_catalog import card

    with _open(context).catalog() as store:
        _show(card(show(store, name)), format)


@catalog_app.command("search")
def catalog_search(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", show_default=False)],
    format: FormatOption = Format.TABLE,
) -> None:
    """Find features by name, description, tag, owner or expression."""
    from .catalog.search import search
    from .runtime.report_catalog import found

    with _open(context).catalog() as store:
        _show(found(search(store, " ".join(words))), format)


@catalog_app.command("lineage")
def catalog_lineage(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A relation, or relation.column.", show_default=False)],
    downstream: Annotated[bool, typer.Option("--downstream", help="What is made of it.")] = False,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print what a column is made from; of a source's columns, what is made of them."""
    from .catalog import lineage
    from .runtime import report_catalog

    with _open(context).catalog() as store:
        trees = () if downstream else lineage.upstream(store, name)
        if any(tree.children for tree in trees):
            _show(report_catalog.lineage(trees, "upstream"), format)
        else:
            _show(report_catalog.lineage(lineage.downstream(store, name), "downstream"), format)


@catalog_app.command("query")
def catalog_query(
    context: typer.Context,
    sql: Annotated[str, typer.Argument(metavar="SQL", help="One SELECT.", show_default=False)],
    format: FormatOption = Format.TABLE,
) -> None:
    """Answer a SELECT over the catalog's tables."""
    from .catalog.query import query
    from .runtime.report_catalog import answered

    _show(answered(query(_open(context).layout.database, sql)), format)


if __name__ == "__main__":
    main()
