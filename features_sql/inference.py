"""How a stream's rows are scored outside of the epoch that writes their features."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .sink import KafkaTarget, RedisTarget


@dataclass(frozen=True)
class External:
    """An HTTP endpoint is asked, ``batch_size`` rows a request and ``max_in_flight`` requests at once.

    A request carries ``token``, unless it is "", as its bearer. ``timeout`` (µs) is of one try, ``retries`` tries
    follow a failed one. A row that cannot be scored gets ``fallback``: NULL (None), a number, or the prediction of a
    model, by its name.
    """

    url: str = field(repr=False)
    timeout: int
    retries: int
    max_in_flight: int
    batch_size: int
    fallback: float | str | None
    token: str = field(default="", repr=False)
    kind: Literal["external"] = "external"


@dataclass(frozen=True)
class Async:
    """Requests go out through one topic and answers come in through another; a row waits ``timeout`` µs for its own."""

    request: KafkaTarget | RedisTarget
    response: KafkaTarget | RedisTarget
    timeout: int
    kind: Literal["async"] = "async"


@dataclass(frozen=True)
class SideOutput:
    """Rows are scored beside the flow, which never waits; one that has no score after ``timeout`` µs gets none."""

    timeout: int
    kind: Literal["side_output"] = "side_output"


Outside = External | Async | SideOutput
