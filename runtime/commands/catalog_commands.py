"""Commands about the catalog: list it, look at one thing, search, follow lineage, ask in SQL."""

from __future__ import annotations

from typing import Annotated

import typer

from .command_line import SETTINGS, Format, FormatOption, argument, open_project, show

Something = Annotated[str, argument("NAME", "A view, service, source, table, or a column as relation.column.")]
Select = Annotated[str, argument("SQL", "One SELECT over the catalog's tables.")]
Words = Annotated[list[str], argument("WORDS...", "Words that all must occur.")]

catalog_app = typer.Typer(help="Ask the feature catalog.", **SETTINGS)


@catalog_app.command("list")
def list_entries(context: typer.Context, format: FormatOption = Format.TABLE) -> None:
    """List sources, tables, views and services."""
    from ...catalog.show import entries
    from . import report_catalog

    with open_project(context).catalog() as store:
        show(report_catalog.listed(entries(store)), format)


@catalog_app.command("show")
def show_card(context: typer.Context, name: Something, format: FormatOption = Format.TABLE) -> None:
    """Print everything known about one thing."""
    from ...catalog.show import show as everything
    from . import report_catalog

    with open_project(context).catalog() as store:
        show(report_catalog.card(everything(store, name)), format)


@catalog_app.command("search")
def search_features(context: typer.Context, words: Words, format: FormatOption = Format.TABLE) -> None:
    """Find features by name, description, tag, owner or expression."""
    from ...catalog import search
    from . import report_catalog

    with open_project(context).catalog() as store:
        show(report_catalog.found(search.search(store, " ".join(words))), format)


@catalog_app.command("lineage")
def show_lineage(
    context: typer.Context,
    name: Something,
    downstream: Annotated[bool, typer.Option("--downstream", help="What is made of it.")] = False,
    format: FormatOption = Format.TABLE,
) -> None:
    """Print what a column is made from; of a source's columns, what is made of them."""
    from ...catalog import lineage
    from . import report_catalog

    with open_project(context).catalog() as store:
        trees = () if downstream else lineage.upstream(store, name)
        if any(tree.children for tree in trees):
            show(report_catalog.lineage(trees, "upstream"), format)
        else:
            show(report_catalog.lineage(lineage.downstream(store, name), "downstream"), format)


@catalog_app.command("query")
def answer_query(context: typer.Context, sql: Select, format: FormatOption = Format.TABLE) -> None:
    """Answer a SELECT over the catalog's tables."""
    from ...catalog.query import query
    from .report_catalog import answered

    project = open_project(context)
    project.require_run()
    show(answered(query(project.layout.database, sql)), format)
