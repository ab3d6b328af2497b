CREATE MODEL m INPUT (txns_5m BIGINT) OUTPUT (is_fraud BOOLEAN, p DOUBLE)
  WITH ('provider' = 'lightgbm', 'service' = 'fraud_v1', 'labels' = 'chargebacks', 'labels.on' = 'txn_id',
        'labels.within' = '30 days');
-- expected:
-- error_model_output_two.sql:1:65: a model predicts one column
--     CREATE MODEL m INPUT (txns_5m BIGINT) OUTPUT (is_fraud BOOLEAN, p DOUBLE)
--                                                                     ^
--     hint: OUTPUT (is_fraud BOOLEAN)
