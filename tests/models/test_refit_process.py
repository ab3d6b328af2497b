"""A new base trained in another process: the same bytes, the same refusals, and nothing that stays behind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from headrace.features_sql.errors import ModelError
from headrace.features_sql.model_settings import BaseSettings
from headrace.models.matrix import Inputs, matrix
from headrace.models.refit import RetrainRequest
from headrace.models.refit_process import ProcessRefit
from headrace.models.trainer import Rows


@pytest.fixture(scope="module")
def request_(rows: pa.Table, inputs: Inputs) -> RetrainRequest:
    some = rows.slice(0, 800)
    labels = some.column("_label").to_numpy().astype(float)
    times = [some.column(name).to_numpy() for name in ("_t", "_known_at")]
    held = Rows(matrix(some, inputs), labels, np.ones(len(some)), *times)
    settings = BaseSettings(num_iterations=15, parameters={"num_leaves": 7})
    return RetrainRequest(0, 1, held, inputs, settings, (False, True))


def test_it_gives_the_bytes_that_this_process_gives(request_: RetrainRequest) -> None:
    refit = ProcessRefit()
    refit.start(request_)
    assert refit.finish(request_) == request_.train()


def test_rows_that_allow_no_base_are_refused_with_the_reason(request_: RetrainRequest) -> None:
    none = replace(request_, rows=replace(request_.rows, labels=np.zeros_like(request_.rows.labels)))
    refit = ProcessRefit()
    refit.start(none)
    with pytest.raises(ModelError, match="every recent label is the same"):
        refit.finish(none)


def test_a_process_that_is_gone_is_made_up_for(request_: RetrainRequest) -> None:
    refit = ProcessRefit()
    refit.start(request_)
    refit.close()
    assert refit.finish(request_) == request_.train()


def test_a_process_that_dies_is_made_up_for(request_: RetrainRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/bin/false")
    refit = ProcessRefit()
    refit.start(request_)
    assert refit.finish(request_) == request_.train()
