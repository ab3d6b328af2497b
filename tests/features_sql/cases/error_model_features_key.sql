CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm', 'features' = 'txn_id');
-- expected:
-- error_model_features_key.sql:2:48: txn_id is the label's key or the time: it is never fed to a model
--       WITH ('provider' = 'lightgbm', 'features' = 'txn_id');
--                                                    ^^^^^^
