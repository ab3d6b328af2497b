CREATE MODEL m PREDICT is_fruad FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm');
-- expected:
-- error_model_unknown_target.sql:1:24: chargebacks has no column is_fruad
--     CREATE MODEL m PREDICT is_fruad FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
--                            ^^^^^^^^
--     hint: did you mean is_fraud?
