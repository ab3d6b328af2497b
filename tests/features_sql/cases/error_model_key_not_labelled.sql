CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id, merchant_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm');
-- expected:
-- error_model_key_not_labelled.sql:1:78: chargebacks has no column merchant_id
--     CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS chargebacks ON (txn_id, merchant_id) WITHIN 30 DAYS
--                                                                                  ^^^^^^^^^^^
--     hint: a label's key is a column of the labels' source and of the service
