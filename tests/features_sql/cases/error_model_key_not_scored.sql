CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (note) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm');
-- expected:
-- error_model_key_not_scored.sql:1:70: fraud_v1 has no column note
--     CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (note) WITHIN 30 DAYS
--                                                                          ^^^^
--     hint: a label's key is a column of the labels' source and of the service
