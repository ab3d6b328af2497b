CREATE STREAM s WITH ('inference' = 'external', 'retries' = 'many') AS
  SELECT prediction, reason FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_external_no_url.sql:1:15: stream s has no 'url'
--     CREATE STREAM s WITH ('inference' = 'external', 'retries' = 'many') AS
--                   ^
--     hint: add 'url' = '...'
