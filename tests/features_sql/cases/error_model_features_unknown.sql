CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm', 'features' = 'amount, txn_5m');
-- expected:
-- error_model_features_unknown.sql:2:56: fraud_v1 has no column txn_5m
--       WITH ('provider' = 'lightgbm', 'features' = 'amount, txn_5m');
--                                                            ^^^^^^
--     hint: did you mean txns_5m?
