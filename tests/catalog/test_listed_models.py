"""The list of models: labels that quarantine withheld have a column where there are any."""

import pytest
from headrace.catalog.models import ModelEntry
from headrace.catalog.trained import Learning
from headrace.runtime.commands.report_models import listed
from headrace.runtime.commands.shown import Listing


def entry(name: str, scored: int, withheld: int) -> ModelEntry:
    learning = Learning(name, 3, scored, scored - withheld - 3, withheld, 2, 1, {}, {}, "learning")
    return ModelEntry(name, "served", "", "LeafCorrector", 1, learning, "")


@pytest.mark.parametrize("withheld", [0, 4])
def test_the_columns_add_up_to_what_was_scored(withheld: int) -> None:
    (table,) = listed([entry("a", 10, withheld), entry("b", 8, 0)]).parts
    assert isinstance(table, Listing)
    counted = table.columns[table.columns.index("scored") + 1 : -1]
    assert ("withheld" in counted) == bool(withheld)
    for row in table.rows:
        values = dict(zip(table.columns, row, strict=True))
        assert values["scored"] == sum(int(str(values[name])) for name in counted)
