CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS merchants ON (txn_id) WITHIN 30 DAYS
  WITH ('provider' = 'lightgbm');
-- expected:
-- error_model_labels_table.sql:1:54: merchants is a table: labels are events
--     CREATE MODEL m PREDICT is_fraud FROM fraud_v1 LABELS merchants ON (txn_id) WITHIN 30 DAYS
--                                                          ^^^^^^^^^
--     hint: declare them with CREATE SOURCE
