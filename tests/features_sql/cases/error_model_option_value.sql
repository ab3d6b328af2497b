CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm', 'num_leaves' = 'many', 'objective' = 'binery');
-- expected:
-- error_model_option_value.sql:2:49: 'num_leaves' must be a whole number from 2 to 131072; got 'many'
--       WITH ('provider' = 'lightgbm', 'num_leaves' = 'many', 'objective' = 'binery');
--                                                     ^^^^^^
--
-- error_model_option_value.sql:2:71: 'objective' cannot be 'binery'
--       WITH ('provider' = 'lightgbm', 'num_leaves' = 'many', 'objective' = 'binery');
--                                                                           ^^^^^^^^
--     hint: did you mean binary?
