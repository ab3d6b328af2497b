"""A full disk, at every write in turn: one clear message, nothing lost, and a plain run completes."""

import itertools
import resource

import pytest
from headrace import cli
from headrace.runtime import failpoints

FULL = "headrace.db cannot be read or written: the disk is full, a file-size limit is reached, or the disk fails"


@pytest.fixture
def finished(new_desk):
    """The small project after an undisturbed run."""
    desk = new_desk("finished")
    desk.run()
    return desk


@pytest.fixture
def full_at(monkeypatch, capsys):
    """The function that runs a command in this process with a disk that is full at one point; gives its outcome."""

    def run(desk, *command, point):
        monkeypatch.setattr(failpoints, "_failpoint", failpoints._read(f"{point}:enospc"))
        with pytest.raises(SystemExit) as ended:
            cli.main(["-C", str(desk.folder), *command])
        monkeypatch.setattr(failpoints, "_failpoint", None)
        said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
        return ended.value.code, said

    return run


def at_each_write(new, full_at, *command):
    """Yield a project per write of a command, which met a full disk there, and its message; the last met none: None."""
    for number in itertools.count(1):
        desk = new(f"desk {number}")
        code, said = full_at(desk, *command, point=f"write:{number}")
        if not code:
            yield desk, None
            return
        assert (code, len(said)) == (1, 1)
        yield desk, said[0]


def test_full_at_each_write_of_a_run(new_desk, finished, full_at, assert_same):
    messages = []
    for desk, message in at_each_write(new_desk, full_at, "run"):
        messages.append(message)
        if message is not None:
            assert message.startswith(f"error: cannot write {desk.store}/")
            assert message.endswith(": the disk is full")
            desk.run()
        assert_same(desk, finished)
    # The table's copy, the rows of three epochs, and the files of two snapshots.
    assert len(messages) > 10


def test_full_at_each_write_of_an_apply(new_desk, room, full_at, assert_same):
    half = new_desk("half")
    half.run()
    text = half.folder / "desk.sql"
    text.write_text(text.read_text().replace("SMALLINT", "INTEGER"))
    before = half.offline()["client_orders"]
    wanted = half.copy(room / "wanted")
    wanted.project.apply()
    messages = []
    for desk, message in at_each_write(lambda name: half.copy(room / name), full_at, "apply", "--yes"):
        messages.append(message)
        if message is not None:
            assert message.endswith(": the disk is full")
            assert desk.offline()["client_orders"].equals(before)
            desk.project.apply()
        assert_same(desk, wanted)
    assert len(messages) > 5


@pytest.mark.parametrize("point", ["staging:2", "rename:1", "rename:3", "link:1"])
def test_full_where_a_folder_or_a_link_is_made(new_desk, finished, full_at, assert_same, point):
    desk = new_desk("desk")
    if point == "link:1":
        (desk.folder / "offline" / "client_orders").unlink()
    code, said = full_at(desk, "run", point=point)
    assert (code, len(said)) == (1, 1)
    assert said[0].endswith(": No space left on device")
    desk.run()
    assert_same(desk, finished)


@pytest.mark.parametrize("limit", [0, 4_000, 60_000, 100_000, 150_000])
def test_file_size_limit(new_desk, finished, limit, assert_same):
    """The database meets the limit at once, when the run begins, and when epochs are committed."""
    desk = new_desk()
    ran = desk.ran("run", preexec=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    assert ran.status == 1
    assert ran.message == f"{desk.store}/{FULL}"
    desk.run()
    assert_same(desk, finished)


@pytest.mark.parametrize("point", ["write:1", "write:2", "write:7"])
def test_full_disk_of_a_process(new_desk, finished, point, assert_same):
    desk = new_desk()
    ran = desk.ran("run", failpoint=f"{point}:enospc")
    assert ran.status == 1
    assert ran.message.startswith(f"cannot write {desk.store}/")
    assert ran.message.endswith(": the disk is full")
    desk.run()
    assert_same(desk, finished)
