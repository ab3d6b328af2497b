CREATE SOURCE s (id BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'kafka', 'topic' = 't', 'bootstrap.server' = 'host:9092');
-- expected:
-- error_source_kafka_option.sql:1:15: source s has no 'bootstrap.servers'
--     CREATE SOURCE s (id BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
--                   ^
--     hint: add 'bootstrap.servers' = '...'
--
-- error_source_kafka_option.sql:2:47: unknown option 'bootstrap.server'
--       WITH ('connector' = 'kafka', 'topic' = 't', 'bootstrap.server' = 'host:9092');
--                                                   ^^^^^^^^^^^^^^^^^^
--     hint: did you mean bootstrap.servers?
