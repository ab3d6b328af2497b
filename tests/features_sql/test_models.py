"""Models and streams: what they read, what they are fed, what a scored row holds."""

from __future__ import annotations

import re

import pytest
from headrace.features_sql.definitions import Definitions, Model
from headrace.features_sql.errors import StatementError
from headrace.features_sql.model_settings import BaseSettings, LiveSettings
from headrace.features_sql.predictions import prediction_columns
from headrace.features_sql.project import compile_project
from headrace.features_sql.source_text import SourceText
from headrace.models import river_options

DAY = 86_400_000_000


def _compile(*texts: list[SourceText], more: str = "") -> Definitions:
    return compile_project([text for part in texts for text in part] + [SourceText("more.sql", more)])


def _fed(model: Model) -> list[str]:
    return [column.name for column in model.features]


def test_numbers_and_texts_that_are_no_keys_are_fed(
    payments: list[SourceText], payment_views: list[SourceText], payment_models: list[SourceText]
) -> None:
    fraud = _compile(payments, payment_views, payment_models).models["fraud"]
    # txn_id is the label's key, merchant_id a key of a joined view, last_merchants a list.
    assert _fed(fraud) == [
        *("amount", "merchant_risk", "txns_5m", "avg_amount_1h", "failures_per_minute", "share"),
        *("seconds_since_last", "merchant_declines"),
    ]
    assert (fraud.service, fraud.labels, fraud.keys, fraud.within) == ("fraud_v1", "chargebacks", ("txn_id",), 30 * DAY)
    assert (fraud.target.name, fraud.target.type, fraud.base) == ("is_fraud", "BOOLEAN", None)
    assert isinstance(fraud.settings, BaseSettings)
    assert fraud.settings.parameters == {"num_leaves": 63}
    assert fraud.description == "is a payment charged back?"


def test_a_corrector_shares_its_base_and_stands_after_it(
    payments: list[SourceText], payment_views: list[SourceText], payment_models: list[SourceText]
) -> None:
    models = _compile(payment_models, payments, payment_views).models
    live = models["fraud_live"]
    assert live.base == "fraud"
    assert (live.target, live.service, live.features) == (
        models["fraud"].target,
        models["fraud"].service,
        models["fraud"].features,
    )
    assert isinstance(live.settings, LiveSettings)
    assert (live.settings.algorithm, live.owner) == ("LeafCorrector", "risk")
    assert list(models).index("fraud") < list(models).index("fraud_live")


def test_columns_named_by_features_are_fed_in_that_order(
    payments: list[SourceText], payment_views: list[SourceText], payment_models: list[SourceText]
) -> None:
    definitions = _compile(payments, payment_views, payment_models)
    assert _fed(definitions.models["fraud_online"]) == ["amount", "merchant_id"]


def test_flinks_words_make_the_same_model(
    payments: list[SourceText], payment_views: list[SourceText], payment_models: list[SourceText]
) -> None:
    ours = """CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 2 HOURS
      WITH ('provider' = 'lightgbm', 'features' = 'txns_5m, amount');"""
    flinks = """CREATE MODEL m INPUT (txns_5m BIGINT, amount DECIMAL(12, 2)) OUTPUT (is_fraud BOOLEAN)
      WITH ('provider' = 'lightgbm', 'service' = 'fraud_v1', 'labels' = 'chargebacks', 'labels.on' = 'txn_id',
            'labels.within' = '2 hours');"""
    one, other = (_compile(payments, payment_views, payment_models, more=text).models["m"] for text in (ours, flinks))
    assert (one.features, one.keys, one.within, one.settings) == (
        other.features,
        other.keys,
        other.within,
        other.settings,
    )


def test_a_stream_selects_from_the_service_and_the_prediction(
    payments: list[SourceText], payment_views: list[SourceText], payment_models: list[SourceText]
) -> None:
    scored = _compile(payments, payment_views, payment_models).streams["scored"]
    assert (scored.service, scored.model, scored.outside, scored.tags) == (
        "fraud_v1",
        "fraud_live",
        None,
        ("till",),
    )
    # card_id leads every row, so naming it adds nothing.
    assert [(column.name, column.type) for column in scored.columns] == [
        ("txn_id", "BIGINT"),
        ("prediction", "DOUBLE"),
        ("model_version", "VARCHAR"),
        ("frozen", "DOUBLE"),
        ("expected_loss", "DOUBLE"),
    ]
    expected = scored.columns[-1]
    assert expected.lineage == ("fraud_live.prediction", "fraud_v1.amount")
    assert expected.description == "the money that is likely lost"
    assert scored.where == '"fraud_v1"."prediction" > 0.01'


def test_a_star_is_every_column(
    payments: list[SourceText], payment_views: list[SourceText], payment_models: list[SourceText]
) -> None:
    text = "CREATE STREAM s AS SELECT * FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);"
    definitions = _compile(payments, payment_views, payment_models, more=text)
    names = [column.name for column in definitions.streams["s"].columns]
    assert names == [
        *(column.name for column in definitions.services["fraud_v1"].columns),
        *("prediction", "model_version"),
    ]
    described = {column.name: column.description for column in definitions.streams["s"].columns}
    assert described["txns_5m"] == "payments in the last five minutes"


def test_mistakes_in_what_a_model_reads_are_said_once(
    payments: list[SourceText], payment_views: list[SourceText], payment_models: list[SourceText]
) -> None:
    broken = [SourceText(text.path, text.text.replace("c.*,", "c.nothing,")) for text in payment_views]
    with pytest.raises(StatementError) as caught:
        _compile(payments, broken, payment_models)
    assert [diagnostic.span.source.path for diagnostic in caught.value.diagnostics] == ["payments_views.sql"]


def test_a_model_of_classes_predicts_a_class_and_the_probability_of_each(
    payments: list[SourceText], payment_views: list[SourceText], payment_models: list[SourceText]
) -> None:
    text = """CREATE MODEL noted PREDICT note FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
        WITH ('provider' = 'lightgbm', 'objective' = 'multiclass');
      CREATE MODEL noted_live CORRECTS noted WITH ('provider' = 'river');"""
    models = _compile(payments, payment_views, payment_models, more=text).models
    assert models["noted_live"].settings.objective == "multiclass"
    assert [(column.name, column.type) for column in prediction_columns(models["noted_live"])] == [
        ("prediction", "VARCHAR"),
        ("model_version", "VARCHAR"),
        ("probabilities", "DOUBLE[]"),
        ("prediction_frozen", "VARCHAR"),
        ("prediction_corrected", "VARCHAR"),
    ]


CLASSES = """CREATE MODEL noted PREDICT note FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm', 'objective' = 'multiclass');
"""


def test_classes_are_scored_outside_too(
    payments: list[SourceText], payment_views: list[SourceText], payment_models: list[SourceText]
) -> None:
    text = f"""{CLASSES} CREATE STREAM s WITH ('inference' = 'side_output', 'timeout' = '1 s') AS
      SELECT prediction, probabilities, reason FROM ML_PREDICT(TABLE fraud_v1, MODEL noted);"""
    found = _compile(payments, payment_views, payment_models, more=text).streams["s"].columns
    assert [column.type for column in found] == ["VARCHAR", "DOUBLE[]", "VARCHAR"]


@pytest.mark.parametrize(
    ("fallback", "message"),
    [
        ("0.5", "noted predicts classes: 'fallback' must be NULL or a model; got 0.5"),
        ("fraud", "fraud cannot stand in for noted: it predicts a number, and noted classes of type VARCHAR"),
    ],
)
def test_what_cannot_stand_in_for_a_class(
    fallback: str,
    message: str,
    payments: list[SourceText],
    payment_views: list[SourceText],
    payment_models: list[SourceText],
) -> None:
    text = f"""{CLASSES} CREATE STREAM s
      WITH ('inference' = 'external', 'url' = 'http://host', 'fallback' = '{fallback}') AS
      SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL noted);"""
    with pytest.raises(StatementError, match=re.escape(message)):
        _compile(payments, payment_views, payment_models, more=text)


def test_the_user_and_the_item_of_a_recommender_are_fed_though_they_are_keys(
    payments: list[SourceText], payment_views: list[SourceText], payment_models: list[SourceText]
) -> None:
    text = """CREATE MODEL tastes PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
      WITH ('provider' = 'river', 'algorithm' = 'reco.BiasedMF', 'user' = 'card_id', 'item' = 'merchant_id');"""
    tastes = _compile(payments, payment_views, payment_models, more=text).models["tastes"]
    assert _fed(tastes)[-2:] == ["card_id", "merchant_id"]


@pytest.mark.parametrize(
    ("options", "words", "message"),
    [
        ("'algorithm' = 'tree.HoefdingTreeClassifier'", "'tree.HoefdingTreeClassifier'", "River has no tree.Hoef"),
        ("'algorithm' = 'tree.HoeffdingTreeRegressor'", "'tree.HoeffdingTreeRegressor'", "must be a classifier"),
        ("'drift.detector' = 'ADWN'", "'ADWN'", "unknown drift detector ADWN"),
    ],
)
def test_what_river_has_not_is_refused_at_its_place(
    options: str,
    words: str,
    message: str,
    payments: list[SourceText],
    payment_views: list[SourceText],
    payment_models: list[SourceText],
) -> None:
    text = f"CREATE MODEL m CORRECTS fraud WITH ('provider' = 'river', {options});"
    definitions = _compile(payments, payment_views, payment_models, more=text)
    with pytest.raises(StatementError) as caught:
        river_options.check(definitions)
    found = caught.value.diagnostics[0]
    assert message in found.message
    assert found.span.text == words
