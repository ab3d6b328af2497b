CREATE STREAM s WITH ('inference' = 'external', 'url' = 'http://host', 'retries' = 'many') AS
  SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_external_retries.sql:1:84: 'retries' must be a whole number from 0; got 'many'
--     CREATE STREAM s WITH ('inference' = 'external', 'url' = 'http://host', 'retries' = 'many') AS
--                                                                                        ^^^^^^
