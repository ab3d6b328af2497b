"""The offline store: immutable Parquet files by month or day of the instant, staged, named by a commit, then placed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from ...catalog.database import transaction
from ...features_sql.definitions import Partition
from ...features_sql.errors import StoreError
from .. import failpoints
from .durable import make_folder, rename, sync_folder, write_parquet
from .layout import Layout
from .ledger import Output, unplaced

EPOCHS_A_SYNC = 16


def live_folder(name: str, version: int) -> str:
    """Return the folder of a version's files, relative to the project's store."""
    return f"offline/{name}/v{version}"


@dataclass(frozen=True)
class Draft:
    """A file of the store that is still to be written."""

    output: Output
    rows: pa.Table


def drafts(
    epoch: int, name: str, folder: str, time: str, rows: pa.Table, partition: Partition = "month"
) -> list[Draft]:
    """Return the files that rows make: one per UTC month or day of ``time``."""
    found: list[Draft] = []
    for date, part in by_date(rows, time, partition):
        staged = f"staging/{epoch:08d}.{name}.{date}.parquet"
        target = f"{folder}/_date={date}/{epoch:08d}.parquet"
        found.append(Draft(Output(name, staged, target, len(part)), part))
    return found


def stage(layout: Layout, drafts: Iterable[Draft]) -> list[Output]:
    """Write drafts to staging, where they are on disk then; nothing is visible yet."""
    outputs: list[Output] = []
    for draft in drafts:
        write(layout, draft)
        outputs.append(draft.output)
    if outputs:
        sync_folder(layout.staging)
    return outputs


def write(layout: Layout, draft: Draft) -> None:
    """Write a draft to staging, where it is on disk once the folder is synced."""
    failpoints.reach("staging")
    write_parquet(layout.store / draft.output.staged, draft.rows, listed=False)


def by_date(rows: pa.Table, time: str, partition: Partition) -> list[tuple[str, pa.Table]]:
    """Return the rows of each UTC month (``YYYY-MM``) or day (``YYYY-MM-DD``), dates and rows in order."""
    if not len(rows):
        return []
    instants = rows.column(time).cast(pa.int64()).to_numpy()
    first, last = (date_of(int(instant), partition) for instant in (instants.min(), instants.max()))
    if first == last:
        return [(first, rows)]
    dates, codes = np.unique(_dates(instants, partition), return_inverse=True)
    return [(str(date), rows.filter(pa.array(codes == code))) for code, date in enumerate(dates)]


def settle(layout: Layout, connection: sqlite3.Connection) -> None:
    """Finish what a crash left behind a commit: files in their places, links at what is live, replaced rows gone."""
    place(layout, connection)
    for name, version, folder in connection.execute("SELECT name, version, folder FROM live").fetchall():
        link(layout, name, folder)
        for other in (layout.store / folder).parent.iterdir():
            if other.name.partition(".")[0] == f"v{version}" and other != layout.store / folder:
                shutil.rmtree(other, ignore_errors=True)
    dropped = "SELECT DISTINCT name FROM views WHERE name NOT IN (SELECT name FROM live)"
    for (name,) in connection.execute(dropped).fetchall():
        unlink(layout, name)


def place(layout: Layout, connection: sqlite3.Connection) -> None:
    """Bring every committed file to its place on disk, and note so; finishes what a crash left."""
    outputs = unplaced(connection)
    move(layout, outputs)
    for folder in sorted({(layout.store / output.path).parent for output in outputs}):
        sync_folder(folder)
    if outputs:
        with transaction(connection):
            connection.executemany("UPDATE outputs SET placed = 1 WHERE path = ?", [(o.path,) for o in outputs])
    clear_staging(layout)


def place_epoch(layout: Layout, connection: sqlite3.Connection, epoch: int, outputs: Iterable[Output]) -> None:
    """Rename the files of a committed epoch to their places; every sixteenth waits until all are there on disk.

    Until then a crash may put them back into staging, which ``place`` sees to.
    """
    move(layout, outputs)
    if epoch % EPOCHS_A_SYNC == 0:
        place(layout, connection)


def move(layout: Layout, outputs: Iterable[Output]) -> None:
    """Rename committed files from staging to their places."""
    for output in outputs:
        staged, target = layout.store / output.staged, layout.store / output.path
        failpoints.reach("rename")
        if staged.exists():
            make_folder(target.parent)
            staged.replace(target)
        elif not target.exists():
            raise StoreError(f"{target} was committed and is neither in place nor in staging; restore it from a copy")


def clear_staging(layout: Layout) -> None:
    """Remove what no commit names."""
    for leftover in layout.staging.iterdir() if layout.staging.exists() else ():
        leftover.unlink()


def link(layout: Layout, name: str, folder: str) -> None:
    """Point ``offline/<name>`` at a folder of the store, in one step that no reader sees half done."""
    make_folder(layout.store / folder)
    make_folder(layout.offline)
    target = os.path.relpath(layout.store / folder, layout.offline)
    at = layout.offline / name
    if at.is_symlink() and str(at.readlink()) == target:
        return
    # A draft beside the link would be one more folder of the same rows to some readers.
    draft = layout.staging / f"{name}.link"
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    failpoints.reach("link")
    rename(draft, at)


def unlink(layout: Layout, name: str) -> None:
    """Take the link of a dropped view away; its files stay in the store."""
    if (layout.offline / name).is_symlink():
        (layout.offline / name).unlink()
        sync_folder(layout.offline)


def files_of(layout: Layout, folder: str) -> list[Path]:
    """Return the placed files of a folder, by date and epoch."""
    return sorted((layout.store / folder).glob("_date=*/*.parquet"))


def read_file(path: Path) -> pa.Table:
    """Return the rows of one placed or staged file; raises StoreError naming a damaged one."""
    try:
        return pq.ParquetFile(path, page_checksum_verification=True).read()
    except (pa.ArrowException, OSError) as error:
        # pyarrow tells of damage by either; what the disk refuses has an errno.
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise StoreError(f"{path} is damaged: {str(error).splitlines()[0]}") from error


def date_of(instant: int, partition: Partition) -> str:
    """Return the UTC month or day of an instant in µs, as the store names it."""
    return str(_dates(np.array([instant]), partition)[0])


def _dates(instants: npt.NDArray[np.int64], partition: Partition) -> npt.NDArray[np.datetime64]:
    return instants.astype("M8[us]").astype("M8[D]" if partition == "day" else "M8[M]")
