"""The command line: each command asks the Python face and prints what it answers.

Exit status: 0 done, 1 the user's mistake or a failed check, 2 bad usage, 3 another process writes the project.
Whatever is slow to import is imported inside the commands, so that ``--help`` is instant.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from .features_sql.errors import BusyError, HeadraceError, StatementError
from .runtime.commands.catalog_commands import catalog_app
from .runtime.commands.command_line import SETTINGS, Format, FormatOption, argument, open_project, option, show, usage
from .runtime.commands.dead_letter_commands import dead_letters_app
from .runtime.commands.fixture_command import run_tests
from .runtime.commands.model_commands import models_app, train
from .runtime.commands.serving_commands import serve, serve_model


class Example(StrEnum):
    """The examples that ``init`` copies and ``demo`` runs."""

    FLIGHTS = "flights"
    FRAUD = "fraud"


Relation = Annotated[str, argument("VIEW", "A view or service.")]
Service = Annotated[str, argument("SERVICE", "A feature service.")]
Until = Annotated[
    str | None, option("--until", metavar="TS", said="Write every instant up to this one (UTC), then stop.")
]
Start = Annotated[str, option("--start", metavar="TS", said="The first instant (UTC).")]
End = Annotated[str, option("--end", metavar="TS", said="The first instant left as it is (UTC).")]
AsOf = Annotated[str | None, option("--as-of", metavar="TS", said="As of this instant (UTC), not as of now.")]
KEY_HELP = "A key: card_id=42, or origin=JFK,dest=LAX. A name that comes again begins another key."
Keys = Annotated[list[str] | None, option("--key", metavar="NAME=VALUE", said=KEY_HELP)]
Rows = Annotated[
    list[str] | None, option("--row", metavar="JSON", said="A key as a JSON object; with all columns, a row.")
]
Spine = Annotated[Path, option("--spine", metavar="FILE", said="Keys and instants: .csv or .parquet.")]
Output = Annotated[Path, option("-o", "--output", metavar="FILE", said="The training set: .csv or .parquet.")]
TimeColumn = Annotated[str | None, option("--time", metavar="COL", said="The spine's time column.")]
PushSource = Annotated[str, argument("SOURCE", "A source whose connector is push.")]
Events = Annotated[Path, argument("FILE", "Events: .csv, .parquet or .jsonl.")]

app = typer.Typer(name="headrace", context_settings={"help_option_names": ["-h", "--help"]}, **SETTINGS)
app.add_typer(catalog_app, name="catalog")
app.add_typer(dead_letters_app, name="dead-letters")
app.add_typer(models_app, name="models")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line (the process's own by default) and exit with its status."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character gets a stand-in, not a traceback.
        getattr(stream, "reconfigure", lambda **_: None)(errors="backslashreplace")
    try:
        try:
            app(arguments if arguments is None else list(arguments), prog_name="headrace")
        finally:
            sys.stdout.flush()
    except HeadraceError as error:
        _complain(error)
        raise SystemExit(3 if isinstance(error, BusyError) else 1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except BrokenPipeError:
        # Whoever read the output has gone; the interpreter must not try to write the rest of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise SystemExit(1) from None


def _complain(error: HeadraceError) -> None:
    if isinstance(error, StatementError):
        count = len(error.diagnostics)
        print(f"{error}\n\n{count} mistake{'s' if count != 1 else ''}", file=sys.stderr)
    else:
        print(f"error: {error}", file=sys.stderr)


@app.callback(invoke_without_command=True)
def _headrace(
    context: typer.Context,
    folder: Annotated[Path, typer.Option("-C", metavar="DIR", help="Work on the project in this folder.")] = Path(),
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
) -> None:
    """Features from event streams, written in SQL: kept fresh, right at every instant, explained."""
    if version:
        print(f"headrace {_version()}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        context.fail("A command is missing; headrace --help lists them.")
    context.obj = folder


def _version() -> str:
    import tomllib
    from importlib import metadata

    try:
        return metadata.version("headrace")
    except metadata.PackageNotFoundError:
        text = Path(__file__).with_name("pyproject.toml").read_text(encoding="utf-8")
        return tomllib.loads(text)["project"]["version"]


@app.command()
def init(
    context: typer.Context,
    folder: Annotated[Path, argument("DIR", "An empty or new folder.")],
    example: Annotated[Example | None, typer.Option(help="Copy this example.", show_default=False)] = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Make a new project that runs."""
    from .runtime.commands.new_project import create
    from .runtime.commands.report import created

    target = context.obj / folder
    show(created(target, create(target, example), example), format)


@app.command()
def check(context: typer.Context, format: FormatOption = Format.TABLE) -> None:
    """Read all of the project's SQL and report every mistake in it."""
    from .runtime.commands import report

    try:
        definitions = open_project(context).check()
    except StatementError as error:
        if format is not Format.JSON:
            raise
        show(report.diagnostics(error), format)
        raise typer.Exit(1) from None
    show(report.checked(definitions), format)


@app.command()
def explain(
    context: typer.Context,
    name: Relation,
    batch: Annotated[bool, typer.Option("--batch", help="The batch program: one query over all of history.")] = False,
    flink: Annotated[bool, typer.Option("--flink", help="Apache Flink's SQL, and what has none.")] = False,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print what a view or service compiles to, and what each feature costs."""
    from .features_sql.explain import explain as explanation
    from .features_sql.flink import to_flink
    from .runtime.commands.report_explain import explained
    from .runtime.commands.report_flink import compiled

    definitions = open_project(context).definitions()
    show(
        compiled(to_flink(definitions, name)) if flink else explained(explanation(definitions, name), batch=batch),
        format,
    )


@app.command()
def sql(
    context: typer.Context,
    statement: Annotated[str, argument("SQL", "SHOW ..., DESCRIBE name, EXPLAIN name or a CREATE FEATURE VIEW.")],
    format: FormatOption = Format.TABLE,
) -> None:
    """Answer SHOW, DESCRIBE and EXPLAIN about the project's SQL."""
    from .runtime.commands.report_asked import asked

    show(asked(open_project(context), statement), format)


@app.command()
def plan(context: typer.Context, format: FormatOption = Format.TABLE) -> None:
    """Show what `apply` would change."""
    from .runtime.commands.report import planned

    show(planned(open_project(context).plan()), format)


@app.command()
def apply(
    context: typer.Context,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    format: FormatOption = Format.TABLE,
) -> None:
    """Make the catalog what the SQL says; new and changed views are computed from history."""
    from .runtime.commands.progress import Progress
    from .runtime.commands.report import planned

    project = open_project(context)
    project.require_store()
    changes = project.plan()
    if format is Format.TABLE:
        show(planned(changes), format)
    if not changes.empty and not yes:
        if not sys.stdin.isatty():
            raise typer.BadParameter("there is no terminal to ask on; --yes applies the plan without asking")
        if not typer.confirm("Apply this?", err=True):
            raise typer.Exit(1)
    with Progress("applying"):
        changes = project.apply()
    if format is Format.JSON:
        show(planned(changes, applied=True), format)
    elif not changes.empty:
        print("Applied.")


@app.command()
def run(
    context: typer.Context,
    until: Until = None,
    once: Annotated[bool, typer.Option("--once", help="Stop after the files that are there.")] = False,
    format: FormatOption = Format.TABLE,
) -> None:
    """Read events and write features until the sources end; where one is not bounded, until Ctrl-C."""
    from .runtime.commands import inputs, progress, report

    with usage():
        limit = inputs.instant(until) if until else None
    project = open_project(context)
    bounded = all(source.connector.bounded for source in project.definitions().sources.values())
    with project.session():
        before = project.status()
        done, interrupted = progress.run(project, limit, once=once or bounded or limit is not None)
        show(report.ran(done, interrupted, before, project.status()), format)


@app.command()
def materialize(
    context: typer.Context, name: Relation, start: Start, end: End, format: FormatOption = Format.TABLE
) -> None:
    """Replace the rows of a stretch of time by those of the batch program, in one step."""
    from .runtime.commands import inputs, report

    with usage():
        first, last = inputs.instant(start), inputs.instant(end)
    show(report.materialized(name, open_project(context).materialize(name, first, last)), format)


@app.command()
def get_online_features(
    context: typer.Context,
    service: Service,
    key: Keys = None,
    row: Rows = None,
    as_of: AsOf = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print a service's values for given keys, as of now."""
    from .runtime.commands import inputs, report

    with usage():
        keys, instant = inputs.keys_or_rows(key, row), inputs.instant(as_of) if as_of else None
    show(report.online(open_project(context).get_online_features(service, keys, instant)), format)


@app.command()
def get_historical_features(
    context: typer.Context,
    service: Service,
    spine: Spine,
    output: Output,
    time: TimeColumn = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Write a training set: the spine, and beside each row the service's values at its instant."""
    from .runtime.commands import inputs, report

    with usage():
        inputs.require_known(spine)
        inputs.require_known(output)
    project = open_project(context)
    given = inputs.read_table(spine, inputs.spine_types(project.definitions(), service))
    answer = project.get_historical_features(given, service, time)
    inputs.write_table(output, answer)
    show(report.historical(answer, given.num_columns, output), format)


@app.command()
def verify(
    context: typer.Context,
    views: Annotated[list[str] | None, argument("[VIEW]...", "Only these views and services.")] = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Compare every written row with the batch program over history; fail on any difference."""
    from .runtime.commands import progress, report

    checks = progress.verify(open_project(context), views or ())
    show(report.verified(checks), format)
    if not all(checked.passed for checked in checks.values()):
        raise typer.Exit(1)


app.command("test")(run_tests)
app.command()(train)
app.command()(serve)
app.command()(serve_model)


@app.command()
def push(context: typer.Context, source: PushSource, file: Events, format: FormatOption = Format.TABLE) -> None:
    """Hand events in: all are kept, or none, and `run` reads them."""
    from .runtime.commands import report

    with usage():
        show(report.pushed(open_project(context).push_file(source, file)), format)


@app.command()
def status(context: typer.Context, format: FormatOption = Format.TABLE) -> None:
    """Print how far the project is: rows, watermarks, late and quarantined."""
    from .runtime.commands import report

    show(report.status(open_project(context).status()), format)


@app.command()
def demo(
    folder: Annotated[Path | None, argument("[DIR]", "An empty or new folder; a temporary one by default.")] = None,
    example: Annotated[Example, typer.Option(help="Run this example.")] = Example.FLIGHTS,
) -> None:
    """Run an example from nothing: a year of real flights, or a simulated model life on card fraud."""
    if example is Example.FRAUD:
        from .examples.fraud.demo import run as run_demo
    else:
        from .examples.flights.demo import run as run_demo

    raise typer.Exit(run_demo(folder))


if __name__ == "__main__":
    main()
