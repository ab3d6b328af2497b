CREATE SOURCE s (id BIGINT, k VARCHAR, ts TIMESTAMP, WATERMARK FOR ts AS ts)
  WITH ('connector' = 'redis', 'url' = 'redis://host', 'stream' = 's', 'key.column' = 'key');
-- expected:
-- error_source_topic_key.sql:2:87: 'key.column' names no stored column of s: key
--       WITH ('connector' = 'redis', 'url' = 'redis://host', 'stream' = 's', 'key.column' = 'key');
--                                                                                           ^^^^^
--     hint: it has id, k, ts
