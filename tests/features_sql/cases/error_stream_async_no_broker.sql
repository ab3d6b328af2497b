CREATE STREAM s WITH ('inference' = 'async', 'request.topic' = 'a', 'response.topic' = 'b') AS
  SELECT prediction FROM ML_PREDICT(TABLE fraud_v1, MODEL fraud);
-- expected:
-- error_stream_async_no_broker.sql:1:15: stream s needs the address of one broker
--     CREATE STREAM s WITH ('inference' = 'async', 'request.topic' = 'a', 'response.topic' = 'b') AS
--                   ^
--     hint: 'bootstrap.servers' = 'host:9092' (Kafka) or 'url' = 'redis://host:6379/0'
