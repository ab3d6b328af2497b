CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id)
  WITH ('provider' = 'lightgbm');
-- expected:
-- error_model_no_within.sql:2:3: expected WITHIN; got WITH
--       WITH ('provider' = 'lightgbm');
--       ^^^^
--     hint: PREDICT is_fraud FROM service LABELS source ON (key) WITHIN 30 DAYS WITH (...)
