CREATE SOURCE s (id BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'redis', 'url' = 'redis://host', 'stream' = 's', 'history' = 'source');
-- expected:
-- error_source_topic_history.sql:2:84: these events cannot be read from their source again
--       WITH ('connector' = 'redis', 'url' = 'redis://host', 'stream' = 's', 'history' = 'source');
--                                                                                        ^^^^^^^^
--     hint: 'keep' keeps every event
