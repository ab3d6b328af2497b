CREATE MODEL m INPUT (txns_5m BIGINT) OUTPUT (is_fraud BOOLEAN)
  WITH ('provider' = 'lightgbm', 'labels' = 'chargebacks', 'labels.on' = 'txn_id', 'labels.within' = '30 days');
-- expected:
-- error_model_input_no_service.sql:1:14: model m has no 'service'
--     CREATE MODEL m INPUT (txns_5m BIGINT) OUTPUT (is_fraud BOOLEAN)
--                  ^
--     hint: INPUT ... OUTPUT ... WITH ('service' = '...')
