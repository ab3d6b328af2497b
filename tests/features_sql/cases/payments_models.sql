CREATE SOURCE chargebacks (
  txn_id BIGINT, is_fraud BOOLEAN, note VARCHAR, claimed DATE, card_id INTEGER, known_at TIMESTAMP,
  WATERMARK FOR known_at AS known_at
) WITH ('connector' = 'files', 'path' = 'chargebacks/*.csv');

-- is a payment charged back?
CREATE MODEL fraud PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm', 'objective' = 'binary', 'num_leaves' = '63', 'valid.fraction' = '0.2');

CREATE MODEL fraud_live CORRECTS fraud WITH ('provider' = 'river', 'algorithm' = 'LeafCorrector', 'owner' = 'risk');

CREATE MODEL fraud_online PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'river', 'algorithm' = 'tree.HoeffdingAdaptiveTreeClassifier', 'features' = 'amount, merchant_id');

-- what the till asks
CREATE STREAM scored WITH ('inference' = 'embedded', 'tags' = 'till') AS
  SELECT txn_id, card_id, prediction, model_version, prediction_frozen AS frozen,
    prediction * amount AS expected_loss  -- the money that is likely lost
  FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud_live) WHERE prediction > 0.01;
