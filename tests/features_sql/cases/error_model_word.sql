CREATE MODEL m PREDICTS is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm');
-- expected:
-- error_model_word.sql:1:16: expected PREDICT, CORRECTS or INPUT; got PREDICTS
--     CREATE MODEL m PREDICTS is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
--                    ^^^^^^^^
--     hint: CREATE MODEL m PREDICT is_fraud FROM service LABELS source ON (key) WITHIN 30 DAYS WITH (...)
