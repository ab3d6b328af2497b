"""The models of a source group at work: they score rows of services and learn from the labels that arrive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from ...features_sql.definitions import Column, Definitions, Model
from ...features_sql.errors import ModelError, StoreError
from ...features_sql.model_settings import BaseSettings, LiveSettings, Unlabelled
from ...features_sql.predictions import PROBABILITIES, prediction_columns
from ..duck import arrow_schema
from ..sources.lateness import BEGINNING
from .served_versions import UNTRAINED, ServedVersions

if TYPE_CHECKING:
    from ...models.live_model import LiveModel, Step
    from ...models.registry import Model as TrainedModel

_OWN = "own"
_ARMS = {"prediction_frozen": "_frozen", "prediction_corrected": "_corrected", PROBABILITIES: "_probabilities"}

#: What is counted of predictions and labels. Always scored = learned + withheld + expired + pending.
COUNTS = (
    *("scored", "learned", "withheld", "expired", "pending", "assumed", "early", "duplicates", "corrected", "late"),
    *("unmatched", "rejected"),
)


@dataclass(frozen=True)
class Scoring:
    """One epoch of models: every instant below ``watermark`` (µs), with the trained ``versions`` that score, by model.

    What comes late is taken as of ``since``, the last instant that models have been at already.
    """

    watermark: int
    versions: Mapping[str, int]
    since: int = BEGINNING


class ModelAtWork:
    """One model in a group: nothing before its base has a trained version, a ``LiveModel`` for a version from then on.

    When another version of the base serves, the one before scores no more, but learns the labels of what it has
    scored until none is pending. Correction starts anew with a version: leaves are its own.
    """

    def __init__(self, model: Model, definitions: Definitions, trained: ServedVersions) -> None:
        self.model = model
        self.version = UNTRAINED
        self._lives: dict[int, LiveModel] = {}
        self._past = dict.fromkeys(COUNTS, 0)
        self._base = model.name if isinstance(model.settings, BaseSettings) else model.base
        self._trained = trained
        self._time = definitions.driver(model).time
        self._known = definitions.sources[model.labels].time
        rule = definitions.models[model.base].settings if model.base else model.settings
        self._unlabelled: Unlabelled = rule.unlabelled
        self._weight = rule.weight
        types = {column.name: column.type for column in definitions.sources[model.labels].columns}
        self._key_types = tuple(arrow_schema([Column(key, types[key]) for key in model.keys]).types)
        self._fed = arrow_schema(model.features).empty_table()
        self._empty = arrow_schema([Column(c.name, c.type) for c in prediction_columns(model)]).empty_table()

    @property
    def live(self) -> LiveModel | None:
        """What scores; None before there is a trained version."""
        return self._lives.get(self.version)

    def counts(self) -> dict[str, int]:
        """Return what came of predictions and labels, over all versions that have scored."""
        counts = dict(self._past)
        for live in self._lives.values():
            counts = {name: count + getattr(live.counts(), name) for name, count in counts.items()}
        return counts

    def advance(self, rows: pa.Table, labels: pa.Table, scoring: Scoring) -> tuple[pa.Table, Step | None]:
        """Return a prediction for each row of the service, in order, and what else came of this epoch.

        ``rows`` and ``labels`` have every instant below the watermark that an earlier call has not had.
        """
        if self._base is None:
            self._start(UNTRAINED, None)
        else:
            self._serve(self._base, scoring.versions.get(self._base, UNTRAINED))
        if self.live is None:
            nothing = {field.name: pa.nulls(len(rows), field.type) for field in self._empty.schema}
            return pa.table(nothing), None
        known = self._labels(labels, scoring.since)
        self._retire(self._rows(rows.slice(0, 0), scoring.since), known, scoring.watermark)
        step = self.live.advance(self._rows(rows, scoring.since), known, scoring.watermark)
        scored = {name: step.scores.column(_ARMS.get(name, name)) for name in self._empty.column_names}
        return pa.table(scored).cast(self._empty.schema), step

    def _serve(self, base: str, version: int) -> None:
        """Score with this version from now on; where it cannot be had, with the one before."""
        model = None if version in (UNTRAINED, self.version) else self._trained.model(base, version)
        if model is not None:
            self._start(model.version, model)

    def _start(self, version: int, base: TrainedModel | None) -> None:
        self.version = version
        if version in self._lives:
            return
        from ...models.live_model import LiveModel
        from ...models.matrix import learn_inputs
        from ...models.refit_process import ProcessRefit

        self._lives[version] = LiveModel(
            base,
            self.model.settings if isinstance(self.model.settings, LiveSettings) else None,
            within=self.model.within,
            unlabelled=self._unlabelled,
            key_types=self._key_types,
            inputs=learn_inputs(self._fed, self._fed.column_names) if base is None else None,
            refitter=ProcessRefit(),
        )

    def _retire(self, nothing: pa.Table, labels: pa.Table, watermark: int) -> None:
        """Let versions that score no more learn what they have scored, and go once nothing of it is pending."""
        for version in [version for version in self._lives if version != self.version]:
            live = self._lives[version]
            live.advance(nothing, labels, watermark)
            if not live.counts().pending:
                self._past = {name: count + getattr(live.counts(), name) for name, count in self._past.items()}
                del self._lives[version]
                live.close()

    def _rows(self, rows: pa.Table, since: int) -> pa.Table:
        columns = {column.name: rows.column(column.name) for column in self.model.features}
        columns |= {f"_key{place}": rows.column(name) for place, name in enumerate(self.model.keys)}
        return pa.table(columns | {"_t": _instants(rows, self._time, since)})

    def _labels(self, labels: pa.Table, since: int) -> pa.Table:
        columns = {f"_key{place}": labels.column(name) for place, name in enumerate(self.model.keys)}
        columns |= {"_label": labels.column(self.model.target.name)}
        columns |= {"_known_at": _instants(labels, self._known, since)}
        if self._weight:
            columns |= {"_weight": labels.column(self._weight)}
        return pa.table(columns)

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the state; nothing before there is one."""
        if self.live is None:
            return {}
        past = {"version": self.version, **self._past}
        tables = {_OWN: pa.table({name: pa.array([value], pa.int64()) for name, value in past.items()})}
        for version, live in self._lives.items():
            tables |= {f"{version}/{part}": table for part, table in live.snapshot().items()}
        return tables

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over a snapshot; raises StoreError where a trained version behind it cannot be had."""
        self.close()
        if not tables:
            return
        own = tables[_OWN].to_pylist()[0]
        serving = own.pop("version")
        versions = dict.fromkeys(int(name.partition("/")[0]) for name in tables if name != _OWN)
        for version in versions:
            base = None if self._base is None else self._trained.model(self._base, version)
            if self._base is not None and (base is None or base.version != version):
                what = f"version {version} of {self._base}, on which {self.model.name} has learned,"
                raise StoreError(f"{what} cannot be used")
            self._start(version, base)
            prefix = f"{version}/"
            held = {name[len(prefix) :]: table for name, table in tables.items() if name.startswith(prefix)}
            self._lives[version].restore(held)
        self.version, self._past = serving, own

    def close(self) -> None:
        """Let go of what scores and has learned."""
        for live in self._lives.values():
            live.close()
        self._lives, self.version, self._past = {}, UNTRAINED, dict.fromkeys(COUNTS, 0)


class LiveModels:
    """Every model of a group."""

    def __init__(self, definitions: Definitions, names: Sequence[str], trained: ServedVersions | None) -> None:
        if names and trained is None:
            raise ModelError("models need a registry")
        self.at_work = {name: ModelAtWork(definitions.models[name], definitions, trained) for name in names if trained}

    def advance(
        self,
        rows: Mapping[str, pa.Table],
        arrivals: Mapping[str, pa.Table],
        scoring: Scoring,
    ) -> tuple[dict[str, pa.Table], dict[str, Step]]:
        """Return each model's predictions, row for row of its service's ``rows``, and what else came of it.

        ``arrivals`` are rows by source.
        """
        predictions: dict[str, pa.Table] = {}
        steps: dict[str, Step] = {}
        for name, held in self.at_work.items():
            model = held.model
            predictions[name], step = held.advance(rows[model.service], arrivals[model.labels], scoring)
            if step is not None:
                steps[name] = step
        return predictions, steps

    def snapshot(self) -> dict[str, pa.Table]:
        """Return the state of every model as tables named ``name/part``."""
        return {f"{name}/{part}": table for name, one in self.at_work.items() for part, table in one.snapshot().items()}

    def restore(self, tables: Mapping[str, pa.Table]) -> None:
        """Take over the tables of a snapshot."""
        try:
            for name, one in self.at_work.items():
                prefix = f"{name}/"
                one.restore({key[len(prefix) :]: table for key, table in tables.items() if key.startswith(prefix)})
        except StoreError:
            for one in self.at_work.values():
                one.restore({})
            raise

    def close(self) -> None:
        """Let go of what scores."""
        for one in self.at_work.values():
            one.close()


def _instants(rows: pa.Table, column: str, since: int) -> pa.ChunkedArray:
    return pc.max_element_wise(pc.cast(rows.column(column), pa.int64()), pa.scalar(since, pa.int64()))
