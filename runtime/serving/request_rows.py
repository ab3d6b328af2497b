"""The rows of a scoring request, in the forms of MLflow's servers: ``dataframe_split`` and ``dataframe_records``."""

# pyarrow carries no types.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, cast

import pyarrow as pa

from ...features_sql.errors import ModelError
from ...models.matrix import Inputs


def request_rows(body: Mapping[str, Any], inputs: Inputs) -> pa.Table:
    """Return what a model is fed of a request, typed by ``by_json``; raises ModelError saying what is amiss."""
    names, records = _columns(body)
    missing = [name for name in inputs.names if name not in names]
    if missing:
        raise ModelError(f"the rows must have the feature {missing[0]}; they have {', '.join(names)}")
    columns: dict[str, pa.Array] = {}
    for column in by_json(inputs).columns:
        place = names.index(column.name)
        kind = pa.string() if column.categories is not None else pa.float64()
        try:
            columns[column.name] = pa.array([record[place] for record in records], kind)
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError) as error:
            raise ModelError(f"the feature {column.name} must be {kind}: {error}") from error
    return pa.table(columns)


def _columns(body: Mapping[str, Any]) -> tuple[list[str], list[Sequence[object]]]:
    split: Any = body.get("dataframe_split")
    if isinstance(split, dict):
        held = cast("dict[str, Any]", split)
        names: Any = held.get("columns")
        data: Any = held.get("data")
        if _is_list(names) and _is_list(data) and all(_is_list(row) and len(row) == len(names) for row in data):
            return names, data
        raise ModelError("dataframe_split must hold columns and data, a list of that many values per row")
    records: Any = body.get("dataframe_records")
    if _is_list(records) and records and all(isinstance(record, dict) for record in records):
        found = list(dict.fromkeys(name for record in records for name in record))
        return found, [[record.get(name) for name in found] for record in records]
    raise ModelError("the body must have dataframe_split or dataframe_records")


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def by_json(inputs: Inputs) -> Inputs:
    """Return the same inputs as JSON brings them: texts, and doubles for everything else."""
    typed = (replace(column, type="double" if column.categories is None else "string") for column in inputs.columns)
    return Inputs(tuple(typed))
