"""The event log: what is pushed is there whole or not at all, whoever was killed, whatever byte has changed."""

from __future__ import annotations

import errno
import fcntl
import multiprocessing
import os
import resource
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import pairwise
from multiprocessing.process import BaseProcess
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest
from headrace.features_sql.errors import StoreError
from headrace.runtime.sources import event_log, log_file
from headrace.runtime.sources.event_log import EventLog
from headrace.runtime.sources.log_file import load

PUSHES = 40


def _rows(*numbers: int) -> pa.Table:
    return pa.table({"x": numbers, "text": [f"number {number}" for number in numbers]})


def _log(folder: Path) -> EventLog:
    log = EventLog(folder / "log" / "events" / "0")
    log.look()
    return log


def _file(folder: Path, first: int = 0) -> Path:
    return folder / "log" / "events" / "0" / f"{first:012d}.log"


def _held(log: EventLog) -> list[int]:
    parts = [load(segment) for segment in log.segments(log.first, log.end)]
    assert [number for part in parts for number in part.column("_offset").to_pylist()] == [*range(log.first, log.end)]
    return [number for part in parts for number in part.column("x").to_pylist()]


def _push(folder: Path, number: int) -> None:
    log = _log(folder)
    for place in range(PUSHES):
        log.append(_rows(*[number] * (place % 3 + 1)))


@pytest.mark.parametrize("pushes", [4096, 7])
def test_processes_that_push_at_once_wait_for_each_other(
    tmp_path: Path, pushes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "FULL_PUSHES", pushes)
    context = multiprocessing.get_context("fork")
    pushing = [context.Process(target=_push, args=(tmp_path, number)) for number in range(3)]
    reader, seen = _log(tmp_path), list[int]()
    for process in pushing:
        process.start()
    while any(process.is_alive() for process in pushing):
        reader.look()
        seen += [number for part in reader.segments(len(seen), reader.end) for number in load(part)["x"].to_pylist()]
    assert [process.exitcode for process in pushing] == [0, 0, 0]
    reader.look()
    assert _held(reader) == _held(_log(tmp_path))
    assert _held(reader)[: len(seen)] == seen
    assert sorted(_held(reader)) == [
        number for number in range(3) for _ in range(sum(n % 3 + 1 for n in range(PUSHES)))
    ]


def test_what_was_being_written_counts_once_it_is_whole(tmp_path: Path) -> None:
    log = _log(tmp_path)
    log.append(_rows(1, 2))
    before = _file(tmp_path).read_bytes()
    log.append(_rows(3))
    whole = _file(tmp_path).read_bytes()
    entry = whole[len(before) :]
    for size in range(len(entry) + 1):
        # As a process leaves it that is killed before it has moved the mark, whatever the disk has of it.
        for rest in (b"", b"\1" * 50):
            _file(tmp_path).write_bytes(before)
            reader = _log(tmp_path)
            _file(tmp_path).write_bytes(before + entry[:size] + rest)
            there = [1, 2, 3] if size == len(entry) else [1, 2]
            if size % 7 == 0 or size == len(entry):
                assert _held(_log(tmp_path)) == there
            _log(tmp_path).append(_rows(4))
            reader.look()
            assert _held(reader) == [*there, 4]


def test_a_power_cut_takes_nothing_that_was_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    random, images = Random(5), list[bytes]()
    log, sync = _log(tmp_path / "whole"), os.fsync

    def synced(file: int) -> None:
        images.append(_file(tmp_path / "whole").read_bytes())
        sync(file)

    log.append(_rows(0))
    monkeypatch.setattr(log_file.os, "fsync", synced)
    for number in range(1, 5):
        log.append(_rows(*[number] * number))
    monkeypatch.undo()
    images.append(_file(tmp_path / "whole").read_bytes())
    for number, (old, new) in enumerate(pairwise(images)):
        # The disk has what was synced, and of what was written since any blocks.
        old += b"\0" * (len(new) - len(old))
        blocks = range(0, len(new), 64)
        for cut in range(20):
            kept = [new if random.random() < (cut + 1) / 20 else old for _ in blocks]
            path = _file(tmp_path / f"{number} {cut}")
            path.parent.mkdir(parents=True)
            path.write_bytes(b"".join(one[at : at + 64] for at, one in zip(blocks, kept, strict=True)))
            there = _held(_log(tmp_path / f"{number} {cut}"))
            acknowledged, written = ([n for n in range(end) for _ in range(n or 1)] for end in (number + 2, number + 3))
            assert there in (acknowledged, written)
            _log(tmp_path / f"{number} {cut}").append(_rows(9))
            assert _held(_log(tmp_path / f"{number} {cut}")) == [*there, 9]


def test_no_changed_byte_goes_unnoticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_file, "_LOOKS", 1)
    log = _log(tmp_path)
    log.append(_rows(1, 2))
    log.append(_rows(3), label="bears this")
    assert (log.newest_label(), log.holds("bears this", 2), log.holds("bears this", 3)) == ("bears this", True, False)
    whole = _file(tmp_path).read_bytes()
    for place in range(len(whole)):
        _file(tmp_path).write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        with pytest.raises(StoreError, match=r"000000000000\.log is damaged"):
            _held(_log(tmp_path))
    for size in range(len(whole)):
        _file(tmp_path).write_bytes(whole[:size])
        with pytest.raises(StoreError, match=r"000000000000\.log is damaged"):
            _held(_log(tmp_path))


def test_a_full_file_is_followed_by_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "FULL_PUSHES", 2)
    monkeypatch.setattr(event_log, "_LOOKED_INTO", 2)
    reader, log = _log(tmp_path), _log(tmp_path)
    assert (reader.first, reader.end, reader.segment(0)) == (0, 0, None)
    for number in range(20):
        assert log.append(_rows(number)).first == number
        reader.look()
        assert (reader.end, _held(reader)) == (number + 1, [*range(number + 1)])
    assert sorted(int(path.stem) for path in _file(tmp_path).parent.glob("*.log")) == [*range(0, 20, 2)]
    assert [segment.first for segment in reader.segments(3, 7)] == [3, 4, 5, 6]
    log.forget(9)
    # It is found out where a file is looked into that went.
    assert (reader.first, reader.segment(1), reader.first) == (0, None, 8)
    assert (reader.first, reader.end, _held(reader)) == (8, 20, [*range(8, 20)])
    _file(tmp_path, 12).unlink()
    with pytest.raises(StoreError, match="lacks rows from 12 on"):
        _held(_log(tmp_path))
    log.forget(100)
    assert (_log(tmp_path).first, _held(_log(tmp_path))) == (18, [18, 19])


@pytest.mark.parametrize("limit", ["FULL_BYTES", "FULL_AFTER"])
def test_a_file_is_full_of_bytes_or_after_an_hour(tmp_path: Path, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    log = _log(tmp_path)
    log.append(_rows(1))
    log.append(_rows(2))
    monkeypatch.setattr(event_log, limit, -1)
    log.append(_rows(3))
    assert sorted(path.stem for path in _file(tmp_path).parent.glob("*.log")) == [f"{0:012d}", f"{2:012d}"]


def test_another_log_in_its_place_is_read_anew(tmp_path: Path) -> None:
    log = _log(tmp_path)
    for number in range(3):
        log.append(_rows(number))
    kept = _file(tmp_path).read_bytes()
    for again in (1, 2, 5):
        _file(tmp_path).unlink()
        other = _log(tmp_path)
        for number in range(again):
            other.append(_rows(10 * again + number))
        log.look()
        assert _held(log) == [10 * again + number for number in range(again)]
    _file(tmp_path).unlink()
    assert log.append(_rows(7)).first == 0
    _file(tmp_path).write_bytes(kept)
    assert log.append(_rows(8)).first == 3


@pytest.mark.parametrize("text", ["as long", "another length"])
def test_an_older_copy_in_its_place_is_gone_on_with(tmp_path: Path, text: str) -> None:
    log = _log(tmp_path)
    log.append(pa.table({"x": [1], "text": ["a"]}))
    copy = _file(tmp_path).read_bytes()
    log.append(pa.table({"x": [2], "text": ["as long"]}))
    restored = tmp_path / "restored"
    restored.write_bytes(copy)
    restored.replace(_file(tmp_path))
    other = _log(tmp_path)
    other.append(pa.table({"x": [3], "text": [text]}))
    other.append(pa.table({"x": [4, 5], "text": ["b", "c"]}))
    assert log.append(pa.table({"x": [6], "text": ["d"]})).first == 4
    assert _held(log) == _held(_log(tmp_path)) == [1, 3, 4, 5, 6]


def test_a_file_that_is_missing_is_told_of_also_by_who_had_looked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "FULL_PUSHES", 1)
    log = _log(tmp_path)
    for number in range(5):
        log.append(_rows(number))
    reader = _log(tmp_path)
    assert reader.segment(1) is not None
    _file(tmp_path, 2).unlink()
    for _ in range(2):
        with pytest.raises(StoreError, match="lacks rows from 2 on"):
            reader.segments(0, 5)


def test_who_reads_waits_for_nobody(tmp_path: Path) -> None:
    _log(tmp_path).append(_rows(1))
    with _file(tmp_path).open("ab") as pushing:
        pushing.write(b"half of a push")
    lock = os.open(_file(tmp_path).with_name(".append.lock"), os.O_RDWR)
    fcntl.flock(lock, fcntl.LOCK_EX)
    assert _held(_log(tmp_path)) == [1]
    assert _file(tmp_path).read_bytes().endswith(b"half of a push")
    fcntl.flock(lock, fcntl.LOCK_UN)
    assert _held(_log(tmp_path)) == [1]
    assert not _file(tmp_path).read_bytes().endswith(b"half of a push")
    os.close(lock)


def test_a_forked_child_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    log, context, children = _log(tmp_path), multiprocessing.get_context("fork"), list[BaseProcess]()
    done = context.Event()

    def fork(name: str) -> None:
        if name == "append" and not children:
            children.append(context.Process(target=done.wait))
            children[0].start()

    monkeypatch.setattr(event_log.failpoints, "reach", fork)
    log.append(_rows(1))
    pushing = context.Process(target=_push, args=(tmp_path, 2))
    pushing.start()
    pushing.join(10)
    assert pushing.exitcode == 0
    done.set()
    children[0].join()


def test_threads_may_share_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "FULL_PUSHES", 5)
    log = _log(tmp_path)

    def push(number: int) -> int:
        first = log.append(_rows(*[number] * (number % 3 + 1))).first
        return load(log.segments(first, first + 1)[0])["x"][0].as_py()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(push, range(60))) == [*range(60)]
    assert sorted(_held(log)) == [number for number in range(60) for _ in range(number % 3 + 1)]


def test_a_file_is_on_disk_with_its_mark_before_the_next_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "FULL_PUSHES", 2)
    log, sync, on_disk = _log(tmp_path), os.fsync, b""

    def synced(file: int) -> None:
        nonlocal on_disk
        sync(file)
        if _file(tmp_path).exists() and os.fstat(file).st_ino == _file(tmp_path).stat().st_ino:
            on_disk = _file(tmp_path).read_bytes()

    monkeypatch.setattr(log_file.os, "fsync", synced)
    for number in range(3):
        log.append(_rows(number))
    leftover = _file(tmp_path).with_name(".000000000004.log.left.tmp")
    leftover.touch()
    monkeypatch.undo()
    _file(tmp_path).write_bytes(on_disk)
    assert _held(_log(tmp_path)) == [0, 1, 2]
    monkeypatch.setattr(event_log, "FULL_PUSHES", 1)
    log.append(_rows(4))
    assert not leftover.exists()


def test_names_may_have_more_than_twelve_digits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_log, "FULL_PUSHES", 1)
    limit = 10**12
    _file(tmp_path).parent.mkdir(parents=True)
    log_file.begin(_file(tmp_path, limit - 2))
    log = _log(tmp_path)
    log.append(_rows(1, 2, 3))
    assert (log.first, log.end) == (limit - 2, limit + 1)
    log.append(_rows(4))
    assert [segment.end for segment in _log(tmp_path).segments(limit - 2, limit + 9)] == [limit + 1, limit + 2]


@contextmanager
def _at_most(size: int) -> Generator[None]:
    """Let no file of this process grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_what_does_not_fit_leaves_nothing(tmp_path: Path) -> None:
    log = _log(tmp_path)
    log.append(_rows(1))
    before = _file(tmp_path).read_bytes()
    for size in (len(before), len(before) + 100, len(before) + 5000):
        with _at_most(size), pytest.raises(StoreError, match="exceed the allowed file size"):
            log.append(_rows(*range(10_000)))
        assert _file(tmp_path).read_bytes() == before
    log.append(_rows(2))
    assert _held(log) == _held(_log(tmp_path)) == [1, 2]


def test_a_push_that_fails_leaves_nothing_and_one_that_is_interrupted_later_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = _log(tmp_path)
    log.append(_rows(1))
    with monkeypatch.context() as patch:
        patch.setattr(log_file.os, "fsync", _failing(OSError(errno.EIO, "an input/output error")))
        with pytest.raises(StoreError, match="an input/output error"):
            log.append(_rows(2))
    write_mark = log_file._write_mark
    with monkeypatch.context() as patch:
        interrupt = _failing(KeyboardInterrupt())
        patch.setattr(log_file, "_write_mark", lambda *given: interrupt(write_mark(*given)))
        with pytest.raises(KeyboardInterrupt):
            log.append(_rows(3))
    assert log.append(_rows(4)).first == 2
    assert _held(log) == _held(_log(tmp_path)) == [1, 3, 4]


def _failing(error: BaseException) -> Callable[[object], None]:
    def fail(given: object) -> None:
        raise error

    return fail
