"""A run that is killed while rows wait to be put online: the next one puts them there."""

import signal

import pytest

ONLINE = 'SELECT name, version, key, at, "row" FROM online ORDER BY name, key'


@pytest.fixture
def behind(new_desk):
    """A project whose second epoch was the last of a run that had more to read: some of its rows wait."""
    desk = new_desk("killed")
    assert desk.ran("run", failpoint="committed:2:kill").status == -signal.SIGKILL
    assert desk.query("SELECT name, epoch FROM online_behind") == [("client_orders", 0)]
    assert desk.query(ONLINE) == []
    return desk


@pytest.fixture
def caught_up(new_desk):
    """A project that was never killed."""
    desk = new_desk("undisturbed")
    desk.done("run")
    assert desk.query("SELECT * FROM online_behind") == []
    return desk


def test_the_next_run_puts_them_online(behind, caught_up, assert_same):
    behind.done("run")
    assert_same(behind, caught_up)
    assert behind.query("SELECT * FROM online_behind") == []


def test_a_run_that_has_nothing_to_read_puts_them_online(behind):
    behind.done("run", "--until", "2024-05-01")
    assert behind.query("SELECT * FROM online_behind") == []
    clients = set(behind.offline()["client_orders"].column("client").to_pylist())
    assert len(behind.query(ONLINE)) == len(clients) > 0


@pytest.mark.parametrize("point", ["committed", "rename"])
def test_an_error_behind_a_commit_leaves_none_waiting(new_desk, point):
    desk = new_desk("broken")
    assert desk.ran("run", failpoint=f"{point}:2:enospc").status == 1
    assert desk.query("SELECT * FROM online_behind") == []
    assert desk.query("SELECT max(epoch) FROM online") == [(2,)]


def test_an_error_before_a_commit_puts_only_what_is_committed_online(new_desk):
    desk = new_desk("broken")
    assert desk.ran("run", failpoint="commit:3:enospc").status == 1
    assert desk.query("SELECT * FROM online_behind") == []
    assert desk.query("SELECT max(epoch) FROM online") == [(2,)]


def test_a_run_that_is_stopped_leaves_none_waiting(new_desk):
    desk = new_desk("stopped")

    def stop(report):
        if report.epoch == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        desk.project.run(on_epoch=stop)
    assert desk.query("SELECT * FROM online_behind") == []
    clients = set(desk.offline()["client_orders"].column("client").to_pylist())
    assert len(desk.query(ONLINE)) == len(clients) > 0


def test_materialize_puts_them_online_before_it_replaces_files(behind, caught_up):
    behind.done("materialize", "client_orders", "--start", "2024-05-01", "--end", "2024-05-01 00:00:01")
    assert behind.query("SELECT * FROM online_behind") == []
    assert behind.query("SELECT max(epoch) FROM online") == [(2,)]
    behind.done("run")
    assert behind.query(ONLINE) == caught_up.query(ONLINE)


def test_rows_of_a_version_that_is_gone_are_let_go(behind):
    sql = behind.folder / "desk.sql"
    sql.write_text(sql.read_text().replace("AS codes", "AS code_total"))
    behind.done("apply", "--yes")
    behind.done("run")
    assert behind.query("SELECT * FROM online_behind") == []
    assert behind.query("SELECT DISTINCT version FROM online WHERE \"row\" LIKE '%code_total%'") == [(2,)]
