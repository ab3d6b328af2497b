"""How arms compare: the verdict of the first evidence, and what the interval says now."""

from __future__ import annotations

from pathlib import Path

from headrace.catalog import trained
from headrace.catalog.database import connect, transaction
from headrace.catalog.models import ModelCard, ModelEntry
from headrace.runtime.commands.report_models import compared, picture

POINTS = [{"n": n, "at_us": n, "effect": 0.01, "low": -0.1, "high": 0.1} for n in (1, 2)]


def card(comparisons: list[dict[str, object]]) -> ModelCard:
    entry = ModelEntry("fraud_live", "checks", "fraud", "LeafCorrector", 1, None, "")
    scores = ({"month": "all", "arm": "frozen", "n": 9, "log_loss": 0.5},)
    arms = {str(held["arm"]): POINTS for held in comparisons}
    return ModelCard(entry, "fraud", "verdicts", ("id",), 1, (), {}, (), scores, tuple(comparisons), arms, (), "")


def test_a_verdict_stays_and_the_interval_speaks_for_today(tmp_path: Path) -> None:
    rows = [
        ("early", "constant", 9, 0.2, 0.1, 0.3, 200.0, "worse", 5),
        ("sure", "constant", 9, -0.2, -0.3, -0.1, 200.0, "worse", 5),
        ("soon", "constant", 9, 0.2, -0.1, 0.5, 200.0, "better", 5),
        ("later", "constant", 9, 0.2, 0.1, 0.3, 9.0, "undecided", None),
        ("open", "constant", 9, 0.2, 0.0, 0.4, 9.0, "undecided", None),
    ]
    store = connect(tmp_path / "headrace.db")
    with transaction(store):
        trained.replace_rows(store, "model_comparisons", "fraud_live", rows)
    found = trained.comparisons(store, "fraud_live")
    store.close()
    now = {held["arm"]: (held["verdict"], held["now"]) for held in found}
    assert now == {
        "early": ("worse", "better"),
        "sure": ("worse", "worse"),
        "soon": ("better", "undecided"),
        "later": ("undecided", "better"),
        "open": ("undecided", "undecided"),
    }
    drawn = picture(card(found))
    for said in (
        "early: worse than constant at first, better now",
        "sure: worse than constant",
        "soon: better than constant at first, undecided now",
        "later: better than constant",
        "open: undecided",
    ):
        assert f">{said}<" in drawn
    assert compared(card(found)).data["comparisons"] == tuple(found)  # type: ignore[index]
