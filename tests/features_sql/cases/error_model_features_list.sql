CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm', 'features' = 'last_merchants');
-- expected:
-- error_model_features_list.sql:2:48: last_merchants is VARCHAR[]: it is never fed to a model
--       WITH ('provider' = 'lightgbm', 'features' = 'last_merchants');
--                                                    ^^^^^^^^^^^^^^
--     hint: numbers, BOOLEAN and VARCHAR are
