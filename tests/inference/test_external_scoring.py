"""The external inference pattern against a real HTTP server that is well, slow, broken or away."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pyarrow as pa
import pytest
from headrace.runtime.scoring.circuit_breaker import CircuitBreaker
from headrace.runtime.scoring.external_scoring import Endpoint, ExternalScorer

Reply = tuple[int, object]
ROWS = pa.table(
    {
        "amount": pa.array([Decimal("1.50"), Decimal("2.25"), None], pa.decimal128(12, 2)),
        "ok": [True, False, None],
        "shop": ["bakery", None, "cinéma"],
        "ratio": [float("nan"), float("inf"), 0.1],
    }
)


class Counterpart:
    """An HTTP scorer whose replies a test decides; it keeps what it was asked and how many asked at once."""

    def __init__(self, reply: Callable[[int, dict[str, Any]], Reply]) -> None:
        self.asked: list[dict[str, Any]] = []
        self.open, self.most = 0, 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))["dataframe_split"]
                with outer._lock:
                    outer.asked.append(body)
                    number = len(outer.asked)
                    outer.open += 1
                    outer.most = max(outer.most, outer.open)
                try:
                    status, answer = reply(number, body)
                finally:
                    with outer._lock:
                        outer.open -= 1
                sent = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
                with suppress(OSError):  # Whoever asked may have given up.
                    self.send_response(status)
                    self.send_header("content-length", str(len(sent)))
                    self.end_headers()
                    self.wfile.write(sent)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/invocations"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def sums(_: int, body: dict[str, Any]) -> Reply:
    """Predict the first column."""
    return 200, {"predictions": [row[0] for row in body["data"]], "model_version": 7}


@pytest.fixture
def counterpart() -> Iterator[Callable[[Callable[[int, dict[str, Any]], Reply]], Counterpart]]:
    started: list[Counterpart] = []

    def start(reply: Callable[[int, dict[str, Any]], Reply]) -> Counterpart:
        started.append(Counterpart(reply))
        return started[-1]

    yield start
    for one in started:
        one.close()


Start = Callable[[Callable[[int, dict[str, Any]], Reply]], Counterpart]


def ask(endpoint: Endpoint, rows: pa.Table = ROWS, breaker: CircuitBreaker | None = None) -> list[dict[str, Any]]:
    with closing(ExternalScorer(endpoint, breaker=breaker, pause=lambda _: None)) as scorer:
        return scorer.score(rows).to_pylist()


def test_rows_are_sent_as_doubles_and_texts(counterpart: Start) -> None:
    there = counterpart(sums)
    answers = ask(Endpoint(there.url))
    assert there.asked == [
        {
            "columns": ["amount", "ok", "shop", "ratio"],
            "data": [[1.5, 1.0, "bakery", None], [2.25, 0.0, None, None], [None, None, "cinéma", 0.1]],
        }
    ]
    assert answers == [
        {"prediction": 1.5, "model_version": "7", "reason": None},
        {"prediction": 2.25, "model_version": "7", "reason": None},
        {"prediction": None, "model_version": "7", "reason": "no prediction"},
    ]


def test_answers_keep_the_order_of_the_rows_and_few_requests_are_open(counterpart: Start) -> None:
    gate = threading.Barrier(3, timeout=10)

    def slow(number: int, body: dict[str, Any]) -> Reply:
        if number <= 3:
            gate.wait()
        return sums(number, body)

    there = counterpart(slow)
    rows = pa.table({"x": [float(n) for n in range(100)]})
    answers = ask(Endpoint(there.url, timeout=10.0, batch_size=7, max_in_flight=3), rows)
    assert [row["prediction"] for row in answers] == rows.column("x").to_pylist()
    assert len(there.asked) == 15
    assert there.most == 3


def test_a_server_that_recovers_is_asked_again(counterpart: Start) -> None:
    there = counterpart(lambda number, body: (503, {}) if number < 3 else sums(number, body))
    assert [row["reason"] for row in ask(Endpoint(there.url, retries=2))] == [None, None, "no prediction"]
    assert len(there.asked) == 3


def test_a_request_that_is_refused_is_not_sent_again(counterpart: Start) -> None:
    there = counterpart(lambda *_: (400, {"message": "no such column"}))
    assert {row["reason"] for row in ask(Endpoint(there.url, retries=5))} == {"HTTP 400"}
    assert len(there.asked) == 1


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ({"predictions": [1.0]}, "the answer must hold 3 predictions; got 1"),
        ({"scores": []}, "the answer must be {'predictions': [numbers]}"),
        ({"predictions": ["a", "b", "c"]}, "the answer must be {'predictions': [numbers]}"),
        (b"<html>", "the answer must be {'predictions': [numbers]}"),
    ],
)
def test_an_answer_that_cannot_be_read_has_a_reason(counterpart: Start, answer: object, reason: str) -> None:
    there = counterpart(lambda *_: (200, answer))
    assert {row["reason"] for row in ask(Endpoint(there.url))} == {reason}


def test_numbers_that_are_not_finite_are_no_predictions(counterpart: Start) -> None:
    there = counterpart(lambda *_: (200, b'{"predictions": [NaN, Infinity, 1]}'))
    assert [row["prediction"] for row in ask(Endpoint(there.url))] == [None, None, 1.0]


def test_a_slow_server_is_given_up(counterpart: Start) -> None:
    held = threading.Event()

    def late(number: int, body: dict[str, Any]) -> Reply:
        held.wait(10)
        return sums(number, body)

    there = counterpart(late)
    try:
        answers = ask(Endpoint(there.url, timeout=0.05, retries=1))
    finally:
        held.set()
    assert {row["reason"] for row in answers} == {"timeout after 0.05 s"}
    assert len(there.asked) == 2


def test_nobody_there_opens_the_circuit() -> None:
    breaker = CircuitBreaker(failures=3)
    rows = pa.table({"x": [float(n) for n in range(4)]})
    answers = ask(Endpoint("http://127.0.0.1:1/", retries=0, batch_size=1, max_in_flight=1), rows, breaker)
    assert [(row["reason"] or "").split(":")[0] for row in answers] == ["no connection"] * 3 + ["circuit open"]


def test_the_circuit_tries_once_after_its_cool_down() -> None:
    now = [0.0]
    breaker = CircuitBreaker(failures=2, cool_down=5.0, clock=lambda: now[0])
    for _ in range(2):
        assert breaker.allows()
        breaker.note(succeeded=False)
    assert not breaker.allows()
    now[0] = 5.0
    assert [breaker.allows(), breaker.allows()] == [True, False]
    breaker.note(succeeded=False)
    now[0] = 9.9
    assert not breaker.allows()
    now[0] = 10.0
    assert breaker.allows()
    breaker.note(succeeded=True)
    assert all(breaker.allows() for _ in range(5))


def test_no_rows_are_no_request(counterpart: Start) -> None:
    there = counterpart(sums)
    assert ask(Endpoint(there.url), ROWS.slice(0, 0)) == []
    assert there.asked == []
