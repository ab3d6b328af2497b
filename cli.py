"""The command line: each command asks the Python face and prints what it answers.

Exit status: 0 done, 1 the user's mistake or a failed check, 2 bad usage, 3 another process writes the project.
Whatever is slow to import is imported inside the commands, so that ``--help`` is instant.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from .features_sql.errors import BusyError, HeadraceError, StatementError

if TYPE_CHECKING:
    from .runtime.project import Project
    from .runtime.shown import Shown


class Format(StrEnum):
    """The form of an answer."""

    TABLE = "table"
    JSON = "json"


class Example(StrEnum):
    """The examples that ``init`` can copy."""

    FLIGHTS = "flights"


def _argument(metavar: str, said: str) -> Any:
    return typer.Argument(metavar=metavar, help=said, show_default=False)


def _option(*names: str, metavar: str, said: str) -> Any:
    return typer.Option(*names, metavar=metavar, help=said, show_default=False)


FormatOption = Annotated[Format, typer.Option("--format", help="Tables for people, JSON for pipes.")]
Relation = Annotated[str, _argument("VIEW", "A view or service.")]
Service = Annotated[str, _argument("SERVICE", "A feature service.")]
Until = Annotated[str, _option("--until", metavar="TS", said="Write every instant up to this one (UTC), then stop.")]
Start = Annotated[str, _option("--start", metavar="TS", said="The first instant (UTC).")]
End = Annotated[str, _option("--end", metavar="TS", said="The first instant left as it is (UTC).")]
AsOf = Annotated[str, _option("--as-of", metavar="TS", said="As of this instant (UTC), not as of now.")]
KEY_HELP = "A key: card_id=42, or origin=JFK,dest=LAX. A name that comes again begins another key."
Keys = Annotated[list[str], _option("--key", metavar="NAME=VALUE", said=KEY_HELP)]
Rows = Annotated[list[str], _option("--row", metavar="JSON", said="A key as a JSON object; with all columns, a row.")]
Spine = Annotated[Path, _option("--spine", metavar="FILE", said="Keys and instants: .csv or .parquet.")]
Output = Annotated[Path, _option("-o", "--output", metavar="FILE", said="The training set: .csv or .parquet.")]
TimeColumn = Annotated[str, _option("--time", metavar="COL", said="The spine's time column.")]
Something = Annotated[str, _argument("NAME", "A view, service, source, table, or a column as relation.column.")]
Select = Annotated[str, _argument("SQL", "One SELECT over the catalog's tables.")]
Words = Annotated[list[str], _argument("WORDS...", "Words that all must occur.")]
PushSource = Annotated[str, _argument("SOURCE", "A source whose connector is push.")]
Events = Annotated[Path, _argument("FILE", "Events: .csv, .parquet or .jsonl.")]

_settings: dict[str, Any] = {"no_args_is_help": True, "add_completion": False, "pretty_exceptions_enable": False}
app = typer.Typer(name="headrace", context_settings={"help_option_names": ["-h", "--help"]}, **_settings)
catalog_app = typer.Typer(help="Ask the feature catalog.", **_settings)
app.add_typer(catalog_app, name="catalog")


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


def _show(shown: Shown, format: Format) -> None:
    from .runtime.shown import show

    show(shown, as_json=format is Format.JSON)


def _open(context: typer.Context) -> Project:
    from .runtime.project import Project

    return Project(context.obj)


@contextmanager
def _usage() -> Generator[None]:
    """Turn a ValueError about what was typed into bad usage."""
    try:
        yield
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


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
    folder: Annotated[Path, _argument("DIR", "An empty or new folder.")],
    example: Annotated[Example | None, typer.Option(help="Copy this example.", show_default=False)] = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Make a new project that runs."""
    from .runtime.new_project import create
    from .runtime.report import created

    target = context.obj / folder
    _show(created(target, create(target, example), example), format)


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
    name: Relation,
    batch: Annotated[bool, typer.Option("--batch", help="The batch program: one query over all of history.")] = False,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print what a view or service compiles to, and what each feature costs."""
    from .features_sql.explain import explain as explanation
    from .runtime.report_explain import explained

    _show(explained(explanation(_open(context).definitions(), name), batch=batch), format)


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
    until: Until | None = None,
    once: Annotated[bool, typer.Option("--once", help="Stop after the files that are there.")] = False,
    format: FormatOption = Format.TABLE,
) -> None:
    """Read events and write features until the sources end; where one is not bounded, until Ctrl-C."""
    from .runtime import inputs, progress, report

    with _usage():
        limit = inputs.instant(until) if until else None
    project = _open(context)
    bounded = all(source.connector.bounded for source in project.definitions().sources.values())
    before = project.status()
    done, interrupted = progress.run(project, limit, once=once or bounded or limit is not None)
    _show(report.ran(done, interrupted, before, project.status()), format)


@app.command()
def materialize(
    context: typer.Context, name: Relation, start: Start, end: End, format: FormatOption = Format.TABLE
) -> None:
    """Replace the rows of a stretch of time by those of the batch program, in one step."""
    from .runtime import inputs, report

    with _usage():
        first, last = inputs.instant(start), inputs.instant(end)
    _show(report.materialized(name, _open(context).materialize(name, first, last)), format)


@app.command()
def get_online_features(
    context: typer.Context,
    service: Service,
    key: Keys | None = None,
    row: Rows | None = None,
    as_of: AsOf | None = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print a service's values for given keys, as of now."""
    from .runtime import inputs, report

    with _usage():
        keys, instant = inputs.keys_or_rows(key, row), inputs.instant(as_of) if as_of else None
    _show(report.online(_open(context).get_online_features(service, keys, instant)), format)


@app.command()
def get_historical_features(
    context: typer.Context,
    service: Service,
    spine: Spine,
    output: Output,
    time: TimeColumn | None = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Write a training set: the spine, and beside each row the service's values at its instant."""
    from .runtime import inputs, report

    with _usage():
        inputs.require_known(spine)
        inputs.require_known(output)
    project = _open(context)
    given = inputs.read_table(spine, inputs.spine_types(project.definitions(), service))
    answer = project.get_historical_features(given, service, time)
    inputs.write_table(output, answer)
    _show(report.historical(answer, given.num_columns, output), format)


@app.command()
def verify(
    context: typer.Context,
    views: Annotated[list[str] | None, _argument("[VIEW]...", "Only these views and services.")] = None,
    format: FormatOption = Format.TABLE,
) -> None:
    """Compare every written row with the batch program over history; fail on any difference."""
    from .runtime import progress, report

    checks = progress.verify(_open(context), views or ())
    _show(report.verified(checks), format)
    if not all(checked.passed for checked in checks.values()):
        raise typer.Exit(1)


@app.command()
def push(context: typer.Context, source: PushSource, file: Events, format: FormatOption = Format.TABLE) -> None:
    """Hand events in: all are kept, or none, and ``run`` reads them."""
    from .runtime import report

    with _usage():
        _show(report.pushed(_open(context).push_file(source, file)), format)


@app.command()
def status(context: typer.Context, format: FormatOption = Format.TABLE) -> None:
    """Print how far the project is: rows, watermarks, late and quarantined."""
    from .runtime import report

    _show(report.status(_open(context).status()), format)


@app.command()
def demo(
    folder: Annotated[Path | None, _argument("[DIR]", "An empty or new folder; a temporary one by default.")] = None,
) -> None:
    """Run the flights example from nothing: a year of real flights, features, a catalog."""
    from .examples.flights.demo import run as run_demo

    raise typer.Exit(run_demo(folder))


@catalog_app.command("list")
def catalog_list(context: typer.Context, format: FormatOption = Format.TABLE) -> None:
    """List sources, tables, views and services."""
    from .catalog import show
    from .runtime import report_catalog

    with _open(context).catalog() as store:
        _show(report_catalog.listed(show.entries(store)), format)


@catalog_app.command("show")
def catalog_show(context: typer.Context, name: Something, format: FormatOption = Format.TABLE) -> None:
    """Print everything known about one thing."""
    from .catalog import show
    from .runtime import report_catalog

    with _open(context).catalog() as store:
        _show(report_catalog.card(show.show(store, name)), format)


@catalog_app.command("search")
def catalog_search(context: typer.Context, words: Words, format: FormatOption = Format.TABLE) -> None:
    """Find features by name, description, tag, owner or expression."""
    from .catalog import search
    from .runtime import report_catalog

    with _open(context).catalog() as store:
        _show(report_catalog.found(search.search(store, " ".join(words))), format)


@catalog_app.command("lineage")
def catalog_lineage(
    context: typer.Context,
    name: Something,
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
def catalog_query(context: typer.Context, sql: Select, format: FormatOption = Format.TABLE) -> None:
    """Answer a SELECT over the catalog's tables."""
    from .catalog.query import query
    from .runtime.report_catalog import answered

    _show(answered(query(_open(context).layout.database, sql)), format)


if __name__ == "__main__":
    main()
