CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargeback ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm');
-- expected:
-- error_model_unknown_labels.sql:1:54: unknown source chargeback
--     CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargeback ON (txn_id) WITHIN 30 DAYS
--                                                          ^^^^^^^^^^
--     hint: did you mean chargebacks?
