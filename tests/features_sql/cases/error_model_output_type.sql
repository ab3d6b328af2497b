CREATE MODEL m INPUT (txns_5m BIGINT) OUTPUT (is_fraud INTEGER)
  WITH ('provider' = 'lightgbm', 'service' = 'fraud_v1', 'labels' = 'chargebacks', 'labels.on' = 'txn_id',
        'labels.within' = '30 days');
-- expected:
-- error_model_output_type.sql:1:56: is_fraud is BOOLEAN; got INTEGER
--     CREATE MODEL m INPUT (txns_5m BIGINT) OUTPUT (is_fraud INTEGER)
--                                                            ^^^^^^^
