"""Logged reads, answered again by the batch programs over what was known when they were asked."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

import numpy as np
import pyarrow as pa

from ...features_sql import program
from ...features_sql.definitions import Service
from ..batch import Batch
from ..history import Known
from ..live_view import Probes
from ..workplace import Workplace
from .historical import driving_at
from .online_reads import given_columns, key_columns, with_given
from .read_log import LoggedRead


def answered(reads: Sequence[LoggedRead]) -> pa.Table:
    """Return the rows that were answered, each with the number of its read as its origin."""
    return pa.concat_tables([_numbered(read.answer, [read]) for read in reads])


def answered_again(
    place: Workplace, service: Service, reads: Sequence[LoggedRead], *, scales: bool = False
) -> pa.Table:
    """Return what the batch program says to the same questions, laid out as ``answered``, with scales if asked."""
    parts: list[pa.Table] = []
    for (epoch, watermark), held in groupby(reads, key=lambda read: (read.epoch, read.watermark)):
        asked = list(held)
        batch = Batch(place, known=Known(epoch, watermark, max(read.instant for read in asked)))
        parts += [_again(place, batch, service, read, scales=scales) for read in asked]
    return pa.concat_tables(parts)


def _again(place: Workplace, batch: Batch, service: Service, read: LoggedRead, *, scales: bool) -> pa.Table:
    driver = place.definitions.views[service.view]
    probes = Probes(key_columns(driver, [read.key]), np.array([read.instant], np.int64))
    given = given_columns(place.definitions, driver, [read.key])
    driving = with_given(driving_at(batch, driver, probes, scales=scales), given)
    return _numbered(batch.serve(service, driving, scales=scales), [read])


def _numbered(rows: pa.Table, reads: Sequence[LoggedRead]) -> pa.Table:
    plain = rows.drop_columns([name for name in program.ORIGIN if name in rows.column_names])
    plain = plain.append_column("_partition", pa.array([0] * len(reads), pa.int64()))
    return plain.append_column("_offset", pa.array([read.number for read in reads], pa.int64()))
