CREATE MODEL m INPUT (amount DOUBLE) OUTPUT (is_fraud BOOLEAN)
  WITH ('provider' = 'lightgbm', 'service' = 'fraud_v1', 'labels' = 'chargebacks', 'labels.on' = 'txn_id',
        'labels.within' = '30 days');
-- expected:
-- error_model_input_type.sql:1:30: amount is DECIMAL(12,2); got DOUBLE
--     CREATE MODEL m INPUT (amount DOUBLE) OUTPUT (is_fraud BOOLEAN)
--                                  ^^^^^^
