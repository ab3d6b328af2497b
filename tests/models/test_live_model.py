"""The live model: order, conservation, cuts, restarts, and what it gains."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import lightgbm
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from headrace.features_sql.errors import ModelError
from headrace.features_sql.model_settings import DriftSettings, LiveSettings
from headrace.models import metrics
from headrace.models.live_model import LiveModel
from headrace.models.matrix import Inputs, learn_inputs, matrix
from headrace.models.registry import Model, Registry
from headrace.models.trainer import Trained

from .conftest import labelled
from .live import END, SECOND, drive, stream

HOUR = 3600 * SECOND
FACTS: dict[str, Any] = {"created": "now", "sql_hash": "x", "label_rule": "r"}
WATCHED = DriftSettings(
    *("ADWIN", {}, "loss", "accelerate", "retrain"), retrain_rows=600, retrain_after=60 * SECOND, accelerate_labels=200
)
# A detector that finds nothing: the trained model's weight decides.
OUTWEIGHED = replace(WATCHED, parameters={"delta": 1e-300}, on_warning="none", retrain_weight=0.1)
LEAF = LiveSettings(quarantine_labels=100, admission="at once")

BAYES = replace(LEAF, algorithm="naive_bayes.GaussianNB", objective="multiclass", classes=("low", "mid", "top"))


@pytest.fixture(scope="module")
def models(trained: Trained, classes_model: Trained, values_model: Trained, tmp_path_factory: Any) -> dict[str, Model]:
    registry = Registry(tmp_path_factory.mktemp("models"))
    for name, one in {"binary": trained, "multiclass": classes_model, "regression": values_model}.items():
        registry.write(name, one, **FACTS)
    return {name: registry.load(name, 1) for name in registry.names()}


def maker(base: Model | None, settings: LiveSettings | None, **changes: Any) -> Callable[[], LiveModel]:
    given: dict[str, Any] = {"within": HOUR, "unlabelled": "drop", "key_types": (pa.int64(),), **changes}
    return lambda: LiveModel(base, settings, **given)


def few_inputs() -> Inputs:
    return learn_inputs(labelled(0), ("amount", "ok", "kind"))


def lives(models: dict[str, Model]) -> dict[str, Callable[[], LiveModel]]:
    """Every way to live that the package has."""
    online = {"base": None, "inputs": few_inputs()}
    offset = "linear_model.LinearRegression(optimizer=optim.SGD(0.05))"
    scaled = "preprocessing.StandardScaler() | linear_model.LogisticRegression()"
    return {
        "frozen": maker(models["binary"], None),
        "leaf": maker(models["binary"], LEAF),
        "negative": maker(models["binary"], LEAF, unlabelled="negative", within=200 * SECOND),
        "retrained": maker(models["binary"], replace(LEAF, drift=WATCHED, quarantine=False)),
        "outweighed": maker(models["binary"], replace(LEAF, drift=OUTWEIGHED, quarantine=False)),
        "tested": maker(models["binary"], LiveSettings(served="corrected")),
        "stacked": maker(models["binary"], replace(LEAF, algorithm="linear_model.LogisticRegression")),
        "offset": maker(models["binary"], replace(LEAF, algorithm=offset, correction="offset")),
        "batches": maker(models["binary"], replace(LEAF, algorithm=scaled, update="mini_batch", batch_size=16)),
        "classes": maker(models["multiclass"], LEAF),
        "values": maker(models["regression"], LEAF),
        "online": maker(settings=replace(LEAF, algorithm="tree.HoeffdingTreeClassifier(grace_period=50)"), **online),
        "online tastes": maker(
            settings=replace(LEAF, algorithm="reco.BiasedMF(n_factors=2, seed=1)", user="kind", item="ok"), **online
        ),
        "online classes": maker(settings=BAYES, **online),
        "online values": maker(
            settings=replace(LEAF, algorithm="tree.HoeffdingTreeRegressor", objective="regression"), **online
        ),
    }


WAYS = (
    *("frozen", "leaf", "negative", "retrained", "outweighed", "tested", "stacked", "offset", "batches"),
    *("classes", "values", "online", "online classes", "online values", "online tastes"),
)


def given(way: str) -> tuple[pa.Table, pa.Table]:
    """A stream with a drift in the middle, with labels of the kind that the model learns."""
    rows, labels = stream(labelled(1500, seed=5), flipped_from=700)
    amount = np.nan_to_num(rows.column("amount").to_numpy())[labels.column("_key0").to_numpy()]
    if "classes" in way:
        values = pa.array(np.array(["low", "mid", "top"])[np.digitize(amount, (-0.5, 0.5))])
    elif "values" in way:
        values = pa.array(np.where(labels.column("_key0").to_numpy() < 700, 3 * amount + 10, 5 - amount))
    else:
        return rows, labels
    return rows, labels.set_column(labels.column_names.index("_label"), "_label", values)


@pytest.mark.parametrize("way", WAYS)
def test_cuts_and_restarts_change_nothing(way: str, models: dict[str, Model]) -> None:
    """Not a bit of a score, of the order of learning, of an event, or of the state at the end."""
    make = lives(models)[way]
    rows, labels = given(way)
    whole = drive(make, rows, labels)
    cuts = [1, 50 * SECOND, 50 * SECOND + 1, *range(140 * SECOND, 1700 * SECOND, 77 * SECOND)]
    cut = drive(make, rows, labels, cuts, restarts=cuts[2::4])
    assert cut.scores.equals(whole.scores)
    assert cut.learned.equals(whole.learned)
    assert cut.events.equals(whole.events)
    assert cut.model.report().equals(whole.model.report())
    assert cut.model.counts() == whole.model.counts()
    assert cut.model.weights() == whole.model.weights()
    assert cut.model.comparisons() == whole.model.comparisons()
    before, after = whole.model.snapshot(), cut.model.snapshot()
    assert before.keys() == after.keys()
    if "online" not in way and way not in ("stacked", "offset", "batches"):  # A pickle has more than one form.
        assert all(before[name].equals(after[name]) for name in before)


@pytest.mark.parametrize("way", WAYS)
def test_every_prediction_is_accounted_for_at_any_time(way: str, models: dict[str, Model]) -> None:
    rows, labels = given(way)
    labels = labels.filter(pa.array(np.arange(len(labels)) % 7 > 0))
    for until in (300 * SECOND, 900 * SECOND, END):
        model = lives(models)[way]()
        early = [
            table.filter(pc.less(table.column(name), until)) for table, name in ((rows, "_t"), (labels, "_known_at"))
        ]
        model.advance(early[0], early[1], until)
        counts = model.counts()
        assert counts.scored == counts.learned + counts.withheld + counts.expired + counts.pending
        assert counts.scored == len(early[0])
        assert (counts.pending == 0) == (until == END)


def test_a_base_alone_gives_what_lightgbm_gives(models: dict[str, Model]) -> None:
    rows, labels = given("frozen")
    life = drive(maker(models["binary"], None), rows, labels, [500 * SECOND])
    booster = lightgbm.Booster(model_str=models["binary"].text)
    expected = booster.predict(matrix(rows, models["binary"].inputs))
    np.testing.assert_array_equal(life.scores.column("prediction").to_numpy(), expected)
    assert life.scores.column_names == ["prediction", "model_version", "_frozen", "_constant"]
    assert set(life.scores.column("model_version").to_pylist()) == {"1"}


def test_until_the_first_label_the_mixture_is_the_base(models: dict[str, Model]) -> None:
    rows, labels = given("leaf")
    life = drive(maker(models["binary"], LEAF), rows, labels)
    frozen, served, corrected = (
        life.scores.column(name).to_numpy() for name in ("_frozen", "prediction", "_corrected")
    )
    first = 101  # Labels come 100 seconds late, rows a second apart; the row of that instant comes before the label.
    np.testing.assert_array_equal(served[:first], frozen[:first])
    np.testing.assert_array_equal(corrected[:first], frozen[:first])
    assert (corrected[first:] != frozen[first:]).mean() > 0.9


def test_a_prediction_has_learned_the_labels_known_before_it_and_no_others(models: dict[str, Model]) -> None:
    """Turning over the labels known from an instant on changes predictions after it only."""
    rows, labels = given("leaf")
    at = 600 * SECOND
    values = np.where(labels.column("_known_at").to_numpy() >= at, ~_truth(labels), _truth(labels))
    other = labels.set_column(1, "_label", pa.array(values))
    one, two = (drive(maker(models["binary"], LEAF), rows, some).scores for some in (labels, other))
    same = np.equal(*(scores.column("_corrected").to_numpy() for scores in (one, two)))
    assert same[rows.column("_t").to_numpy() <= at].all()
    assert same[rows.column("_t").to_numpy() > at].mean() < 0.1


def _truth(labels: pa.Table) -> np.ndarray:
    return labels.column("_label").to_numpy(zero_copy_only=False)


def test_rows_come_back_in_the_order_they_were_given(models: dict[str, Model]) -> None:
    rows, labels = given("leaf")
    mixed = np.random.default_rng(1).permutation(len(rows))
    life = drive(maker(models["binary"], LEAF), rows, labels)
    other = drive(maker(models["binary"], LEAF), rows.take(pa.array(mixed)), labels)
    assert other.scores.equals(life.scores.take(pa.array(mixed)).combine_chunks())


def test_correction_follows_a_drift_and_the_mixture_follows_the_correction(models: dict[str, Model]) -> None:
    rows, labels = given("leaf")
    model = drive(maker(models["binary"], replace(LEAF, quarantine=False)), rows, labels).model
    totals = {row["arm"]: row["log_loss"] for row in model.report().to_pylist()}
    assert totals["corrected"] < 0.85 * totals["frozen"]
    assert totals["mixture"] < 0.95 * totals["frozen"]
    assert model.comparisons()["corrected"].verdict == "better"
    assert model.weights()["corrected"] > 0.9


def test_an_arm_that_is_always_in_is_muted_by_the_weights_alone(models: dict[str, Model]) -> None:
    """A corrector that learns far too fast is worse than the base, though it knows more than the labels' rate."""
    rows, labels = stream(labelled(6000, seed=6))
    wild = replace(LEAF, quarantine=False, learning_rate=3.0)
    made = {
        how: drive(maker(models["binary"], replace(wild, admission=how)), rows, labels) for how in ("at once", "always")
    }
    kinds = {how: set(life.events.column("kind").to_pylist()) for how, life in made.items()}
    assert kinds == {"at once": {"muted"}, "always": set()}
    weights = {how: life.model.weights()["corrected"] for how, life in made.items()}
    assert weights["at once"] == 0.0
    assert 0.0 < weights["always"] < 0.1
    losses = {row["arm"]: row["log_loss"] for row in made["always"].model.report().to_pylist()}
    assert losses["frozen"] < losses["mixture"] < losses["corrected"]


def test_the_last_rows_of_a_report_are_over_all_months(models: dict[str, Model]) -> None:
    rows, labels = given("leaf")
    # The stream spans an hour or so: spread it over months, in the same order.
    spread = [
        table.set_column(place, name, pc.multiply(table.column(name), 2_000))
        for table, name in ((rows, "_t"), (labels, "_known_at"))
        for place in [table.schema.get_field_index(name)]
    ]
    life = drive(maker(models["binary"], replace(LEAF, quarantine=False), within=2_000 * HOUR), *spread)
    report = [row for row in life.model.report().to_pylist() if row["arm"] == "frozen"]
    *months, whole = report
    assert len(months) > 1
    assert (whole["month"], whole["n"]) == (None, sum(row["n"] for row in months))
    assert whole["log_loss"] == pytest.approx(sum(row["n"] * row["log_loss"] for row in months) / whole["n"])
    labelled = life.learned.column("_label").to_numpy()
    scored = life.scores.column("_frozen").to_numpy()[life.learned.column("_row").to_numpy()]
    assert whole["log_loss"] == pytest.approx(metrics.log_loss(labelled, scored))
    assert whole["auc"] == pytest.approx(metrics.auc(labelled, scored), abs=1e-3)


def test_a_new_base_enters_at_its_instant(models: dict[str, Model]) -> None:
    rows, labels = given("retrained")
    life = drive(lives(models)["retrained"], rows, labels)
    events = life.events.to_pylist()
    asked, entered = (next(event for event in events if event["kind"] == kind) for kind in ("retrain", "refit"))
    assert entered["at"] == asked["at"] + 60 * SECOND
    assert entered["detail"] == "entered"
    times = rows.column("_t").to_numpy()
    frozen, refit = (life.scores.column(name).to_numpy() for name in ("_frozen", "_refit"))
    before = times < entered["at"]
    np.testing.assert_array_equal(refit[before], frozen[before])
    assert (refit[~before] != frozen[~before]).mean() > 0.9
    assert life.scores.column("model_version").to_pylist() == ["1" if early else "1.1" for early in before]


def test_a_base_that_lost_its_weight_is_trained_anew(models: dict[str, Model]) -> None:
    rows, labels = given("outweighed")
    events = drive(lives(models)["outweighed"], rows, labels).events.to_pylist()
    assert [(event["kind"], event["detail"]) for event in events] == [
        ("retrain", "a new base is asked for: the trained model's weight is below 0.1"),
        ("refit", "entered"),
    ]
    assert events[1]["at"] == events[0]["at"] + 60 * SECOND


def test_what_is_no_label_is_rejected(models: dict[str, Model]) -> None:
    rows, _ = given("leaf")
    labels = pa.table(
        {
            "_key0": pa.array([0, 1, None, 3, 4, 5]),
            "_label": pa.array([None, 2.0, 1.0, float("nan"), 1.0, 1.0]),
            "_known_at": pa.array([10] * 6),
            "_weight": pa.array([1.0, 1.0, 1.0, 1.0, -1.0, 2.0]),
        }
    )
    counts = drive(maker(models["binary"], LEAF), rows, labels).model.counts()
    assert (counts.rejected, counts.learned) == (5, 1)


def test_a_weight_moves_the_correction_as_often(models: dict[str, Model]) -> None:
    rows, labels = given("leaf")
    doubled = labels.append_column("_weight", pa.array([2.0] * len(labels)))
    faster = replace(LEAF, learning_rate=0.6, decay=0.0)
    one = drive(maker(models["binary"], replace(faster, learning_rate=0.3)), rows, doubled).scores
    two = drive(maker(models["binary"], faster), rows, labels).scores
    np.testing.assert_allclose(*(scores.column("_corrected").to_numpy() for scores in (one, two)), rtol=1e-12)


def test_rows_outside_their_time_are_refused(models: dict[str, Model]) -> None:
    rows, labels = given("leaf")
    model = maker(models["binary"], LEAF)()
    with pytest.raises(ModelError, match="must lie in"):
        model.advance(rows, labels.slice(0, 0), 10 * SECOND)
    model = maker(models["binary"], LEAF)()
    model.advance(rows.slice(0, 5), labels.slice(0, 0), 10 * SECOND)
    with pytest.raises(ModelError, match="must lie in"):
        model.advance(rows.slice(5, 10), labels.slice(0, 0), 20 * SECOND)


def test_composite_and_textual_keys(models: dict[str, Model]) -> None:
    rows, labels = given("leaf")
    types = (pa.string(), pa.int32())

    def keyed(table: pa.Table) -> pa.Table:
        number = table.column("_key0").to_numpy()
        text = pa.array([f"k{one % 10}" for one in number.tolist()])
        table = table.set_column(table.column_names.index("_key0"), "_key0", text)
        return table.append_column("_key1", pa.array(number // 10, pa.int32()))

    plain = drive(maker(models["binary"], LEAF), rows, labels)
    cuts = [300 * SECOND, 800 * SECOND]
    made = maker(models["binary"], LEAF, key_types=types)
    assert drive(made, keyed(rows), keyed(labels), cuts, restarts=cuts).scores.equals(plain.scores)
