"""Files of a source that are kept: copied into the project byte for byte, so that they may go once they were found."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

from ...features_sql.definitions import Source
from ...features_sql.errors import SourceError
from .. import failpoints
from ..stores.durable import make_folder, write_file
from ..stores.layout import Layout
from .files import ROW_BITS, SourceFile

_PART = 1 << 20


class KeptFiles:
    """The copies of one source's files, each under its checksum. A source that keeps none is read in its own place.

    Bytes and not rows are kept: a column that is declared later is there as well.
    """

    def __init__(self, source: Source, layout: Layout) -> None:
        self._source = source
        self._root = layout.root
        self._folder = layout.files(source.name)

    def absent(self, files: Sequence[SourceFile], cut: int) -> set[SourceFile]:
        """Return the files that are not in their own place and need not be: copied, or all below offset ``cut``."""
        gone = [file for file in files if not (self._root / file.path).exists()]
        return {file for file in gone if file.ordinal < cut >> ROW_BITS or self._holds(file)}

    def placed(self, files: Sequence[SourceFile]) -> list[SourceFile]:
        """Return the files as they are to be read: their copies, where they have one."""
        # A copy's own times say nothing, so its checksum is taken.
        return [replace(file, copy=self._copy(file), modified=0) if self._holds(file) else file for file in files]

    def take(self, files: Sequence[SourceFile], cut: int) -> None:
        """Copy the files from offset ``cut`` on that have no copy yet; copies are on disk when this returns.

        Only the writer of the project may. Where the source keeps none, its files being all there, copies go.
        """
        if not self._source.kept:
            shutil.rmtree(self._folder, ignore_errors=True)
            return
        make_folder(self._folder)
        for leftover in self._folder.glob(".*.tmp"):
            leftover.unlink()
        for file in files:
            if file.ordinal >= cut >> ROW_BITS and not self._holds(file):
                self._take(file)
                failpoints.reach("kept")

    def forget(self, files: Sequence[SourceFile], cut: int) -> None:
        """Remove the copies of files all of whose rows lie below offset ``cut``."""
        needed = {file.sha256 for file in files if file.ordinal >= cut >> ROW_BITS}
        for file in files:
            if file.sha256 not in needed:
                (self._root / self._copy(file)).unlink(missing_ok=True)

    def _take(self, file: SourceFile) -> None:
        try:
            origin = (self._root / file.path).open("rb")
        except OSError as error:
            raise SourceError(f"source {self._source.name}: cannot read {file.path}: {error.strerror}") from error
        with origin:
            write_file(self._root / self._copy(file), lambda out: self._copied(file, origin, out))

    def _copied(self, file: SourceFile, origin: BinaryIO, out: BinaryIO) -> None:
        digest = hashlib.sha256()
        while part := origin.read(_PART):
            digest.update(part)
            out.write(part)
        if digest.hexdigest() != file.sha256:
            raise SourceError(
                f"source {self._source.name}: {file.path} has changed while it was copied; "
                "write files under another name, then rename them"
            )

    def _holds(self, file: SourceFile) -> bool:
        return self._source.kept and (self._root / self._copy(file)).exists()

    def _copy(self, file: SourceFile) -> str:
        # What unpacks a file goes by its ending.
        packed = ".gz" if file.path.lower().endswith(".gz") else ""
        return (self._folder.relative_to(self._root) / f"{file.sha256}{packed}").as_posix()
