CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON txn_id WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm');
-- expected:
-- error_model_on_bare.sql:1:69: expected ( and the label's key; got txn_id
--     CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON txn_id WITHIN 30 DAYS
--                                                                         ^^^^^^
--     hint: ON (txn_id)
