CREATE SOURCE s (id BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'kafka', 'bootstrap.servers' = 'host:9092');
-- expected:
-- error_source_kafka_topic.sql:1:15: source s has no 'topic'
--     CREATE SOURCE s (id BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
--                   ^
--     hint: add 'topic' = '...'
