CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm', 'num_leafs' = '63');
-- expected:
-- error_model_option_unknown.sql:2:34: unknown option 'num_leafs'
--       WITH ('provider' = 'lightgbm', 'num_leafs' = '63');
--                                      ^^^^^^^^^^^
--     hint: did you mean num_leaves?
