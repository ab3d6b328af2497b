import duckdb
import pyarrow as pa
import pytest
from headrace.features_sql.errors import StoreError
from headrace.runtime.duck import Prepared, connect
from headrace.runtime.sources.quarantine import bisect, reason
from hypothesis import given
from hypothesis import strategies as st

SCHEMA = pa.schema([("a", pa.string())])


@pytest.fixture(scope="module")
def run():
    connection = connect()
    prepared = Prepared(connection, "SELECT CAST(a AS TINYINT) AS b FROM feed", {"feed": SCHEMA})
    yield lambda rows: prepared.run(feed=rows)
    connection.close()


@given(values=st.lists(st.sampled_from(["1", "2", "127", "128", "", "x", None]), max_size=20))
def test_exactly_the_bad_rows_are_found(run, values):
    bad = [index for index, value in enumerate(values) if value in ("128", "", "x")]
    result, found = bisect(run, pa.table({"a": values}, SCHEMA))
    assert [index for index, _ in found] == bad
    good = [None if value is None else int(value) for index, value in enumerate(values) if index not in bad]
    assert result.to_pydict() == {"b": good}
    assert result.schema == pa.schema([("b", pa.int8())])


def test_good_rows_take_one_run(run):
    sizes = []

    def counted(rows):
        sizes.append(rows.num_rows)
        return run(rows)

    bisect(counted, pa.table({"a": ["1"] * 100}))
    assert sizes == [100]


def test_reasons_are_one_line_without_the_name_of_the_error(run):
    _, found = bisect(run, pa.table({"a": ["x"]}))
    assert found == [(0, "Could not convert string 'x' to INT8 when casting from source column a")]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (duckdb.OutOfRangeException("Out of Range Error: Overflow!\n\nLINE 1: ..."), "Overflow!"),
        (duckdb.Error("plain"), "plain"),
        (duckdb.Error(""), "Error"),
        (duckdb.Error("Type INT Error: 'x Error: y'"), "'x Error: y'"),
    ],
)
def test_reason(error, words):
    assert reason(error) == words


@pytest.mark.parametrize("kind", [duckdb.InternalException, duckdb.FatalException, duckdb.BinderException])
def test_trouble_of_duckdb_is_no_row_error(kind):
    def run(_):
        raise kind("INTERNAL Error: broken")

    with pytest.raises(StoreError, match="broken"):
        bisect(run, pa.table({"a": ["1", "2"]}))


def test_a_query_that_fails_over_no_rows_is_at_fault_itself():
    def run(_):
        raise duckdb.InvalidInputException("Invalid Input Error: always")

    with pytest.raises(StoreError, match="always"):
        bisect(run, pa.table({"a": ["1", "2"]}))
