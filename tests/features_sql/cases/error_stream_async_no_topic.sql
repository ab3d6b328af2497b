CREATE STREAM s WITH ('inference' = 'async', 'request.topic' = 'a', 'url' = 'redis://host') AS
  SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_async_no_topic.sql:1:15: stream s has no 'response.topic'
--     CREATE STREAM s WITH ('inference' = 'async', 'request.topic' = 'a', 'url' = 'redis://host') AS
--                   ^
--     hint: add 'response.topic' = '...'
