CREATE MODEL m INPUT (txns_6m BIGINT) OUTPUT (is_fraud BOOLEAN)
  WITH ('provider' = 'lightgbm', 'service' = 'fraud_v1', 'labels' = 'chargebacks', 'labels.on' = 'txn_id',
        'labels.within' = '30 days');
-- expected:
-- error_model_input_unknown.sql:1:23: fraud_v1 has no column txns_6m
--     CREATE MODEL m INPUT (txns_6m BIGINT) OUTPUT (is_fraud BOOLEAN)
--                           ^^^^^^^
--     hint: did you mean txns_5m?
