CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lihgtgbm');
-- expected:
-- error_model_provider.sql:2:22: 'provider' cannot be 'lihgtgbm'
--       WITH ('provider' = 'lihgtgbm');
--                          ^^^^^^^^^^
--     hint: did you mean lightgbm?
