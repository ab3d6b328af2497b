CREATE MODEL m PREDICT known_at FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm');
-- expected:
-- error_model_target_time.sql:1:24: known_at is TIMESTAMP, which no model predicts
--     CREATE MODEL m PREDICT known_at FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
--                            ^^^^^^^^
