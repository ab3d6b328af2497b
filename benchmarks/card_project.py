"""A project over payments, in a folder, as a user makes it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from headrace.runtime.project import Project


def make_project(folder: Path, statements: str, files: Path | None = None, settings: str = "") -> Project:
    """Make a project of these statements, its payments in a Parquet file or a folder of them, if in any."""
    folder.mkdir()
    if files is not None:
        (folder / "cards").mkdir()
        for file in sorted(files.iterdir()) if files.is_dir() else [files]:
            (folder / "cards" / file.name).symlink_to(file)
    (folder / "headrace.toml").write_text(f"threads = 2\n{settings}")
    (folder / "features.sql").write_text(statements)
    return Project(folder)


def run_project(folder: Path, statements: str, files: Path, settings: str = "") -> Project:
    """Make a project, apply it and bring it up to date."""
    project = make_project(folder, statements, files, settings)
    project.apply()
    project.run()
    return project


def offline_rows(project: Project, view: str) -> pa.Table:
    """Return every row of a view in the offline store."""
    files = sorted((project.layout.root / "offline" / view).glob("*/*.parquet"))
    return pa.concat_tables(pq.read_table(file, partitioning=None) for file in files)
