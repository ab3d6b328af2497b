CREATE MODEL m PREDICT is_fraud FROM fraud_v2 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm');
-- expected:
-- error_model_unknown_service.sql:1:38: unknown feature service fraud_v2
--     CREATE MODEL m PREDICT is_fraud FROM fraud_v2 LABELS chargebacks ON (txn_id) WITHIN 30 DAYS
--                                          ^^^^^^^^
--     hint: did you mean fraud_v1?
