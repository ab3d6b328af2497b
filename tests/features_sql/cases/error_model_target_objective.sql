CREATE MODEL m PREDICT note FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm');
CREATE MODEL n PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm', 'objective' = 'regression');
-- expected:
-- error_model_target_objective.sql:1:24: note is VARCHAR, which a binary model cannot predict
--     CREATE MODEL m PREDICT note FROM fraud_v1 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
--                            ^^^^
--     hint: 'objective' = 'multiclass'
--
-- error_model_target_objective.sql:4:48: is_fraud is BOOLEAN, which a regression model cannot predict
--       WITH ('provider' = 'lightgbm', 'objective' = 'regression');
--                                                    ^^^^^^^^^^^^
--     hint: 'objective' = 'binary'
